//! Query text to tokens.

use weir_event::{Fault, Value};

use crate::ast::{Calendar, Span, Unit};
use crate::fault::Source;
use crate::units;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A name or a keyword; which of them, the parser decides.
    Name(String),
    /// A name in backticks: never a keyword.
    Quoted(String),
    /// `$name`.
    Variable(String),
    Text(String),
    /// The digits of a whole number; a minus before it is a token of its own.
    Long(u64),
    /// A hexadecimal number: all 64 bits may be used.
    Bits(i64),
    Double(f64),
    /// A length of time, its unit included.
    Duration(i64),
    Calendar(Calendar),
    /// `@unit`.
    Align(Unit),
    Sign(&'static str),
    End,
}

#[derive(Clone, Debug)]
pub(crate) struct Lexed {
    pub token: Token,
    pub span: Span,
}

const SIGNS: [&str; 27] = [
    "==", "!=", "<>", "<=", ">=", "|", ",", ":", "(", ")", "{", "}", "[", "]", "=", "<", ">", "+", "-", "*", "/", "%",
    "~", ".", "@", "?", ";",
];

/// Cuts `text` into tokens; the last is [`Token::End`]. Blanks and comments are dropped.
pub(crate) fn lex(text: &str) -> Result<Vec<Lexed>, Fault> {
    lex_all(text).map(|(tokens, _)| tokens)
}

/// [`lex`], and where the comments are.
pub(crate) fn lex_all(text: &str) -> Result<(Vec<Lexed>, Vec<Span>), Fault> {
    let mut lexer = Lexer { text, at: 0, comments: Vec::new() };
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    loop {
        lexer.skip_blanks()?;
        let start = lexer.at;
        let token = lexer.next()?;
        let end = token == Token::End;
        tokens.push(Lexed { token, span: Span::new(start, lexer.at) });
        if end {
            return Ok((tokens, lexer.comments));
        }
    }
}

/// The tokens of a text that may end within one: without the last, and where a token that does not end begins.
pub(crate) fn lex_prefix(text: &str) -> (Vec<Lexed>, Option<usize>) {
    let mut lexer = Lexer { text, at: 0, comments: Vec::new() };
    let mut tokens = Vec::new();
    loop {
        let begins = lexer.at;
        if lexer.skip_blanks().is_err() {
            return (tokens, Some(begins));
        }
        let start = lexer.at;
        match lexer.next() {
            Ok(Token::End) => return (tokens, None),
            Ok(token) => tokens.push(Lexed { token, span: Span::new(start, lexer.at) }),
            Err(_) => return (tokens, Some(start)),
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    comments: Vec<Span>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn source(&self) -> Source<'t> {
        Source { text: self.text, strict: false }
    }

    fn skip_blanks(&mut self) -> Result<(), Fault> {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
            let rest = self.rest();
            let start = self.at;
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
                self.comments.push(Span::new(start, self.at));
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else {
                    return Err(self.source().unclosed("comment", Span::new(self.at, self.at + 2)));
                };
                self.at += end + 4;
                self.comments.push(Span::new(start, self.at));
            } else {
                return Ok(());
            }
        }
    }

    fn next(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        match first {
            'A'..='Z' | 'a'..='z' | '_' => Ok(Token::Name(self.take_name().to_owned())),
            '0'..='9' => self.number(),
            '"' if rest.starts_with("\"\"\"") => self.raw_string(),
            '"' | '\'' => self.string(first).map(Token::Text),
            '`' => self.string('`').map(Token::Quoted),
            '$' => {
                self.at += 1;
                let name = self.take_name().to_owned();
                let span = Span::new(self.at - 1 - name.len(), self.at);
                if name.is_empty() { Err(self.source().bad_character('$', span)) } else { Ok(Token::Variable(name)) }
            }
            '@' => self.align(),
            _ => self.sign(first),
        }
    }

    fn take_name(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn sign(&mut self, first: char) -> Result<Token, Fault> {
        let rest = self.rest();
        match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => {
                self.at += sign.len();
                Ok(Token::Sign(if *sign == "<>" { "!=" } else { sign }))
            }
            None => Err(self.source().bad_character(first, Span::new(self.at, self.at + first.len_utf8()))),
        }
    }

    /// `"""..."""`: up to the next three quotes; further quotes behind them would be ambiguous and belong to the text.
    fn raw_string(&mut self) -> Result<Token, Fault> {
        let rest = &self.rest()[3..];
        let Some(mut end) = rest.find("\"\"\"") else {
            return Err(self.source().unclosed("string", Span::new(self.at, self.at + 3)));
        };
        while rest[end + 3..].starts_with('"') {
            end += 1;
        }
        self.at += end + 6;
        Ok(Token::Text(rest[..end].to_owned()))
    }

    fn string(&mut self, quote: char) -> Result<String, Fault> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at = start + 1 + at + 1;
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some((_, 'u')) => unescape_unicode(&mut chars, &mut out),
                    Some((_, c)) => unescape(c, quote, &mut out),
                    None => break,
                },
                c => out.push(c),
            }
        }
        let what = if quote == '`' { "name in backticks" } else { "string" };
        Err(self.source().unclosed(what, Span::new(start, start + 1)))
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with("0x") || rest.starts_with("0X") {
            self.at += 2;
            let digits = self.take_while(|c| c.is_ascii_alphanumeric());
            return u64::from_str_radix(digits, 16)
                .map(|bits| Token::Bits(bits.cast_signed()))
                .map_err(|_| self.source().bad_number("0x takes 1 to 16 hex digits", Span::new(start, self.at)));
        }
        let digits = self.take_while(|c| c.is_ascii_digit());
        let mut whole = true;
        if self.rest().strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            whole = false;
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        whole &= !self.exponent();
        let text = &self.text[start..self.at];
        let unit = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let span = Span::new(start, self.at);
        match (whole, unit) {
            (true, "") => {
                digits.parse().map(Token::Long).map_err(|_| self.source().bad_number("it is too large", span))
            }
            (false, "") => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Token::Double(number)),
                _ => Err(self.source().bad_number("it is too large", span)),
            },
            (true, unit) => self.duration(digits, unit, span),
            (false, unit) if units::fixed(unit).or(units::months(unit)).is_some() => {
                Err(self.source().bad_number("a length of time is a whole number and a unit, such as `90m`", span))
            }
            (false, unit) => Err(self.source().bad_unit(unit, span)),
        }
    }

    /// `e10`, `E-3`. False and nothing taken when what follows is something else.
    fn exponent(&mut self) -> bool {
        let Some(rest) = self.rest().strip_prefix(['e', 'E']) else { return false };
        let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return false;
        }
        self.at += 1 + (rest.len() - digits.len()) + count;
        true
    }

    fn duration(&self, digits: &str, unit: &str, span: Span) -> Result<Token, Fault> {
        let too_large = || self.source().bad_number("it is too large", span);
        let count: i64 = digits.parse().map_err(|_| too_large())?;
        if let Some(nanos) = units::fixed(unit) {
            return count.checked_mul(nanos).map(Token::Duration).ok_or_else(too_large);
        }
        let months = units::months(unit).ok_or_else(|| self.source().bad_unit(unit, span))?;
        let months = count.checked_mul(months).filter(|months| *months < 120_000).ok_or_else(too_large)?;
        Ok(Token::Calendar(Calendar { months }))
    }

    fn align(&mut self) -> Result<Token, Fault> {
        let start = self.at;
        self.at += 1;
        let unit = self.take_while(|c| c.is_ascii_alphanumeric());
        units::align(unit)
            .map(Token::Align)
            .ok_or_else(|| self.source().bad_unit(&format!("@{unit}"), Span::new(start, self.at)))
    }
}

/// `\n` and its like; an unknown escape keeps its backslash, so that patterns in strings need no doubling.
fn unescape(c: char, quote: char, out: &mut String) {
    match c {
        'n' if quote != '`' => out.push('\n'),
        'r' if quote != '`' => out.push('\r'),
        't' if quote != '`' => out.push('\t'),
        'b' if quote != '`' => out.push('\u{8}'),
        'f' if quote != '`' => out.push('\u{c}'),
        '"' | '\\' | '\'' | '`' | '/' => out.push(c),
        c => out.extend(['\\', c]),
    }
}

fn unescape_unicode(chars: &mut std::str::CharIndices, out: &mut String) {
    let digits = chars.as_str().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32) {
        Some(c) => {
            out.push(c);
            chars.nth(3);
        }
        None => out.push_str("\\u"),
    }
}

impl Token {
    /// The value of a token that is a literal without further words.
    pub fn literal(&self) -> Option<Value<'static>> {
        match self {
            Token::Text(text) => Some(Value::owned(text.clone())),
            Token::Long(number) => i64::try_from(*number).ok().map(Value::Long),
            Token::Bits(bits) => Some(Value::Long(*bits)),
            Token::Double(number) => Some(Value::Double(*number)),
            Token::Duration(nanos) => Some(Value::Duration(weir_event::Duration(*nanos))),
            _ => None,
        }
    }

    /// How a message names it.
    pub fn shown(&self) -> String {
        match self {
            Token::Name(name) | Token::Quoted(name) => format!("`{name}`"),
            Token::Variable(name) => format!("`${name}`"),
            Token::Text(_) => "a string".to_owned(),
            Token::Long(_) | Token::Bits(_) | Token::Double(_) => "a number".to_owned(),
            Token::Duration(_) | Token::Calendar(_) => "a duration".to_owned(),
            Token::Align(_) => "`@`".to_owned(),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end of the query".to_owned(),
        }
    }
}

//! Reads the small pieces of a pattern's text: blanks, comments, names, quoted text, numbers.

use weir_event::Fault;

use super::fault::Source;
use super::tree::{Name, Number, Span};

/// A place in the pattern's text.
pub(crate) struct Cursor<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn source(&self) -> Source<'a> {
        Source(self.text)
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(crate) fn here(&self) -> Span {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        self.at..self.at + width
    }

    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Skips blanks, line ends and comments.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            self.at += blank;
            if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if self.rest().starts_with("/*") {
                let start = self.at;
                let end = self.rest()[2..].find("*/");
                let end = end.ok_or_else(|| self.source().unclosed("the comment", "*/", start..start + 2))?;
                self.at += end + 4;
            } else if blank == 0 {
                return Ok(());
            }
        }
    }

    /// A name: a letter or `_`, then letters, digits and `_`.
    pub(crate) fn identifier(&mut self) -> Option<Name> {
        let rest = self.rest();
        let starts = rest.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        starts.then(|| self.take(length))
    }

    /// A name that may have dots inside: `http.method`.
    pub(crate) fn dotted(&mut self) -> Option<Name> {
        let start = self.at;
        self.identifier()?;
        while self.rest().starts_with('.') {
            let dot = self.at;
            self.at += 1;
            if self.identifier().is_none() {
                self.at = dot;
                break;
            }
        }
        let end = std::mem::replace(&mut self.at, start);
        Some(self.take(end - start))
    }

    fn take(&mut self, length: usize) -> Name {
        let span = self.at..self.at + length;
        self.at = span.end;
        Name { text: self.text[span.clone()].to_owned(), span }
    }

    /// Text in single or double quotes. A backslash takes the special meaning from a quote or a backslash and gives one to
    /// `n`, `r`, `t`; before anything else it stands for itself.
    pub(crate) fn quoted(&mut self) -> Result<Option<Name>, Fault> {
        let Some(quote @ (b'\'' | b'"' | b'`')) = self.peek() else { return Ok(None) };
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, c @ ('\'' | '"' | '\\' | '`'))) => text.push(c),
                    Some((_, c)) => text.extend(['\\', c]),
                    None => break,
                },
                c if c == char::from(quote) => {
                    self.at = start + 1 + at + 1;
                    return Ok(Some(Name { text, span: start..self.at }));
                }
                c => text.push(c),
            }
        }
        Err(self.source().unclosed("the quoted text", "the closing quote", start..start + 1))
    }

    /// A number with sign, decimals, exponent or `0x`.
    pub(crate) fn number(&mut self) -> Option<Number> {
        let rest = self.rest();
        let body = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        if !body.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let negative = rest.starts_with('-');
        let whole = |value: u64| Number::whole(if negative { -i128::from(value) } else { value.into() });
        let before = rest.len() - body.len();
        if let Some(hex) = body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
            let length = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
            let value = u64::from_str_radix(&hex[..length], 16).ok()?;
            self.at += before + 2 + length;
            return Some(whole(value));
        }
        let length = super::run::number::decimal_length(body.as_bytes(), b'.')?;
        self.at += before + length;
        if let Ok(value) = body[..length].parse() {
            return Some(whole(value));
        }
        let value: f64 = body[..length].parse().ok()?;
        Some(Number::decimal(if negative { -value } else { value }))
    }

    /// A whole number without a sign, as in quantifiers.
    pub(crate) fn count(&mut self) -> Option<usize> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let value = rest[..length].parse().ok()?;
        self.at += length;
        Some(value)
    }
}

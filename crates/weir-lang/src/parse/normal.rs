//! Source text in normal form, made from its tokens.

use crate::functions;
use crate::lex::{Lexed, Token};

const LOWER: [&str; 5] = ["and", "or", "xor", "not", "in"];

/// A token as it is written in normal form.
pub(crate) struct Piece {
    pub text: String,
    /// A blank stands before it, unless it is the first of its line.
    pub blank: bool,
}

/// The text of `tokens` with blanks where they belong: around operators, behind commas, nowhere else.
pub(super) fn text(source: &str, tokens: &[Lexed]) -> String {
    let mut out = String::new();
    for piece in pieces(source, tokens) {
        out.push_str(if piece.blank { " " } else { "" });
        out.push_str(&piece.text);
    }
    out
}

/// Each token in normal form.
pub(crate) fn pieces(source: &str, tokens: &[Lexed]) -> Vec<Piece> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut before: Option<&Token> = None;
    let (mut sign_is_unary, mut name_is_operand) = (false, false);
    for (index, lexed) in tokens.iter().enumerate() {
        let operand = before.is_none_or(opens_operand);
        let unary = matches!(lexed.token, Token::Sign("-")) && operand;
        let of_call = name_is_operand && matches!(lexed.token, Token::Sign("("));
        let blank = !of_call && before.is_some_and(|before| blank_between(before, &lexed.token, unary, sign_is_unary));
        let shown = &source[lexed.span.start as usize..lexed.span.end as usize];
        let call = matches!(tokens.get(index + 1).map(|next| &next.token), Some(Token::Sign("(")));
        out.push(Piece { text: spelled(shown, &lexed.token, call), blank });
        sign_is_unary = unary;
        // `in(x, a)` is a call, `x in (a)` is not.
        name_is_operand = operand && matches!(&lexed.token, Token::Name(name) if name.eq_ignore_ascii_case("in"));
        before = Some(&lexed.token);
    }
    out
}

fn spelled(shown: &str, token: &Token, call: bool) -> String {
    match token {
        Token::Name(name) if call && functions::find(name).is_some() => {
            functions::find(name).map_or(shown, |function| function.name).to_owned()
        }
        Token::Name(name) if is_word(name, &LOWER) || name.eq_ignore_ascii_case("null") => name.to_ascii_lowercase(),
        Token::Name(name) if is_word(name, &["true", "false"]) => name.to_ascii_uppercase(),
        _ => shown.to_owned(),
    }
}

fn is_word(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(name))
}

/// True behind what an operand follows, so that a minus there is no subtraction.
fn opens_operand(before: &Token) -> bool {
    match before {
        Token::Sign(sign) => !matches!(*sign, ")" | "]" | "}"),
        Token::Name(name) => is_word(name, &LOWER),
        _ => false,
    }
}

fn blank_between(before: &Token, token: &Token, unary: bool, after_unary: bool) -> bool {
    match (before, token) {
        (_, Token::Sign("," | ")" | "]" | "}" | ":") | Token::Align(_)) => false,
        (Token::Sign("(" | "[" | "{" | ":"), _) => false,
        (Token::Sign("-"), _) if after_unary => false,
        (Token::Name(name), Token::Sign("(" | "[")) => is_word(name, &LOWER),
        (Token::Quoted(_) | Token::Variable(_) | Token::Text(_) | Token::Sign(")" | "]"), Token::Sign("[")) => false,
        (Token::Sign(_), _) if unary => true,
        _ => true,
    }
}

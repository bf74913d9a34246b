//! What a word of a query means.

use super::Known;
use super::cursor::{Cursor, Place};
use super::docs;
use crate::ast::Span;
use crate::commands::CommandKind;
use crate::functions;
use crate::lex::{Token, lex_prefix};

/// A word explained.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// Markdown.
    pub text: String,
    /// Bytes of the word.
    pub span: Span,
}

/// What the word at byte `offset` means: a command, a function, a parameter or a field. `None` for everything else.
pub fn hover(text: &str, offset: usize, known: &Known) -> Option<Hover> {
    let (tokens, _) = lex_prefix(text);
    let holds = |span: &Span| span.start as usize <= offset && offset <= span.end as usize;
    let at = tokens
        .iter()
        .position(|lexed| holds(&lexed.span) && matches!(lexed.token, Token::Name(_) | Token::Quoted(_)))?;
    let (Token::Name(name) | Token::Quoted(name)) = &tokens[at].token else { return None };
    let span = tokens[at].span;
    let next = tokens.get(at + 1).map(|next| &next.token);
    let cursor = Cursor::at(text, &tokens[..at]);
    let text = match (next, &cursor.place) {
        (_, Place::Command { .. }) => docs::command(CommandKind::find(name)?.spec()),
        (Some(Token::Sign("(")), _) => docs::function(functions::find(name)?),
        (Some(Token::Sign(":")), _) => match (cursor.function, cursor.command) {
            (Some(function), _) => docs::param(function, &function.takes[function.param(name)?]),
            (None, Some(kind)) => {
                let param = kind.spec().param(name)?;
                format!("`{}` of `{}`: {}\n", param.name, kind.name(), param.wants)
            }
            _ => return None,
        },
        _ => {
            let scope = cursor.scope(text, known);
            match (scope.type_of(name), scope.has(name)) {
                (Some(ty), _) => format!("`{name}`: {}\n", ty.name()),
                (None, true) => format!("`{name}`: a field\n"),
                (None, false) => return None,
            }
        }
    };
    Some(Hover { text, span })
}

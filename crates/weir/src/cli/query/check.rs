//! `weir query --check`: whether a query compiles, and what in it is hardly meant.

use serde_json::{Value as Json, json};
use weir_event::{Fault, FaultKind};
use weir_lang::point;
use weir_lang::tools::Lint;

use super::batch;
use crate::say;

/// Words for people: the query compiles, and what is odd in it.
pub fn words(text: &str, lints: &[Lint]) {
    for lint in lints {
        let odd = Odd::of(text, lint);
        say::words(format_args!("warning[{}]: {}\n  at: {}\n{}", lint.id, lint.says, odd.place, odd.caret));
        if !lint.hint.is_empty() {
            say::words(format_args!("  hint: {}", lint.hint));
        }
    }
    say::words("the query compiles");
}

/// The answer to one line of a batch.
pub fn line(id: &Json, text: &str, checked: Result<Vec<Lint>, Fault>) -> String {
    let answer = match checked {
        Ok(lints) => json!({"id": id, "lints": lints.iter().map(|lint| member(text, lint)).collect::<Vec<_>>()}),
        Err(fault) => json!({"id": id, "error": batch::error(&fault)}),
    };
    answer.to_string()
}

fn member(text: &str, lint: &Lint) -> Json {
    let odd = Odd::of(text, lint);
    json!({"id": lint.id, "what": lint.says, "where": odd.place, "caret": odd.caret, "hint": lint.hint})
}

/// Where a lint points.
struct Odd {
    /// `line 2, column 7`.
    place: String,
    /// The line of the query, and under it the caret.
    caret: String,
}

impl Odd {
    fn of(text: &str, lint: &Lint) -> Odd {
        let pointed = point(text, lint.span, Fault::new(lint.id, FaultKind::Usage, &*lint.says));
        let caret = pointed.cause().split_once('\n').map_or("", |(_, drawn)| drawn);
        Odd { place: pointed.place().to_owned(), caret: caret.to_owned() }
    }
}

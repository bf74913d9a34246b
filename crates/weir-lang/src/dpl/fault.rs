//! Everything that can be wrong with a pattern, one factory per id, each with the place and a caret under it.

use weir_event::{Fault, FaultKind, nearest};

use super::names;
use super::tree::Span;

/// The pattern's text, for messages that point into it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a>(pub &'a str);

impl Source<'_> {
    pub(crate) fn unexpected(self, at: Span, expected: &str) -> Fault {
        let says = match self.0.get(at.start..).and_then(|rest| rest.chars().next()) {
            Some(found) => format!("Syntax error: mismatched input '{found}', expected {expected}"),
            None => format!("Syntax error: the pattern ends where {expected} is expected"),
        };
        let hint = self.0.get(at.start..).and_then(|rest| rest.chars().next()).and_then(habit);
        self.fault("DPL-001", says, at).hint(hint.unwrap_or_default())
    }

    pub(crate) fn unknown_matcher(self, name: &str, at: Span) -> Fault {
        let fault = self.fault("DPL-002", format!("Named pattern element '{name}' is not valid"), at);
        if let Some(extension) = names::find_extension(name) {
            return fault.hint(format!("weir has it as an extension of its own: {}", names::print(extension)));
        }
        match nearest(name, names::all_names()) {
            Some(near) => fault.hint(format!("did you mean {near}? Text to match literally belongs in quotes")),
            None => fault.hint("text to match literally belongs in quotes, a set of characters in [ ]"),
        }
    }

    pub(crate) fn unknown_extension(self, name: &str, at: Span) -> Fault {
        let fault = self.fault("DPL-002", format!("there is no extension @{name}"), at);
        let written = format!("@{name}");
        match (names::find(name), nearest(&written, names::extension_names())) {
            (Some(info), _) => fault.hint(format!("{} is written without @", names::print(info))),
            (None, Some(near)) => fault.hint(format!("did you mean {near}?")),
            (None, None) => {
                let all: Vec<&str> = names::extension_names().collect();
                fault.hint(format!("the extensions are {}", all.join(", ")))
            }
        }
    }

    pub(crate) fn not_strict(self, name: &str, at: Span) -> Fault {
        self.fault("DPL-014", format!("{name} is an extension, and extensions are refused here"), at)
            .hint("leave out strict mode, or write the pattern with the matchers of the language proper")
    }

    pub(crate) fn expression(self, says: &str, at: Span) -> Fault {
        let says: String = says.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        self.fault("DPL-015", format!("the regular expression cannot be used: {says}"), at)
            .hint("look-around and references back are not possible in linear time; DPL has >> and << around it")
    }

    pub(crate) fn unclosed(self, what: &str, closing: &str, at: Span) -> Fault {
        self.fault("DPL-003", format!("{what} is never closed"), at).hint(format!("add {closing}"))
    }

    pub(crate) fn quantifier(self, says: impl Into<String>, at: Span) -> Fault {
        self.fault("DPL-004", says, at).hint("quantifiers are *, +, {n}, {min,max}, {min,} and {,max}")
    }

    pub(crate) fn parameter(self, says: impl Into<String>, at: Span, hint: &str) -> Fault {
        self.fault("DPL-005", says, at).hint(hint)
    }

    pub(crate) fn members(self, says: impl Into<String>, at: Span, hint: &str) -> Fault {
        self.fault("DPL-006", says, at).hint(hint)
    }

    pub(crate) fn order(self, what: &str, at: Span) -> Fault {
        self.fault("DPL-007", format!("Syntax error: {what} stands at the wrong place"), at)
            .hint("the order is MATCHER{members}(configuration)quantifier?:name, each part at most once")
    }

    pub(crate) fn macros(self, says: impl Into<String>, at: Span) -> Fault {
        self.fault("DPL-008", says, at).hint("a macro is defined once, before its first use: $name = matchers ;")
    }

    pub(crate) fn empty(self, what: &str, at: Span) -> Fault {
        self.fault("DPL-009", format!("{what} is empty"), at)
    }

    pub(crate) fn limit(self, says: impl Into<String>, at: Span) -> Fault {
        self.fault("DPL-010", says, at).hint("split the pattern into several parse steps")
    }

    pub(crate) fn time_format(self, says: impl Into<String>, at: Span) -> Fault {
        self.fault("DPL-011", says, at)
            .hint("letters are G y Y M w W D d F E u a H k K h m s S f z Z; quote others: 'T'")
    }

    pub(crate) fn time_zone(self, name: &str, at: Span) -> Fault {
        self.fault("DPL-011", format!("there is no time zone '{name}'"), at)
            .hint("zones are IANA names such as Europe/Berlin, abbreviations such as PST, and offsets such as +02:00")
    }

    pub(crate) fn export(self, says: impl Into<String>, at: Span) -> Fault {
        self.fault("DPL-012", says, at)
            .hint("a name is letters, digits, _ and dots, or any text in quotes: :'http.method'")
    }

    fn fault(self, id: &'static str, says: impl Into<String>, at: Span) -> Fault {
        let place = Place::find(self.0, at.start);
        let says = format!("The parsing pattern is invalid. {}", says.into());
        Fault::new(id, FaultKind::Usage, says)
            .at(format_args!("line {}, column {}", place.line, place.column))
            .because(format_args!("the pattern stops making sense here\n{}", place.caret(&at)))
    }
}

/// How to go on for those who are used to regular expressions.
fn habit(found: char) -> Option<&'static str> {
    match found {
        '\\' | '.' | '^' | '$' | '*' | '+' => {
            Some("a pattern is no regular expression: write DIGIT, [a-z]+ or LD, and text to match in quotes")
        }
        '|' => Some("alternatives stand in parentheses: ('a' | 'b')"),
        _ => None,
    }
}

/// A mode of [`super::run_mode`] that does not exist.
pub(crate) fn unknown_mode(mode: &str) -> Fault {
    Fault::new("DPL-013", FaultKind::Usage, format!("there is no mode '{mode}'"))
        .hint("the modes are parse, parseAll, matches, replace, split and compile")
}

/// A text that needs more steps than a run may take: what was found before is not the answer.
pub(crate) fn gave_up(bytes: usize) -> Fault {
    Fault::new("DPL-016", FaultKind::Limit, format!("the pattern gave up on a text of {bytes} bytes"))
        .because("it needs more steps than a text of that length is given")
        .hint(
            "cut the text into lines first, or let the pattern look at less: a mark in quotes instead of LD within LD",
        )
}

struct Place<'a> {
    line: usize,
    column: usize,
    text: &'a str,
}

impl<'a> Place<'a> {
    fn find(text: &'a str, offset: usize) -> Place<'a> {
        let offset = text.floor_char_boundary(offset);
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
        Place {
            line: 1 + before.matches('\n').count(),
            column: 1 + before[start..].chars().count(),
            text: &text[start..end],
        }
    }

    /// The line, cut to what fits a terminal, and a caret under the place.
    fn caret(&self, at: &Span) -> String {
        const BEFORE: usize = 60;
        const WIDTH: usize = 100;
        let skip = (self.column - 1).saturating_sub(BEFORE);
        let line: String = self.text.chars().skip(skip).take(WIDTH).map(|c| if c == '\t' { ' ' } else { c }).collect();
        let room = WIDTH.saturating_sub(self.column - 1 - skip).max(1);
        let carets = (at.end.saturating_sub(at.start)).clamp(1, room.min(line.len().max(1)));
        format!("  {line}\n  {}{}", " ".repeat(self.column - 1 - skip), "^".repeat(carets))
    }
}

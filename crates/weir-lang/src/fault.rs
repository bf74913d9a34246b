//! What is wrong with a query: ids `DQL-001` and up, each made by one function here.

use weir_event::{Fault, FaultKind, limits};

use crate::ast::Span;

/// The text a fault points into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'t>(pub &'t str);

impl Source<'_> {
    /// `line 2, column 7`, 1-based, columns in characters.
    fn place(&self, span: Span) -> String {
        let (line, column, _) = self.locate(span);
        format!("line {line}, column {column}")
    }

    fn locate(&self, span: Span) -> (usize, usize, &str) {
        let at = floor(self.0, span.start as usize);
        let start = self.0[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.0[at..].find('\n').map_or(self.0.len(), |newline| at + newline);
        let line = self.0[..at].matches('\n').count() + 1;
        (line, self.0[start..at].chars().count() + 1, &self.0[start..end])
    }

    /// The line, and under it a caret below each character of the span. Long lines are cut around the place.
    fn caret(&self, span: Span) -> String {
        let (_, column, line) = self.locate(span);
        let skip = column.saturating_sub(60);
        let shown: String = line.chars().skip(skip).take(120).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (start, end) = (floor(self.0, span.start as usize), floor(self.0, span.end as usize));
        let width = self.0[start..end.max(start)].chars().take_while(|&c| c != '\n').count().clamp(1, 80);
        format!(
            "this part cannot stay as it is\n    {shown}\n    {}{}",
            " ".repeat(column - 1 - skip),
            "^".repeat(width)
        )
    }

    fn fault(&self, id: &'static str, says: impl Into<String>, span: Span) -> Fault {
        Fault::new(id, FaultKind::Usage, says).at(self.place(span)).because(self.caret(span))
    }

    pub fn too_long(&self) -> Fault {
        Fault::new("DQL-001", FaultKind::Limit, format!("the query has {} bytes", self.0.len()))
            .because(format!("a query has at most {} bytes", limits::QUERY_BYTES_MAX))
            .hint("move long lists into a lookup table")
    }

    pub fn bad_character(&self, c: char, span: Span) -> Fault {
        self.fault("DQL-002", format!("`{}` means nothing here", c.escape_debug()), span)
            .hint("names with other characters than letters, digits, `_` and `.` go in backticks")
    }

    pub fn unclosed(&self, what: &str, span: Span) -> Fault {
        self.fault("DQL-003", format!("the {what} that begins here does not end"), span)
    }

    pub fn bad_number(&self, why: &str, span: Span) -> Fault {
        self.fault("DQL-004", format!("this is not a number: {why}"), span)
    }

    pub fn bad_unit(&self, unit: &str, span: Span) -> Fault {
        self.fault("DQL-005", format!("`{unit}` is not a unit of time"), span)
            .hint("units are ns us ms s m h d w M q y; `m` is minutes, `M` is months")
    }

    pub fn expected(&self, what: &str, found: &str, span: Span) -> Fault {
        self.fault("DQL-006", format!("expected {what}, found {found}"), span)
    }

    pub fn too_deep(&self, span: Span) -> Fault {
        let mut fault = Fault::new("DQL-007", FaultKind::Limit, "the query is nested too deeply");
        fault = fault.at(self.place(span)).because(self.caret(span));
        fault.hint(format!("at most {} levels; split the expression over several fieldsAdd", limits::NESTING_MAX))
    }

    pub fn unknown_command(&self, name: &str, nearest: Option<&str>, span: Span) -> Fault {
        did_you_mean(self.fault("DQL-008", format!("there is no command `{name}`"), span), nearest)
    }

    pub fn unknown_function(&self, name: &str, nearest: Option<&str>, span: Span) -> Fault {
        did_you_mean(self.fault("DQL-009", format!("there is no function `{name}`"), span), nearest)
    }

    pub fn unknown_parameter(&self, name: &str, of: &str, nearest: Option<&str>, span: Span) -> Fault {
        did_you_mean(self.fault("DQL-010", format!("`{of}` has no parameter `{name}`"), span), nearest)
    }

    pub fn missing_parameter(&self, name: &str, of: &str, span: Span) -> Fault {
        self.fault("DQL-011", format!("`{of}` needs {name}"), span)
    }

    pub fn too_many(&self, of: &str, optional: Option<&str>, span: Span) -> Fault {
        let fault = self.fault("DQL-012", format!("too many arguments for `{of}`"), span);
        match optional {
            Some(name) => fault.hint(format!("optional parameters are named: write `{name}: ...`")),
            None => fault,
        }
    }

    pub fn given_twice(&self, name: &str, span: Span) -> Fault {
        self.fault("DQL-013", format!("`{name}` is given twice"), span)
    }

    pub fn wrong_argument(&self, of: &str, name: &str, wants: &str, span: Span) -> Fault {
        self.fault("DQL-014", format!("`{name}` of `{of}` takes {wants}"), span)
    }

    pub fn excluded(&self, one: &str, other: &str, span: Span) -> Fault {
        self.fault("DQL-015", format!("`{one}` and `{other}` exclude each other"), span)
    }

    pub fn wrong_place(&self, what: &str, hint: &str, span: Span) -> Fault {
        self.fault("DQL-016", what.to_owned(), span).hint(hint)
    }

    pub fn in_list(&self, span: Span) -> Fault {
        self.fault("DQL-017", "`in [...]` takes a sub-query, not a list", span)
            .hint("write `in(field, {\"a\", \"b\"})` for a list of values")
    }

    pub fn bad_pattern(&self, cause: &Fault, span: Span) -> Fault {
        let place = self.place(span);
        let fault = Fault::new(cause.id(), FaultKind::Usage, cause.says().to_owned());
        fault.at(format!("the pattern at {place}, its {}", cause.place())).because(cause.cause()).hint(cause.fix())
    }
}

fn did_you_mean(fault: Fault, nearest: Option<&str>) -> Fault {
    match nearest {
        Some(word) => fault.hint(format!("did you mean `{word}`?")),
        None => fault,
    }
}

/// The start of the character that byte `at` belongs to.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

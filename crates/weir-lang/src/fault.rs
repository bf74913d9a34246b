//! What is wrong with a query: ids `DQL-001` and up, each made by one function here.

use weir_event::{Fault, FaultKind, limits};

use crate::ast::Span;
use crate::habits;

/// The text a fault points into, and how it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'t> {
    pub text: &'t str,
    /// Refuses weir's own extensions.
    pub strict: bool,
}

/// `fault` with the place of `span` in `text` and a caret below it; what caused it stays as the first line. For faults that are
/// found when a query is planned or run.
#[must_use]
pub fn point(text: &str, span: Span, fault: Fault) -> Fault {
    let source = Source { text, strict: false };
    let why = if fault.cause().is_empty() { CARET_WHY.to_owned() } else { fault.cause().to_owned() };
    let place = source.place(span);
    let caret = source.drawn(span);
    fault.at(place).because(format!("{why}\n{caret}"))
}

/// Where in `text` a fault of a query points: its line and column, as wide as its caret.
pub(crate) fn span_of(text: &str, fault: &Fault) -> Option<Span> {
    let place = fault.place();
    let rest = &place[place.find("line ")? + 5..];
    let (line, rest) = rest.split_once(", column ")?;
    let column: usize = rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    let line: usize = line.parse().ok()?;
    let before: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let start = text[before..].char_indices().nth(column.checked_sub(1)?).map_or(text.len(), |(at, _)| before + at);
    let width = fault.cause().matches('^').count().max(1);
    let end = text[start..].char_indices().nth(width).map_or(text.len(), |(at, _)| start + at);
    Some(Span::new(start, end))
}

/// What a caret says when nothing else is known.
const CARET_WHY: &str = "this part cannot stay as it is";

impl Source<'_> {
    /// `line 2, column 7`, 1-based, columns in characters.
    fn place(&self, span: Span) -> String {
        let (line, column, _) = self.locate(span);
        format!("line {line}, column {column}")
    }

    fn locate(&self, span: Span) -> (usize, usize, &str) {
        let at = floor(self.text, span.start as usize);
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline);
        let line = self.text[..at].matches('\n').count() + 1;
        (line, self.text[start..at].chars().count() + 1, &self.text[start..end])
    }

    fn caret(&self, span: Span) -> String {
        format!("{CARET_WHY}\n{}", self.drawn(span))
    }

    /// The line, and under it a caret below each character of the span. Long lines are cut around the place.
    fn drawn(&self, span: Span) -> String {
        let (_, column, line) = self.locate(span);
        let skip = column.saturating_sub(60);
        let shown: String = line.chars().skip(skip).take(120).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (start, end) = (floor(self.text, span.start as usize), floor(self.text, span.end as usize));
        let width = self.text[start..end.max(start)].chars().take_while(|&c| c != '\n').count().clamp(1, 80);
        format!("    {shown}\n    {}{}", " ".repeat(column - 1 - skip), "^".repeat(width))
    }

    fn fault(&self, id: &'static str, says: impl Into<String>, span: Span) -> Fault {
        Fault::new(id, FaultKind::Usage, says).at(self.place(span)).because(self.caret(span))
    }

    pub fn too_long(&self) -> Fault {
        Fault::new("DQL-001", FaultKind::Limit, format!("the query has {} bytes", self.text.len()))
            .because(format!("a query has at most {} bytes", limits::QUERY_BYTES_MAX))
            .hint("move long lists into a lookup table")
    }

    pub fn bad_character(&self, c: char, span: Span) -> Fault {
        self.fault("DQL-002", format!("`{}` means nothing here", c.escape_debug()), span).hint(
            habits::sign(c).unwrap_or("names with other characters than letters, digits, `_` and `.` go in backticks"),
        )
    }

    pub fn unclosed(&self, what: &str, span: Span) -> Fault {
        self.fault("DQL-003", format!("the {what} that begins here does not end"), span)
    }

    pub fn bad_number(&self, why: &str, span: Span) -> Fault {
        self.fault("DQL-004", format!("this is not a number: {why}"), span)
    }

    pub fn bad_unit(&self, unit: &str, span: Span) -> Fault {
        let fault = self.fault("DQL-005", format!("`{unit}` is not a unit of time"), span);
        match unit.strip_prefix('@') {
            Some(_) => fault
                .hint("units are ns us ms s m h d w w0 to w7 M q y; a name that begins with `@` stands in backticks"),
            None => fault.hint("units are ns us ms s m h d w M q y; `m` is minutes, `M` is months"),
        }
    }

    pub fn expected(&self, what: &str, found: &str, span: Span) -> Fault {
        let fault = self.fault("DQL-006", format!("expected {what}, found {found}"), span);
        hinted(fault, habits::word(found.trim_matches('`')))
    }

    pub fn too_deep(&self, span: Span) -> Fault {
        let mut fault = Fault::new("DQL-007", FaultKind::Limit, "the query is nested too deeply");
        fault = fault.at(self.place(span)).because(self.caret(span));
        fault.hint(format!("at most {} levels; split the expression over several fieldsAdd", limits::NESTING_MAX))
    }

    pub fn unknown_command(&self, name: &str, nearest: Option<&str>, span: Span) -> Fault {
        let fault = self.fault("DQL-008", format!("there is no command `{name}`"), span);
        hinted(did_you_mean(fault, nearest), habits::command(name))
    }

    pub fn unknown_function(&self, name: &str, nearest: Option<&str>, span: Span) -> Fault {
        let fault = self.fault("DQL-009", format!("there is no function `{name}`"), span);
        hinted(did_you_mean(fault, nearest), habits::function(name))
    }

    pub fn unknown_parameter(&self, name: &str, of: &str, nearest: Option<&str>, span: Span) -> Fault {
        let fault = self.fault("DQL-010", format!("`{of}` has no parameter `{name}`"), span);
        hinted(did_you_mean(fault, nearest), if nearest.is_none() { habits::parameter(name, of) } else { None })
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
            .hint("write `in(field, {\"a\", \"b\"})` for a list of values, or weir's own `field in (\"a\", \"b\")`")
    }

    /// One of weir's own forms where only the plain language is allowed.
    pub fn extension(&self, what: &str, plain: &str, span: Span) -> Fault {
        self.fault("DQL-018", format!("{what} is an extension of weir, which strict mode refuses"), span).hint(plain)
    }

    pub fn unbound(&self, name: &str, nearest: Option<&str>, span: Span) -> Fault {
        let fault = self.fault("DQL-019", format!("the parameter `${name}` has no value"), span);
        match nearest {
            Some(near) => fault.hint(format!("did you mean `${near}`?")),
            None => fault.hint(format!("give it with the query, or define it: `let {name} = ... | fetch ...`")),
        }
    }

    pub fn bad_zone(&self, name: &str, span: Span) -> Fault {
        self.fault("DQL-021", format!("there is no time zone `{name}`"), span)
            .hint("name a place such as `Europe/Vienna`, or an offset such as `+02:00`")
    }

    /// An operator between types that it never works on.
    pub fn bad_operands(&self, operator: &str, types: &str, hint: &str, span: Span) -> Fault {
        let fault = self.fault("DQL-022", format!("`{operator}` does not work on {types}"), span);
        if hint.is_empty() { fault } else { fault.hint(hint) }
    }

    pub fn bad_json(&self, span: Span) -> Fault {
        self.fault("DQL-023", "the text is not a JSON object or an array of objects", span)
            .hint("a raw string needs no escapes: data json: \"\"\"[{\"a\": 1}]\"\"\"")
    }

    pub fn bad_regex(&self, why: &str, span: Span) -> Fault {
        self.fault("DQL-024", format!("this is not a regular expression: {why}"), span)
            .hint("look-around and back references do not exist here: they cannot be matched in linear time")
    }

    /// Definitions that use each other double the tree each time.
    pub fn too_large(&self, span: Span) -> Fault {
        self.fault("DQL-025", "the definitions of `let` make the query too large", span)
            .hint("add a field with fieldsAdd and use that instead")
    }

    pub fn too_many_commands(&self, most: usize, span: Span) -> Fault {
        Fault::new("DQL-026", FaultKind::Limit, format!("the query has more than {most} commands"))
            .at(self.place(span))
            .because(self.caret(span))
            .hint("one `filter` takes several conditions with `and`, one `fieldsAdd` several fields")
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

fn hinted(fault: Fault, hint: Option<&str>) -> Fault {
    match hint {
        Some(hint) => fault.hint(hint),
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

//! `@REGEX{'...'}`: a regular expression in linear time.

use weir_event::Fault;

use super::exports::ValueKind;
use super::fault::Source;
use super::tree::Body;
use crate::functions::RegexUse;
use crate::regex::Regex;

/// Compiles the expression of a matcher.
pub(super) fn compile(body: &Body, source: Source) -> Result<Regex, Fault> {
    let Body::Text(text) = body else { return Err(source.empty("the regular expression", 0..0)) };
    if text.text.is_empty() {
        return Err(source.empty("the regular expression", text.span.clone()));
    }
    Regex::new(&text.text, RegexUse::Extract).map_err(|says| source.expression(&says, text.span.clone()))
}

/// A record of its named groups, or the text. An expression that does not compile has none; compiling the pattern refuses it.
pub(super) fn kind(body: &Body) -> ValueKind {
    match body {
        Body::Text(text) if text.text.contains("(?P<") || text.text.contains("(?<") => ValueKind::Record,
        _ => ValueKind::Text,
    }
}

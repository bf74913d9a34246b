//! `@REGEX{'...'}`: a regular expression in linear time.

use regex_automata::meta::Regex;
use weir_event::Fault;

use super::exports::ValueKind;
use super::fault::Source;
use super::tree::Body;

/// An expression, and the names of its groups if it has some.
#[derive(Debug)]
pub(crate) struct Expression {
    pub regex: Regex,
    /// Index and name of each group that has one.
    pub names: Box<[(usize, Box<str>)]>,
}

/// Compiles the expression of a matcher.
pub(super) fn compile(body: &Body, source: Source) -> Result<Expression, Fault> {
    let Body::Text(text) = body else { return Err(source.empty("the regular expression", 0..0)) };
    if text.text.is_empty() {
        return Err(source.empty("the regular expression", text.span.clone()));
    }
    let regex = crate::regex::build(&text.text).map_err(|says| source.expression(&says, text.span.clone()))?;
    let names = regex.group_info().pattern_names(Default::default()).enumerate();
    let names = names.filter_map(|(index, name)| Some((index, name?.into()))).collect();
    Ok(Expression { regex, names })
}

/// A record of its named groups, or the text. An expression that does not compile has none; compiling the pattern refuses it.
pub(super) fn kind(body: &Body) -> ValueKind {
    match body {
        Body::Text(text) if text.text.contains("(?P<") || text.text.contains("(?<") => ValueKind::Record,
        _ => ValueKind::Text,
    }
}

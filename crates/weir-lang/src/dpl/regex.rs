//! `@REGEX{'...'}`: a regular expression in linear time.

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use weir_event::Fault;

use super::exports::ValueKind;
use super::fault::Source;
use super::tree::Body;

/// Memory of one compiled expression; a larger one is refused.
const COMPILED_BYTES_MAX: usize = 1 << 20;
/// Nesting of one expression.
const NESTING_MAX: u32 = 50;

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
    let regex = build(&text.text).map_err(|says| source.expression(&says, text.span.clone()))?;
    let names = regex.group_info().pattern_names(Default::default()).enumerate();
    let names = names.filter_map(|(index, name)| Some((index, name?.into()))).collect();
    Ok(Expression { regex, names })
}

fn build(text: &str) -> Result<Regex, String> {
    let config = Regex::config().nfa_size_limit(Some(COMPILED_BYTES_MAX)).onepass_size_limit(Some(COMPILED_BYTES_MAX));
    let syntax = syntax::Config::new().nest_limit(NESTING_MAX);
    Regex::builder().configure(config).syntax(syntax).build(text).map_err(|error| match error.size_limit() {
        Some(bytes) => format!("its compiled form is larger than {bytes} bytes"),
        None => error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string),
    })
}

/// A record of its named groups, or the text. An expression that does not compile has none; compiling the pattern refuses it.
pub(super) fn kind(body: &Body) -> ValueKind {
    match body {
        Body::Text(text) if text.text.contains("(?P<") || text.text.contains("(?<") => ValueKind::Record,
        _ => ValueKind::Text,
    }
}

//! DPL, the pattern language: how a text is cut into typed fields.
//!
//! Start at [`Pattern::compile`], then take a [`Matcher`] per thread. A pattern is a sequence of matchers; each takes text
//! directly behind the one before, or fails, without a second try. Only `LD` and `DATA` look ahead: they end where the next
//! matcher can begin.
//!
//! A run never panics and is bounded by a budget of steps that grows with the text; a run that spends it all gives no match, and
//! [`Matcher::gave_up`] says so.

mod charset;
mod check;
mod class;
mod compile;
mod cursor;
mod describe;
mod exports;
mod fault;
mod lint;
mod literals;
mod matcher;
mod mode;
mod names;
mod parse;
mod program;
mod regex;
mod run;
mod timestamp;
mod trace;
mod tree;

#[cfg(test)]
mod print;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use weir_event::{Fault, Timestamp, Value};

pub(crate) use timestamp::{LanguageNames, names_of};

pub use exports::{Export, ValueKind};
pub use matcher::Matcher;
pub use mode::{run_mode, warnings};
pub use trace::{Failure, Status, Step, Trace};

/// What a pattern depends on besides its text.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternOptions {
    /// Zone of times whose text names none, unless the matcher has one: IANA name, abbreviation or offset.
    pub zone: String,
    /// The present, which gives the year to times without one.
    pub now: Timestamp,
    /// Refuses weir's own extensions of the language.
    pub strict: bool,
}

impl Default for PatternOptions {
    /// UTC, 1970.
    fn default() -> Self {
        PatternOptions { zone: "UTC".to_owned(), now: Timestamp(0), strict: false }
    }
}

/// A compiled pattern. Cheap to clone and to share between threads.
///
/// ```
/// let pattern = Pattern::compile("IPADDR:ip ':' INT:port", &PatternOptions::default())?;
/// let mut values = vec![Value::Null; pattern.exports().len()];
/// assert_eq!(pattern.matcher().parse("10.0.0.1:8080", &mut values), Some(13));
/// assert_eq!(values[1], Value::Long(8080));
/// ```
#[derive(Clone, Debug)]
pub struct Pattern(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    text: String,
    program: program::Program,
    exports: Vec<Export>,
    warnings: Vec<Lint>,
}

/// Something legal that is rarely meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Lint {
    /// Stable, for switching it off.
    pub id: &'static str,
    pub says: String,
    /// Bytes of the pattern's text.
    pub span: Range<usize>,
}

impl Lint {
    fn new(id: &'static str, says: impl Into<String>, span: Range<usize>) -> Lint {
        Lint { id, says: says.into(), span }
    }
}

/// Macros that stand before several patterns and are read once for all of them.
#[derive(Clone, Debug, Default)]
pub struct Macros {
    text: String,
    read: Vec<Arc<tree::Macro>>,
}

impl Macros {
    /// Reads definitions, which may use weir's own extensions of the language; a text without any is one of no macros.
    ///
    /// # Errors
    /// See [`Pattern::compile`].
    pub fn read(text: &str) -> Result<Macros, Fault> {
        Ok(Macros { read: parse::macros(text)?, text: format!("{text}\n") })
    }
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// A fault `DPL-001` to `DPL-012`, `DPL-014` or `DPL-015` with line, column, a caret under the place and mostly a hint.
    pub fn compile(text: &str, options: &PatternOptions) -> Result<Pattern, Fault> {
        Pattern::compile_behind(&Macros::default(), text, options)
    }

    /// Compiles a pattern that may use macros: the same as compiling their text with the pattern's on a line behind it.
    ///
    /// # Errors
    /// See [`Pattern::compile`]; lines are counted from the first of the macros.
    pub fn compile_behind(macros: &Macros, text: &str, options: &PatternOptions) -> Result<Pattern, Fault> {
        let text = [&macros.text, text].concat();
        let source = fault::Source(&text);
        let parsed = parse::parse(&text, macros, options.strict)?;
        compile::measure(&parsed.exprs, source)?;
        check::containers(&parsed.exprs, source)?;
        let exports = exports::frame(&parsed.exprs);
        let (program, mut warnings) = compile::compile(&parsed.exprs, &exports, source, options)?;
        warnings.extend(lint::lint(&parsed, &exports, &program, &text));
        warnings.sort_by_key(|lint| lint.span.start);
        warnings.dedup();
        Ok(Pattern(Arc::new(Compiled { text, program, exports, warnings })))
    }

    /// The names the pattern gives, in the order they are written; one that occurs twice is listed once.
    pub fn exports(&self) -> &[Export] {
        &self.0.exports
    }

    pub fn warnings(&self) -> &[Lint] {
        &self.0.warnings
    }

    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Texts that every matching input contains; none of them white space only.
    pub fn required_literals(&self) -> &[String] {
        &self.0.program.literals
    }

    /// Matches at the start of `input`, see [`Matcher::parse`]; for a single use, without a matcher. `None` also when the budget is spent.
    pub fn parse<'t>(&self, input: &'t str, out: &mut [Value<'t>]) -> Option<usize> {
        matcher::parse(self, input, out).0
    }

    /// A matcher for one thread.
    pub fn matcher(&self) -> Matcher {
        Matcher::new(self.clone())
    }

    /// Where the pattern stops on `input`: what each element at the top took and which one failed.
    pub fn trace(&self, input: &str) -> Trace {
        trace::trace(self, input)
    }

    /// What is wrong with the pattern on a sample of what it will see: a pattern that replaces, splits or extracts all over a text
    /// and finds nothing in its sample does nothing.
    pub fn sample_warning(&self, sample: &str) -> Option<Lint> {
        lint::nothing_in_sample(self, sample)
    }

    fn program(&self) -> &program::Program {
        &self.0.program
    }
}

/// Every matcher's name and alias, for completion; extensions come last, with their sign.
pub fn matcher_names() -> impl Iterator<Item = &'static str> {
    names::all_names().chain(names::extension_names())
}

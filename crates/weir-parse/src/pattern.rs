//! DPL patterns of packs.

use weir_event::{Fault, Value};
use weir_lang::dpl::{Pattern, PatternOptions};

/// A pattern of a pack. Times are read by the rules of the pack's `time`, not by the pattern: what it exports has no need of a clock.
#[derive(Debug)]
pub struct Compiled(Pattern);

/// Compiles a pattern behind the macros of its pack.
pub fn compile(macros: &str, text: &str) -> Result<Compiled, Fault> {
    Pattern::compile(&format!("{macros}\n{text}"), &PatternOptions::default()).map(Compiled)
}

impl Compiled {
    /// Matches at the start of `text`: hands out the values that are set with their names, and gives the end of the match.
    pub fn run<'t>(
        &'t self,
        text: &'t str,
        values: &mut Vec<Value<'t>>,
        mut take: impl FnMut(&'t str, Value<'t>),
    ) -> Option<usize> {
        let exports = self.0.exports();
        values.clear();
        values.resize(exports.len(), Value::Null);
        let end = self.0.matcher().parse(text, values)?;
        for (export, value) in exports.iter().zip(values.drain(..)) {
            if !value.is_null() {
                take(&export.name, value);
            }
        }
        Some(end)
    }
}

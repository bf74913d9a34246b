//! DPL patterns of packs.

use memchr::memmem::Finder;
use weir_event::{Fault, Value};
use weir_lang::dpl::{Macros, Pattern, PatternOptions};

/// A pattern of a pack. Times are read by the rules of the pack's `time`, not by the pattern: what it exports has no need of a clock.
#[derive(Debug)]
pub struct Compiled {
    pattern: Pattern,
    /// The longest text that every match holds: what lacks it need not be tried.
    needs: Option<Finder<'static>>,
}

/// Compiles a pattern behind the macros of its pack.
pub fn compile(macros: &Macros, text: &str) -> Result<Compiled, Fault> {
    let pattern = Pattern::compile_behind(macros, text, &PatternOptions::default())?;
    let longest = pattern.required_literals().iter().max_by_key(|literal| literal.len());
    let needs = longest.map(|literal| Finder::new(literal).into_owned());
    Ok(Compiled { pattern, needs })
}

impl Compiled {
    /// Matches at the start of `text`: hands out the values that are set with their names, and gives the end of the match.
    pub fn run<'t>(
        &'t self,
        text: &'t str,
        values: &mut Vec<Value<'t>>,
        mut take: impl FnMut(&'t str, Value<'t>),
    ) -> Option<usize> {
        if self.needs.as_ref().is_some_and(|needs| needs.find(text.as_bytes()).is_none()) {
            return None;
        }
        let exports = self.pattern.exports();
        values.clear();
        values.resize(exports.len(), Value::Null);
        let end = self.pattern.parse(text, values)?;
        for (export, value) in exports.iter().zip(values.drain(..)) {
            if !value.is_null() {
                take(&export.name, value);
            }
        }
        Some(end)
    }
}

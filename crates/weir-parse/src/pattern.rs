//! DPL patterns of packs.

use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;
use weir_event::{Fault, Value};
use weir_lang::dpl::{Macros, Pattern, PatternOptions};

/// A pattern of a pack, behind the macros of its reader. Times are read by the rules of the pack's `time`, not by the pattern: what it exports
/// has no need of a clock.
#[derive(Debug)]
pub struct Compiled(LazyLock<Option<Ready>, Compile>);

/// Gives nothing for a text that is no pattern.
type Compile = Box<dyn FnOnce() -> Option<Ready> + Send>;

#[derive(Debug)]
struct Ready {
    pattern: Pattern,
    /// The longest text that every match holds: what lacks it need not be tried.
    needs: Option<Finder<'static>>,
}

impl Ready {
    fn of(macros: &Macros, text: &str) -> Result<Ready, Fault> {
        let pattern = Pattern::compile_behind(macros, text, &PatternOptions::default())?;
        let longest = pattern.required_literals().iter().max_by_key(|literal| literal.len());
        let needs = longest.map(|literal| Finder::new(literal).into_owned());
        Ok(Ready { pattern, needs })
    }
}

impl Compiled {
    /// Compiles a pattern now, to know what is wrong with it.
    pub fn now(macros: &Macros, text: &str) -> Result<Compiled, Fault> {
        let ready = Ready::of(macros, text)?;
        Ok(Compiled(LazyLock::new(Box::new(|| Some(ready)))))
    }

    /// For a pattern that is known to be one: it is compiled when a record needs it, which most records of most users never do.
    pub fn later(macros: &Arc<Macros>, text: &'static str) -> Compiled {
        let macros = macros.clone();
        Compiled(LazyLock::new(Box::new(move || Ready::of(&macros, text).ok())))
    }

    /// Matches at the start of `text`: hands out the values that are set with their names, and gives the end of the match.
    pub fn run<'t>(
        &'t self,
        text: &'t str,
        values: &mut Vec<Value<'t>>,
        mut take: impl FnMut(&'t str, Value<'t>),
    ) -> Option<usize> {
        let Ready { pattern, needs } = self.0.as_ref()?;
        if needs.as_ref().is_some_and(|needs| needs.find(text.as_bytes()).is_none()) {
            return None;
        }
        let exports = pattern.exports();
        values.clear();
        values.resize(exports.len(), Value::Null);
        let end = pattern.parse(text, values)?;
        for (export, value) in exports.iter().zip(values.drain(..)) {
            if !value.is_null() {
                take(&export.name, value);
            }
        }
        Some(end)
    }
}

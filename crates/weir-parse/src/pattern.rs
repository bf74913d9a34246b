//! DPL patterns of packs.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use memchr::memmem::Finder;
use weir_event::{Fault, Value};
use weir_lang::dpl::{Macros, Pattern, PatternOptions};

/// A pattern of a pack, behind the macros of its reader. Times are read by the rules of the pack's `time`, not by the pattern: what it exports
/// has no need of a clock.
#[derive(Debug)]
pub struct Compiled {
    macros: Arc<Macros>,
    text: Cow<'static, str>,
    /// `None` inside: the text is no pattern.
    ready: OnceLock<Option<Ready>>,
}

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
    pub fn now(macros: &Arc<Macros>, text: &str) -> Result<Compiled, Fault> {
        let ready = Some(Ready::of(macros, text)?).into();
        Ok(Compiled { macros: macros.clone(), text: text.to_owned().into(), ready })
    }

    /// For a pattern that is known to be one: it is compiled when a record needs it, which most records of most users never do.
    pub fn later(macros: &Arc<Macros>, text: &'static str) -> Compiled {
        Compiled { macros: macros.clone(), text: text.into(), ready: OnceLock::new() }
    }

    /// Matches at the start of `text`: hands out the values that are set with their names, and gives the end of the match.
    pub fn run<'t>(
        &'t self,
        text: &'t str,
        values: &mut Vec<Value<'t>>,
        mut take: impl FnMut(&'t str, Value<'t>),
    ) -> Option<usize> {
        let ready = self.ready.get_or_init(|| Ready::of(&self.macros, &self.text).ok());
        let Ready { pattern, needs } = ready.as_ref()?;
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

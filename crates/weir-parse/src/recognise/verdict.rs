//! Why a clause holds for a record or does not, for people.

use memchr::memmem;

use super::entry::{Entry, product_is};
use super::{Facts, Recogniser, Seen};
use crate::blank::trimmed;

/// One clause of a pack, looked at for one record.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub pack: u32,
    /// What held, in words.
    pub held: Vec<String>,
    /// What did not hold; the clause fits when there is nothing here.
    pub failed: Vec<String>,
}

impl Recogniser {
    /// The clauses that [`Recogniser::candidates`] looked at just now, in the order in which it did.
    pub fn verdicts(&self, facts: &Facts<'_>, seen: &Seen) -> Vec<Verdict> {
        let entries = seen.entries.iter().filter_map(|&at| self.entries.get(at as usize));
        entries.map(|entry| Verdict::of(entry, facts)).collect()
    }
}

impl Verdict {
    fn of(entry: &Entry, facts: &Facts<'_>) -> Verdict {
        let clause = &entry.clause;
        let mut verdict = Verdict { pack: entry.pack, held: Vec::new(), failed: Vec::new() };
        let seen = |literal: &str| memmem::find(facts.head(), literal.as_bytes()).is_some();
        if let Some(format) = clause.format {
            verdict.note(format == facts.format, format!("format {}", format!("{format:?}").to_lowercase()));
        }
        if clause.header {
            verdict.note(facts.header, "a syslog header".to_owned());
        }
        verdict.one_of("vendor", &clause.vendors, |name| name.eq_ignore_ascii_case(trimmed(facts.vendor)));
        verdict.one_of("product", &clause.products, |name| product_is(name, trimmed(facts.product)));
        verdict.one_of("program", &clause.programs, |name| name == facts.program);
        verdict.one_of("starts", &clause.starts, |start| facts.payload.starts_with(start));
        clause.contains.iter().for_each(|text| verdict.note(seen(text), format!("contains {text:?}")));
        verdict.one_of("contains", &clause.any, seen);
        clause.without.iter().for_each(|text| verdict.note(!seen(text), format!("without {text:?}")));
        verdict
    }

    pub fn fits(&self) -> bool {
        self.failed.is_empty()
    }

    fn note(&mut self, holds: bool, words: String) {
        if holds { self.held.push(words) } else { self.failed.push(words) }
    }

    fn one_of(&mut self, what: &str, names: &[String], is: impl Fn(&str) -> bool) {
        if names.is_empty() {
            return;
        }
        match names.iter().find(|name| is(name)) {
            Some(name) => self.held.push(format!("{what} {name:?}")),
            None => self.failed.push(format!("{what} {}", names.join(" or "))),
        }
    }
}

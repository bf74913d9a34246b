//! Whether a clause holds for a record.

use memchr::memmem;

use super::literals::{Literals, is_quoted};
use super::{Clause, Facts, Format};
use crate::blank::trimmed;

/// A clause, made ready.
#[derive(Debug)]
pub struct Entry {
    pub pack: u32,
    pub(super) clause: Clause,
    contains: Vec<Wanted>,
    any: Vec<Wanted>,
    without: Vec<Wanted>,
}

/// A literal of a clause.
#[derive(Debug)]
struct Wanted {
    finder: memmem::Finder<'static>,
    /// Its number, when it may be searched for together with others.
    number: Option<u32>,
    is_name: bool,
}

/// Which literals the one pass over a record has looked for and which it has seen, as bits by number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'s> {
    pub searched: &'s [u64],
    pub seen: &'s [u64],
}

impl Known<'_> {
    /// `None` when the pass did not look for the literal.
    fn has(&self, number: u32) -> Option<bool> {
        let is = |bits: &[u64]| bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 != 0);
        is(self.searched).then(|| is(self.seen))
    }
}

impl Entry {
    pub fn new(pack: u32, clause: Clause, literals: &mut Literals) -> Self {
        let mut made = |texts: &[String]| {
            let wanted = |text: &String| Wanted {
                finder: memmem::Finder::new(text).into_owned(),
                number: literals.number(text),
                is_name: is_quoted(text),
            };
            let mut all: Vec<Wanted> = texts.iter().map(wanted).collect();
            // What a pass tells first.
            all.sort_by_key(|wanted| (wanted.number.is_none(), !wanted.is_name));
            all
        };
        let (contains, any, without) = (made(&clause.contains), made(&clause.any), made(&clause.without));
        Entry { pack, clause, contains, any, without }
    }

    /// The names of JSON that the clause asks for in records of a format.
    pub fn names(&self, format: Format) -> impl Iterator<Item = u32> {
        let asked = self.clause.format.is_none_or(|own| own == format);
        let all = self.contains.iter().chain(&self.any).chain(&self.without);
        all.filter(move |wanted| asked && wanted.is_name).filter_map(|wanted| wanted.number)
    }

    /// All of the clause holds; the vendor is known to.
    pub fn fits(&self, facts: &Facts<'_>, known: Known<'_>) -> bool {
        let clause = &self.clause;
        let seen = |wanted: &Wanted| {
            let told = wanted.number.and_then(|number| known.has(number));
            told.unwrap_or_else(|| wanted.finder.find(facts.head()).is_some())
        };
        clause.format.is_none_or(|format| format == facts.format)
            && (facts.header || !clause.header)
            && (clause.products.is_empty()
                || clause.products.iter().any(|name| product_is(name, trimmed(facts.product))))
            && (clause.programs.is_empty() || clause.programs.iter().any(|name| name == facts.program))
            && (clause.starts.is_empty() || clause.starts.iter().any(|start| facts.payload.starts_with(start.as_str())))
            && self.contains.iter().all(seen)
            && (self.any.is_empty() || self.any.iter().any(seen))
            && !self.without.iter().any(seen)
    }
}

pub(super) fn product_is(name: &str, product: &str) -> bool {
    match name.strip_suffix('*') {
        Some(head) => product.get(..head.len()).is_some_and(|have| have.eq_ignore_ascii_case(head)),
        None => name.eq_ignore_ascii_case(product),
    }
}

//! Whether a clause holds for a record.

use memchr::memmem;

use super::literals::Literals;
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
    /// Its number, when it is searched for together with others.
    number: Option<u32>,
}

/// Which literals the one pass over a record has seen, as bits by number.
#[derive(Debug, Default)]
pub struct SeenLiterals {
    pub bits: Vec<u64>,
    /// There was a pass over the record.
    passed: bool,
}

impl SeenLiterals {
    /// Nothing is known of the record.
    pub fn forget(&mut self) {
        self.passed = false;
    }

    /// A pass begins; there are `count` literals.
    pub fn begin(&mut self, count: usize) {
        self.passed = true;
        self.bits.clear();
        self.bits.resize(count.div_ceil(64), 0);
    }

    fn has(&self, number: u32) -> bool {
        self.bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
    }
}

impl Entry {
    pub fn new(pack: u32, clause: Clause, literals: &mut Literals) -> Self {
        let mut made = |texts: &[String]| {
            let wanted = |text: &String| Wanted {
                finder: memmem::Finder::new(text).into_owned(),
                number: literals.number(text),
            };
            let mut all: Vec<Wanted> = texts.iter().map(wanted).collect();
            all.sort_by_key(|wanted| wanted.number.is_none());
            all
        };
        let (contains, any, without) = (made(&clause.contains), made(&clause.any), made(&clause.without));
        Entry { pack, clause, contains, any, without }
    }

    /// The literals that a pass over records of a format has to look for.
    pub fn literals(&self, format: Format) -> impl Iterator<Item = u32> {
        let asked = self.clause.format.is_none_or(|own| own == format);
        let all = self.contains.iter().chain(&self.any).chain(&self.without);
        all.filter(move |_| asked).filter_map(|wanted| wanted.number)
    }

    /// All of the clause holds; the vendor is known to.
    pub fn fits(&self, facts: &Facts<'_>, known: &SeenLiterals) -> bool {
        let clause = &self.clause;
        let seen = |wanted: &Wanted| match wanted.number {
            Some(number) if known.passed => known.has(number),
            _ => wanted.finder.find(facts.head()).is_some(),
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

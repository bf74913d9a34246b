//! Whether a clause holds for a record.

use memchr::memmem::Finder;

use super::{Clause, Facts};
use crate::blank::trimmed;

/// A clause, made ready.
#[derive(Debug)]
pub struct Entry {
    pub pack: u32,
    pub(super) clause: Clause,
    contains: Vec<Finder<'static>>,
    any: Vec<Finder<'static>>,
    without: Vec<Finder<'static>>,
}

impl Entry {
    pub fn new(pack: u32, clause: Clause) -> Self {
        let finders = |literals: &[String]| literals.iter().map(|literal| Finder::new(literal).into_owned()).collect();
        let (contains, any, without) = (finders(&clause.contains), finders(&clause.any), finders(&clause.without));
        Entry { pack, clause, contains, any, without }
    }

    /// All of the clause holds; the vendor is known to.
    pub fn fits(&self, facts: &Facts<'_>) -> bool {
        let clause = &self.clause;
        let seen = |literal: &Finder<'_>| literal.find(facts.head()).is_some();
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

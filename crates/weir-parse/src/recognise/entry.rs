//! Whether a clause holds for a record.

use memchr::memmem::Finder;

use super::index::Sign;
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
    /// What `sign` says is known when the entry is looked at, so it is not checked again.
    pub fn new(pack: u32, clause: Clause, sign: Option<Sign>) -> Self {
        let found: &[String] = match &sign {
            Some(Sign::Literals(literals)) if clause.vendors.is_empty() => literals,
            _ => &[],
        };
        let unknown = |literals: &[String]| {
            literals.iter().filter(|&literal| !found.contains(literal)).map(finder).collect::<Vec<_>>()
        };
        Entry {
            pack,
            contains: unknown(&clause.contains),
            any: if clause.any.iter().any(|literal| found.contains(literal)) {
                Vec::new()
            } else {
                unknown(&clause.any)
            },
            without: clause.without.iter().map(finder).collect(),
            clause,
        }
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

fn finder(literal: &String) -> Finder<'static> {
    Finder::new(literal).into_owned()
}

pub(super) fn product_is(name: &str, product: &str) -> bool {
    match name.strip_suffix('*') {
        Some(head) => product.get(..head.len()).is_some_and(|have| have.eq_ignore_ascii_case(head)),
        None => name.eq_ignore_ascii_case(product),
    }
}

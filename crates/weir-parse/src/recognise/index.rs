//! From what a record shows to the clauses that are worth a look.

use hashbrown::HashMap;

use super::entry::Entry;
use super::literals::{Finder, Literals, is_quoted};
use super::{Clause, Facts, Format, Seen};

type Lists<K> = HashMap<K, Vec<u32>, foldhash::fast::RandomState>;

/// The rarest thing that a clause asks for: it is looked at only when the record shows one of these.
#[derive(Clone, Debug)]
pub enum Sign {
    Programs(Vec<String>),
    Starts(Vec<String>),
    Literals(Vec<String>),
    /// Nothing to go by.
    None,
}

impl Sign {
    /// Names of JSON are found at less cost than what stands elsewhere.
    pub fn of(clause: &Clause, format: Format) -> Sign {
        let named = |literal: &str| format == Format::Json && is_quoted(literal);
        let longest = clause.contains.iter().max_by_key(|literal| (named(literal), literal.len()));
        let shortest = clause.any.iter().map(String::len).min().unwrap_or_default();
        if !clause.programs.is_empty() {
            Sign::Programs(clause.programs.clone())
        } else if !clause.starts.is_empty() && clause.starts.iter().all(|start| !start.is_empty()) {
            Sign::Starts(clause.starts.clone())
        } else if let Some(literal) = longest.filter(|literal| literal.len() >= shortest.max(1)) {
            Sign::Literals(vec![literal.clone()])
        } else if shortest > 0 {
            Sign::Literals(clause.any.clone())
        } else {
            Sign::None
        }
    }
}

/// The entries of one format.
#[derive(Debug, Default)]
pub struct Index {
    by_program: Lists<String>,
    /// By the first byte of the payload: how it goes on, and the entry.
    by_start: HashMap<u8, Vec<(String, u32)>, foldhash::fast::RandomState>,
    literals: Finder,
    /// Bits by number of the literal: those that the finder finds.
    searched: Vec<u64>,
    /// By number of the literal.
    by_literal: Vec<Vec<u32>>,
    always: Vec<u32>,
}

#[derive(Default)]
pub struct Builder {
    index: Index,
    by_literal: Lists<String>,
}

impl Builder {
    pub fn add(&mut self, entry: u32, sign: &Sign) {
        match sign {
            Sign::Programs(names) => {
                names.iter().for_each(|name| self.index.by_program.entry_ref(name.as_str()).or_default().push(entry));
            }
            Sign::Starts(starts) => {
                for start in starts {
                    let first = start.as_bytes().first().copied().unwrap_or_default();
                    self.index.by_start.entry(first).or_default().push((start.clone(), entry));
                }
            }
            Sign::Literals(literals) => {
                literals
                    .iter()
                    .for_each(|literal| self.by_literal.entry_ref(literal.as_str()).or_default().push(entry));
            }
            Sign::None => self.index.always.push(entry),
        }
    }

    /// Clauses whose literals are too short to be searched for together with others are looked at always. `entries` are all of the
    /// format: the names of JSON that they ask for are searched for in the same pass, since that costs next to nothing.
    pub fn build(self, format: Format, literals: &mut Literals, entries: &[Entry]) -> Index {
        let mut index = self.index;
        let mut wanted = Vec::new();
        for (literal, clauses) in self.by_literal {
            let Some(number) = literals.number(&literal) else {
                index.always.extend(clauses);
                continue;
            };
            wanted.push(number);
            let number = number as usize;
            index.by_literal.resize(index.by_literal.len().max(number + 1), Vec::new());
            index.by_literal[number].extend(clauses);
        }
        if format == Format::Json {
            wanted.extend(entries.iter().flat_map(|entry| entry.names(format)));
        }
        wanted.sort_unstable();
        wanted.dedup();
        index.searched = vec![0; literals.len().div_ceil(64)];
        wanted.iter().for_each(|number| index.searched[*number as usize / 64] |= 1 << (number % 64));
        index.literals = Finder::new(literals, wanted.into_iter());
        index
    }
}

impl Index {
    /// Adds the entries worth a look, in any order.
    pub fn find(&self, facts: &Facts<'_>, seen: &mut Seen) {
        seen.entries.extend(self.by_program.get(facts.program).into_iter().flatten());
        if let Some(starts) = facts.payload.as_bytes().first().and_then(|first| self.by_start.get(first)) {
            let begun = starts.iter().filter(|(start, _)| facts.payload.starts_with(start.as_str()));
            seen.entries.extend(begun.map(|(_, entry)| *entry));
        }
        let entries = &mut seen.entries;
        self.literals.find(facts.head(), &mut seen.literals, |number| {
            entries.extend(self.by_literal.get(number as usize).into_iter().flatten());
        });
        seen.entries.extend(&self.always);
    }

    /// The literals whose bits [`Index::find`] sets where they occur.
    pub fn searched(&self) -> &[u64] {
        &self.searched
    }
}

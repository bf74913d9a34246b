//! From what a record shows to the clauses that are worth a look.

use std::slice::Iter;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::{Builder as AutomatonBuilder, DFA};
use aho_corasick::{Anchored, MatchKind, StartKind};
use hashbrown::HashMap;

use super::{Clause, Facts, Seen};

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
    pub fn of(clause: &Clause) -> Sign {
        let longest = clause.contains.iter().max_by_key(|literal| literal.len());
        if !clause.programs.is_empty() {
            Sign::Programs(clause.programs.clone())
        } else if !clause.starts.is_empty() && clause.starts.iter().all(|start| !start.is_empty()) {
            Sign::Starts(clause.starts.clone())
        } else if let Some(literal) = longest.filter(|literal| !literal.is_empty()) {
            Sign::Literals(vec![literal.clone()])
        } else if !clause.any.is_empty() && clause.any.iter().all(|literal| !literal.is_empty()) {
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
    literals: Option<Literals>,
    always: Vec<u32>,
}

#[derive(Debug)]
struct Literals {
    automaton: DFA,
    /// By number of the literal.
    entries: Vec<Vec<u32>>,
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

    /// An automaton that cannot be built (literals of many megabytes) leaves its entries to be looked at always.
    pub fn build(self) -> Index {
        let mut index = self.index;
        let (literals, entries): (Vec<String>, Vec<Vec<u32>>) = self.by_literal.into_iter().unzip();
        if literals.is_empty() {
            return index;
        }
        let automaton = AutomatonBuilder::new()
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(&literals);
        match automaton {
            Ok(automaton) => index.literals = Some(Literals { automaton, entries }),
            Err(_) => index.always.extend(entries.into_iter().flatten()),
        }
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
        if let Some(literals) = &self.literals {
            literals.find(facts.head(), seen);
        }
        seen.entries.extend(&self.always);
    }
}

impl Literals {
    /// Steps through the automaton by hand: literals that overlap must all be found, and of a literal that occurs again and again only
    /// the first place costs more than a bit's test.
    fn find(&self, text: &[u8], seen: &mut Seen) {
        let Ok(mut state) = self.automaton.start_state(Anchored::No) else { return };
        seen.literals.clear();
        seen.literals.resize(self.entries.len().div_ceil(64), 0);
        let mut rest = text.iter();
        while let Some(found) = self.next(state, &mut rest) {
            state = found;
            for index in 0..self.automaton.match_len(state) {
                let literal = self.automaton.match_pattern(state, index).as_usize();
                let (word, bit) = (literal / 64, 1 << (literal % 64));
                if seen.literals[word] & bit == 0 {
                    seen.literals[word] |= bit;
                    seen.entries.extend(&self.entries[literal]);
                }
            }
        }
    }

    /// The state at the end of the next literal. On its own, because all of the loop stays in registers then.
    #[inline(never)]
    fn next(&self, mut state: StateID, rest: &mut Iter<'_, u8>) -> Option<StateID> {
        let automaton = &self.automaton;
        rest.find_map(|&byte| {
            state = automaton.next_state(Anchored::No, state, byte);
            (automaton.is_special(state) && automaton.is_match(state)).then_some(state)
        })
    }
}

//! Which of many literals occur in a text?

use std::slice::Iter;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::{Builder as AutomatonBuilder, DFA};
use aho_corasick::{Anchored, MatchKind, Span, StartKind, packed};

/// Literals, each with the entries that are worth a look when it occurs.
#[derive(Debug, Default)]
pub struct Literals {
    groups: Vec<Group>,
    /// By number of the literal.
    entries: Vec<Vec<u32>>,
}

/// Literals that are searched for together.
#[derive(Debug)]
struct Group {
    /// Number of its first literal.
    first: usize,
    searcher: Searcher,
}

#[derive(Debug)]
enum Searcher {
    /// Looks at many bytes at once, by the first four of each literal.
    Packed(packed::Searcher),
    /// For processors that cannot: one step for each byte.
    Automaton(Box<DFA>),
}

/// Literals searched for at once: one pass costs a little over an instruction a byte. A pass for twice as many costs six times that.
const GROUP_LITERALS_MAX: usize = 32;

/// Shorter literals are kept apart, so that the others are told by their first four bytes.
const SHORT_BYTES: usize = 4;

impl Literals {
    /// A literal that begins with another one counts as the shorter, which then may occur where the longer does not. An error when a
    /// group cannot be built (literals of many megabytes).
    pub fn new(mut literals: Vec<(String, Vec<u32>)>) -> Result<Self, Vec<(String, Vec<u32>)>> {
        literals.sort_by(|(a, _), (b, _)| (a.len() >= SHORT_BYTES, a).cmp(&(b.len() >= SHORT_BYTES, b)));
        literals.dedup_by(|(longer, entries), (kept, all)| {
            let same = longer.starts_with(kept.as_str()) && is_short(longer) == is_short(kept);
            if same {
                all.append(entries);
            }
            same
        });
        let mut made = Literals::default();
        for same_length in literals.chunk_by(|(a, _), (b, _)| is_short(a) == is_short(b)) {
            for group in same_length.chunks(GROUP_LITERALS_MAX) {
                let Some(searcher) = Searcher::new(group.iter().map(|(literal, _)| literal.as_str())) else {
                    return Err(literals);
                };
                made.groups.push(Group { first: made.entries.len(), searcher });
                made.entries.extend(group.iter().map(|(_, entries)| entries.clone()));
            }
        }
        Ok(made)
    }

    /// Adds the entries of every literal in `text` to `found`; `seen` is scratch.
    pub fn find(&self, text: &[u8], seen: &mut Vec<u64>, found: &mut Vec<u32>) {
        seen.clear();
        seen.resize(self.entries.len().div_ceil(64), 0);
        for group in &self.groups {
            group.searcher.each(text, |literal| {
                let literal = group.first + literal;
                let (word, bit) = (literal / 64, 1 << (literal % 64));
                if seen[word] & bit == 0 {
                    seen[word] |= bit;
                    found.extend(&self.entries[literal]);
                }
            });
        }
    }
}

fn is_short(literal: &str) -> bool {
    literal.len() < SHORT_BYTES
}

impl Searcher {
    /// None of the literals may begin with another.
    fn new<'l>(literals: impl Iterator<Item = &'l str> + Clone) -> Option<Self> {
        let mut builder = packed::Config::new().builder();
        literals.clone().for_each(|literal| _ = builder.add(literal));
        if let Some(packed) = builder.build() {
            return Some(Searcher::Packed(packed));
        }
        let mut builder = AutomatonBuilder::new();
        builder.match_kind(MatchKind::Standard).start_kind(StartKind::Unanchored).prefilter(false);
        builder.build(literals).ok().map(|automaton| Searcher::Automaton(Box::new(automaton)))
    }

    /// Hands out the numbers of the literals that occur, also of those that overlap; perhaps several times.
    fn each(&self, text: &[u8], mut take: impl FnMut(usize)) {
        match self {
            Searcher::Packed(packed) => {
                let mut from = 0;
                while let Some(found) = packed.find_in(text, Span { start: from, end: text.len() }) {
                    take(found.pattern().as_usize());
                    from = found.start() + 1;
                }
            }
            Searcher::Automaton(automaton) => {
                let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
                let mut rest = text.iter();
                while let Some(found) = next_match(automaton, state, &mut rest) {
                    state = found;
                    let matches = 0..automaton.match_len(state);
                    matches.for_each(|index| take(automaton.match_pattern(state, index).as_usize()));
                }
            }
        }
    }
}

/// The state at the end of the next literal. On its own, because all of the loop stays in registers then.
#[inline(never)]
fn next_match(automaton: &DFA, mut state: StateID, rest: &mut Iter<'_, u8>) -> Option<StateID> {
    rest.find_map(|&byte| {
        state = automaton.next_state(Anchored::No, state, byte);
        (automaton.is_special(state) && automaton.is_match(state)).then_some(state)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(literals: &[&str], text: &str, expect: &[u32]) {
        let numbered = literals.iter().zip(0..).map(|(literal, number)| (literal.to_string(), vec![number])).collect();
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        Literals::new(numbered).unwrap().find(text.as_bytes(), &mut seen, &mut found);
        found.sort_unstable();
        assert_eq!(found, expect);
    }

    #[test]
    fn literals_that_overlap_are_all_found() {
        check(&["%FW-1", "W-1-X", "-X"], "a %FW-1-X of some length, so that many bytes are looked at once", &[0, 1, 2]);
        check(&["%FW-1", "W-1-X", "-X"], "%FW-1-X", &[0, 1, 2]);
        check(&["%FW-1", "W-1-X", "-X"], "", &[]);
    }

    #[test]
    fn a_literal_that_begins_with_another_counts_as_that() {
        check(&["logid=1", "logid=", "log", "devid="], "a logid=2", &[0, 1, 2]);
        check(&["logid=1", "logid=", "log", "devid="], "a log", &[2]);
    }

    #[test]
    fn there_may_be_many() {
        let many: Vec<String> = (0..500).map(|number| format!("\"key{number:03}\"")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        check(&many, r#"{"key007":1,"key499":"key0","key123":2,"key123":3}"#, &[7, 123, 499]);
    }
}

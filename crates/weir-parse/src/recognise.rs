//! Which packs may a record belong to? One pass over the record for all packs together.
//!
//! Every literal that any pack names goes into one automaton. A clause is looked at only when its rarest literal was seen, or when the
//! CEF or LEEF header names its vendor, so that sixty packs cost little more than one.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use hashbrown::HashMap;

use crate::blank::trimmed;

/// What the outside of a record looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Cef,
    Leef,
    Json,
    Text,
}

/// What is known of a record before any pack reads it.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'t> {
    pub format: Format,
    /// A syslog header stands before the payload.
    pub header: bool,
    /// Vendor and product of a CEF or LEEF header.
    pub vendor: &'t str,
    pub product: &'t str,
    /// The program that the syslog header names.
    pub program: &'t str,
    /// The record without its syslog header.
    pub payload: &'t str,
    /// The whole record.
    pub text: &'t str,
}

/// One way in which a pack recognises its records. All of it must hold.
#[derive(Clone, Debug, Default)]
pub struct Clause {
    pub format: Option<Format>,
    /// A syslog header is wanted.
    pub header: bool,
    /// Lower case; any of them.
    pub vendors: Vec<String>,
    /// Lower case; any of them. A trailing `*` stands for any rest.
    pub products: Vec<String>,
    /// Any of them.
    pub programs: Vec<String>,
    /// The payload begins with any of them.
    pub starts: Vec<String>,
    /// All of them occur in the record.
    pub contains: Vec<String>,
    /// At least one occurs, when there are any.
    pub any: Vec<String>,
    /// None occurs.
    pub without: Vec<String>,
}

impl Clause {
    /// False when the clause would take any record of its format.
    pub fn tells_apart(&self) -> bool {
        let lists = [&self.vendors, &self.programs, &self.starts, &self.contains, &self.any];
        lists.iter().any(|list| !list.is_empty())
    }
}

/// Bytes of a record in which literals are looked for.
const LITERAL_BYTES_MAX: usize = 8 << 10;

#[derive(Debug)]
pub struct Recogniser {
    automaton: Option<AhoCorasick>,
    entries: Vec<Entry>,
    /// Entries to look at when a literal was seen.
    by_literal: Vec<Vec<u32>>,
    /// Entries to look at for a vendor in a header, in lower case.
    by_vendor: HashMap<String, Vec<u32>, foldhash::fast::RandomState>,
    /// Entries without literal or vendor, by format: by program or start of the payload only.
    rest: [Vec<u32>; 4],
    words: usize,
    /// Formats of records that a clause without vendor may take because of a literal.
    formats: [bool; 4],
}

#[derive(Debug)]
struct Entry {
    pack: u32,
    clause: Clause,
    contains: Vec<u32>,
    any: Vec<u32>,
    without: Vec<u32>,
}

/// Scratch of one thread.
#[derive(Debug, Default)]
pub struct Seen {
    literals: Vec<u64>,
    entries: Vec<u32>,
    /// Packs that may read the record, the best first.
    pub packs: Vec<u32>,
    lower: String,
}

impl Recogniser {
    /// `clauses` in the order of preference: an earlier pack wins over a later one.
    pub fn new(clauses: impl Iterator<Item = (u32, Clause)>) -> Self {
        let mut literals: Vec<String> = Vec::new();
        let mut numbers = HashMap::<String, u32, foldhash::fast::RandomState>::default();
        let mut number = |literal: &String| {
            *numbers.entry_ref(literal.as_str()).or_insert_with(|| {
                literals.push(literal.clone());
                literals.len() as u32 - 1
            })
        };
        let mut entries = Vec::new();
        for (pack, clause) in clauses {
            let contains = clause.contains.iter().map(&mut number).collect();
            let any = clause.any.iter().map(&mut number).collect();
            let without = clause.without.iter().map(&mut number).collect();
            entries.push(Entry { pack, clause, contains, any, without });
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&literals)
            .ok()
            .filter(|_| !literals.is_empty());
        let mut made = Recogniser {
            automaton,
            by_literal: vec![Vec::new(); literals.len()],
            by_vendor: HashMap::default(),
            rest: Default::default(),
            formats: [false; 4],
            words: literals.len().div_ceil(64),
            entries,
        };
        made.index(&literals);
        made
    }

    fn index(&mut self, literals: &[String]) {
        for (at, entry) in self.entries.iter().enumerate() {
            let at = at as u32;
            let longest = entry.contains.iter().max_by_key(|&&literal| literals[literal as usize].len());
            if !entry.clause.vendors.is_empty() {
                for vendor in &entry.clause.vendors {
                    self.by_vendor.entry_ref(vendor.as_str()).or_default().push(at);
                }
                continue;
            }
            match entry.clause.format {
                Some(format) => self.formats[format as usize] |= entry.has_literals(),
                None => self.formats = [true; 4],
            }
            if let Some(&literal) = longest {
                self.by_literal[literal as usize].push(at);
            } else if !entry.any.is_empty() {
                for &literal in &entry.any {
                    self.by_literal[literal as usize].push(at);
                }
            } else {
                let format = entry.clause.format.map(|format| format as usize);
                let lists = self.rest.iter_mut().enumerate();
                lists
                    .filter(|(list, _)| format.is_none_or(|format| format == *list))
                    .for_each(|(_, list)| list.push(at));
            }
        }
    }

    /// Fills `seen.packs` with the packs that recognise the record.
    pub fn candidates(&self, facts: &Facts<'_>, seen: &mut Seen) {
        seen.packs.clear();
        seen.entries.clear();
        seen.literals.clear();
        seen.literals.resize(self.words, 0);
        if !facts.vendor.is_empty() {
            seen.lower.clear();
            crate::artifacts::write_lower(trimmed(facts.vendor), &mut seen.lower);
            seen.entries.extend(self.by_vendor.get(seen.lower.as_str()).into_iter().flatten());
        }
        let more = |&entry: &u32| self.entries[entry as usize].has_literals();
        let wanted = seen.entries.is_empty() && self.formats[facts.format as usize];
        if wanted || seen.entries.iter().any(more) {
            self.literals(facts.text, seen);
        }
        seen.entries.extend(&self.rest[facts.format as usize]);
        if !seen.entries.is_sorted_by(|before, after| before < after) {
            seen.entries.sort_unstable();
            seen.entries.dedup();
        }
        for at in 0..seen.entries.len() {
            let entry = &self.entries[seen.entries[at] as usize];
            if !seen.packs.contains(&entry.pack) && entry.fits(facts, &seen.literals) {
                seen.packs.push(entry.pack);
            }
        }
    }

    fn literals(&self, text: &str, seen: &mut Seen) {
        let Some(automaton) = &self.automaton else { return };
        let head = &text.as_bytes()[..text.len().min(LITERAL_BYTES_MAX)];
        for found in automaton.find_overlapping_iter(head) {
            let literal = found.pattern().as_usize();
            let (word, bit) = (literal / 64, 1 << (literal % 64));
            if seen.literals[word] & bit == 0 {
                seen.literals[word] |= bit;
                seen.entries.extend(&self.by_literal[literal]);
            }
        }
    }
}

impl Entry {
    fn has_literals(&self) -> bool {
        !(self.contains.is_empty() && self.any.is_empty() && self.without.is_empty())
    }

    fn fits(&self, facts: &Facts<'_>, literals: &[u64]) -> bool {
        let seen = |literal: &u32| literals[*literal as usize / 64] >> (literal % 64) & 1 == 1;
        let clause = &self.clause;
        clause.format.is_none_or(|format| format == facts.format)
            && (facts.header || !clause.header)
            && (clause.vendors.is_empty()
                || clause.vendors.iter().any(|name| name.eq_ignore_ascii_case(trimmed(facts.vendor))))
            && (clause.products.is_empty()
                || clause.products.iter().any(|name| product_is(name, trimmed(facts.product))))
            && (clause.programs.is_empty() || clause.programs.iter().any(|name| name == facts.program))
            && (clause.starts.is_empty() || clause.starts.iter().any(|start| facts.payload.starts_with(start.as_str())))
            && self.contains.iter().all(seen)
            && (self.any.is_empty() || self.any.iter().any(seen))
            && !self.without.iter().any(seen)
    }
}

fn product_is(name: &str, product: &str) -> bool {
    match name.strip_suffix('*') {
        Some(head) => product.get(..head.len()).is_some_and(|have| have.eq_ignore_ascii_case(head)),
        None => name.eq_ignore_ascii_case(product),
    }
}

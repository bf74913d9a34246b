//! Which packs may a record belong to? At a cost that does not grow with the number of packs.
//!
//! A clause is looked at only when the record shows the one thing that is rarest about it: the vendor of its header, its program, how
//! its payload begins, or else one of its literals, which are searched for in one pass together with those of all other clauses of the
//! format. What that pass has seen also answers much of what the clauses ask. Packs that stand in for others are asked when all that is
//! known of products has failed, so most records never pay for them.

mod entry;
mod index;
mod literals;
mod quotes;
mod verdict;

#[cfg(test)]
mod tests;

use hashbrown::HashMap;

use crate::blank::trimmed;
use entry::{Entry, Known};
use index::Index;
use literals::Literals;

pub use verdict::Verdict;

/// What the outside of a record looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Cef,
    Leef,
    Json,
    Text,
}

impl Format {
    /// In the order of their numbers.
    const ALL: [Format; Format::COUNT] = [Format::Cef, Format::Leef, Format::Json, Format::Text];
    const COUNT: usize = 4;
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
    /// Bytes of the record in which literals are looked for.
    pub reach: usize,
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

/// Bytes of a record in which literals are looked for at first.
pub const NEAR_BYTES: usize = 8 << 10;

/// Bytes in which they are looked for when those near the start say nothing: members of JSON stand in any order.
pub const FAR_BYTES: usize = 64 << 10;

/// What is asked, one after the other, until a pack reads the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Packs of products that name the vendor of the header.
    Vendor,
    /// Packs of products that name no vendor.
    Product,
    /// The same, by what stands further in. Only long records of JSON have that.
    Far,
    /// Packs that stand in.
    General,
}

impl Round {
    pub const ALL: [Round; 4] = [Round::Vendor, Round::Product, Round::Far, Round::General];

    /// What is known of a record as this round sees it; `None` when the round has nothing to ask.
    pub fn facts<'t>(self, facts: &Facts<'t>) -> Option<Facts<'t>> {
        match self {
            Round::Far if facts.format != Format::Json || facts.text.len() <= facts.reach => None,
            Round::Far => Some(Facts { reach: FAR_BYTES, ..*facts }),
            Round::Vendor | Round::Product | Round::General => Some(*facts),
        }
    }
}

/// One clause and the pack it belongs to.
#[derive(Clone, Debug)]
pub struct Recognition {
    pub pack: u32,
    /// The pack stands in for others.
    pub generic: bool,
    pub clause: Clause,
}

#[derive(Debug, Default)]
pub struct Recogniser {
    /// In order of preference.
    entries: Vec<Entry>,
    /// Entries by a vendor in lower case.
    by_vendor: HashMap<String, Vec<u32>, foldhash::fast::RandomState>,
    /// Entries of products without vendor.
    products: [Index; Format::COUNT],
    general: [Vec<u32>; Format::COUNT],
}

/// Scratch of one thread.
#[derive(Debug, Default)]
pub struct Seen {
    /// Bits by number of the literal: those that the pass over the record has met.
    literals: Vec<u64>,
    entries: Vec<u32>,
    /// Packs that may read the record, the best first.
    pub packs: Vec<u32>,
    lower: String,
}

impl Recogniser {
    /// `recognitions` in the order of preference: an earlier pack wins over a later one.
    pub fn new(recognitions: impl Iterator<Item = Recognition>) -> Self {
        let mut made = Recogniser::default();
        let mut literals = Literals::default();
        let mut products: [index::Builder; Format::COUNT] = Default::default();
        for Recognition { pack, generic, clause } in recognitions {
            let at = made.entries.len() as u32;
            let formats = match clause.format {
                Some(format) => format as usize..format as usize + 1,
                None => 0..Format::COUNT,
            };
            if generic {
                made.general[formats].iter_mut().for_each(|list| list.push(at));
                made.entries.push(Entry::new(pack, clause, &mut literals));
                continue;
            }
            for vendor in &clause.vendors {
                made.by_vendor.entry_ref(vendor.as_str()).or_default().push(at);
            }
            if clause.vendors.is_empty() {
                for format in formats {
                    products[format].add(at, &index::Sign::of(&clause, Format::ALL[format]));
                }
            }
            made.entries.push(Entry::new(pack, clause, &mut literals));
        }
        let mut formats = Format::ALL.into_iter();
        made.products = products.map(|builder| match formats.next() {
            Some(format) => builder.build(format, &mut literals, &made.entries),
            None => Index::default(),
        });
        made
    }

    /// Fills `seen.packs` with the packs of a round that recognise the record. The rounds of a record are asked for in their order.
    pub fn candidates(&self, facts: &Facts<'_>, round: Round, seen: &mut Seen) {
        seen.packs.clear();
        seen.entries.clear();
        let Some(facts) = &round.facts(facts) else { return };
        let index = &self.products[facts.format as usize];
        match round {
            Round::Vendor => self.of_vendor(facts, seen),
            Round::Product | Round::Far => {
                seen.literals.clear();
                seen.literals.resize(index.searched().len(), 0);
                index.find(facts, seen);
            }
            Round::General => seen.entries.extend(&self.general[facts.format as usize]),
        }
        let known = match round {
            Round::Vendor => Known::default(),
            Round::Product | Round::Far | Round::General => Known { searched: index.searched(), seen: &seen.literals },
        };
        if !seen.entries.is_sorted_by(|before, after| before < after) {
            seen.entries.sort_unstable();
            seen.entries.dedup();
        }
        for &at in &seen.entries {
            let entry = &self.entries[at as usize];
            if !seen.packs.contains(&entry.pack) && entry.fits(facts, known) {
                seen.packs.push(entry.pack);
            }
        }
    }

    fn of_vendor(&self, facts: &Facts<'_>, seen: &mut Seen) {
        if !facts.vendor.is_empty() {
            seen.lower.clear();
            crate::artifacts::write_lower(trimmed(facts.vendor), &mut seen.lower);
            seen.entries.extend(self.by_vendor.get(seen.lower.as_str()).into_iter().flatten());
        }
    }
}

impl Facts<'_> {
    /// The part of the record in which literals count.
    fn head(&self) -> &[u8] {
        &self.text.as_bytes()[..self.text.len().min(self.reach)]
    }
}

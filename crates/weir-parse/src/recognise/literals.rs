//! Which of many literals occur in a text? One pass over every second byte, whatever their number.
//!
//! Four bytes at each even place are looked up in a table of bits; of each literal the table holds two runs of bytes that begin one after the
//! other, so one of them stands at an even place wherever the literal occurs. Only where a bit is set the text is compared. Literals of four
//! bytes have no two such runs: theirs are of three bytes, in a table of their own.
//!
//! Literals that begin with a quote, such as the names of JSON, are looked for only where a quote opens something.

use std::ops::Range;

use hashbrown::HashMap;

use super::quotes::quotes;

/// The literals of all clauses, each with a number.
#[derive(Debug, Default)]
pub struct Literals {
    texts: Vec<String>,
    numbers: HashMap<String, u32, foldhash::fast::RandomState>,
}

/// Shorter literals have no two runs of three bytes.
const BYTES_MIN: usize = SHORT + 1;

impl Literals {
    /// The number of a literal; `None` when it is too short to be searched for together with others.
    pub fn number(&mut self, text: &str) -> Option<u32> {
        if text.len() < BYTES_MIN {
            return None;
        }
        let next = self.texts.len() as u32;
        let number = *self.numbers.entry_ref(text).or_insert(next);
        if number == next {
            self.texts.push(text.into());
        }
        Some(number)
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }
}

/// Bytes of a run.
const LONG: usize = 4;
/// Bytes of a run of a literal that has no two longer ones.
const SHORT: usize = 3;
/// Bytes of a run that begins with a quote, of a literal that is as long.
const QUOTED: usize = 8;

/// What finds some of the literals.
#[derive(Debug, Default)]
pub struct Finder {
    long: Runs<LONG>,
    short: Runs<SHORT>,
    quoted: Runs<QUOTED>,
    quoted_short: Runs<LONG>,
}

/// Runs of `LEN` bytes and the literals they are of.
#[derive(Debug, Default)]
struct Runs<const LEN: usize> {
    /// By hash of a run: a bit. Empty when there is nothing to find.
    marks: Vec<u64>,
    /// By hash of a run: where its probes begin.
    begins: Vec<u16>,
    /// Sorted by hash.
    probes: Vec<Probe>,
}

/// One run of a literal.
#[derive(Clone, Debug)]
struct Probe {
    hash: u16,
    /// Bytes of the literal before the run.
    before: u8,
    literal: u32,
    /// How the literal begins, see [`head_of`]: most places are told from it without a look at all of it.
    head: u64,
    mask: u64,
    text: Box<str>,
}

const HASHES: usize = 1 << 16;

/// A run begins within so many bytes of its literal.
const BEFORE_MAX: usize = 200;

impl Finder {
    /// Finds the literals of these numbers.
    pub fn new(literals: &Literals, wanted: impl Iterator<Item = u32>) -> Self {
        let texts = wanted.map(|number| (number, literals.texts[number as usize].as_str()));
        let (quoted, others): (Vec<_>, Vec<_>) = texts.partition(|(_, text)| quotes(text.as_bytes()).next() == Some(0));
        let (long, short): (Vec<_>, Vec<_>) = others.into_iter().partition(|(_, text)| text.len() > LONG);
        let (quoted, quoted_short): (Vec<_>, Vec<_>) = quoted.into_iter().partition(|(_, text)| text.len() >= QUOTED);
        Self {
            long: Runs::sliding(&long),
            short: Runs::sliding(&short),
            quoted: Runs::fixed(&quoted),
            quoted_short: Runs::fixed(&quoted_short),
        }
    }

    /// Sets the bits of the literals that occur in `text`; `seen` has room for all of them. Hands out each once.
    pub fn find(&self, text: &[u8], seen: &mut [u64], mut found: impl FnMut(u32)) {
        self.find_quoted(text, seen, &mut found);
        if self.long.marks.is_empty() && self.short.marks.is_empty() {
            return;
        }
        let (long, short) = (self.long.marks(), self.short.marks());
        let any_short = !self.short.marks.is_empty();
        each_place(text, |run, at| {
            if let Some(hash) = Runs::<LONG>::marked(long, run.into()) {
                self.long.compare(hash, text, at, seen, &mut found);
            }
            if any_short && let Some(hash) = Runs::<SHORT>::marked(short, run.into()) {
                self.short.compare(hash, text, at, seen, &mut found);
            }
        });
    }

    fn find_quoted(&self, text: &[u8], seen: &mut [u64], found: &mut impl FnMut(u32)) {
        if self.quoted.marks.is_empty() && self.quoted_short.marks.is_empty() {
            return;
        }
        let (long, short) = (self.quoted.marks(), self.quoted_short.marks());
        for at in quotes(text) {
            let rest = &text[at..];
            let run = rest.first_chunk().map_or_else(|| run_of(rest), |block| u64::from_le_bytes(*block));
            if let Some(hash) = Runs::<QUOTED>::marked(long, run) {
                self.quoted.compare(hash, text, at, seen, found);
            }
            if let Some(hash) = Runs::<LONG>::marked(short, run) {
                self.quoted_short.compare(hash, text, at, seen, found);
            }
        }
    }
}

/// Hands out the four bytes at each even place, the first one lowest; zeros stand for those behind the end.
#[inline(always)]
fn each_place(text: &[u8], mut look: impl FnMut(u32, usize)) {
    // Three runs at even places are in eight bytes.
    let mut at = 0;
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let bytes = u64::from_le_bytes(*block);
        look(bytes as u32, at);
        look((bytes >> 16) as u32, at + 2);
        look((bytes >> 32) as u32, at + 4);
        at += 6;
    }
    while let Some(rest) = text.get(at..).filter(|rest| rest.len() >= SHORT) {
        look(run_of(&rest[..rest.len().min(LONG)]) as u32, at);
        at += 2;
    }
}

type Marks = [u64; HASHES / 64];

impl<const LEN: usize> Runs<LEN> {
    /// For a look at every second place: two runs of each text, the rarest that begin one after the other.
    fn sliding(texts: &[(u32, &str)]) -> Self {
        let mut common: HashMap<u16, usize, foldhash::fast::RandomState> = HashMap::default();
        for run in texts.iter().flat_map(|(_, text)| Self::of(text)) {
            *common.entry(run).or_default() += 1;
        }
        Self::new(texts, |text| {
            let hashes: Vec<u16> = Self::of(text).collect();
            let cost = |at: &usize| hashes[*at..*at + 2].iter().map(|hash| common[hash]).sum::<usize>();
            let rarest = (0..hashes.len().saturating_sub(1)).min_by_key(cost).unwrap_or_default();
            rarest..rarest + 2
        })
    }

    /// For a look at the places where the texts may begin: the run that each begins with.
    fn fixed(texts: &[(u32, &str)]) -> Self {
        Self::new(texts, |_| 0..1)
    }

    /// The runs of each text that begin at the places that `choose` names.
    fn new(texts: &[(u32, &str)], choose: impl Fn(&str) -> Range<usize>) -> Self {
        if texts.is_empty() {
            return Self::default();
        }
        let mut made = Self { marks: vec![0; HASHES / 64], begins: vec![0; HASHES], probes: Vec::new() };
        for &(literal, text) in texts {
            let places = choose(text);
            for (before, hash) in Self::of(text).enumerate().skip(places.start).take(places.len()) {
                made.marks[usize::from(hash) / 64] |= 1 << (hash % 64);
                let (head, mask) = head_of(text.as_bytes());
                made.probes.push(Probe { hash, before: before as u8, literal, head, mask, text: text.into() });
            }
        }
        made.probes.sort_by_key(|probe| probe.hash);
        for (at, probe) in made.probes.iter().enumerate().rev() {
            made.begins[usize::from(probe.hash)] = u16::try_from(at).unwrap_or(u16::MAX);
        }
        made
    }

    /// The hashes of all runs that a probe may begin at.
    fn of(text: &str) -> impl Iterator<Item = u16> {
        text.as_bytes().windows(LEN).take(BEFORE_MAX).map(|run| Self::hash(run_of(run)))
    }

    /// Of the lowest `LEN` bytes.
    #[inline(always)]
    fn hash(run: u64) -> u16 {
        let run = run & u64::MAX >> (8 * (8 - LEN));
        (run.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as u16
    }

    fn marks(&self) -> &Marks {
        const NONE: &Marks = &[0; HASHES / 64];
        self.marks.first_chunk().unwrap_or(NONE)
    }

    /// The hash of a run that some literal has.
    #[inline(always)]
    fn marked(marks: &Marks, run: u64) -> Option<u16> {
        let hash = Self::hash(run);
        (marks[usize::from(hash) / 64] >> (hash % 64) & 1 != 0).then_some(hash)
    }

    #[cold]
    fn compare(&self, hash: u16, text: &[u8], at: usize, seen: &mut [u64], found: &mut impl FnMut(u32)) {
        let begin = usize::from(self.begins[usize::from(hash)]);
        for probe in
            self.probes[begin..].iter().skip_while(|probe| probe.hash < hash).take_while(|probe| probe.hash == hash)
        {
            let Some(place) = at.checked_sub(usize::from(probe.before)).and_then(|start| text.get(start..)) else {
                continue;
            };
            if place.first_chunk().is_some_and(|head| u64::from_le_bytes(*head) & probe.mask != probe.head) {
                continue;
            }
            let (word, bit) = (probe.literal as usize / 64, 1 << (probe.literal % 64));
            if seen[word] & bit == 0 && place.starts_with(probe.text.as_bytes()) {
                seen[word] |= bit;
                found(probe.literal);
            }
        }
    }
}

/// Up to eight bytes that a text begins with, the first one lowest, and which of the eight those are.
fn head_of(text: &[u8]) -> (u64, u64) {
    let bytes = text.iter().take(8);
    bytes
        .enumerate()
        .fold((0, 0), |(head, mask), (at, byte)| (head | u64::from(*byte) << (8 * at), mask | 0xff << (8 * at)))
}

/// Up to eight bytes, the first one lowest.
fn run_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |run, byte| run << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(texts: &[&str], text: &str, expect: &[u32]) {
        let mut literals = Literals::default();
        let numbers: Vec<u32> = texts.iter().filter_map(|text| literals.number(text)).collect();
        let finder = Finder::new(&literals, numbers.into_iter());
        let mut seen = vec![0; literals.len().div_ceil(64)];
        let mut found = Vec::new();
        finder.find(text.as_bytes(), &mut seen, |number| found.push(number));
        found.sort_unstable();
        assert_eq!(found, expect, "{text}");
        assert!(expect.iter().all(|number| seen[*number as usize / 64] >> (number % 64) & 1 == 1));
    }

    #[test]
    fn literals_are_found_at_every_place() {
        for before in 0..20 {
            for behind in 0..10 {
                let text = "-".repeat(before) + "devid" + &"=".repeat(behind);
                check(&["devid", "evid", "devid=", "other"], &text, if behind > 0 { &[0, 1, 2] } else { &[0, 1] });
            }
        }
        check(&["devid"], "", &[]);
        check(&[], "devid", &[]);
    }

    #[test]
    fn literals_that_overlap_are_all_found() {
        check(&["%FW-1", "W-1-X", "-1-X-"], "a %FW-1-X-", &[0, 1, 2]);
        check(&["%FW-1", "W-1-X", "W-1-X"], "%FW-1-X", &[0, 1]);
    }

    #[test]
    fn literals_of_four_bytes_are_found_beside_longer_ones() {
        for before in 0..9 {
            let text = "-".repeat(before) + "\"ts\"";
            check(&["\"ts\""], &text, &[0]);
            check(&["\"ts\"", "longer"], &(text.clone() + ":1"), &[0]);
            check(&["\"ts\"", "longer"], &(text + "longer"), &[0, 1]);
        }
    }

    #[test]
    fn short_literals_have_no_number() {
        assert_eq!(Literals::default().number("abc"), None);
    }

    #[test]
    fn there_may_be_many_and_long_ones() {
        let many: Vec<String> = (0..500).map(|number| format!("\"key{number:03}\"")).collect();
        let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
        check(&many, r#"{"key007":1,"key499":"key0","key123":2,"key123":3}"#, &[7, 123, 499]);
        let long = "ab".repeat(5_000) + "c";
        many.push(&long);
        check(&many, &long, &[500]);
        check(&many, &long[2..], &[]);
    }
}

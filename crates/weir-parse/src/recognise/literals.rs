//! Which of many literals occur in a text? One pass over some of its bytes, whatever their number.
//!
//! Four bytes at each fourth place are looked up in a table of bits; of each literal the table holds four runs of bytes that begin one after
//! the other, so one of them stands at such a place wherever the literal occurs. Only where a bit is set the text is compared. Literals too
//! short for that have two runs of three bytes, looked for at each second place in a table of their own; a few of them are searched for
//! one by one instead.
//!
//! Literals that begin with a quote, such as the names of JSON, are looked for only where a quote opens something, when there are many.

use std::ops::Range;

use hashbrown::HashMap;
use memchr::memmem;

use super::quotes::quotes;

/// The literals of all clauses, each with a number.
#[derive(Debug, Default)]
pub struct Literals {
    texts: Vec<String>,
    numbers: HashMap<String, u32, foldhash::fast::RandomState>,
}

/// Shorter literals have no two runs of three bytes.
const BYTES_MIN: usize = NEAR_BYTES + NEAR_STEP - 1;

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

/// Bytes of a run that is looked for at every so many places.
const FAR_BYTES: usize = 4;
const FAR_STEP: usize = 4;
/// The same for literals that are too short for that.
const NEAR_BYTES: usize = 3;
const NEAR_STEP: usize = 2;
/// Up to so many of those are searched for one by one, which then costs less.
const ALONE_MAX: usize = 4;
/// Bytes of a run that begins with a quote, of a literal that is as long.
const QUOTED: usize = 8;
const QUOTED_SHORT: usize = 4;
/// Fewer quoted literals are not worth a search for quotes.
const QUOTED_MIN: usize = 32;

/// What finds some of the literals.
#[derive(Debug, Default)]
pub struct Finder {
    far: Runs<FAR_BYTES>,
    near: Runs<NEAR_BYTES>,
    alone: Vec<(u32, memmem::Finder<'static>)>,
    quoted: Runs<QUOTED>,
    quoted_short: Runs<QUOTED_SHORT>,
}

/// Runs of `LEN` bytes and the literals they are of.
#[derive(Debug, Default)]
struct Runs<const LEN: usize> {
    /// By the lower bits of the hash of a run: a bit. Empty when there is nothing to find.
    marks: Vec<u64>,
    /// Those bits: so many that few other runs share them, and no more, so that what is looked at again and again stays close.
    mask: u16,
    /// By the highest bits of a hash: where its probes begin, and behind the last where they end. There are about as many as probes.
    begins: Vec<u32>,
    /// What of a hash is not among those bits.
    lower: u32,
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

/// Bits of a table for each of its runs.
const PLACES_OF_A_RUN: usize = 64;

/// A run begins within so many bytes of its literal.
const BEFORE_MAX: usize = 200;

impl Finder {
    /// Finds the literals of these numbers.
    pub fn new(literals: &Literals, wanted: impl Iterator<Item = u32>) -> Self {
        let texts = wanted.map(|number| (number, literals.texts[number as usize].as_str()));
        let (mut quoted, mut others): (Vec<_>, Vec<_>) = texts.partition(|(_, text)| is_quoted(text));
        if quoted.len() < QUOTED_MIN {
            others.append(&mut quoted);
        }
        let (far, mut near): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(_, text)| text.len() >= FAR_BYTES + FAR_STEP - 1);
        let alone = if near.len() <= ALONE_MAX { std::mem::take(&mut near) } else { Vec::new() };
        let (quoted, quoted_short): (Vec<_>, Vec<_>) = quoted.into_iter().partition(|(_, text)| text.len() >= QUOTED);
        let alone = alone.into_iter().map(|(number, text)| (number, memmem::Finder::new(text).into_owned()));
        Self {
            far: Runs::sliding(&far, FAR_STEP),
            near: Runs::sliding(&near, NEAR_STEP),
            alone: alone.collect(),
            quoted: Runs::fixed(&quoted),
            quoted_short: Runs::fixed(&quoted_short),
        }
    }

    /// Sets the bits of the literals that occur in `text`; `seen` has room for all of them. Hands out each once.
    pub fn find(&self, text: &[u8], seen: &mut [u64], mut found: impl FnMut(u32)) {
        self.find_quoted(text, seen, &mut found);
        self.far.find_at_each::<FAR_STEP>(text, seen, &mut found);
        self.near.find_at_each::<NEAR_STEP>(text, seen, &mut found);
        for (literal, finder) in &self.alone {
            let (word, bit) = (*literal as usize / 64, 1 << (literal % 64));
            if seen[word] & bit == 0 && finder.find(text).is_some() {
                seen[word] |= bit;
                found(*literal);
            }
        }
    }

    fn find_quoted(&self, text: &[u8], seen: &mut [u64], found: &mut impl FnMut(u32)) {
        if self.quoted.marks.is_empty() && self.quoted_short.marks.is_empty() {
            return;
        }
        let (long, short) = (self.quoted.marks(), self.quoted_short.marks());
        quotes(text).for_each(|at| {
            let rest = &text[at..];
            let run = rest.first_chunk().map_or_else(|| run_of(rest), |block| u64::from_le_bytes(*block));
            if let Some(hash) = Runs::<QUOTED>::marked(long, self.quoted.mask, run) {
                self.quoted.compare(hash, text, at, seen, found);
            }
            if let Some(hash) = Runs::<QUOTED_SHORT>::marked(short, self.quoted_short.mask, run) {
                self.quoted_short.compare(hash, text, at, seen, found);
            }
        });
    }
}

/// A literal that stands only where a quote opens something.
pub fn is_quoted(text: &str) -> bool {
    quotes(text.as_bytes()).next() == Some(0)
}

type Marks = [u64; HASHES / 64];

impl<const LEN: usize> Runs<LEN> {
    /// For a look at every `step` places: as many runs of each text, the rarest that begin one after the other.
    fn sliding(texts: &[(u32, &str)], step: usize) -> Self {
        let mut common: HashMap<u16, usize, foldhash::fast::RandomState> = HashMap::default();
        for run in texts.iter().flat_map(|(_, text)| Self::of(text)) {
            *common.entry(run).or_default() += 1;
        }
        Self::new(texts, |text| {
            let hashes: Vec<u16> = Self::of(text).collect();
            let cost = |at: &usize| hashes[*at..*at + step].iter().map(|hash| common[hash]).sum::<usize>();
            let rarest = (0..(hashes.len() + 1).saturating_sub(step)).min_by_key(cost).unwrap_or_default();
            rarest..rarest + step
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
        let mut made = Self { marks: vec![0; HASHES / 64], ..Self::default() };
        for &(literal, text) in texts {
            let places = choose(text);
            for (before, hash) in Self::of(text).enumerate().skip(places.start).take(places.len()) {
                let (head, mask) = head_of(text.as_bytes());
                made.probes.push(Probe { hash, before: before as u8, literal, head, mask, text: text.into() });
            }
        }
        let places = (made.probes.len() * PLACES_OF_A_RUN).next_power_of_two().min(HASHES);
        made.mask = (places - 1) as u16;
        for probe in &made.probes {
            let place = probe.hash & made.mask;
            made.marks[usize::from(place) / 64] |= 1 << (place % 64);
        }
        made.probes.sort_by_key(|probe| probe.hash);
        let begins = made.probes.len().next_power_of_two().min(HASHES);
        made.lower = (HASHES / begins).ilog2();
        let hashes = (0..=begins).map(|begin| begin << made.lower);
        let begins = hashes.map(|hash| made.probes.partition_point(|probe| usize::from(probe.hash) < hash) as u32);
        made.begins = begins.collect();
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
    fn marked(marks: &Marks, mask: u16, run: u64) -> Option<u16> {
        let hash = Self::hash(run);
        let place = hash & mask;
        (marks[usize::from(place) / 64] >> (place % 64) & 1 != 0).then_some(hash)
    }

    /// Looks at every so many places, eight bytes at a time for as many runs as are in them.
    #[inline(always)]
    fn find_at_each<const STEP: usize>(&self, text: &[u8], seen: &mut [u64], found: &mut impl FnMut(u32)) {
        if self.marks.is_empty() {
            return;
        }
        let marks = self.marks();
        let mut look = |run: u64, at: usize| {
            if let Some(hash) = Self::marked(marks, self.mask, run) {
                self.compare(hash, text, at, seen, found);
            }
        };
        let runs = (8 - LEN) / STEP + 1;
        let mut at = 0;
        while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let bytes = u64::from_le_bytes(*block);
            (0..runs).for_each(|number| look(bytes >> (8 * STEP * number), at + STEP * number));
            at += STEP * runs;
        }
        while let Some(run) = text.get(at..).and_then(|rest| rest.first_chunk::<LEN>()) {
            look(run_of(run), at);
            at += STEP;
        }
    }

    #[cold]
    fn compare(&self, hash: u16, text: &[u8], at: usize, seen: &mut [u64], found: &mut impl FnMut(u32)) {
        let first = usize::from(hash) >> self.lower;
        let probes = self.begins.get(first).zip(self.begins.get(first + 1));
        let probes = probes.and_then(|(from, to)| self.probes.get(*from as usize..*to as usize)).unwrap_or_default();
        for probe in probes.iter().filter(|probe| probe.hash == hash) {
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
        let (few, more) = (["devid", "evid", "devid=", "other"], ["none", "nothing at all"]);
        for before in 0..40 {
            for behind in 0..20 {
                let text = "-".repeat(before) + "devid" + &"=".repeat(behind);
                let expect: &[u32] = if behind > 0 { &[0, 1, 2] } else { &[0, 1] };
                check(&few, &text, expect);
                check(&[&few[..], &more].concat(), &text, expect);
                check(&["id of a dev", "dev of an id", "of a dev"], &(text + " id of a dev"), &[0, 2]);
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
        check(&[&many[..], &["\"id\""]].concat(), r#"{"id":1,"key001":"id"}"#, &[1, 500]);
        let long = "ab".repeat(5_000) + "c";
        many.push(&long);
        check(&many, &long, &[500]);
        check(&many, &long[2..], &[]);
    }
}

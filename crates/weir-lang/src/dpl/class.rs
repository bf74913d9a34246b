//! Sets of characters: `[a-z]`, `[^0-9]`, `ALNUM`.

use super::names::Posix;
use super::program::First;

/// A set of characters; ASCII by table, the rest by ranges.
#[derive(Clone, Debug)]
pub(crate) struct CharSet {
    /// By byte. Bytes from 0x80 on are true when *every* character beyond ASCII belongs to the set.
    table: Box<[bool; 256]>,
    /// Beyond ASCII, before negation; looked at only when `some` is set.
    ranges: Vec<(char, char)>,
    negated: bool,
    some: bool,
    /// The only bytes that are not in the set, when they are few: a run ends at the first of them.
    ends: Option<First>,
}

impl CharSet {
    pub(crate) fn new(ranges: &[(char, char)], negated: bool) -> CharSet {
        let mut table = Box::new([negated; 256]);
        for &(from, to) in ranges {
            for byte in u32::from(from)..=u32::from(to).min(0x7f) {
                table[byte as usize] = !negated;
            }
        }
        let wide: Vec<_> = ranges.iter().copied().filter(|(_, to)| !to.is_ascii()).collect();
        let missing: [bool; 256] = std::array::from_fn(|byte| !table[byte]);
        let few = missing.iter().filter(|missing| **missing).count() <= 3;
        let ends = if few && wide.is_empty() { First::new(&missing) } else { None };
        CharSet { table, some: !wide.is_empty(), ranges: wide, negated, ends }
    }

    pub(crate) fn posix(name: Posix) -> CharSet {
        match name {
            Posix::NotSpace => CharSet::new(Posix::Space.ranges(), true),
            name => CharSet::new(name.ranges(), false),
        }
    }

    /// Bytes a character of the set can start with.
    pub(crate) fn first_bytes(&self) -> [bool; 256] {
        let mut first = *self.table;
        if self.some {
            first[0x80..].fill(true);
        }
        first
    }

    /// Bytes all of whose characters belong to the set.
    pub(crate) fn only_bytes(&self) -> [bool; 256] {
        let mut only = *self.table;
        if self.some {
            only[0x80..].fill(false);
        }
        only
    }

    /// Bytes of the longest character of the set, at most.
    pub(crate) fn character_bytes_max(&self) -> usize {
        if self.first_bytes()[0x80..].contains(&true) { 4 } else { 1 }
    }

    /// Whether the set has a range, is negated, or has many characters: what is mostly meant as a run.
    pub(crate) fn is_wide(&self) -> bool {
        self.negated || self.some || self.table.iter().filter(|has| **has).count() >= 10
    }

    /// End of the longest run of at most `max` characters of the set that starts at `at`, and how many they are.
    pub(crate) fn run(&self, text: &str, at: usize, max: usize) -> (usize, usize) {
        let bytes = text.as_bytes();
        if let Some(ends) = &self.ends {
            // Bytes are at least as many as characters: a window that is too short is looked at one by one.
            let window = &bytes[at..bytes.len().min(at.saturating_add(max))];
            match ends.find(window) {
                Some(length) => return (at + length, characters(window, length)),
                None if at + window.len() == bytes.len() => return (bytes.len(), characters(window, window.len())),
                None => {}
            }
        }
        let ascii = bytes[at..].iter().take(max).take_while(|&&byte| byte < 0x80 && self.table[byte as usize]).count();
        match bytes.get(at + ascii) {
            Some(0x80..) if ascii < max => self.run_wide(text, at + ascii, ascii, max),
            _ => (at + ascii, ascii),
        }
    }

    fn run_wide(&self, text: &str, at: usize, mut count: usize, max: usize) -> (usize, usize) {
        let mut end = at;
        for c in text[at..].chars().take(max - count) {
            if !self.has(c) {
                break;
            }
            end += c.len_utf8();
            count += 1;
        }
        (end, count)
    }

    fn has(&self, c: char) -> bool {
        if c.is_ascii() || !self.some {
            return self.table[if c.is_ascii() { c as usize } else { 0x80 }];
        }
        self.ranges.iter().any(|&(from, to)| from <= c && c <= to) != self.negated
    }
}

/// How many characters the first `length` bytes are; one is enough to know for a short run.
fn characters(bytes: &[u8], length: usize) -> usize {
    bytes[..length].iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

impl Posix {
    /// The characters of the class; of `NotSpace`, which is all but some, none.
    pub(crate) fn ranges(self) -> &'static [(char, char)] {
        match self {
            Posix::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
            Posix::Alpha => &[('A', 'Z'), ('a', 'z')],
            Posix::Any => &[('\0', char::MAX)],
            Posix::Ascii => &[('\0', '\x7f')],
            Posix::Blank => &[(' ', ' '), ('\t', '\t')],
            Posix::Cntrl => &[('\x01', '\x1f'), ('\x7f', '\x7f')],
            Posix::Digit => &[('0', '9')],
            Posix::Graph => &[('\x21', '\x7e')],
            Posix::Lower => &[('a', 'z')],
            Posix::NotSpace => &[],
            Posix::Print => &[('\x20', '\x7e')],
            Posix::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
            Posix::Space => &[(' ', ' '), ('\t', '\r')],
            Posix::Upper => &[('A', 'Z')],
            Posix::Word => &[('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
            Posix::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        }
    }
}

//! Names of values: which bytes they have, and whether one has occurred twice, without allocation for events of usual size, in linear time for
//! all.

use std::hash::BuildHasher;

/// Which bytes a key may have: letters, digits and some marks.
pub(crate) const fn bytes_of_keys(marks: &[u8]) -> [bool; 256] {
    let mut may = [false; 256];
    let mut byte = 0;
    while byte < may.len() {
        may[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < marks.len() {
        may[marks[at] as usize] = true;
        at += 1;
    }
    may
}

/// The names of one event, as hashes.
pub(crate) struct SeenKeys {
    few: [u64; COMPARED_MAX],
    len: usize,
    /// A bit for each of them: most names are new at a glance.
    bits: [u64; GLANCE_BITS / 64],
    more: Vec<u64>,
    twice: bool,
    hash: foldhash::fast::FixedState,
}

/// Up to so many names are compared one by one.
const COMPARED_MAX: usize = 128;
const GLANCE_BITS: usize = 2_048;

impl Default for SeenKeys {
    fn default() -> Self {
        let bits = [0; GLANCE_BITS / 64];
        SeenKeys { few: [0; COMPARED_MAX], len: 0, bits, more: Vec::new(), twice: false, hash: Default::default() }
    }
}

impl SeenKeys {
    #[inline]
    pub fn add(&mut self, key: &str) {
        let hash = self.hash.hash_one(key.as_bytes());
        if self.len < COMPARED_MAX {
            let (word, bit) = (&mut self.bits[hash as usize % GLANCE_BITS / 64], 1 << (hash % 64));
            self.twice |= *word & bit != 0 && self.few[..self.len].contains(&hash);
            *word |= bit;
            self.few[self.len] = hash;
            self.len += 1;
        } else {
            self.more.push(hash);
        }
    }

    /// True when a name was added twice.
    pub fn has_duplicates(mut self) -> bool {
        if self.twice || self.more.is_empty() {
            return self.twice;
        }
        self.more.extend_from_slice(&self.few);
        self.more.sort_unstable();
        self.more.windows(2).any(|pair| pair[0] == pair[1])
    }
}

//! Random changes to texts, from a number.

/// A small generator of random numbers (splitmix).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64, number: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % most.max(1) as u64) as usize
    }

    pub fn pick<'p, P: ?Sized>(&mut self, from: &'p [Box<P>]) -> &'p P {
        &from[self.below(from.len())]
    }
}

/// Longest text that mutations make.
const BYTES_MAX: usize = 2_048;

/// Changes a text in one to six places: pieces go, come twice, come from another text or from the words of the language; bytes change.
pub fn mutate(text: &mut Vec<u8>, others: &[Box<str>], words: &[Box<str>], random: &mut Random) {
    for _ in 0..1 + random.below(6) {
        let at = random.below(text.len() + 1);
        let to = (at + random.below(16)).min(text.len());
        match random.below(10) {
            0 | 1 => drop(text.drain(at..to)),
            2 => {
                let piece = text[at..to].to_vec();
                text.splice(at..at, piece);
            }
            3 | 4 => {
                let other = random.pick(others).as_bytes();
                let from = random.below(other.len() + 1);
                let length = random.below(40).min(other.len() - from);
                text.splice(at..to, other[from..from + length].iter().copied());
            }
            5..=8 => drop(text.splice(at..at, random.pick(words).bytes())),
            _ => text.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        }
        text.truncate(BYTES_MAX);
    }
}

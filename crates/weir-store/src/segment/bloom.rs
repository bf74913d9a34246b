//! A set of hashes that forgets which, but never that it had one.

/// A split-block filter: every hash sets eight bits within one block of 256, so a look-up touches one cache line.
///
/// The block is chosen by the highest bits, so that halving the filter is joining neighbours: it is filled large and shrunk
/// to what it holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bloom {
    words: Vec<u64>,
}

/// Words of 64 bits in a block.
const BLOCK: usize = 4;
/// Blocks of a filter under construction: 1 MiB.
const BLOCKS_MAX: usize = 1 << 15;
/// Twice the blocks that the words of a line need which no line before had.
const BLOCKS_PER_LINE: usize = 3;
/// A filter is halved while at most this share of its bits (in percent) would be set after.
const FILL_PERCENT_MAX: usize = 33;

/// A 64-bit hash of bytes that stays the same for ever, because it is stored.
pub(crate) fn hash_of(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed ^ 0x9e37_79b9_7f4a_7c15 ^ (bytes.len() as u64).wrapping_mul(0xa076_1d64_78bd_642f);
    let mut groups = bytes.chunks_exact(8);
    for group in &mut groups {
        hash = mix(hash ^ u64::from_le_bytes(group.try_into().unwrap_or_default()));
    }
    let mut last = [0u8; 8];
    last[..groups.remainder().len()].copy_from_slice(groups.remainder());
    mix(hash ^ u64::from_le_bytes(last))
}

/// Spreads every bit of `value` over all of the result.
#[inline]
pub(super) fn mix(value: u64) -> u64 {
    let wide = u128::from(value ^ 0xe703_7ed1_a0b4_28db) * 0x8ebc_6af0_9c88_c6e3_u128;
    (wide as u64) ^ (wide >> 64) as u64
}

/// Odd factors that choose the bit in each of the eight 32-bit lanes of a block.
const SALT: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

impl Bloom {
    /// A filter that is large enough for the words of so many lines of usual length.
    pub fn for_lines(lines: usize) -> Self {
        let blocks = (lines * BLOCKS_PER_LINE / 2).next_power_of_two().clamp(1, BLOCKS_MAX);
        Bloom { words: vec![0; blocks * BLOCK] }
    }

    #[inline]
    pub fn insert(&mut self, hash: u64) {
        let block = self.block(hash);
        let mut bits = [0; BLOCK];
        for (lane, salt) in SALT.into_iter().enumerate() {
            bits[lane / 2] |= bit(hash, lane, salt);
        }
        for (word, bits) in self.words[block..block + BLOCK].iter_mut().zip(bits) {
            *word |= bits;
        }
    }

    #[inline]
    pub fn contains(&self, hash: u64) -> bool {
        let block = self.block(hash);
        let all = |(lane, salt)| self.words[block + lane / 2] & bit(hash, lane, salt) != 0;
        SALT.into_iter().enumerate().all(all)
    }

    fn block(&self, hash: u64) -> usize {
        let blocks = (self.words.len() / BLOCK) as u64;
        (((hash >> 32) * blocks) >> 32) as usize * BLOCK
    }

    /// Halves the filter as long as it stays selective.
    pub fn shrink(mut self) -> Self {
        let mut set: usize = self.words.iter().map(|word| word.count_ones() as usize).sum();
        while self.words.len() > BLOCK && set * 2 * 100 <= self.words.len() * 64 * FILL_PERCENT_MAX {
            self.words = self.words.chunks(2 * BLOCK).flat_map(join).collect();
            set = self.words.iter().map(|word| word.count_ones() as usize).sum();
        }
        self
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// `None` unless `bytes` are a power of two of blocks.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let blocks = bytes.len() / (8 * BLOCK);
        (bytes.len().is_multiple_of(8 * BLOCK) && blocks.is_power_of_two()).then_some(())?;
        let words = bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
        Some(Bloom { words: words.collect() })
    }

    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }
}

fn join(pair: &[u64]) -> [u64; BLOCK] {
    std::array::from_fn(|word| pair[word] | pair[word + BLOCK])
}

#[inline]
fn bit(hash: u64, lane: usize, salt: u32) -> u64 {
    let in_lane = (hash as u32).wrapping_mul(salt) >> 27;
    1 << (in_lane as usize + 32 * (lane % 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shrunk_filter_still_knows_everything_and_little_else() {
        let mut bloom = Bloom::for_lines(10_000);
        let hash = |number: u64| hash_of(0, &number.to_le_bytes());
        (0..10_000).for_each(|number| bloom.insert(hash(number)));
        let bloom = bloom.shrink();
        assert!(bloom.bytes() <= 32 << 10, "{}", bloom.bytes());
        assert!((0..10_000).all(|number| bloom.contains(hash(number))));
        let wrong = (10_000..110_000).filter(|&number| bloom.contains(hash(number))).count();
        assert!(wrong < 2_000, "{wrong} of 100000");
        assert_eq!(Bloom::from_bytes(&bloom.to_bytes()), Some(bloom));
        assert_eq!(Bloom::from_bytes(&[0; 96]), None);
    }
}

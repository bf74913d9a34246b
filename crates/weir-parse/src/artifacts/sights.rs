//! Where in a text a word may be worth a look, found for sixty-four bytes at a time.
//!
//! A dot between words, the slashes behind a scheme or before a folder, colons and dashes as addresses have them, and runs as long as a
//! digest. What stands beyond the bytes at hand counts as whatever makes a sight: a sight may be none, but none is missed.

use wide::u8x64;

const BLOCK: usize = 64;

pub struct Sights<'t> {
    bytes: &'t [u8],
    /// Of the block at hand, a multiple of [`BLOCK`].
    start: usize,
    /// One for each of its bytes, from the lowest on.
    bits: u64,
}

impl<'t> Sights<'t> {
    pub fn of(bytes: &'t [u8]) -> Self {
        let mut sights = Sights { bytes, start: 0, bits: 0 };
        sights.look(0);
        sights
    }

    /// The first one at `from` or behind it. `from` must not be before the block of the last one.
    pub fn next(&mut self, from: usize) -> Option<usize> {
        if from >= self.start + BLOCK {
            self.look(from / BLOCK * BLOCK);
        }
        let mut bits = self.bits & (u64::MAX << (from % BLOCK));
        while bits == 0 {
            if self.start + BLOCK >= self.bytes.len() {
                return None;
            }
            self.look(self.start + BLOCK);
            bits = self.bits;
        }
        Some(self.start + bits.trailing_zeros() as usize)
    }

    fn look(&mut self, start: usize) {
        self.start = start;
        let rest = self.bytes.get(start..).unwrap_or_default();
        self.bits = match rest.first_chunk() {
            Some(block) => sights(*block),
            None => {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                sights(block)
            }
        };
    }
}

fn sights(block: [u8; BLOCK]) -> u64 {
    let block = Block(u8x64::new(block));
    let folded = Block(block.0 | u8x64::splat(0x20));
    let (digits, letters, colons) = (block.within(b'0', b'9'), folded.within(b'a', b'z'), block.is(b':'));
    // No blank, quote or control: all that words consist of, and a little more.
    let solid = block.within(b'#', 0xff);
    let dots = block.is(b'.') & behind(solid, 1) & ahead(solid, 1);
    dots & !decimal_points(dots, digits, letters)
        | slashes(block.is(b'/'), colons, digits | letters, letters)
        | backslashes(&block, solid, digits | letters | colons)
        | brackets(&block, &folded, solid)
        | addresses(colons)
        | dashes(block.is(b'-'))
        | digests(digits | folded.within(b'a', b'f'))
}

struct Block(u8x64);

impl Block {
    /// Where the byte stands.
    fn is(&self, byte: u8) -> u64 {
        self.0.simd_eq(u8x64::splat(byte)).to_bitmask()
    }

    /// Where bytes from `from` to `to` stand.
    fn within(&self, from: u8, to: u8) -> u64 {
        let above = self.0 - u8x64::splat(from);
        above.min(u8x64::splat(to - from)).simd_eq(above).to_bitmask()
    }
}

/// Behind the colon of a scheme, or at the begin of a word, before a folder.
fn slashes(slashes: u64, colons: u64, names: u64, letters: u64) -> u64 {
    slashes & (behind(colons, 1) & ahead(slashes, 1) | !(names << 1) & ahead(letters, 1))
}

/// Behind a drive, a key, a folder or a variable, or before another one.
fn backslashes(block: &Block, solid: u64, heads: u64) -> u64 {
    match block.is(b'\\') & ahead(solid, 1) {
        0 => 0,
        found => found & (behind(heads | block.is(b'%'), 1) | ahead(found, 1)),
    }
}

/// In which a dot, a colon or an at sign may be hidden, as itself or as a word.
fn brackets(block: &Block, folded: &Block, solid: u64) -> u64 {
    match (block.is(b'[') | block.is(b'(')) & behind(solid, 1) {
        0 => 0,
        found => {
            let hidden = block.is(b'.') | block.is(b':') | block.is(b'@');
            found & ahead(hidden | folded.is(b'a') | folded.is(b'd'), 1)
        }
    }
}

/// In the distances of a MAC address.
fn dashes(dashes: u64) -> u64 {
    dashes & ahead(dashes, 3) & ahead(dashes, 6)
}

/// Points between digits that no other point is near: parts of numbers. An address has three of them, a MAC address two; and `7z` is the
/// ending of a name.
fn decimal_points(dots: u64, digits: u64, letters: u64) -> u64 {
    let points = dots & (digits << 1) & (digits >> 1);
    if points == 0 {
        return 0;
    }
    let near = (2..=5).fold(0, |near, away| near | ahead(dots, away) | behind(dots, away));
    points & !near & !ahead(letters, 2)
}

/// Two colons together, or three as near to each other as in addresses: a time of day has only two.
fn addresses(colons: u64) -> u64 {
    if colons == 0 {
        return 0;
    }
    let near = |colons: u64| (2..=5).fold(0, |near, away| near | ahead(colons, away));
    colons & (ahead(colons, 1) | near(colons & near(colons)))
}

/// Thirty-two digits in hexadecimal within the block, or sixteen at its edge.
fn digests(digits: u64) -> u64 {
    const EDGES: u64 = 1 | 1 << (BLOCK - 16);
    let runs = [1, 2, 4, 8].into_iter().fold(digits, |runs, more| runs & runs >> more);
    runs & (runs >> 16 | EDGES)
}

/// Bytes so far ahead of which is one of `bits`, or may be one.
fn ahead(bits: u64, away: u32) -> u64 {
    bits >> away | !(u64::MAX >> away)
}

/// Bytes so far behind one of `bits`, or what may be one.
fn behind(bits: u64, away: u32) -> u64 {
    bits << away | !(u64::MAX << away)
}

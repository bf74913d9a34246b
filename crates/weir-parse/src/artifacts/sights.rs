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
    let block = u8x64::new(block);
    let is = |byte: u8| block.simd_eq(u8x64::splat(byte)).to_bitmask();
    let folded = block | u8x64::splat(0x20);
    let within = |bytes: u8x64, from: u8, to: u8| {
        let above = bytes - u8x64::splat(from);
        above.min(u8x64::splat(to - from)).simd_eq(above).to_bitmask()
    };
    let digits = within(block, b'0', b'9');
    let letters = within(folded, b'a', b'z');
    let colons = is(b':');
    // No blank, quote or control: all that words consist of, and a little more.
    let solid = within(block, b'#', 0xff);
    let names = digits | letters;

    let dots = is(b'.') & behind(solid, 1) & ahead(solid, 1);
    let slashes = is(b'/');
    let schemes = behind(colons, 1) & ahead(slashes, 1);
    let folders = !(names << 1) & ahead(letters, 1);
    let mut sights = slashes & (schemes | folders) | addresses(colons);
    if dots != 0 {
        sights |= dots & !decimal_points(dots, digits, letters);
    }
    let backslashes = is(b'\\') & ahead(solid, 1);
    if backslashes != 0 {
        let heads = names | colons | is(b'%');
        sights |= backslashes & (behind(heads, 1) | ahead(backslashes, 1));
    }
    let brackets = (is(b'[') | is(b'(')) & behind(solid, 1);
    if brackets != 0 {
        let hidden = is(b'.') | colons | is(b'@');
        let first = folded.simd_eq(u8x64::splat(b'a')) | folded.simd_eq(u8x64::splat(b'd'));
        sights |= brackets & ahead(hidden | first.to_bitmask(), 1);
    }
    let dashes = is(b'-');
    sights |= dashes & ahead(dashes, 3) & ahead(dashes, 6);
    sights | digests(digits | within(folded, b'a', b'f'))
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

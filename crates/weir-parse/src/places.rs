//! Where bytes stand in a text, found for sixty-four bytes at a time: cheaper than one search after the other where they stand close together.
//!
//! Walk over them with `for_each`, which goes block by block; a loop asks after each place whether a block has ended.

use wide::{u8x32, u8x64};

const BLOCK: usize = 64;

/// The first place of a byte. One that is near costs less than a search.
#[inline]
pub fn first(byte: u8, text: &[u8]) -> Option<usize> {
    if let Some(block) = text.first_chunk() {
        let found = u8x32::new(*block).simd_eq(u8x32::splat(byte)).to_bitmask();
        if found != 0 {
            return Some(found.trailing_zeros() as usize);
        }
    }
    memchr::memchr(byte, text)
}

/// The first place of any of three bytes, like [`first`].
#[inline]
pub fn first_of([one, two, three]: [u8; 3], text: &[u8]) -> Option<usize> {
    if let Some(block) = text.first_chunk() {
        let block = u8x32::new(*block);
        let is = |byte| block.simd_eq(u8x32::splat(byte));
        let found = (is(one) | is(two) | is(three)).to_bitmask();
        if found != 0 {
            return Some(found.trailing_zeros() as usize);
        }
    }
    memchr::memchr3(one, two, three, text)
}

/// The places of a byte.
pub fn of(byte: u8, text: &[u8]) -> impl Iterator<Item = usize> {
    each(text, move |block| block.simd_eq(u8x64::splat(byte)).to_bitmask())
}

/// The places of two bytes.
pub fn of_either(one: u8, other: u8, text: &[u8]) -> impl Iterator<Item = usize> {
    each(text, move |block| (block.simd_eq(u8x64::splat(one)) | block.simd_eq(u8x64::splat(other))).to_bitmask())
}

/// The places that `marks` names in each block of the text, from the lowest bit on; behind the end of the text the last one holds zeros.
pub fn each(text: &[u8], marks: impl Fn(u8x64) -> u64) -> impl Iterator<Item = usize> {
    (0..text.len()).step_by(BLOCK).flat_map(move |start| {
        let rest = &text[start..];
        let block = rest.first_chunk().map_or_else(|| padded(rest), |block| u8x64::new(*block));
        Bits(marks(block)).map(move |at| start + at)
    })
}

fn padded(text: &[u8]) -> u8x64 {
    let mut block = [0; BLOCK];
    block[..text.len()].copy_from_slice(text);
    u8x64::new(block)
}

/// The numbers of the bits that are set.
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let next = (self.0 != 0).then(|| self.0.trailing_zeros() as usize);
        self.0 &= self.0.wrapping_sub(1);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found() {
        for length in 0..200 {
            let text = vec![b'='; length];
            assert!(of(b'=', &text).eq(0..length));
            assert_eq!(of(b' ', &text).next(), None);
        }
        for before in 0..100 {
            let text = " ".repeat(before) + "=  =";
            assert_eq!(first(b'=', text.as_bytes()), Some(before));
            assert_eq!(first(b'-', text.as_bytes()), None);
            assert_eq!(first_of([b'-', b'+', b'='], text.as_bytes()), Some(before));
            assert_eq!(first_of([b'-', b'+', b'*'], text.as_bytes()), None);
        }
        assert!(of(b'=', b"a=b, c==d").eq([1, 6, 7]));
        assert!(of_either(b'=', b':', b"a=b, c:=d").eq([1, 6, 7]));
    }
}

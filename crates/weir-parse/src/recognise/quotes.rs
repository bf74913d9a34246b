//! Where quotes open something.

use wide::u8x64;

const BLOCK: usize = 64;

/// The places of all quotes but those that a colon, a comma or a closing bracket follows, as behind the texts of JSON.
pub fn quotes(text: &[u8]) -> impl Iterator<Item = usize> {
    (0..text.len()).step_by(BLOCK).flat_map(|start| Bits(opening(&text[start..])).map(move |at| start + at))
}

/// The places within the first block of a text, from the lowest bit on. The quote at its end counts whatever follows.
fn opening(text: &[u8]) -> u64 {
    let block = text.first_chunk().map_or_else(|| padded(text), |block| u8x64::new(*block));
    let is = |byte| block.simd_eq(u8x64::splat(byte)).to_bitmask();
    let quotes = is(b'"');
    if quotes == 0 {
        return 0;
    }
    quotes & !((is(b':') | is(b',') | is(b'}') | is(b']')) >> 1)
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
    fn quotes_that_open_something_are_found() {
        for before in 0..140 {
            let text = " ".repeat(before) + r#"{"a":"b","c":["d"],"e":{"f":"","g":1}}"#;
            let found: Vec<usize> = quotes(text.as_bytes()).map(|at| at - before).collect();
            let opens = [1, 5, 9, 14, 19, 24, 28, 31];
            let closes = [3, 7, 11, 16, 21, 26, 29, 33];
            assert!(opens.iter().all(|at| found.contains(at)), "{found:?}");
            let at_edge = |at: &usize| (before + at) % BLOCK == BLOCK - 1;
            assert!(found.iter().all(|at| opens.contains(at) || closes.contains(at) && at_edge(at)), "{found:?}");
        }
        assert_eq!(quotes(b"").next(), None);
        assert_eq!(quotes(b"a\"").collect::<Vec<_>>(), [1]);
    }
}

//! Where quotes open something.

use wide::u8x64;

use crate::places;

/// The places of all quotes but those that a colon, a comma or a closing bracket follows, as behind the texts of JSON. The quote at the end of
/// a block of sixty-four bytes counts whatever follows.
pub fn quotes(text: &[u8]) -> impl Iterator<Item = usize> {
    places::each(text, |block| {
        let is = |byte| block.simd_eq(u8x64::splat(byte)).to_bitmask();
        let quotes = is(b'"');
        if quotes == 0 {
            return 0;
        }
        quotes & !((is(b':') | is(b',') | is(b'}') | is(b']')) >> 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: usize = 64;

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

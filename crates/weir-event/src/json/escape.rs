//! What a JSON string cannot hold as it is.

/// The first quote, backslash or control character. Looks at eight bytes at once.
pub(super) fn first_to_escape(text: &[u8]) -> Option<usize> {
    let words = text.as_chunks::<8>().0;
    let clean = words.iter().take_while(|word| !holds_one_to_escape(u64::from_le_bytes(**word))).count();
    if clean == words.len() && text.last_chunk().is_some_and(|last| !holds_one_to_escape(u64::from_le_bytes(*last))) {
        return None;
    }
    text[clean * 8..].iter().position(|byte| needs_escape(*byte)).map(|within| clean * 8 + within)
}

#[inline]
pub(super) fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether one of the eight bytes needs an escape, by the borrow that subtracting a larger byte leaves in its highest bit.
#[inline]
pub(super) fn holds_one_to_escape(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit);
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    // Neither change touches the highest bits, so one test leaves out bytes outside ASCII for all three.
    (below(word, 0x20) | below(quote, 1) | below(backslash, 1)) & !word & HIGH != 0
}

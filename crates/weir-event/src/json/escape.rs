//! What a JSON string cannot hold as it is.

/// Hands out `text` in pieces that can stand in a JSON string: runs as they are, and escapes.
pub(super) fn pieces(text: &str, mut take: impl FnMut(&str)) {
    let mut rest = text;
    while let Some(at) = first_to_escape(rest.as_bytes()) {
        take(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => take("\\\""),
            b'\\' => take("\\\\"),
            b'\n' => take("\\n"),
            b'\r' => take("\\r"),
            b'\t' => take("\\t"),
            byte => take(&format!("\\u{byte:04x}")),
        }
        rest = &rest[at + 1..];
    }
    take(rest);
}

/// The first quote, backslash or control character.
fn first_to_escape(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks::<8>();
    let found = words.iter().enumerate().find_map(|(index, word)| {
        let bits = to_escape(u64::from_le_bytes(*word));
        (bits != 0).then(|| index * 8 + bits.trailing_zeros() as usize / 8)
    });
    let within_rest = || rest.iter().position(|byte| needs_escape(*byte)).map(|at| words.len() * 8 + at);
    found.or_else(within_rest)
}

#[inline]
pub(super) fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The highest bit of the lowest of eight bytes that needs an escape, by the borrow that subtracting a larger byte leaves there; bits
/// above it say nothing. 0 when none does.
#[inline]
pub(super) fn to_escape(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit);
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    // Neither change touches the highest bits, so one test leaves out bytes outside ASCII for all three.
    (below(word, 0x20) | below(quote, 1) | below(backslash, 1)) & !word & HIGH
}

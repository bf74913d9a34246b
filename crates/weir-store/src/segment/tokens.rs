//! The words of a text, as the index of a segment knows them.

use crate::segment::bloom::hash_of;

/// Bytes of a token that count; longer ones are cut, on both sides of the comparison.
const TOKEN_BYTES_MAX: usize = 128;

/// Maximal runs of ASCII letters, digits and `_`. Everything else, including every letter beyond ASCII, separates.
pub fn tokens_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_token(c)).filter(|token| !token.is_empty())
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// 1 where a byte belongs into a token.
const CLASS: [bool; 256] = {
    let mut class = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = (byte as u8).is_ascii_alphanumeric() || byte == b'_' as usize;
        byte += 1;
    }
    class
};

/// Calls `found` with the hash of every token of `text`, case folded.
pub(super) fn each_token_hash(text: &str, mut found: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !CLASS[usize::from(bytes[at])] {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && CLASS[usize::from(bytes[at])] {
            at += 1;
        }
        found(token_hash(&bytes[start..at]));
    }
}

/// The hash of one token, case folded.
pub(super) fn token_hash(token: &[u8]) -> u64 {
    let token = &token[..token.len().min(TOKEN_BYTES_MAX)];
    let mut folded = [0u8; TOKEN_BYTES_MAX];
    for (slot, byte) in folded.iter_mut().zip(token) {
        *slot = byte.to_ascii_lowercase();
    }
    hash_of(0, &folded[..token.len()])
}

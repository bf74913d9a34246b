//! The words of a text, as the index of a segment knows them.

use super::hash::mix;

/// Bytes of a token that count; longer ones are cut, on both sides of the comparison.
const TOKEN_BYTES_MAX: usize = 128;

/// Maximal runs of ASCII letters, digits and `_`. Everything else, including every letter beyond ASCII, separates.
pub fn tokens_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_token(c)).filter(|token| !token.is_empty())
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Bytes looked at together.
const BLOCK: usize = 64;

/// Bit `i` is set where byte `i` belongs into a token.
#[inline]
fn token_bits(block: &[u8; BLOCK]) -> u64 {
    let mut class = [0u8; BLOCK];
    for (class, &byte) in class.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *class = u8::from(letter | digit | (byte == b'_'));
    }
    // Eight bytes of 0 and 1 become eight bits: the factor moves bit 8 * i to bit 56 + i.
    let eights = class.chunks_exact(8).enumerate();
    eights.fold(0, |bits, (index, eight)| {
        let eight = u64::from_le_bytes(eight.try_into().unwrap_or_default());
        bits | (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * index)
    })
}

/// Calls `found` with the hash of every token of `text`, case folded.
pub(super) fn each_token_hash(text: &str, mut found: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    // Where the token began that reaches into the block.
    let mut open = None;
    for at in (0..bytes.len()).step_by(BLOCK) {
        let bits = match bytes[at..].first_chunk::<BLOCK>() {
            Some(block) => token_bits(block),
            None => {
                let mut block = [0; BLOCK];
                block[..bytes.len() - at].copy_from_slice(&bytes[at..]);
                token_bits(&block)
            }
        };
        // Where the class differs from that of the byte before: there tokens begin, and there, one after the other, they end.
        let before = bits << 1 | u64::from(open.is_some());
        let (mut starts, mut ends) = (bits & !before, !bits & before);
        if ends == 0 {
            open = open.or((starts != 0).then(|| at + starts.trailing_zeros() as usize));
            continue;
        }
        if let Some(start) = open.take() {
            found(hash_between(bytes, start, at + ends.trailing_zeros() as usize));
            ends &= ends - 1;
        }
        while ends != 0 {
            let (start, end) = (at + starts.trailing_zeros() as usize, at + ends.trailing_zeros() as usize);
            found(hash_between(bytes, start, end));
            starts &= starts - 1;
            ends &= ends - 1;
        }
        open = (starts != 0).then(|| at + starts.trailing_zeros() as usize);
    }
    if let Some(start) = open {
        found(hash_between(bytes, start, bytes.len()));
    }
}

/// The hash of one token, case folded.
pub(super) fn token_hash(token: &[u8]) -> u64 {
    hash_between(token, 0, token.len())
}

/// Sets the bit that tells small letters from large ones. Digits have it, and `_` becomes what is no token's byte, so no two
/// tokens are folded into one but by their case.
const FOLD: u64 = 0x2020_2020_2020_2020;

#[inline]
fn hash_between(bytes: &[u8], start: usize, end: usize) -> u64 {
    let len = end - start;
    // Most tokens are short, and then the bytes behind are masked off.
    if let (1..=8, Some(eight)) = (len, bytes[start..].first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight) & u64::MAX >> (64 - 8 * len);
        return mix(len as u64 ^ (word | FOLD));
    }
    hash_long(&bytes[start..end.min(start + TOKEN_BYTES_MAX)])
}

#[inline(never)]
fn hash_long(token: &[u8]) -> u64 {
    let word = |eight: &[u8]| eight.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    token.chunks(8).fold(token.len() as u64, |hash, eight| match eight.first_chunk() {
        Some(eight) => mix(hash ^ (u64::from_le_bytes(*eight) | FOLD)),
        None => mix(hash ^ (word(eight) | FOLD)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_hash_wherever_it_stands() {
        let text = "a Bc_9 LongerThanEight12 é_x last_One";
        let mut hashes = Vec::new();
        each_token_hash(text, |hash| hashes.push(hash));
        let alone: Vec<u64> = tokens_of(text).map(|token| token_hash(token.to_uppercase().as_bytes())).collect();
        assert_eq!(hashes, alone);
        for len in 0..200 {
            let text: String = (0..len).map(|at| if at % 7 == 3 || at == 63 { '-' } else { 'k' }).collect();
            hashes.clear();
            each_token_hash(&text, |hash| hashes.push(hash));
            let alone: Vec<u64> = tokens_of(&text).map(|token| token_hash(token.as_bytes())).collect();
            assert_eq!(hashes, alone, "{text}");
        }
        assert_ne!(token_hash(b"_"), token_hash(b"?"));
        assert_ne!(token_hash(b"ab"), token_hash(b"ab0"));
        let long = "x".repeat(200);
        assert_eq!(token_hash(long.as_bytes()), token_hash(&long.as_bytes()[..TOKEN_BYTES_MAX]));
    }
}

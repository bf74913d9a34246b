//! Hashes that are stored, and so stay the same for ever.

/// A 64-bit hash of bytes.
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

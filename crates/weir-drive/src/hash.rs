//! Identities of what was read.

/// The first half of SHA-256.
pub fn hash(bytes: &[u8]) -> u128 {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().take(16).fold(0, |number, &byte| number << 8 | u128::from(byte))
}

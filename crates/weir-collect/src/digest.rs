//! Hashes and signatures that requests carry.

use ring::{digest, hmac};

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// The first 128 bits of SHA-256: identity of records.
pub fn identity(parts: &[&[u8]]) -> u128 {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part);
    }
    let hash = context.finish();
    hash.as_ref()[..16].iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

/// Algorithms of keyed hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    Sha1,
    Sha256,
    Sha512,
}

impl Keyed {
    pub const NAMES: &'static [&'static str] = &["hmac-sha1", "hmac-sha256", "hmac-sha512"];

    pub fn named(name: &str) -> Option<Keyed> {
        Some(match name {
            "hmac-sha1" => Keyed::Sha1,
            "hmac-sha256" => Keyed::Sha256,
            "hmac-sha512" => Keyed::Sha512,
            _ => return None,
        })
    }

    pub fn sign(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Keyed::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Keyed::Sha256 => hmac::HMAC_SHA256,
            Keyed::Sha512 => hmac::HMAC_SHA512,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), message).as_ref().to_vec()
    }
}

/// An API key mixed with the last six digits of a time in milliseconds: digit `d` of the time picks character `d` of the key; then the
/// digits of half the time, six of them, pick character `d + 2`. At most 12 characters.
pub fn key_by_time(key: &str, time_ms: &str) -> Result<String, String> {
    let key: Vec<char> = key.chars().collect();
    let start =
        time_ms.len().checked_sub(6).filter(|_| time_ms.is_ascii()).ok_or("the time has fewer than six digits")?;
    let last = &time_ms[start..];
    let number: u32 = last.parse().map_err(|_| format!("`{time_ms}` is not a whole number"))?;
    let half = format!("{:06}", number >> 1);
    let digits = |text: &str| text.bytes().map(|digit| usize::from(digit - b'0')).collect::<Vec<_>>();
    let places = digits(last).into_iter().chain(digits(&half).into_iter().map(|digit| digit + 2));
    places
        .map(|place| key.get(place).copied().ok_or_else(|| "the key is shorter than 12 characters".to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Request targets, dates and signatures of the published examples of a signed API.
    #[test]
    fn signatures_equal_published_ones() {
        let sign = |target: &str, date: &str| {
            let message = format!("{target}\nweir-public-0001\n{date}");
            hex(&Keyed::Sha1.sign(b"weir-private-0001", message.as_bytes()))
        };
        assert_eq!(sign("/status", "20240501T110005"), "b080f332400b988d169a5fe6d84693df95d9b371");
        assert_eq!(sign("/summarystatistics", "2024-05-01 11:00:05"), "e9c88fbf8bcfe6c6747640e9f4bf179413af6050");
    }

    #[test]
    fn keys_mixed_with_the_time() {
        assert_eq!(key_by_time("aB3dE5fG7hJ9kL1m", "1741944413127"), Ok("EBdB3GE37G75".to_owned()));
        assert!(key_by_time("abc", "1700000999999").is_err());
        assert!(key_by_time("abcdefghijkl", "17").is_err());
    }
}

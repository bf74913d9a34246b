//! Digests, as lower-case hex.

mod crc;
mod md5;
mod sha1;
mod xxhash;

use sha2::{Digest, Sha256, Sha512};
use weir_event::Value;

use super::string::base16;
use super::{Function, Param, Row, arg};
use crate::types::{BINARY, TEXT};

const BYTES: &[Param] = &[arg("expression", TEXT.or(BINARY))];

macro_rules! hash {
    ($name:literal, $says:literal, $example:literal, $digest:literal, $hash:expr) => {
        Function {
            name: $name,
            takes: BYTES,
            gives: TEXT,
            says: $says,
            examples: &[($example, $digest)],
            row: Row::Plain(|args| {
                let hash: fn(&[u8]) -> String = $hash;
                args.bytes(0).map(|bytes| Value::owned(hash(bytes)))
            }),
        }
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    hash!("hashCrc32", "The CRC-32 checksum.", "hashCrc32(\"123456789\")", "cbf43926", |bytes| {
        format!("{:08x}", crc::crc32(bytes))
    }),
    hash!("hashMd5", "The MD5 digest.", "hashMd5(\"abc\")", "900150983cd24fb0d6963f7d28e17f72", |bytes| {
        base16(&md5::digest(bytes))
    }),
    hash!("hashSha1", "The SHA-1 digest.", "hashSha1(\"abc\")", "a9993e364706816aba3e25717850c26c9cd0d89d", |bytes| {
        base16(&sha1::digest(bytes))
    }),
    hash!(
        "hashSha256",
        "The SHA-256 digest.",
        "hashSha256(\"abc\")",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        |bytes| base16(&Sha256::digest(bytes))
    ),
    hash!("hashSha512", "The SHA-512 digest.", "substring(hashSha512(\"abc\"), to: 16)", "ddaf35a193617aba", |bytes| {
        base16(&Sha512::digest(bytes))
    }),
    hash!("hashXxHash32", "The xxHash of 32 bits with seed 0.", "hashXxHash32(\"abc\")", "32d153ff", |bytes| {
        format!("{:08x}", xxhash::hash32(bytes))
    }),
    hash!("hashXxHash64", "The xxHash of 64 bits with seed 0.", "hashXxHash64(\"abc\")", "44bc2cf5ad770999", |bytes| {
        format!("{:016x}", xxhash::hash64(bytes))
    }),
];

/// The message in blocks of 64 bytes, filled up with its length in bits as `length` writes it.
fn blocks(message: &[u8], length: fn(u64) -> [u8; 8], mut block: impl FnMut(&[u8; 64])) {
    let (whole, rest) = message.as_chunks::<64>();
    whole.iter().for_each(&mut block);
    let mut tail = [0u8; 128];
    tail[..rest.len()].copy_from_slice(rest);
    tail[rest.len()] = 0x80;
    let end = if rest.len() < 56 { 64 } else { 128 };
    tail[end - 8..end].copy_from_slice(&length((message.len() as u64).wrapping_mul(8)));
    tail[..end].as_chunks::<64>().0.iter().for_each(block);
}

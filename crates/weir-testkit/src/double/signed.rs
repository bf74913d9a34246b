//! Signatures as the side that checks them computes them, from the documents and not from what weir does.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac as keyed};

use super::{MINUTE, strptime};
use crate::Asked;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

pub fn hmac(hash: Hash, key: &[u8], message: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        Hash::Sha1 => keyed::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => keyed::HMAC_SHA256,
        Hash::Sha512 => keyed::HMAC_SHA512,
    };
    keyed::sign(&keyed::Key::new(algorithm, key), message).as_ref().to_vec()
}

/// In lower case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What a request of Amazon's cloud is signed with.
#[derive(Clone, Copy, Debug)]
pub struct AwsKeys {
    pub key: &'static str,
    pub secret: &'static str,
    pub region: &'static str,
    pub service: &'static str,
}

/// Checks Signature Version 4 in the `Authorization` header. The error is the code that the service answers with.
pub fn sigv4(asked: &Asked, keys: &AwsKeys, now: i64) -> Result<(), &'static str> {
    let header = asked.header("authorization").ok_or("MissingAuthenticationToken")?;
    let rest = header.strip_prefix("AWS4-HMAC-SHA256 ").ok_or("IncompleteSignature")?;
    let part = |name: &str| {
        let parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
        parts.filter(|(have, _)| *have == name).map(|(_, value)| value).next().ok_or("IncompleteSignature")
    };
    let (credential, names, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
    let date = asked.header("x-amz-date").ok_or("IncompleteSignature")?;
    let scope = format!("{}/{}/{}/aws4_request", date.get(..8).unwrap_or(""), keys.region, keys.service);
    if credential.split('/').next() != Some(keys.key) {
        return Err("UnrecognizedClientException");
    }
    let signed_at = strptime(date, "%Y%m%dT%H%M%SZ").ok_or("IncompleteSignature")?;
    let signs_enough = ["host", "x-amz-date"].iter().all(|name| names.split(';').any(|have| have == *name));
    if (now - signed_at).abs() > 5 * MINUTE || !signs_enough || credential != format!("{}/{scope}", keys.key) {
        return Err("InvalidSignatureException");
    }
    let request = canonical(asked, names);
    let message = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", sha256(request.as_bytes()));
    let first = format!("AWS4{}", keys.secret).into_bytes();
    let key = scope.split('/').fold(first, |key, part| hmac(Hash::Sha256, &key, part.as_bytes()));
    let right = hex(&hmac(Hash::Sha256, &key, message.as_bytes()));
    if right == signature { Ok(()) } else { Err("InvalidSignatureException") }
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// The request in its canonical form: parameters are decoded and written in the one spelling. Paths are taken as they come.
fn canonical(asked: &Asked, names: &str) -> String {
    let query = asked.query();
    let mut pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.sort();
    let header = |name: &str| format!("{name}:{}\n", asked.header(name).unwrap_or_default().trim());
    let headers: String = names.split(';').map(header).collect();
    format!("{}\n{}\n{}\n{headers}\n{names}\n{}", asked.method, asked.path(), pairs.join("&"), sha256(&asked.body))
}

/// Percent escapes for everything but letters, digits and `-._~`.
pub fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(escape).collect()
}

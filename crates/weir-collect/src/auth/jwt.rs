//! JSON web tokens that a puller signs itself.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use weir_event::{Fault, Record, Value, write_json};

use crate::digest::Keyed;
use crate::fault;
use crate::manifest::Assertion;
use crate::service::Service;
use crate::slot::Scope;

/// `HEADER.CLAIMS.SIGNATURE`. Keys of RS256 and ES256 are PKCS #8 in PEM.
pub fn sign(service: &Service, assertion: &Assertion, scope: &Scope<'_>) -> Result<String, Fault> {
    let unfilled = |slot| service.unfilled(&slot);
    let mut header: Record<'static> =
        [("alg", Value::owned(assertion.algorithm.clone())), ("typ", Value::text("JWT"))].into_iter().collect();
    for (name, text) in &assertion.header {
        if let Some(value) = text.value(scope).map_err(unfilled)? {
            header.set(name.clone(), value);
        }
    }
    let claims = assertion.claims.fill(scope).map_err(unfilled)?.unwrap_or_default();
    let key = assertion.key.text(scope).map_err(unfilled)?.unwrap_or_default();
    let message = format!("{}.{}", encoded(&Value::Record(header)), encoded(&claims));
    let signature = signature(&assertion.algorithm, &key, message.as_bytes()).ok_or_else(|| {
        fault::setting_form(&service.name, "a private key (PKCS #8, PEM)", "-----BEGIN PRIVATE KEY-----")
    })?;
    Ok(format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

fn encoded(value: &Value<'_>) -> String {
    let mut text = String::new();
    write_json(value, &mut text);
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn signature(algorithm: &str, key: &str, message: &[u8]) -> Option<Vec<u8>> {
    let random = ring::rand::SystemRandom::new();
    match algorithm {
        "HS256" => Some(Keyed::Sha256.sign(key.as_bytes(), message)),
        "RS256" => {
            let pair = RsaKeyPair::from_pkcs8(&pem(key)?).ok()?;
            let mut out = vec![0; pair.public().modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut out).ok()?;
            Some(out)
        }
        "ES256" => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pem(key)?, &random).ok()?;
            Some(pair.sign(&random, message).ok()?.as_ref().to_vec())
        }
        _ => None,
    }
}

/// The bytes between the lines of a PEM block.
fn pem(text: &str) -> Option<Vec<u8>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("-----"));
    BASE64_STANDARD.decode(lines.collect::<String>()).ok()
}

//! The broker's side of SCRAM (RFC 5802): it knows the password, and proves that it does.

use std::num::NonZeroU32;

use ring::digest::{Algorithm, SHA256, SHA512, digest};
use ring::{hmac, pbkdf2};
use weir_event::{Value, write_json};

use super::User;

const SALT: &[u8] = b"salt of a test";
const ROUNDS: u32 = 4_096;

/// A login after its first message.
pub struct Scram {
    hash: &'static Algorithm,
    mac: hmac::Algorithm,
    salted: Vec<u8>,
    /// Both nonces, the client's first.
    nonce: String,
    /// The two first messages.
    begun: String,
}

impl Scram {
    /// What the broker asks the client that begins with `message`.
    pub fn begin(user: &User, message: &str) -> Option<(Scram, String)> {
        let bare = message.strip_prefix("n,,")?;
        let (name, nonce) = bare.strip_prefix("n=")?.split_once(",r=")?;
        if name != user.name {
            return None;
        }
        let (hash, mac, rounds) = match user.mechanism {
            "SCRAM-SHA-256" => (&SHA256, hmac::HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA256),
            "SCRAM-SHA-512" => (&SHA512, hmac::HMAC_SHA512, pbkdf2::PBKDF2_HMAC_SHA512),
            _ => return None,
        };
        let mut salted = vec![0; hash.output_len()];
        pbkdf2::derive(rounds, NonZeroU32::new(ROUNDS)?, SALT, user.password.as_bytes(), &mut salted);
        let nonce = format!("{nonce}of-the-broker");
        let asks = format!("r={nonce},s={},i={ROUNDS}", base64(SALT));
        let begun = format!("{bare},{asks}");
        Some((Scram { hash, mac, salted, nonce, begun }, asks))
    }

    /// The broker's own proof, when the client's is right.
    pub fn end(&self, message: &str) -> Option<String> {
        let (bare, proof) = message.rsplit_once(",p=")?;
        if bare.strip_prefix("c=biws,r=")? != self.nonce {
            return None;
        }
        let all = format!("{},{bare}", self.begun);
        let client = self.sign(&self.salted, b"Client Key");
        let signature = self.sign(digest(self.hash, &client).as_ref(), all.as_bytes());
        let expected: Vec<u8> = client.iter().zip(&signature).map(|(key, mask)| key ^ mask).collect();
        let server = self.sign(&self.salted, b"Server Key");
        (proof == base64(&expected)).then(|| format!("v={}", base64(&self.sign(&server, all.as_bytes()))))
    }

    fn sign(&self, key: &[u8], text: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(self.mac, key), text).as_ref().to_vec()
    }
}

/// As values of bytes are written.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    write_json(&Value::Binary(bytes.into()), &mut text);
    text.trim_matches('"').to_owned()
}

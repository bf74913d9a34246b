//! Tokens: per tenant, scoped, shown once, kept as a hash.
//!
//! A token is `weir_` + 12 letters that name it + 40 that are the secret; all of it is random, so one round of SHA-256 is enough
//! to keep it.

mod presented;
mod scope;
#[cfg(test)]
mod tests;

pub use presented::presented;
pub use scope::{Scope, Scopes};

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest, Sha256};
use weir_event::{Fault, FaultKind, Timestamp};

/// What is kept of a token.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The public part, which lists and logs show.
    pub id: String,
    pub hash: [u8; 32],
    pub name: String,
    pub tenant: Arc<str>,
    pub scopes: Scopes,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

/// A token as its owner sees it, once.
pub struct Secret(String);

impl Secret {
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What a new token is made for.
pub struct TokenOrder<'o> {
    pub name: &'o str,
    pub tenant: &'o str,
    pub scopes: Scopes,
    pub now: Timestamp,
}

const PREFIX: &str = "weir_";
const ID_LETTERS: usize = 12;
const SECRET_LETTERS: usize = 40;
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Makes a token: 200 bits of secret.
pub fn make(order: &TokenOrder<'_>) -> Result<(Token, Secret), Fault> {
    let mut random = [0u8; ID_LETTERS + SECRET_LETTERS];
    getrandom::fill(&mut random)
        .map_err(|error| Fault::new("AUTH-006", FaultKind::Bug, "no random numbers to be had").because(error))?;
    let letters: String = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let secret = format!("{PREFIX}{letters}");
    let token = Token {
        id: letters[..ID_LETTERS].to_owned(),
        hash: Sha256::digest(secret.as_bytes()).into(),
        name: order.name.to_owned(),
        tenant: order.tenant.into(),
        scopes: order.scopes,
        created_at: order.now,
        revoked_at: None,
    };
    Ok((token, Secret(secret)))
}

/// The tokens in force, in memory; the state database holds the same.
#[derive(Default)]
pub struct Tokens {
    by_id: RwLock<HashMap<String, Arc<Token>>>,
}

impl Tokens {
    pub fn put(&self, token: Token) {
        let mut tokens = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(token.id.clone(), Arc::new(token));
    }

    /// Sorted by time of making.
    pub fn list(&self) -> Vec<Arc<Token>> {
        let tokens = self.by_id.read().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<_> = tokens.values().cloned().collect();
        list.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        list
    }

    /// Makes a token useless. One that `may` says no of is not there.
    pub fn revoke(&self, id: &str, now: Timestamp, may: impl FnOnce(&Token) -> bool) -> Result<Arc<Token>, Fault> {
        let mut tokens = self.by_id.write().unwrap_or_else(PoisonError::into_inner);
        let token = tokens.get_mut(id).filter(|token| may(token)).ok_or_else(|| no_token(id))?;
        Arc::make_mut(token).revoked_at.get_or_insert(now);
        Ok(token.clone())
    }

    /// The token behind what a caller sent.
    pub fn find(&self, presented: &str) -> Result<Arc<Token>, Fault> {
        let id = presented.strip_prefix(PREFIX).and_then(|rest| rest.get(..ID_LETTERS)).unwrap_or_default();
        let known = self.by_id.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        // An unknown id costs the same hash and comparison as a known one.
        let digest: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
        let expected = known.as_ref().map_or([0; 32], |token| token.hash);
        match known {
            Some(token) if same(&digest, &expected) && token.revoked_at.is_none() => Ok(token),
            _ => Err(unknown_token()),
        }
    }
}

/// Compares without telling by its time where the first difference is.
fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    std::hint::black_box(a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y))) == 0
}

impl Token {
    /// Refuses when the token lacks `scope`.
    pub fn need(&self, scope: Scope) -> Result<(), Fault> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        Err(Fault::new("AUTH-003", FaultKind::Auth, format!("the token lacks the scope `{}`", scope.name()))
            .because(format!("the token `{}` has: {}", self.id, self.scopes))
            .hint(format!("make one with `weir token create --scope {}`", scope.name())))
    }
}

pub fn missing_token() -> Fault {
    Fault::new("AUTH-001", FaultKind::Auth, "no token was sent")
        .hint("send `Authorization: Bearer TOKEN`, or the token as the password of `Authorization: Basic`")
}

fn unknown_token() -> Fault {
    Fault::new("AUTH-002", FaultKind::Auth, "the token is unknown or revoked")
        .hint("list tokens with `weir token list`, make one with `weir token create`")
}

fn no_token(id: &str) -> Fault {
    Fault::new("AUTH-004", FaultKind::NotFound, format!("there is no token `{id}`")).hint("see `weir token list`")
}

/// The tenant that a request names is not the token's.
pub fn wrong_tenant(asked: &str) -> Fault {
    Fault::new("AUTH-005", FaultKind::Auth, format!("the token is not for the tenant `{asked}`"))
        .hint("use a token of that tenant, or the tenant of the token")
}

//! Log-ins that a double gives out, and that come to an end.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Answered, Parameters, json};
use crate::{Answer, Asked};

/// Tokens or sessions, each good for the same time.
#[derive(Debug)]
pub struct Grants {
    life_ms: i64,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    count: u64,
    /// Until when each holds.
    held: HashMap<String, i64>,
}

impl Grants {
    pub fn new(life_ms: i64) -> Grants {
        Grants { life_ms, inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn grant(&self, now: i64) -> String {
        let mut inner = self.lock();
        inner.count += 1;
        let token = format!("granted-{:06}", inner.count);
        inner.held.insert(token.clone(), now + self.life_ms);
        token
    }

    pub fn holds(&self, token: Option<&str>, now: i64) -> bool {
        token.and_then(|token| self.lock().held.get(token).copied()).is_some_and(|until| now < until)
    }

    /// A log-out.
    pub fn end(&self, token: &str) {
        self.lock().held.remove(token);
    }

    pub fn end_all(&self) {
        self.lock().held.clear();
    }

    /// OAuth 2 (RFC 6749, section 4.4): client credentials, by the Basic scheme or in the form.
    pub fn client_credentials(&self, asked: &Asked, id: &str, secret: &str, now: i64) -> Answered {
        let form = asked.form();
        let wrong = |status: u16, error: &str| Err(Answer::said(status, &json!({ "error": error })));
        if asked.method != "POST" || form.get("grant_type") != Some("client_credentials") {
            return wrong(400, "unsupported_grant_type");
        }
        if asked.basic().or_else(|| in_form(&form)) != Some((id.to_owned(), secret.to_owned())) {
            return wrong(401, "invalid_client");
        }
        Ok(self.bearer(now))
    }

    /// The answer that carries a new token, whatever it was given for.
    pub fn bearer(&self, now: i64) -> Answer {
        let token = self.grant(now);
        Answer::ok(&json!({"access_token": token, "token_type": "Bearer", "expires_in": self.life_ms / 1_000}))
    }
}

fn in_form(form: &Parameters) -> Option<(String, String)> {
    Some((form.get("client_id")?.to_owned(), form.get("client_secret")?.to_owned()))
}

//! What the services of one puller share: tokens, cookies, the clock of the source, and how often it may be asked.

mod pace;
mod places;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use weir_event::{Fault, Record, Timestamp, Value, write_json};

use crate::http::{Reply, Request};
use crate::manifest::Limits;
use crate::state::Sent;
use pace::Pace;
pub(crate) use places::Place;
use places::Places;

/// Shared by the services of one puller.
#[derive(Debug, Default)]
pub struct Session {
    /// Held while a token is fetched, so that one fetches and the others wait for it.
    pub(crate) tokens: futures::lock::Mutex<Tokens>,
    pace: Mutex<Pace>,
    places: Places,
    /// Origin, name, value.
    jar: Mutex<Vec<(String, String, String)>>,
    /// Seconds that the source's clock is ahead, when requests are signed with its time.
    ahead_s: AtomicI64,
    /// Pulls that are under way.
    pulls: AtomicUsize,
}

/// What a log-in gave.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Named `auth.NAME` in slots; empty before the first log-in.
    pub values: Record<'static>,
    pub cookies: Vec<(String, String)>,
    /// Renewed from then on.
    pub renew_at: Option<Timestamp>,
    /// Counts log-ins, so that of many refused requests one renews.
    pub number: u64,
    /// The last refusal; it is not tried again before the time.
    pub refused: Option<(Timestamp, Fault)>,
    /// Refusals in a row.
    pub refusals: usize,
}

/// Cookies kept at most; beyond them the oldest go.
const COOKIES_MAX: usize = 200;

impl Session {
    /// Goes on with a log-in that [`crate::World::keep_log_in`] was given, unless one is there that ends later. What cannot be read is
    /// a log-in that is missing.
    pub async fn resume(&self, log_in: &str) {
        let Some(kept) = Tokens::from_text(log_in) else { return };
        let mut tokens = self.tokens.lock().await;
        if tokens.renew_at < kept.renew_at {
            *tokens = Tokens { number: tokens.number + 1, ..kept };
        }
    }

    /// Takes a place in every budget: now, or the time at which to ask again.
    pub(crate) fn admit(&self, limits: &Limits, service: &str, now: Timestamp) -> Result<(), Timestamp> {
        lock(&self.pace).admit(limits, service, now)
    }

    /// Nobody of the puller asks before `until`.
    pub(crate) fn wait_until(&self, until: Timestamp) {
        lock(&self.pace).wait_until(until);
    }

    /// Counts what a service has sent before this process began, once.
    pub(crate) fn recall(&self, service: &str, sent: &Sent) {
        lock(&self.pace).recall(service, sent);
    }

    /// Requests of lasting budgets that a service has sent since it last asked this.
    pub(crate) fn take_sent(&self, service: &str) -> Sent {
        lock(&self.pace).take_sent(service)
    }

    /// One of the requests that may be under way at once.
    pub(crate) async fn place(&self, most: Option<usize>) -> Place<'_> {
        self.places.take(most).await
    }

    /// A pull begins.
    pub(crate) fn enter(&self) -> UnderWay<'_> {
        self.pulls.fetch_add(1, Ordering::SeqCst);
        UnderWay(self)
    }

    pub(crate) fn follow_clock(&self, seconds: i64) {
        self.ahead_s.store(seconds, Ordering::SeqCst);
    }

    /// The time with which requests are signed.
    pub(crate) fn source_time(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.ahead_s.load(Ordering::SeqCst).saturating_mul(1_000_000_000)))
    }

    /// Sends back the cookies of an origin, beside those that the request has.
    pub(crate) fn add_cookies(&self, origin: &str, request: &mut Request) {
        let jar = lock(&self.jar);
        let ours = jar.iter().filter(|(from, ..)| from == origin).map(|(_, name, value)| format!("{name}={value}"));
        let all: Vec<String> = request.header("cookie").map(str::to_owned).into_iter().chain(ours).collect();
        if !all.is_empty() {
            request.set("Cookie", all.join("; "));
        }
    }

    pub(crate) fn take_cookies(&self, origin: &str, reply: &Reply) {
        let mut jar = lock(&self.jar);
        for (name, value) in reply.cookies() {
            jar.retain(|(from, have, _)| from != origin || have != name);
            jar.push((origin.to_owned(), name.to_owned(), value.to_owned()));
        }
        let excess = jar.len().saturating_sub(COOKIES_MAX);
        jar.drain(..excess);
    }
}

/// One pull; over when dropped.
pub(crate) struct UnderWay<'s>(&'s Session);

impl UnderWay<'_> {
    /// The pull ends; true when no other is under way.
    pub fn leave(self) -> bool {
        self.0.pulls.load(Ordering::SeqCst) <= 1
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.pulls.fetch_sub(1, Ordering::SeqCst);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tokens {
    /// As it is kept beyond a process: what the source gave, and until when it holds.
    pub fn to_text(&self) -> String {
        let cookies = self.cookies.iter().map(|(name, value)| (name.clone(), Value::owned(value.clone())));
        let members = [
            ("values", Value::Record(self.values.clone())),
            ("cookies", Value::Record(cookies.collect())),
            ("renew_at", self.renew_at.map_or(Value::Null, |at| Value::Long(at.0))),
        ];
        let mut out = String::new();
        write_json(&Value::Record(members.into_iter().collect()), &mut out);
        out
    }

    fn from_text(text: &str) -> Option<Tokens> {
        let Ok(Value::Record(record)) = weir_parse::json::to_value(text) else { return None };
        let Some(Value::Record(values)) = record.get("values") else { return None };
        let cookies = match record.get("cookies") {
            Some(Value::Record(cookies)) => {
                cookies.iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_str()?.to_owned()))).collect()
            }
            _ => Vec::new(),
        };
        let renew_at = match record.get("renew_at") {
            Some(Value::Long(at)) => Some(Timestamp(*at)),
            _ => None,
        };
        Some(Tokens { values: values.clone().into_owned(), cookies, renew_at, ..Tokens::default() })
    }
}

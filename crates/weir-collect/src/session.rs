//! What the services of one puller share: tokens, cookies, and how often the source may be asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use weir_event::{Record, Timestamp};

use crate::manifest::{Budget, Limits};

/// Shared by the services of one puller.
#[derive(Debug, Default)]
pub struct Session {
    /// Held while a token is fetched, so that one fetches and the others wait for it.
    pub(crate) tokens: futures::lock::Mutex<Tokens>,
    pace: Mutex<Pace>,
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
}

#[derive(Debug, Default)]
struct Pace {
    /// Nobody asks before this.
    until: Option<Timestamp>,
    /// When the requests of a budget were sent, by its name.
    sent: HashMap<String, VecDeque<Timestamp>>,
}

impl Session {
    /// Takes a place in every budget: now, or the time at which to ask again.
    pub(crate) fn admit(&self, limits: &Limits, now: Timestamp) -> Result<(), Timestamp> {
        let mut pace = self.pace();
        if let Some(until) = pace.until.filter(|until| *until > now) {
            return Err(until);
        }
        for budget in &limits.local {
            if let Some(free_at) = pace.free_at(budget, now) {
                return Err(free_at);
            }
        }
        for budget in &limits.local {
            pace.sent.entry(budget.name.clone()).or_default().push_back(now);
        }
        Ok(())
    }

    /// Nobody of the puller asks before `until`.
    pub(crate) fn wait_until(&self, until: Timestamp) {
        let mut pace = self.pace();
        pace.until = pace.until.max(Some(until));
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    /// When the budget has room again; `None` when it has room now.
    fn free_at(&mut self, budget: &Budget, now: Timestamp) -> Option<Timestamp> {
        let sent = self.sent.get_mut(&budget.name)?;
        while sent.front().is_some_and(|first| first.0.saturating_add(budget.per) <= now.0) {
            sent.pop_front();
        }
        if (sent.len() as u64) < budget.max {
            return None;
        }
        sent.front().map(|first| Timestamp(first.0.saturating_add(budget.per)))
    }
}

//! What one service did, for log lines, metrics and the API.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use weir_collect::{Pulled, State, Told};
use weir_event::{Fault, Timestamp, Value};

/// Counters since the process started, and how the service stands.
#[derive(Default)]
pub struct Counts {
    pub pulls: AtomicU64,
    pub requests: AtomicU64,
    /// Requests by the first digit of their status; 0 for those without an answer.
    pub answers: [AtomicU64; 6],
    pub answer_bytes: AtomicU64,
    pub received: AtomicU64,
    pub duplicates: AtomicU64,
    pub generated: AtomicU64,
    pub failed: AtomicU64,
    pub retried: AtomicU64,
    /// Times that the source or a budget made us wait, and how long in milliseconds.
    pub waits: AtomicU64,
    pub waited_ms: AtomicU64,
    pub gaps: AtomicU64,
    /// Start of the last pull that ended well; 0 for none.
    pub succeeded_at: AtomicI64,
    /// Identities remembered.
    pub seen: AtomicU64,
    /// Up to when records were fetched, in the partition that is furthest behind; 0 where places are no times.
    pub reached: AtomicI64,
    now: Mutex<Now>,
}

/// How a service stands.
#[derive(Clone, Default)]
pub struct Now {
    pub doing: Doing,
    /// Where it goes on, by partition, as text for people.
    pub cursors: Vec<(String, String)>,
    pub fault: Option<Fault>,
    /// Pulls in a row that failed.
    pub failures: u64,
    pub pull_id: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    #[default]
    Starting,
    Pulling,
    /// For the next pull.
    Waiting {
        until: Timestamp,
    },
    /// Another server pulls it; looked at again then.
    Elsewhere {
        until: Timestamp,
    },
    /// The last pull failed; tried again then.
    Failing {
        until: Timestamp,
    },
    Stopped,
}

impl Doing {
    pub fn word(self) -> &'static str {
        match self {
            Doing::Starting => "starting",
            Doing::Pulling => "pulling",
            Doing::Waiting { .. } => "waiting",
            Doing::Failing { .. } => "failing",
            Doing::Elsewhere { .. } => "elsewhere",
            Doing::Stopped => "stopped",
        }
    }

    /// When it pulls next.
    pub fn until(self) -> Option<Timestamp> {
        match self {
            Doing::Waiting { until } | Doing::Failing { until } => Some(until),
            _ => None,
        }
    }
}

impl Counts {
    /// Nothing counted yet, for a service that goes on from `state`.
    pub fn new(state: &State) -> Counts {
        let counts = Counts::default();
        counts.stands_at(state);
        counts
    }

    /// Counts what the engine tells.
    pub fn told(&self, told: &Told, now: Timestamp) {
        match told {
            Told::Answered { status, bytes } => {
                self.requests.fetch_add(1, Relaxed);
                let class = usize::from(status / 100).min(self.answers.len() - 1);
                self.answers[class].fetch_add(1, Relaxed);
                self.answer_bytes.fetch_add(*bytes as u64, Relaxed);
            }
            Told::Waiting { until, .. } => {
                self.waits.fetch_add(1, Relaxed);
                let wait = until.0.saturating_sub(now.0).max(0) / 1_000_000;
                self.waited_ms.fetch_add(wait.unsigned_abs(), Relaxed);
            }
            Told::Retrying { .. } => {
                self.retried.fetch_add(1, Relaxed);
            }
            Told::Gap { .. } => {
                self.gaps.fetch_add(1, Relaxed);
            }
            Told::Reset(_) | Told::Note(_) => {}
        }
    }

    /// A pull is over.
    pub fn pulled(&self, started: Timestamp, pulled: &Pulled, state: &State, fault: Option<&Fault>) {
        self.pulls.fetch_add(1, Relaxed);
        self.received.fetch_add(pulled.received, Relaxed);
        self.duplicates.fetch_add(pulled.duplicates, Relaxed);
        self.generated.fetch_add(pulled.generated, Relaxed);
        self.stands_at(state);
        let mut now = self.lock();
        now.fault = fault.cloned();
        match fault {
            Some(_) => {
                self.failed.fetch_add(1, Relaxed);
                now.failures += 1;
            }
            None => {
                self.succeeded_at.store(started.0, Relaxed);
                now.failures = 0;
            }
        }
    }

    fn stands_at(&self, state: &State) {
        self.seen.store(state.seen.len() as u64, Relaxed);
        let reached = state.cursors.values().filter_map(time_of).min();
        self.reached.store(reached.map_or(0, |at| at.0), Relaxed);
        self.lock().cursors = state.cursor_texts();
    }

    pub fn set_doing(&self, doing: Doing) {
        self.lock().doing = doing;
    }

    pub fn set_pull(&self, id: &str) {
        id.clone_into(&mut self.lock().pull_id);
    }

    pub fn now(&self) -> Now {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time that a place is, or begins with.
fn time_of(cursor: &Value<'_>) -> Option<Timestamp> {
    match cursor {
        Value::Timestamp(at) => Some(*at),
        Value::Array(parts) => parts.first().and_then(time_of),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cursors: &[(&str, Value<'static>)], reached: i64) {
        let mut state = State::default();
        state.cursors.extend(cursors.iter().map(|(name, cursor)| ((*name).to_owned(), cursor.clone())));
        assert_eq!(Counts::new(&state).reached.load(Relaxed), reached, "{cursors:?}");
    }

    #[test]
    fn what_is_furthest_behind_counts() {
        let at = |nanos| Value::Timestamp(Timestamp(nanos));
        check(&[], 0);
        check(&[("", Value::text("opaque"))], 0);
        check(&[("", at(7))], 7);
        check(&[("a", at(7)), ("b", Value::Array(vec![at(5), Value::Long(3)])), ("c", Value::Long(1))], 5);
    }
}

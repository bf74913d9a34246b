//! Events that are in the log and not yet anywhere else, per source and minute of arrival: what the ledger calls in flight.
//!
//! The rest of the ledger (received = stored + filtered + dead-lettered) is kept by the store, in the same transaction as the
//! events it counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use weir_event::Timestamp;

const MINUTE: i64 = 60_000_000_000;

/// The minute since the epoch that a moment lies in.
pub fn minute_of(at: Timestamp) -> i64 {
    at.0.div_euclid(MINUTE)
}

/// The beginning of a minute since the epoch.
pub fn minute_start(minute: i64) -> Timestamp {
    Timestamp(minute.saturating_mul(MINUTE))
}

/// Minute since the epoch, tenant, source.
pub type LedgerKey = (i64, Arc<str>, Arc<str>);

/// A key is gone once nothing of it is in flight, so this holds no more than the queues do.
#[derive(Default)]
pub struct InFlight(Mutex<HashMap<LedgerKey, i64>>);

impl InFlight {
    /// Adds what came in, or with a negative number takes off what is settled. Either may be told first.
    pub fn add(&self, key: LedgerKey, events: i64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_default();
        *count += events;
        if *count == 0 {
            counts.remove(&key);
        }
    }

    /// What is in flight of one tenant.
    pub fn of(&self, tenant: &str) -> HashMap<LedgerKey, u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.iter().filter(|((_, owner, _), count)| **owner == *tenant && **count > 0);
        own.map(|(key, count)| (key.clone(), count.unsigned_abs())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_settled_is_forgotten_whoever_tells_first() {
        let flight = InFlight::default();
        let key = |minute: i64| -> LedgerKey { (minute, "t".into(), "s".into()) };
        flight.add(key(1), 5);
        flight.add(key(1), -3);
        flight.add(key(2), -4);
        assert_eq!(flight.of("t"), HashMap::from([(key(1), 2)]));
        flight.add(key(1), -2);
        flight.add(key(2), 4);
        assert!(flight.of("t").is_empty() && flight.0.lock().unwrap().is_empty());
        assert!(flight.of("other").is_empty());
    }
}

//! A clock that stands still until it is told.

use std::sync::atomic::{AtomicI64, Ordering};

use weir_event::{Clock, Timestamp};

pub struct SimClock(AtomicI64);

impl SimClock {
    pub fn at(now: Timestamp) -> Self {
        SimClock(AtomicI64::new(now.0))
    }

    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Forward, or back when `nanos` is negative.
    pub fn advance(&self, nanos: i64) {
        self.0.fetch_add(nanos, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

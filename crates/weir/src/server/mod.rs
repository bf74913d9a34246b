//! What `weir run` starts, in order: store, workers, listeners, HTTP, the ready file; and how it stops.

mod ready;

pub use ready::Ready;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use weir_event::{Clock, Timestamp};

use crate::auth::Tokens;
use crate::config::Config;

/// The running whole, shared by every task.
pub struct Weir {
    pub config: Arc<Config>,
    pub tokens: Tokens,
    ready: AtomicBool,
}

impl Weir {
    pub fn new(config: Config) -> Weir {
        Weir { config: Arc::new(config), tokens: Tokens::default(), ready: AtomicBool::new(false) }
    }

    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Release);
    }
}

/// The wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }
}

/// The time of day in milliseconds, for log lines.
pub fn clock_text() -> String {
    let now = SystemClock.now();
    Timestamp(now.0 - now.0.rem_euclid(1_000_000)).to_string()
}

//! Counters of one source.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use weir_event::Timestamp;

/// Seconds over which the rate is the mean.
const RATE_SECONDS: i64 = 10;
const SLOTS: usize = 16;

/// Counters of one source of one tenant since the process started.
pub struct SourceStats {
    pub tenant: Arc<str>,
    pub name: Arc<str>,
    pub kind: &'static str,
    pub events: AtomicU64,
    pub bytes: AtomicU64,
    pub stored: AtomicU64,
    pub filtered: AtomicU64,
    pub dead_lettered: AtomicU64,
    /// Lost before the log: a full queue (UDP) or the kernel's buffer.
    pub dropped_queue: AtomicU64,
    pub dropped_kernel: AtomicU64,
    /// Frames or bodies that broke a limit and were cut or refused.
    pub refused: AtomicU64,
    last_event: AtomicI64,
    recent: Mutex<[(i64, u64); SLOTS]>,
}

/// The counters at one moment.
#[derive(Clone, Debug)]
pub struct SourceView {
    pub events: u64,
    pub events_per_second: f64,
    pub last_event: Option<Timestamp>,
    pub dropped: u64,
}

impl SourceStats {
    pub fn new(tenant: &Arc<str>, name: &Arc<str>, kind: &'static str) -> Self {
        SourceStats {
            tenant: tenant.clone(),
            name: name.clone(),
            kind,
            events: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            stored: AtomicU64::new(0),
            filtered: AtomicU64::new(0),
            dead_lettered: AtomicU64::new(0),
            dropped_queue: AtomicU64::new(0),
            dropped_kernel: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            last_event: AtomicI64::new(i64::MIN),
            recent: Mutex::new([(i64::MIN, 0); SLOTS]),
        }
    }

    /// Events that are in the log now.
    pub fn received(&self, events: u64, bytes: u64, at: Timestamp) {
        self.events.fetch_add(events, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
        self.last_event.fetch_max(at.0, Relaxed);
        let second = seconds(at);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut recent[second.rem_euclid(SLOTS as i64) as usize];
        if slot.0 != second {
            *slot = (second, 0);
        }
        slot.1 += events;
    }

    /// The last event of an earlier process.
    pub fn remember(&self, last: Timestamp) {
        self.last_event.fetch_max(last.0, Relaxed);
    }

    pub fn view(&self, now: Timestamp) -> SourceView {
        let last = self.last_event.load(Relaxed);
        let second = seconds(now);
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let sum: u64 =
            recent.iter().filter(|slot| (second - RATE_SECONDS..second).contains(&slot.0)).map(|slot| slot.1).sum();
        SourceView {
            events: self.events.load(Relaxed),
            events_per_second: sum as f64 / RATE_SECONDS as f64,
            last_event: (last != i64::MIN).then_some(Timestamp(last)),
            dropped: self.dropped_queue.load(Relaxed) + self.dropped_kernel.load(Relaxed),
        }
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000_000_000)
}

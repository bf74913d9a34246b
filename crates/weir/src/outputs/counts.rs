//! Counters of one output.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use crate::server::Hold;

/// What became of the events of an output since the process started.
pub struct Counts {
    pub tenant: Arc<str>,
    pub name: Arc<str>,
    hold: Arc<Hold>,
    /// Events that the other side has acknowledged, and bytes of their messages.
    pub sent: AtomicU64,
    pub bytes: AtomicU64,
    /// Events left out because their messages would be too long.
    pub too_long: AtomicU64,
    /// Chunks of the log that went before they were sent.
    pub lost_chunks: AtomicU64,
    pub failed: AtomicU64,
    /// When the other side was last up to date or took something, in nanoseconds since the epoch; 0 when never.
    pub succeeded_at: AtomicI64,
}

impl Counts {
    pub fn new(tenant: &Arc<str>, name: &Arc<str>, hold: Arc<Hold>) -> Counts {
        Counts {
            hold,
            tenant: tenant.clone(),
            name: name.clone(),
            sent: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            too_long: AtomicU64::new(0),
            lost_chunks: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            succeeded_at: AtomicI64::new(0),
        }
    }

    /// Chunks that wait of a log that is on the disk as far as `durable`. What is not wanted is taken off every few seconds.
    pub fn waiting_chunks(&self, durable: u64) -> u64 {
        (durable + 1).saturating_sub(self.hold.next())
    }
}

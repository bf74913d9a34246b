//! Different values of each group, counted exactly.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

/// Sets that workers fill side by side.
const SHARDS: usize = 32;
/// Pairs that a worker gathers for one shard before it takes its lock.
const PENDING_MAX: usize = 512;

/// Pairs of group and value, in shards so that workers seldom wait for one another.
#[derive(Debug)]
pub(super) struct Seen {
    shards: Vec<Mutex<HashSet<u64, RandomState>>>,
    bytes: AtomicUsize,
}

/// What one worker has not handed over yet.
pub(super) struct Worker {
    shared: Arc<Seen>,
    pending: Vec<Vec<u64>>,
}

impl Seen {
    pub fn new() -> Arc<Seen> {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Arc::new(Seen { shards, bytes: AtomicUsize::new(0) })
    }

    /// How many values each of `groups` groups has.
    pub fn counts(&self, groups: usize) -> Vec<i64> {
        let mut counts = vec![0; groups];
        for shard in &self.shards {
            for pair in shard.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                if let Some(count) = counts.get_mut((pair >> 32) as usize) {
                    *count += 1;
                }
            }
        }
        counts
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Worker {
    pub fn new(shared: Arc<Seen>) -> Worker {
        Worker { shared, pending: (0..SHARDS).map(|_| Vec::with_capacity(PENDING_MAX)).collect() }
    }

    /// Takes the value of each row; the code 0 is null and no value.
    pub fn add(&mut self, groups: &[u32], codes: &[u32]) {
        for (&group, &code) in groups.iter().zip(codes).filter(|(_, code)| **code > 0) {
            let pair = u64::from(group) << 32 | u64::from(code);
            let shard = (pair.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 59) as usize;
            self.pending[shard].push(pair);
            if self.pending[shard].len() == PENDING_MAX {
                self.hand_over(shard);
            }
        }
    }

    /// Hands over what is left.
    pub fn finish(&mut self) {
        (0..SHARDS).for_each(|shard| self.hand_over(shard));
    }

    fn hand_over(&mut self, shard: usize) {
        let mut seen = self.shared.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        let before = seen.capacity();
        seen.extend(self.pending[shard].drain(..));
        self.shared.bytes.fetch_add((seen.capacity() - before) * 9, Ordering::Relaxed);
    }
}

//! What a query read, counted while it runs.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counters that all scans of one query share.
#[derive(Debug, Default)]
pub struct Totals {
    pub bytes: AtomicU64,
    pub rows: AtomicU64,
    pub segments: AtomicU64,
    pub groups: AtomicU64,
    /// Bytes after which scans stop; 0 is no limit.
    pub bytes_max: AtomicU64,
    partial: AtomicBool,
    /// Row groups that were not read, by why.
    skipped: Mutex<BTreeMap<&'static str, u64>>,
    notes: Mutex<Vec<String>>,
}

impl Totals {
    pub fn add(counter: &AtomicU64, amount: u64) {
        counter.fetch_add(amount, Ordering::Relaxed);
    }

    /// Counts a row group that needs no reading, and why.
    pub fn skip(&self, why: &'static str) {
        *self.skipped.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(why).or_default() += 1;
    }

    pub fn skipped(&self) -> Vec<(&'static str, u64)> {
        let skipped = self.skipped.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        skipped.iter().map(|(&why, &groups)| (why, groups)).collect()
    }

    /// Tells the one who asked something about the answer, once.
    pub fn note(&self, text: impl Into<String>) {
        let text = text.into();
        let mut notes = self.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    /// The answer is not whole, and why.
    pub fn cut(&self, why: impl Into<String>) {
        self.partial.store(true, Ordering::Relaxed);
        self.note(why);
    }

    pub fn is_partial(&self) -> bool {
        self.partial.load(Ordering::Relaxed)
    }

    pub fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Whether the limit on read bytes is reached; then the answer is marked as partial.
    pub fn is_exhausted(&self) -> bool {
        let (bytes, most) = (self.bytes.load(Ordering::Relaxed), self.bytes_max.load(Ordering::Relaxed));
        let exhausted = most != 0 && bytes >= most;
        if exhausted {
            self.cut(format!("stopped reading after {bytes} bytes, the limit of scanLimitGBytes"));
        }
        exhausted
    }
}

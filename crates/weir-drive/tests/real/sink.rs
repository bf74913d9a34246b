//! A log in memory that can fail, and what became of it.

use std::sync::{Mutex, PoisonError};

use weir_collect::Told;
use weir_drive::Sink;
use weir_event::{Fault, FaultKind, Records, Timestamp};

/// What outlives a crash: the records that were committed, and the last position.
#[derive(Debug, Default)]
pub struct Kept {
    pub records: Vec<String>,
    pub state: Option<String>,
    pub commits: usize,
}

/// Commits until it is told to fail.
#[derive(Debug, Default)]
pub struct Memory {
    kept: Mutex<Kept>,
    told: Mutex<Vec<Told>>,
    /// Commits that work; then the disk is gone.
    left: Mutex<Option<usize>>,
}

impl Memory {
    pub fn fail_after(&self, commits: Option<usize>) {
        *lock(&self.left) = commits;
    }

    pub fn state(&self) -> Option<String> {
        lock(&self.kept).state.clone()
    }

    pub fn commits(&self) -> usize {
        lock(&self.kept).commits
    }

    /// Records that are kept.
    pub fn count(&self) -> usize {
        lock(&self.kept).records.len()
    }

    /// The records since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.kept).records)
    }

    pub fn told(&self) -> Vec<Told> {
        std::mem::take(&mut lock(&self.told))
    }
}

impl Sink for Memory {
    fn now(&self) -> Timestamp {
        Timestamp(1_800_000_000_000_000_000)
    }

    async fn commit(&self, records: Records, state: String) -> Result<(), Fault> {
        if let Some(left) = lock(&self.left).as_mut() {
            *left =
                left.checked_sub(1).ok_or_else(|| Fault::new("TEST-001", FaultKind::Storage, "the disk is gone"))?;
        }
        let mut kept = lock(&self.kept);
        let mut start = 0;
        for end in &records.ends {
            let end = *end as usize;
            kept.records.push(String::from_utf8_lossy(&records.bytes[start..end]).into_owned());
            start = end;
        }
        kept.state = Some(state);
        kept.commits += 1;
        Ok(())
    }

    fn tell(&self, told: Told) {
        lock(&self.told).push(told);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The log as one reader sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use weir_collect::Told;
use weir_drive::Sink;
use weir_event::{Clock, CursorChange, Fault, Records, Timestamp};

use crate::listen::{Feed, Intake};
use crate::pull::commit::{self, store};
use crate::server::SystemClock;

pub struct Lane {
    intake: Arc<Intake>,
    pub feed: Feed,
    /// The position of the last commit, which the store may not have seen yet.
    state: Mutex<Option<String>>,
    pull: Mutex<Arc<str>>,
    /// Something was stored since the look began.
    committed: AtomicBool,
}

impl Lane {
    pub fn new(intake: Arc<Intake>, feed: Feed, state: Option<String>) -> Lane {
        Lane { intake, feed, state: Mutex::new(state), pull: Mutex::new("".into()), committed: AtomicBool::new(false) }
    }

    pub fn state(&self) -> Option<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A look begins; its records get this id.
    pub fn begin(&self, id: Arc<str>) {
        *self.pull.lock().unwrap_or_else(PoisonError::into_inner) = id;
        self.committed.store(false, Ordering::Relaxed);
    }

    /// The source starts over, as if it had never been read. Nothing may be reading it.
    pub async fn forget(&self) -> Result<(), Fault> {
        commit::forget(&self.intake, &self.feed).await?;
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    pub fn has_committed(&self) -> bool {
        self.committed.load(Ordering::Relaxed)
    }
}

impl Sink for Lane {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn commit(&self, records: Records, state: String) -> Result<(), Fault> {
        let pull = self.pull.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let change = CursorChange::Whole(state.as_bytes().into());
        store(&self.intake, &self.feed, &pull, records, change).await?;
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
        self.committed.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn tell(&self, told: Told) {
        crate::pull::say_told(&self.feed.source, &told);
    }
}

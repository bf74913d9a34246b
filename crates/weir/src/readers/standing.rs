//! How a reader stands, for those who ask, and the wish that it start over.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value as Json, json};
use tokio::sync::Notify;
use weir_event::{Duration, Fault, Timestamp};

use super::lane::Lane;
use crate::config::{Reader, Source};

/// A reader that runs.
pub struct Standing {
    pub lane: Lane,
    kind: &'static str,
    every: Duration,
    now: Mutex<Now>,
    reset: AtomicBool,
    pub wake: Notify,
}

/// How it is doing.
#[derive(Clone, Default)]
struct Now {
    /// Until when it waits; it reads when there is none.
    until: Option<Timestamp>,
    failures: u32,
    fault: Option<Fault>,
}

impl Standing {
    pub fn new(source: &Source, reader: &Reader, lane: Lane) -> Standing {
        let (kind, every) = (source.kind_name(), reader.every);
        Standing { lane, kind, every, now: Mutex::default(), reset: AtomicBool::new(false), wake: Notify::new() }
    }

    pub fn tenant(&self) -> &Arc<str> {
        &self.lane.feed.tenant
    }

    pub fn source(&self) -> &str {
        &self.lane.feed.source
    }

    /// Asks the reader to forget where it stands; it leaves what it is doing and begins anew.
    pub fn reset(&self) {
        self.reset.store(true, Relaxed);
        self.wake.notify_one();
    }

    /// Starts over when somebody wants it. What fails is still wanted. To be waited for to its end.
    pub async fn obey_reset(&self) -> Result<(), Fault> {
        if !self.reset.swap(false, Relaxed) {
            return Ok(());
        }
        let before = self.lane.state().unwrap_or_default();
        if let Err(fault) = self.lane.forget().await {
            self.reset.store(true, Relaxed);
            return Err(fault);
        }
        let source = self.source();
        crate::say::log("warn", format_args!("read reset source={source} id=COLLECT-502 position={before:?}"));
        Ok(())
    }

    pub fn reads(&self) {
        self.lock().until = None;
    }

    pub fn waits(&self, until: Timestamp, failures: u32, fault: Option<&Fault>) {
        *self.lock() = Now { until: Some(until), failures, fault: fault.cloned() };
    }

    /// For the API.
    pub fn view(&self) -> Json {
        let now = self.lock().clone();
        let doing = match (&now.fault, now.until) {
            (Some(_), Some(_)) => "failing",
            (None, Some(_)) => "waiting",
            (_, None) => "pulling",
        };
        let feed = &self.lane.feed;
        json!({
            "name": *feed.source,
            "service": null,
            "kind": self.kind,
            "source": *feed.source,
            "table": *feed.table,
            "every_ms": self.every.0 / 1_000_000,
            "doing": doing,
            "next_at": now.until.map(|at| at.to_string()),
            "cursors": cursors(self.lane.state()),
            "ids": 0,
            "events": feed.stats.events.load(Relaxed),
            "failures": now.failures,
            "error": now.fault.map(|fault| crate::http::fault_json(&fault)),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader that does not run.
pub fn stopped(source: &Source, state: Option<String>) -> Json {
    json!({
        "name": *source.name,
        "service": null,
        "kind": source.kind_name(),
        "source": *source.name,
        "doing": "stopped",
        "cursors": cursors(state),
        "ids": 0,
    })
}

/// The only one has no name; a reader that has read nothing has none.
fn cursors(state: Option<String>) -> Json {
    state.map_or_else(|| json!({}), |state| json!({ "": state }))
}

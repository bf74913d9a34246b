//! States of services as people read them.

use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value as Json, json};
use weir_event::Timestamp;

use super::Running;

/// A service that runs, for the API.
pub fn view(running: &Running) -> Json {
    let (job, counts, now) = (&running.job, &running.counts, running.counts.now());
    let succeeded = counts.succeeded_at.load(Relaxed);
    let cursors: serde_json::Map<String, Json> =
        now.cursors.into_iter().map(|(name, cursor)| (name, cursor.into())).collect();
    json!({
        "name": *job.puller,
        "service": *job.service,
        "source": *job.source,
        "table": *job.table,
        "dataset": job.stream().output.dataset,
        "every_ms": job.every.0 / 1_000_000,
        "doing": now.doing.word(),
        "next_at": now.doing.until().map(|at| at.to_string()),
        "last_success": (succeeded != 0).then(|| Timestamp(succeeded).to_string()),
        "pull_id": now.pull_id,
        "cursors": cursors,
        "ids": counts.seen.load(Relaxed),
        "pulls": counts.pulls.load(Relaxed),
        "requests": counts.requests.load(Relaxed),
        "received": counts.received.load(Relaxed),
        "duplicates": counts.duplicates.load(Relaxed),
        "events": counts.generated.load(Relaxed),
        "failures": now.failures,
        "error": now.fault.map(|fault| crate::http::fault_json(&fault)),
    })
}

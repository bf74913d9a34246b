//! Forgetting what is older than its bucket keeps.

use std::sync::Arc;
use std::time::Duration;

use weir_event::Clock;

use super::{Stop, SystemClock, Weir};

/// Between two looks at what is old.
const LOOK: Duration = Duration::from_secs(600);

/// Removes old segments again and again, until told to stop.
pub async fn forget(app: Arc<Weir>, stop: Stop) {
    loop {
        let store = app.spine.store.clone();
        let config = app.config.clone();
        let removed = tokio::task::spawn_blocking(move || {
            store.retain(|bucket| Some(config.retention(bucket)), SystemClock.now())
        });
        match removed.await {
            Ok(Ok(0)) => {}
            Ok(Ok(segments)) => crate::say::log("info", format_args!("old events forgotten segments={segments}")),
            Ok(Err(fault)) => {
                crate::say::log("error", format_args!("retention failed id={} why={}", fault.id(), fault.cause()));
            }
            Err(error) => crate::say::log("error", format_args!("retention ended by a fault of its own why={error}")),
        }
        tokio::select! {
            () = stop.wait() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

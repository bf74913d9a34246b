//! A reader in the server: looks at its times until told to stop.

use std::sync::Arc;
use std::time::Duration;

use weir_drive::{Pulled, Sink, kafka, mqtt, sql, ssh};
use weir_event::{Fault, Timestamp};

use super::Standing;
use super::lane::Lane;
use crate::config::{Reader, Task};
use crate::pull::id::pull_id;
use crate::retry;
use crate::say::log;
use crate::server::Stop;

/// The longest wait after a failure that passes by itself.
const RETRY_MAX: Duration = Duration::from_secs(300);

/// Looks again and again. Leaving a look at any point is safe: what is committed is committed with its position.
pub async fn serve(reader: Reader, standing: Arc<Standing>, stop: Stop) {
    let (mut failures, lane) = (0, &standing.lane);
    loop {
        lane.begin(pull_id(lane.now()));
        standing.reads();
        // Not left halfway: what was forgotten in part would be neither here nor there.
        let looked = match standing.obey_reset().await {
            // Records must not come from a place that somebody wants forgotten.
            Err(fault) => Err(fault),
            Ok(()) => tokio::select! {
                looked = look(&reader.task, lane) => looked,
                () = standing.wake.notified() => continue,
                () = stop.wait() => return,
            },
        };
        let wait = match &looked {
            Ok(pulled) => {
                failures = 0;
                say_pulled(lane, pulled);
                Duration::from_nanos(reader.every.0.unsigned_abs())
            }
            Err(fault) => {
                // One after another: what has worked in between is not counted.
                failures = if lane.has_committed() { 1 } else { failures + 1 };
                let wait = retry::wait(failures, fault.kind(), RETRY_MAX);
                retry::say(format_args!("read failed source={}", lane.feed.source), fault, failures, Some(wait));
                wait
            }
        };
        let until = Timestamp(lane.now().0.saturating_add(i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX)));
        standing.waits(until, failures, looked.as_ref().err());
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = standing.wake.notified() => {}
            () = stop.wait() => return,
        }
    }
}

async fn look(task: &Task, lane: &Lane) -> Result<Pulled, Fault> {
    let state = lane.state();
    match task {
        Task::Sql(settings) => sql::pull(settings, state.as_deref(), lane).await,
        Task::Ssh(settings) => ssh::pull(settings, state.as_deref(), lane).await,
        // These end only with a fault.
        Task::Kafka(settings) => kafka::run(settings, state.as_deref(), lane).await.map(|()| Pulled::default()),
        Task::Mqtt(settings) => mqtt::run(settings, state.as_deref(), lane).await.map(|()| Pulled::default()),
    }
}

fn say_pulled(lane: &Lane, pulled: &Pulled) {
    if pulled.committed > 0 {
        let Pulled { received, duplicates, committed } = pulled;
        log(
            "info",
            format_args!(
                "read source={} received={received} duplicates={duplicates} committed={committed}",
                lane.feed.source
            ),
        );
    }
}

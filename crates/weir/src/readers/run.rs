//! A reader in the server: looks at its times until told to stop.

use std::sync::Arc;
use std::time::Duration;

use weir_drive::{Pulled, Sink, kafka, sql, ssh};
use weir_event::{Fault, FaultKind, Timestamp};

use super::Standing;
use super::lane::Lane;
use crate::config::{Reader, Task};
use crate::pull::id::pull_id;
use crate::say::log;
use crate::server::Stop;

/// The longest wait after a failure that passes by itself, and after one that a person has to mend. A login that is refused is not tried
/// again soon, because that locks users out.
const RETRY_MAX: Duration = Duration::from_secs(300);
const REFUSED_MAX: Duration = Duration::from_secs(900);
const REFUSED_MIN: Duration = Duration::from_secs(60);

/// Looks again and again. Leaving a look at any point is safe: what is committed is committed with its position.
pub async fn serve(reader: Reader, standing: Arc<Standing>, stop: Stop) {
    let (mut failures, lane) = (0, &standing.lane);
    loop {
        let looked = tokio::select! {
            looked = look_from_where_it_stands(&reader.task, &standing) => looked,
            () = standing.wake.notified() => continue,
            () = stop.wait() => return,
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
                let wait = retry_wait(failures, fault.kind());
                say_failed(lane, fault, failures, wait);
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

async fn look_from_where_it_stands(task: &Task, standing: &Standing) -> Result<Pulled, Fault> {
    standing.lane.begin(pull_id(standing.lane.now()));
    standing.reads();
    // Records must not come from a place that somebody wants forgotten.
    standing.obey_reset().await?;
    look(task, &standing.lane).await
}

async fn look(task: &Task, lane: &Lane) -> Result<Pulled, Fault> {
    let state = lane.state();
    match task {
        Task::Sql(settings) => sql::pull(settings, state.as_deref(), lane).await,
        Task::Ssh(settings) => ssh::pull(settings, state.as_deref(), lane).await,
        // It ends only with a fault.
        Task::Kafka(settings) => kafka::run(settings, state.as_deref(), lane).await.map(|()| Pulled::default()),
    }
}

/// Doubled with each failure.
fn retry_wait(failures: u32, kind: FaultKind) -> Duration {
    let doubled = Duration::from_secs(1 << failures.min(10));
    match kind {
        FaultKind::Auth | FaultKind::Config => doubled.clamp(REFUSED_MIN, REFUSED_MAX),
        _ => doubled.min(RETRY_MAX),
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

/// The same fault again is only said each time its number of failures doubles.
fn say_failed(lane: &Lane, fault: &Fault, failures: u32, wait: Duration) {
    if !failures.is_power_of_two() {
        return;
    }
    let (source, seconds, fields) = (&lane.feed.source, wait.as_secs(), crate::pull::say_fields(fault));
    log("error", format_args!("read failed source={source} failures={failures} next_in_seconds={seconds} {fields}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_wait_longer_and_longer_up_to_a_limit() {
        let wait = |failures, kind| retry_wait(failures, kind).as_secs();
        assert_eq!([1, 2, 9, 40].map(|failures| wait(failures, FaultKind::Peer)), [2, 4, 300, 300]);
        assert_eq!([1, 7, 40].map(|failures| wait(failures, FaultKind::Auth)), [60, 128, 900]);
    }
}

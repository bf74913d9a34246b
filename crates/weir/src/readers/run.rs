//! A reader in the server: looks at its times until told to stop.

use std::time::Duration;

use weir_drive::{Pulled, Sink, kafka, sql, ssh};
use weir_event::{Fault, FaultKind};

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
pub async fn serve(reader: Reader, lane: Lane, stop: Stop) {
    let mut failures = 0;
    loop {
        lane.begin(pull_id(lane.now()));
        let looked = tokio::select! {
            looked = look(&reader.task, &lane) => looked,
            () = stop.wait() => return,
        };
        let wait = match looked {
            Ok(pulled) => {
                failures = 0;
                say_pulled(&lane, &pulled);
                Duration::from_nanos(reader.every.0.unsigned_abs())
            }
            Err(fault) => {
                // One after another: what has worked in between is not counted.
                failures = if lane.has_committed() { 1 } else { failures + 1 };
                let wait = retry_wait(failures, fault.kind());
                say_failed(&lane, &fault, failures, wait);
                wait
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.wait() => return,
        }
    }
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
    let (source, id, seconds) = (&lane.feed.source, fault.id(), wait.as_secs());
    let (says, place, why, hint) = (fault.says(), fault.place(), fault.cause(), fault.fix());
    log(
        "error",
        format_args!(
            "read failed source={source} id={id} failures={failures} next_in_seconds={seconds} says={says:?} place={place:?} why={why:?} hint={hint:?}"
        ),
    );
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

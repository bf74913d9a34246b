//! The threads of the store: one seals, one looks after what is sealed.

use std::sync::{Arc, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use weir_event::Fault;

use super::{Inner, seal, upkeep};
use crate::fault;

/// How often the thread looks at the clock, and how long it rests after a failure.
const TICK: Duration = Duration::from_secs(1);
/// How often segments are looked after when nothing is sealed.
const UPKEEP_TICK: Duration = Duration::from_secs(10);

pub(super) fn start(inner: &Arc<Inner>) -> Vec<JoinHandle<()>> {
    let sealing = inner.clone();
    let keeping = inner.clone();
    let threads = [
        Builder::new().name("weir-seal".into()).spawn(move || seal_loop(&sealing)),
        Builder::new().name("weir-upkeep".into()).spawn(move || upkeep_loop(&keeping)),
    ];
    threads.into_iter().filter_map(Result::ok).collect()
}

fn seal_loop(inner: &Inner) {
    loop {
        let mut live = inner.lock();
        if live.stopping {
            return;
        }
        live.generations.close_full(inner.clock.now(), &inner.options);
        live.generations.close_aged(inner.clock.now(), &inner.options);
        let Some(sealing) = live.generations.ready().map(seal::Sealing::of) else {
            rest(inner, live, TICK);
            continue;
        };
        drop(live);
        let sealed = seal::seal(inner, &sealing);
        let mut live = inner.lock();
        live.attempts += 1;
        match sealed {
            Ok(segments) => {
                live.generations.sealed();
                live.add_segments(segments);
                live.health.sealed_through = sealing.positions.1;
                live.health.generations_sealed += 1;
                live.health.failure = None;
                drop(live);
                inner.changed.notify_all();
                tell(inner, sealing.positions.1);
            }
            Err(failure) => {
                live.health.failure = Some(failure);
                inner.changed.notify_all();
                rest(inner, live, TICK);
            }
        }
    }
}

fn tell(inner: &Inner, through: u64) {
    let on_sealed = inner.on_sealed.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(tell) = on_sealed {
        tell(through);
    }
}

fn rest(inner: &Inner, live: std::sync::MutexGuard<'_, super::Live>, time: Duration) {
    drop(inner.changed.wait_timeout(live, time).unwrap_or_else(PoisonError::into_inner));
}

fn upkeep_loop(inner: &Inner) {
    let mut sealed_before = 0;
    loop {
        let live = inner.lock();
        if live.stopping {
            return;
        }
        let waited = inner.changed.wait_timeout_while(live, UPKEEP_TICK, |live| !live.stopping);
        let (live, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if live.stopping {
            return;
        }
        let sealed = live.health.generations_sealed;
        drop(live);
        // One generation in that time is a trickle sealed by age.
        let busy = sealed > sealed_before + 1;
        sealed_before = sealed;
        upkeep::sweep(inner);
        // A failure shows in the next attempt to seal; the segments stay as they are.
        while inner.options.compact && matches!(super::compact::compact_once(inner, busy), Ok(true)) {
            upkeep::sweep(inner);
            if inner.lock().stopping {
                return;
            }
        }
    }
}

/// Closes the open generation and waits until everything that has begun is sealed, or an attempt fails.
pub(super) fn seal_now(inner: &Inner) -> Result<(), Fault> {
    let mut live = inner.lock();
    let through = live.generations.last_begun();
    live.generations.close(inner.clock.now());
    let attempts = live.attempts;
    inner.changed.notify_all();
    while live.health.sealed_through < through {
        if live.stopping {
            return Err(fault::closed());
        }
        if let Some(failure) = live.health.failure.clone().filter(|_| live.attempts > attempts) {
            return Err(failure);
        }
        live = inner.wait(live);
    }
    Ok(())
}

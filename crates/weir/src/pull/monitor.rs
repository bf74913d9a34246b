//! Lines about all pullers together: what went to the log, and memory.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::{Counts, Running};
use crate::http::metrics::resident_bytes;
use crate::say::log;
use crate::server::{Stop, Weir};

/// Between two lines about memory; every second time there is one about what was sent as well.
const EVERY: Duration = Duration::from_secs(300);

/// Totals of all services at one moment.
#[derive(Clone, Copy, Default)]
struct Totals {
    requests: u64,
    received: u64,
    generated: u64,
}

/// Says how the pullers are doing until told to stop.
pub async fn watch(app: Arc<Weir>, running: Vec<Arc<Running>>, stop: Stop) {
    let (mut last, mut rounds) = (Totals::default(), 0u64);
    loop {
        tokio::select! {
            () = stop.wait() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        rounds += 1;
        log("info", format_args!("pullers memory resident_bytes={}", resident_bytes()));
        if rounds.is_multiple_of(2) {
            let now = running.iter().fold(Totals::default(), |totals, one| totals.with(&one.counts));
            let queued = app.intake.queued_bytes();
            log(
                "info",
                format_args!(
                    "pullers sent services={} requests={} received={} events={} events_total={} queue_bytes={queued}",
                    running.len(),
                    now.requests - last.requests,
                    now.received - last.received,
                    now.generated - last.generated,
                    now.generated,
                ),
            );
            last = now;
        }
    }
}

impl Totals {
    fn with(self, counts: &Counts) -> Totals {
        Totals {
            requests: self.requests + counts.requests.load(Relaxed),
            received: self.received + counts.received.load(Relaxed),
            generated: self.generated + counts.generated.load(Relaxed),
        }
    }
}

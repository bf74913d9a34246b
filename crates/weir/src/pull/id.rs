//! Ids of pulls.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use weir_event::Timestamp;

/// The last id given, in microseconds.
static LAST: AtomicI64 = AtomicI64::new(0);

/// The id of a pull that starts now: seconds since the epoch with six digits behind the point. No two pulls of a process share one, and
/// later pulls have larger ones.
pub fn pull_id(now: Timestamp) -> Arc<str> {
    let micros = now.0.div_euclid(1_000);
    let last = LAST.fetch_update(Relaxed, Relaxed, |last| Some(micros.max(last + 1))).unwrap_or(micros);
    let micros = micros.max(last + 1);
    format!("{}.{:06}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000)).into()
}

#[cfg(test)]
mod tests {
    #[test]
    fn pulls_of_one_moment_have_ids_of_their_own_in_order() {
        let now = weir_event::Timestamp(1_656_421_259_276_966_000);
        let ids: Vec<_> = (0..3).map(|_| super::pull_id(now)).collect();
        assert_eq!(&*ids[0], "1656421259.276966");
        assert!(ids[0] < ids[1] && ids[1] < ids[2], "{ids:?}");
    }
}

//! Forgetting what is old enough.

use weir_event::{Duration, Fault, Timestamp};

use super::{Inner, Store, upkeep};

const DAY: i64 = 86_400_000_000_000;

impl Store {
    /// Removes the segments whose youngest event is older than its bucket keeps; `None`: for ever. The number of
    /// segments removed.
    ///
    /// `now` counts only as far as the events bear it out: a clock that is years ahead deletes nothing, because no hour of
    /// events begins there. While nothing comes in, nothing is deleted.
    pub fn retain(&self, keeps: impl Fn(&str) -> Option<Duration>, now: Timestamp) -> Result<usize, Fault> {
        let inner = &*self.inner;
        let _upkeep = inner.upkeep.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = borne_out(inner, now);
        let live = inner.lock();
        let old = live.segments.values().flatten().filter(|segment| {
            keeps(&segment.bucket).is_some_and(|kept| segment.max_time.0 < now.0.saturating_sub(kept.0))
        });
        let ids: Vec<i64> = old.map(|segment| segment.id).collect();
        drop(live);
        inner.state.replace_segments(&ids, &[])?;
        inner.lock().retire(&ids);
        upkeep::sweep(inner);
        Ok(ids.len())
    }
}

/// The lesser of `now` and a day after the youngest segment's first event.
fn borne_out(inner: &Inner, now: Timestamp) -> Timestamp {
    let live = inner.lock();
    let believable = |at: &Timestamp| at.0 <= now.0.saturating_add(DAY);
    let youngest = live.segments.values().flatten().map(|segment| segment.min_time).filter(believable).max();
    youngest.map_or(now, |at| now.min(Timestamp(at.0.saturating_add(DAY))))
}

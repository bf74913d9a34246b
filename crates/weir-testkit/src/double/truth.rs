//! What happened at a source, and when it can be seen.

use std::ops::RangeBounds;

use super::Setting;
use crate::Random;

/// Milliseconds.
pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// From 1, in the order in which events can be seen.
    pub id: i64,
    pub time: i64,
    /// When the source first gives it out; not before `time`.
    pub seen: i64,
    /// Anything else about it.
    pub random: u64,
}

/// How events are spread.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub count: i64,
    /// All happen within so long.
    pub over_ms: i64,
    /// How long after it happened an event may come in sight, by the documents of the source.
    pub late_ms_max: i64,
    /// Times are whole multiples of it, so that some repeat.
    pub step_ms: i64,
}

impl Default for Shape {
    fn default() -> Self {
        Shape { count: 120, over_ms: 3 * HOUR, late_ms_max: 0, step_ms: SECOND }
    }
}

/// Events in the order in which they can be seen.
#[derive(Clone, Debug)]
pub struct Truth {
    events: Vec<Event>,
    asked_from: i64,
}

impl Setting {
    /// Events of a shape: one is as late as can be, a tenth is late, the others come within half a minute.
    pub fn truth(&self, shape: Shape) -> Truth {
        let mut random = Random::new(self.seed);
        let mut event = |number: i64| {
            let time = self.start + random.below((shape.over_ms / shape.step_ms) as usize) as i64 * shape.step_ms;
            let late = match (number, random.below(10)) {
                (0, _) => shape.late_ms_max,
                (_, 0) => random.below(shape.late_ms_max as usize) as i64,
                _ => random.below(shape.late_ms_max.min(30 * SECOND) as usize) as i64,
            };
            Event { id: 0, time, seen: time + late, random: random.number() }
        };
        let mut events: Vec<Event> = (0..shape.count).map(&mut event).collect();
        events.sort_by_key(|event| (event.seen, event.random));
        events.iter_mut().zip(1..).for_each(|(event, id)| event.id = id);
        Truth { events, asked_from: self.asked_from }
    }
}

impl Truth {
    pub fn all(&self) -> &[Event] {
        &self.events
    }

    /// `PREFIX1`, `PREFIX2`, ... for all events.
    pub fn ids(&self, prefix: &str) -> Vec<String> {
        self.events.iter().map(|event| format!("{prefix}{}", event.id)).collect()
    }

    /// What can be seen by now, in the order in which it came in sight.
    pub fn seen(&self, now: i64) -> &[Event] {
        &self.events[..self.events.partition_point(|event| event.seen <= now)]
    }

    /// What can be seen by now and happened within a range, by time, then id. The range says which of its ends belong to it.
    pub fn between(&self, now: i64, range: impl RangeBounds<i64>) -> Vec<&Event> {
        let mut found: Vec<&Event> = self.seen(now).iter().filter(|event| range.contains(&event.time)).collect();
        found.sort_by_key(|event| (event.time, event.id));
        found
    }

    /// Every content of every event that somebody who asks from the beginning on sees: 0, and 1 of those that change.
    pub fn versions(&self) -> impl Iterator<Item = (&Event, i64)> {
        let is_seen = |(event, version): &(&Event, i64)| match event.changes_at() {
            Some(at) => *version == 1 || at > self.asked_from,
            None => *version == 0,
        };
        self.events.iter().flat_map(|event| [(event, 0), (event, 1)]).filter(is_seen)
    }

    /// What happened, or changed, last within a range and can be seen by now, oldest first. Unlike [`Truth::changed`], what comes in sight
    /// late does so with its early time.
    pub fn touched(&self, now: i64, range: impl RangeBounds<i64>) -> Vec<&Event> {
        let mut found: Vec<&Event> =
            self.seen(now).iter().filter(|event| range.contains(&event.touched_at(now))).collect();
        found.sort_by_key(|event| (event.touched_at(now), event.id));
        found
    }

    /// What was changed last within a range and can be seen by now, oldest change first: an event is found by its last change only.
    pub fn changed(&self, now: i64, range: impl RangeBounds<i64>) -> Vec<&Event> {
        let mut found: Vec<&Event> =
            self.seen(now).iter().filter(|event| range.contains(&event.changed_at(now))).collect();
        found.sort_by_key(|event| (event.changed_at(now), event.id));
        found
    }
}

impl Event {
    pub fn uuid(&self) -> String {
        format!("{:08x}-0000-4000-8000-{:012x}", self.random >> 32, self.id)
    }

    /// One of several words.
    pub fn pick<'w>(&self, words: &[&'w str]) -> &'w str {
        words[self.random as usize % words.len()]
    }

    /// A third of all events changes once, long enough after it came in sight that its first content is not overlooked.
    pub fn changes_at(&self) -> Option<i64> {
        self.random.is_multiple_of(3).then_some(self.seen + 80 * MINUTE)
    }

    /// When what can be seen of it by now came in sight.
    pub fn changed_at(&self, now: i64) -> i64 {
        self.changes_at().filter(|at| *at <= now).unwrap_or(self.seen)
    }

    /// When it happened, or when it changed.
    pub fn touched_at(&self, now: i64) -> i64 {
        self.changes_at().filter(|at| *at <= now).unwrap_or(self.time)
    }

    /// 0, and 1 once it has changed.
    pub fn version(&self, now: i64) -> i64 {
        i64::from(self.changes_at().is_some_and(|at| at <= now))
    }
}

/// At most `size` entries from an index on; none past the end.
pub fn page<T>(list: &[T], from: usize, size: usize) -> &[T] {
    let rest = list.get(from..).unwrap_or_default();
    &rest[..rest.len().min(size)]
}

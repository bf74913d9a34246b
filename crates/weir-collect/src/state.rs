//! What a stream remembers: positions, and the identities of records that are stored already.
//!
//! A change is written with the records that caused it, as JSON; a state is what all changes since the last whole one give. So a
//! source of a million remembered records does not write a million identities with each page.

mod text;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use weir_event::{Fault, Timestamp, Value};

/// Identities remembered at most; beyond them the oldest are forgotten, which may double events but never loses one.
pub const SEEN_MAX: usize = 1_000_000;

/// Requests of lasting budgets: by budget, and by the end of the step of time in which they were sent.
pub type Sent = BTreeMap<String, BTreeMap<Timestamp, u64>>;

/// What a snapshot held: identity of the key to identity of the content, and the key as text.
pub type Known = HashMap<u128, (u128, String)>;

/// Everything that outlives a pull. What goes by partition has "" for a stream without `foreach`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub cursors: BTreeMap<String, Value<'static>>,
    /// Identity to the time until which it is remembered.
    pub seen: HashMap<u128, Timestamp>,
    /// Of snapshots, by partition.
    pub known: BTreeMap<String, Known>,
    /// Partitions whose first snapshot is complete.
    pub based: BTreeSet<String>,
    /// Jobs that are open at the source, by partition.
    pub jobs: BTreeMap<String, Value<'static>>,
    /// What the trigger last said.
    pub trigger: Value<'static>,
    /// Requests that count against lasting budgets.
    pub sent: Sent,
    /// Settings that start the stream over when they change, as of the last pull.
    pub settings: Value<'static>,
    /// Size of what was written since the last whole state, in identities.
    pub written: usize,
}

/// A change of a state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub partition: String,
    /// The new cursor, when it moves; null removes it.
    pub cursor: Option<Value<'static>>,
    pub seen: Vec<(u128, Timestamp)>,
    pub known: Vec<(u128, Option<(u128, String)>)>,
    pub based: bool,
    /// The open job as it is now; null when there is none any more.
    pub job: Option<Value<'static>>,
    pub trigger: Option<Value<'static>>,
    pub sent: Sent,
    pub settings: Option<Value<'static>>,
    /// Everything before is forgotten.
    pub reset: bool,
}

impl Change {
    pub fn is_empty(&self) -> bool {
        *self == Change { partition: self.partition.clone(), ..Change::default() }
    }

    /// As it is written with the records.
    pub fn to_text(&self) -> String {
        text::change(self)
    }
}

impl State {
    /// The state that a sequence of texts gives, the oldest first: a whole state or the beginning, then changes.
    pub fn from_texts<'t>(at: &str, texts: impl IntoIterator<Item = &'t str>) -> Result<State, Fault> {
        let mut state = State::default();
        for source in texts {
            text::read(source, &mut state).map_err(|why| crate::fault::bad_state(at, &why))?;
        }
        Ok(state)
    }

    /// The whole state as one text.
    pub fn to_text(&self) -> String {
        text::whole(self)
    }

    /// The whole state, when writing it costs no more than the changes since the last time did.
    pub fn take_due(&mut self) -> Option<String> {
        if !self.is_due() {
            return None;
        }
        self.written = 0;
        Some(self.to_text())
    }

    pub fn apply(&mut self, change: &Change) {
        if change.reset {
            *self = State::default();
        }
        if let Some(cursor) = &change.cursor {
            put(&mut self.cursors, &change.partition, cursor);
        }
        if let Some(job) = &change.job {
            put(&mut self.jobs, &change.partition, job);
        }
        self.seen.extend(change.seen.iter().copied());
        if !change.known.is_empty() {
            let known = self.known.entry(change.partition.clone()).or_default();
            for (key, what) in &change.known {
                match what {
                    Some(what) => known.insert(*key, what.clone()),
                    None => known.remove(key),
                };
            }
        }
        if change.based {
            self.based.insert(change.partition.clone());
        }
        if let Some(trigger) = &change.trigger {
            self.trigger = trigger.clone();
        }
        for (name, times) in &change.sent {
            let have = self.sent.entry(name.clone()).or_default();
            times.iter().for_each(|(at, count)| *have.entry(*at).or_default() += count);
        }
        if let Some(settings) = &change.settings {
            self.settings = settings.clone();
        }
        self.written += change.seen.len() + change.known.len() + 1;
    }

    /// Partitions and where each goes on, as people read it.
    pub fn cursor_texts(&self) -> Vec<(String, String)> {
        self.cursors.iter().map(|(name, cursor)| (name.clone(), cursor_text(cursor))).collect()
    }

    /// Keys that snapshots hold.
    pub fn known_count(&self) -> usize {
        self.known.values().map(HashMap::len).sum()
    }

    /// Forgets requests that no budget counts any more: those older than `per`.
    pub(crate) fn forget_sent(&mut self, budget: &str, before: Timestamp) {
        if let Some(times) = self.sent.get_mut(budget) {
            *times = times.split_off(&before);
        }
    }

    /// Forgets identities whose time is over, and the oldest when there are too many. Returns how many were forgotten early.
    pub fn forget(&mut self, now: Timestamp) -> usize {
        self.seen.retain(|_, until| *until > now);
        let excess = self.seen.len().saturating_sub(SEEN_MAX);
        if excess > 0 {
            let mut times: Vec<Timestamp> = self.seen.values().copied().collect();
            times.sort_unstable();
            let limit = times[excess - 1];
            self.seen.retain(|_, until| *until > limit);
        }
        excess
    }

    fn is_due(&self) -> bool {
        self.written > 1_000 + self.seen.len() + self.known_count() + self.cursors.len()
    }
}

/// Sets an entry, or removes it with null.
fn put(map: &mut BTreeMap<String, Value<'static>>, name: &str, value: &Value<'static>) {
    if value.is_null() {
        map.remove(name);
    } else {
        map.insert(name.to_owned(), value.clone());
    }
}

/// A time as a time, a text without quotes, lists in brackets, anything else as JSON.
pub(crate) fn cursor_text(cursor: &Value<'_>) -> String {
    match cursor {
        Value::Timestamp(time) => time.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(cursor_text).collect::<Vec<_>>().join(", ")),
        other => crate::path::plain(other),
    }
}

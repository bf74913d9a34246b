//! What a stream remembers: positions, and the identities of records that are stored already.
//!
//! A change is written with the records that caused it, as JSON; a state is what all changes since the last whole one give. So a
//! source of a million remembered records does not write a million identities with each page.

mod text;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use weir_event::{Fault, Timestamp, Value};

/// Identities remembered at most; beyond them the oldest are forgotten, which may double events but never loses one.
pub const SEEN_MAX: usize = 1_000_000;

/// Everything that outlives a pull.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// By partition; a stream without `foreach` has the partition "".
    pub cursors: BTreeMap<String, Value<'static>>,
    /// Identity to the time until which it is remembered.
    pub seen: HashMap<u128, Timestamp>,
    /// Of snapshots: key to content.
    pub known: HashMap<u128, u128>,
    /// The first snapshot is complete.
    pub based: bool,
    /// Settings that start the stream over when they change, as of the last pull.
    pub settings: Value<'static>,
    /// Size of what was written since the last whole state, in identities.
    pub written: usize,
}

/// A change of a state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub partition: String,
    /// The new cursor, when it moves.
    pub cursor: Option<Value<'static>>,
    pub seen: Vec<(u128, Timestamp)>,
    pub known: Vec<(u128, Option<u128>)>,
    pub based: bool,
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
            self.cursors.insert(change.partition.clone(), cursor.clone());
        }
        self.seen.extend(change.seen.iter().copied());
        for (key, hash) in &change.known {
            match hash {
                Some(hash) => self.known.insert(*key, *hash),
                None => self.known.remove(key),
            };
        }
        self.based |= change.based;
        if let Some(settings) = &change.settings {
            self.settings = settings.clone();
        }
        self.written += change.seen.len() + change.known.len() + 1;
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
        self.written > 1_000 + self.seen.len() + self.known.len() + self.cursors.len()
    }
}

//! Which records are new, and how far the cursor has come.

use std::collections::HashSet;

use weir_event::Value;

use super::Pages;
use crate::digest;
use crate::manifest::{CursorKind, Measure};
use crate::page::Found;
use crate::path::plain;
use crate::pull::identity::keyed;
use crate::state::State;
use crate::when;
use crate::world::World;

/// What becomes of one record.
pub(super) enum Kept {
    /// It came before, in this pull or an earlier one.
    Known,
    /// A snapshot holds it unchanged.
    Same,
    New(u128),
    Changed {
        key: u128,
        hash: u128,
        tell: bool,
    },
}

impl<W: World> Pages<'_, W> {
    /// Is a record new? `here` are the identities of this page.
    pub(super) fn judge(&mut self, found: &Found<'_>, state: &State, here: &mut HashSet<u128>) -> Kept {
        let stream = self.on.service.stream();
        if let CursorKind::Snapshot { key, emit, .. } = &stream.cursor.kind {
            let text = plain(&found.given);
            let key = keyed(key, &found.given).unwrap_or_else(|| text.clone());
            let key = digest::identity(&[self.on.name.as_bytes(), key.as_bytes()]);
            let hash = digest::identity(&[text.as_bytes()]);
            if !self.present.insert(key) {
                return Kept::Known;
            }
            let tell = state.based || !emit.silent_first;
            return match state.known.get(&key) {
                Some(have) if *have == hash => Kept::Same,
                Some(_) => Kept::Changed { key, hash, tell: tell && emit.changed },
                None => Kept::Changed { key, hash, tell },
            };
        }
        let id = self.identities.of(&stream.dedup, &self.on.name, found);
        if state.seen.contains_key(&id) || !here.insert(id) { Kept::Known } else { Kept::New(id) }
    }

    /// Raises the high-water mark.
    pub(super) fn raise(&mut self, value: &Value<'_>) {
        let CursorKind::HighWater { field, of, .. } = &self.on.service.stream().cursor.kind else { return };
        let Some(found) = field.first(value) else { return };
        match of {
            Measure::Time(unit) => {
                let time = when::read(found, *unit);
                let have = when::read(&self.mark, when::Unit::Guess);
                if let Some(time) = time.filter(|time| have.is_none_or(|have| *time > have)) {
                    self.mark = Value::Timestamp(time);
                }
            }
            Measure::Number => {
                let number = match found {
                    Value::Long(number) => Some(*number),
                    Value::Text(text) => text.trim().parse().ok(),
                    _ => None,
                };
                let have = if let Value::Long(have) = self.mark { Some(have) } else { None };
                if let Some(number) = number.filter(|number| have.is_none_or(|have| *number > have)) {
                    self.mark = Value::Long(number);
                }
            }
        }
    }
}

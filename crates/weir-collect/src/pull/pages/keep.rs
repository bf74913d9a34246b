//! Which records are new, and how far the cursor has come.

use std::cmp::Ordering;
use std::collections::HashSet;

use weir_event::{Timestamp, Value};
use weir_parse::Zone;

use super::Pages;
use crate::digest;
use crate::manifest::{CursorKind, Field, Measure, Order, PagingKind, Snapshot};
use crate::page::Found;
use crate::path::plain;
use crate::pull::identity::keyed;
use crate::pull::span::opaque;
use crate::pull::stored;
use crate::when;
use crate::world::World;

/// What becomes of one record.
pub(super) enum Kept {
    /// It came before, in this pull or an earlier one. Its identity is renewed when it is about to be forgotten.
    Known {
        id: u128,
        renew: bool,
    },
    /// A snapshot holds it unchanged.
    Same,
    New(u128),
    /// Content and key of a snapshot's record, and what is told of it.
    Changed {
        key: u128,
        known: (u128, String),
        word: Option<&'static str>,
    },
}

impl<W: World> Pages<'_, '_, W> {
    /// What tells a record from all others. Called once for each record, in order.
    pub(in crate::pull) fn identity(&mut self, found: &Found<'_>) -> u128 {
        let stream = self.peer().service.stream();
        match &stream.cursor.kind {
            CursorKind::Snapshot(rule) => {
                let text = keyed(&rule.key, &found.given).unwrap_or_else(|| self.content(rule, &found.given));
                digest::identity(&[self.on.name.as_bytes(), text.as_bytes()])
            }
            _ => self.identities.of(&stream.dedup, &self.on.name, found),
        }
    }

    /// Keys and identities of listed records.
    pub(super) fn keys_of(&self, found: &[Found<'_>], ids: &[u128]) -> Vec<(Value<'static>, u128)> {
        found.iter().zip(ids).map(|(found, id)| (self.key_of(&found.given), *id)).collect()
    }

    /// Is a record new? `here` are the identities of this page.
    pub(super) fn judge(&mut self, found: &Found<'_>, id: u128, here: &mut HashSet<u128>) -> Kept {
        let stream = self.peer().service.stream();
        if let CursorKind::Snapshot(rule) = &stream.cursor.kind {
            return self.compare(rule, found, id);
        }
        if matches!(stream.paging.kind, PagingKind::Keyset) && stream.detail.is_none() {
            self.keys.push((self.key_of(&found.given), id));
        }
        if let Some(until) = self.known_until(id) {
            let left = until.0.saturating_sub(self.peer().world.now().0);
            return Kept::Known { id, renew: left < stream.dedup.keep / 2 && here.insert(id) };
        }
        if here.insert(id) { Kept::New(id) } else { Kept::Known { id, renew: false } }
    }

    /// A record of a snapshot against the last one.
    fn compare(&mut self, rule: &Snapshot, found: &Found<'_>, key: u128) -> Kept {
        let content = self.content(rule, &found.given);
        let text = keyed(&rule.key, &found.given).unwrap_or_else(|| content.clone());
        let content = digest::identity(&[content.as_bytes()]);
        if !self.present.insert(key) {
            return Kept::Known { id: key, renew: false };
        }
        let name = &self.on.name;
        let (have, based) = self.on.book.read(|state| {
            let have = state.known.get(name).and_then(|known| known.get(&key)).map(|(content, _)| *content);
            (have, state.based.contains(name))
        });
        let tell = based || !rule.emit.silent_first;
        let word = match have {
            Some(have) if have == content => return Kept::Same,
            Some(_) => Some("changed").filter(|_| tell && rule.emit.changed),
            None => Some("added").filter(|_| tell && rule.emit.added),
        };
        Kept::Changed { key, known: (content, text.chars().take(KEY_CHARS_MAX).collect()), word }
    }

    /// A record of a snapshot without what makes no change of it.
    fn content(&self, rule: &Snapshot, given: &Value<'_>) -> String {
        if rule.ignore.is_empty() {
            return plain(given);
        }
        plain(&rule.ignore.iter().fold(given.clone(), |value, path| stored::without(value, path)))
    }

    /// Raises the high-water mark. False for a record that is older than is asked for, where the newest come first: it was there before, or
    /// lies before the start.
    pub(in crate::pull) fn raise(&mut self, value: &Value<'_>) -> bool {
        let kind = &self.peer().service.stream().cursor.kind;
        let key = self.key_of(value);
        if key.is_null() {
            return true;
        }
        if let CursorKind::HighWater { order: Order::Descending, .. } = kind {
            let floor = self.span.key();
            if !floor.is_null() && compare(&key, &floor) == Ordering::Less {
                self.reached = true;
                return false;
            }
        }
        let mark = if let CursorKind::Opaque { .. } = kind { &mut self.latest } else { &mut self.mark };
        match compare(&key, mark) {
            _ if mark.is_null() => *mark = key,
            Ordering::Greater => *mark = key,
            Ordering::Equal => {}
            Ordering::Less => self.unordered = true,
        }
        true
    }

    /// The cursor as it is written.
    pub(super) fn position(&self) -> Value<'static> {
        if !matches!(self.peer().service.stream().cursor.kind, CursorKind::Opaque { field: Some(_), .. }) {
            return self.mark.clone();
        }
        let before = opaque(self.on.book.cursor(&self.on.name)).1.map_or(Value::Null, Value::Timestamp);
        let is_later = before.is_null() || compare(&self.latest, &before) == Ordering::Greater;
        let latest = if !self.latest.is_null() && is_later { self.latest.clone() } else { before };
        Value::Array(vec![self.mark.clone(), latest])
    }

    /// The value of the cursor's field, or values of its fields; null when the record lacks them.
    fn key_of(&self, value: &Value<'_>) -> Value<'static> {
        match &self.peer().service.stream().cursor.kind {
            CursorKind::HighWater { field, .. } | CursorKind::Opaque { field: Some(field), .. } => {
                self.measured(field, value)
            }
            CursorKind::Keyset { fields } => {
                let values: Vec<_> = fields.iter().map(|field| self.measured(field, value)).collect();
                if values.first().is_none_or(Value::is_null) { Value::Null } else { Value::Array(values) }
            }
            _ => Value::Null,
        }
    }

    fn measured(&self, field: &Field, value: &Value<'_>) -> Value<'static> {
        let Some(found) = field.path.first(value) else { return Value::Null };
        match field.of {
            Measure::Time(unit) => {
                let zone = field.zone.as_ref().and_then(|zone| zone.text(&self.scope()).ok().flatten());
                let zone = zone.and_then(|zone| Zone::parse(&zone).ok()).unwrap_or(Zone::UTC);
                when::read_in(found, unit, &zone).map_or(Value::Null, Value::Timestamp)
            }
            Measure::Number => match found {
                Value::Long(number) => Value::Long(*number),
                Value::Text(text) => text.trim().parse().map_or(Value::Null, Value::Long),
                _ => Value::Null,
            },
            Measure::Text => found.clone().into_owned(),
        }
    }

    /// True when the mark is beyond the stored cursor.
    pub(super) fn is_ahead(&self) -> bool {
        if self.mark.is_null() {
            return false;
        }
        let have = self.on.book.cursor(&self.on.name);
        have.is_null() || !is_ordered(&self.mark) || compare(&self.mark, &have) == Ordering::Greater
    }
}

/// Characters of a key that are remembered for the day on which it is gone.
const KEY_CHARS_MAX: usize = 200;

/// Tokens have no order: a new one is always ahead.
fn is_ordered(value: &Value<'_>) -> bool {
    match value {
        Value::Timestamp(_) | Value::Long(_) => true,
        Value::Array(items) => matches!(items.first(), Some(Value::Timestamp(_) | Value::Long(_))),
        _ => false,
    }
}

/// The order of keys: lists by their first difference, times as times, numbers as numbers, anything else as text.
fn compare(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            let differ = a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne());
            differ.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Value::Long(a), Value::Long(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Timestamp(a), b) => {
            when::read(b, when::Unit::Guess).map_or(Ordering::Greater, |b: Timestamp| a.cmp(&b))
        }
        (a, b) => plain(a).cmp(&plain(b)),
    }
}

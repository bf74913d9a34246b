//! What one pull asks for: a window of time, or everything after a mark.

use weir_event::{Fault, Timestamp, Value};

use crate::manifest::{CursorKind, Measure};
use crate::peer::Peer;
use crate::slot::Window;
use crate::when::{self, Unit};
use crate::world::World;

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub window: Option<Window>,
    /// The value of the cursor for slots.
    pub cursor: Value<'static>,
    /// False before the first pull, when the cursor is what the manifest begins with.
    pub has_cursor: bool,
    /// What the source no longer keeps, from the cursor to where it begins.
    pub gap: Option<(Timestamp, Timestamp)>,
    /// After this window there is another one to ask for already.
    pub more: bool,
}

impl Span {
    /// Where the first page of keyset paging begins.
    pub fn key(&self) -> Value<'static> {
        match (&self.cursor, self.window) {
            (Value::Array(_) | Value::Long(_), _) => self.cursor.clone(),
            (_, Some(window)) => Value::Timestamp(window.start),
            (cursor, None) => cursor.clone(),
        }
    }
}

/// The next span; `None` when there is nothing to ask for yet. `now` is when the pull began to look, `width` the longest
/// window, `clamp` says that the source keeps less than the manifest believes.
pub(super) fn next<W: World>(
    peer: &Peer<'_, W>,
    now: Timestamp,
    cursor: &Value<'static>,
    width: i64,
    clamp: bool,
) -> Result<Option<Span>, Fault> {
    let rule = &peer.service.stream().cursor;
    let scope = peer.scope();
    let has_cursor = !cursor.is_null();
    let start = match &rule.start {
        Some(text) if !has_cursor => text.value(&scope).map_err(|slot| peer.unfilled(&slot))?.unwrap_or_default(),
        _ => cursor.clone(),
    };
    let (lag, lookback) = (rule.lag.get(&scope), rule.lookback.get(&scope));
    let back = if has_cursor { lookback } else { 0 };
    let end = Timestamp(now.0.saturating_sub(lag));
    let plain = |window, cursor| Some(Span { window, cursor, has_cursor, gap: None, more: false });
    match &rule.kind {
        CursorKind::None | CursorKind::Snapshot(_) | CursorKind::WalkBack | CursorKind::Once { .. } => {
            let from = rule.start.as_ref().and_then(|_| when::read(&start, Unit::Guess));
            Ok(plain(from.map(|start| Window { start: Timestamp(start.0 - back), end }), start))
        }
        CursorKind::Opaque { .. } => {
            let (token, since) = opaque(start);
            // A token that the source took back leaves the time up to which there is everything.
            let from = since.filter(|_| token.is_null()).map(|since| Timestamp(since.0 - lookback));
            let from = from.or_else(|| rule.start.as_ref().and_then(|_| when::read(&token, Unit::Guess)));
            let window = from.map(|start| Window { start, end });
            let has_cursor = has_cursor && !token.is_null();
            Ok(Some(Span { window, cursor: token, has_cursor, gap: None, more: false }))
        }
        CursorKind::HighWater { field, back, .. } if field.of == Measure::Number => {
            Ok(plain(None, number(start, if has_cursor { *back } else { 0 })))
        }
        CursorKind::HighWater { .. } => {
            let window = Window { start: Timestamp(time(peer, &start)?.0 - back), end };
            Ok(if window.end <= window.start { None } else { plain(Some(window), start) })
        }
        CursorKind::Keyset { fields } => {
            let (window, cursor) = keyset(start, fields.len(), back, end);
            let is_over = window.is_some_and(|window| window.end <= window.start);
            Ok(if is_over { None } else { plain(window, cursor) })
        }
        CursorKind::Window(ranges) => {
            let from = time(peer, &start)?;
            let oldest = ranges.max_age.map(|age| Timestamp(now.0 - if clamp { age / 2 } else { age }));
            let kept = oldest.filter(|oldest| from < *oldest);
            let begin = Timestamp(from.0 - back).max(oldest.unwrap_or(Timestamp(i64::MIN)));
            let horizon = floor(end.0, ranges.align);
            // A halved window must still be longer than the look-back, or it would never move on.
            let step = ranges.step.get(&scope);
            // A step that is not longer than the look-back is what the window moves on by.
            let step = if step > back { step } else { back + step };
            let width = step.max(back + ranges.min).min(width.max(back + ranges.min));
            let end = horizon.min(begin.0.saturating_add(width));
            if end - from.0.max(begin.0) < ranges.min {
                return Ok(None);
            }
            Ok(Some(Span {
                window: Some(Window { start: begin, end: Timestamp(end) }),
                cursor: start,
                has_cursor,
                gap: kept.map(|oldest| (from, oldest)),
                more: horizon - end >= ranges.min,
            }))
        }
    }
}

/// The values that a keyset begins after: those of the last record, or a time alone when it looks back or begins.
fn keyset(start: Value<'static>, fields: usize, back: i64, end: Timestamp) -> (Option<Window>, Value<'static>) {
    let values = match start {
        Value::Array(values) => values,
        one => vec![one],
    };
    let first = values.first().cloned().unwrap_or_default();
    let Some(from) = when::read(&first, Unit::Guess) else { return (None, Value::Array(values)) };
    let window = Window { start: Timestamp(from.0 - back), end };
    if values.len() == fields && back == 0 {
        let mut values = values;
        values[0] = Value::Timestamp(from);
        return (Some(window), Value::Array(values));
    }
    let mut begin = vec![Value::Null; fields];
    begin[0] = Value::Timestamp(window.start);
    (Some(window), Value::Array(begin))
}

/// The source's token, and the largest time that came with it when the manifest names one.
pub(super) fn opaque(cursor: Value<'static>) -> (Value<'static>, Option<Timestamp>) {
    match cursor {
        Value::Array(mut pair) if pair.len() == 2 => {
            let since = pair.pop().and_then(|since| when::read(&since, Unit::Guess));
            (pair.pop().unwrap_or_default(), since)
        }
        token => (token, None),
    }
}

/// A number, also one that was written as text, less what is asked for again.
fn number(value: Value<'static>, back: i64) -> Value<'static> {
    let number = match &value {
        Value::Long(number) => Some(*number),
        other => other.as_str().and_then(|text| text.trim().parse().ok()),
    };
    number.map_or(value, |number: i64| Value::Long(number.saturating_sub(back)))
}

fn time<W: World>(peer: &Peer<'_, W>, value: &Value<'_>) -> Result<Timestamp, Fault> {
    when::read(value, Unit::Guess).ok_or_else(|| {
        let why = format!("`{}` is not a time", crate::path::plain(value));
        crate::fault::bad_state(peer.name(), &why)
    })
}

fn floor(time: i64, unit: i64) -> i64 {
    time - time.rem_euclid(unit.max(1))
}

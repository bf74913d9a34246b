//! What one pull asks for: a window of time, or everything after a mark.

use weir_event::{Fault, Timestamp, Value};

use crate::manifest::{CursorKind, Measure};
use crate::service::Service;
use crate::slot::{Scope, Window};
use crate::when::{self, Unit};
use crate::world::World;

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub window: Option<Window>,
    /// The value of the cursor for slots.
    pub cursor: Value<'static>,
    /// What the source no longer keeps, from the cursor to where it begins.
    pub gap: Option<(Timestamp, Timestamp)>,
    /// After this window there is another one to ask for already.
    pub more: bool,
}

/// The next span; `None` when there is nothing to ask for yet. `width` is the longest window, `clamp` says that the source keeps less
/// than the manifest believes.
pub fn next<W: World>(
    world: &W,
    service: &Service,
    parent: &Value<'static>,
    cursor: &Value<'static>,
    width: i64,
    clamp: bool,
) -> Result<Option<Span>, Fault> {
    let now = world.now();
    let rule = &service.stream().cursor;
    let scope = Scope { parent, ..service.scope(now) };
    let start = match &rule.start {
        Some(text) if cursor.is_null() => {
            text.value(&scope).map_err(|slot| service.unfilled(&slot))?.unwrap_or_default()
        }
        _ => cursor.clone(),
    };
    let (lag, lookback) = (rule.lag.get(&scope), rule.lookback.get(&scope));
    let plain = |window| Some(Span { window, cursor: start.clone(), gap: None, more: false });
    match &rule.kind {
        CursorKind::None | CursorKind::Snapshot { .. } | CursorKind::Opaque { .. } => {
            let from = rule.start.as_ref().and_then(|_| when::read(&start, Unit::Guess));
            Ok(plain(from.map(|start| Window { start, end: Timestamp(now.0 - lag) })))
        }
        CursorKind::HighWater { of: Measure::Number, .. } => Ok(plain(None)),
        CursorKind::HighWater { .. } => {
            let from = time(service, &start)?;
            let back = if cursor.is_null() { 0 } else { lookback };
            let window = Window { start: Timestamp(from.0 - back), end: Timestamp(now.0 - lag) };
            Ok(if window.end <= window.start { None } else { plain(Some(window)) })
        }
        CursorKind::Window { step, min, align, max_age, .. } => {
            let from = time(service, &start)?;
            let oldest = max_age.map(|age| Timestamp(now.0 - if clamp { age / 2 } else { age }));
            let kept = oldest.filter(|oldest| from < *oldest);
            let back = if cursor.is_null() { 0 } else { lookback };
            let begin = Timestamp(from.0 - back).max(oldest.unwrap_or(Timestamp(i64::MIN)));
            let horizon = floor(now.0 - lag, *align);
            // A halved window must still be longer than the look-back, or it would never move on.
            let width = step.get(&scope).max(back + min).min(width.max(back + min));
            let end = horizon.min(begin.0.saturating_add(width));
            if end - from.0.max(begin.0) < *min {
                return Ok(None);
            }
            Ok(Some(Span {
                window: Some(Window { start: begin, end: Timestamp(end) }),
                cursor: start,
                gap: kept.map(|oldest| (from, oldest)),
                more: horizon - end >= *min,
            }))
        }
    }
}

fn time(service: &Service, value: &Value<'_>) -> Result<Timestamp, Fault> {
    when::read(value, Unit::Guess).ok_or_else(|| {
        let why = format!("`{}` is not a time", crate::path::plain(value));
        crate::fault::bad_state(&service.name, &why)
    })
}

fn floor(time: i64, unit: i64) -> i64 {
    time - time.rem_euclid(unit.max(1))
}

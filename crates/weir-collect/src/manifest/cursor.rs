//! Cursors: what a stream remembers between two pulls.

use weir_event::Fault;
use weir_yaml::Node;

use super::read::{self, Members};
use crate::fault;
use crate::path::Path;
use crate::slot::{Scope, Slotted};
use crate::when::Unit;

/// What is remembered, and how far back a pull looks again.
#[derive(Clone, Debug)]
pub struct Cursor {
    pub kind: CursorKind,
    /// Where the first pull begins: a time, an id.
    pub start: Option<Slotted>,
    /// Younger than this is not asked for yet.
    pub lag: Length,
    /// Asked for again every time; what is known is dropped by its key.
    pub lookback: Length,
}

#[derive(Clone, Debug)]
pub enum CursorKind {
    /// Every pull stands alone.
    None,
    /// Ranges of time.
    Window { step: Length, min: i64, align: i64, max_age: Option<i64>, next: Option<Path> },
    /// The largest value of a field so far; equal ones are asked for again.
    HighWater { field: Path, of: Measure, ascending: bool },
    /// A token or link of the source's.
    Opaque { from: Path },
    /// All of it each time; what is new or has changed comes out.
    Snapshot { key: Vec<Path>, emit: Emit },
}

/// A length of time: written in the manifest, or a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Length {
    /// Nanoseconds.
    Fixed(i64),
    Setting(Slotted),
}

/// What the values of a high-water mark are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Time(Unit),
    Number,
}

/// What a snapshot tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emit {
    pub changed: bool,
    pub removed: bool,
    /// The first snapshot tells nothing.
    pub silent_first: bool,
}

const KEYS: &[&str] = &[
    "kind", "start", "lag", "lookback", "step", "min", "align", "max_age", "next", "field", "order", "from", "key",
    "emit", "baseline",
];
const KINDS: &[&str] = &["none", "window", "high_water", "sequence", "opaque", "snapshot"];
const MINUTE: i64 = 60_000_000_000;

impl Cursor {
    pub fn none() -> Cursor {
        Cursor { kind: CursorKind::None, start: None, lag: Length::Fixed(0), lookback: Length::Fixed(0) }
    }

    pub fn read(node: &Node) -> Result<Cursor, Fault> {
        let map = node.map(KEYS)?;
        let kind_node = map.need("kind")?;
        let length = |key: &str, otherwise: i64| Ok::<_, Fault>(map.length(key)?.map_or(otherwise, |length| length.0));
        let kind = match kind_node.text()?.as_str() {
            "none" => CursorKind::None,
            "window" => CursorKind::Window {
                step: Length::read(map.get("step"), 60 * MINUTE)?,
                min: length("min", 1)?,
                align: length("align", 1)?,
                max_age: map.get("max_age").map(max_age).transpose()?,
                next: map.path("next")?,
            },
            "high_water" => {
                let (field, of) = measured(map.need("field")?)?;
                CursorKind::HighWater { field, of, ascending: map.text("order")?.as_deref() == Some("asc") }
            }
            "sequence" => CursorKind::HighWater {
                field: read::path(map.need("field")?)?,
                of: Measure::Number,
                ascending: map.text("order")?.as_deref() == Some("asc"),
            },
            "opaque" => CursorKind::Opaque { from: read::path(map.need("from")?)? },
            "snapshot" => CursorKind::Snapshot { key: read::list(map.get("key"), read::path)?, emit: emit(&map)? },
            other => return Err(fault::unknown_word(&kind_node.at, "kind of cursor", other, KINDS)),
        };
        let cursor = Cursor {
            kind,
            start: map.slotted("start")?,
            lag: Length::read(map.get("lag"), 0)?,
            lookback: Length::read(map.get("lookback"), 0)?,
        };
        cursor.check(node)?;
        Ok(cursor)
    }

    fn check(&self, node: &Node) -> Result<(), Fault> {
        match &self.kind {
            CursorKind::Window { step: Length::Fixed(step), .. } if Some(*step) <= self.lookback.fixed() => {
                Err(fault::inconsistent(
                    &node.at,
                    "`step` is not longer than `lookback`",
                    "a window that only looks back never moves on; make `step` longer",
                ))
            }
            CursorKind::Window { .. } | CursorKind::HighWater { .. } if self.start.is_none() => {
                Err(fault::inconsistent(
                    &node.at,
                    "`start` is missing",
                    "say where the first pull begins, for example `{{config.start_time}}`",
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Length {
    fn read(node: Option<&Node>, otherwise: i64) -> Result<Length, Fault> {
        match node {
            None => Ok(Length::Fixed(otherwise)),
            Some(node) if node.text().is_ok_and(|text| text.contains("{{")) => read::slotted(node).map(Length::Setting),
            Some(node) => Ok(Length::Fixed(node.duration()?.0)),
        }
    }

    pub fn fixed(&self) -> Option<i64> {
        match self {
            Length::Fixed(length) => Some(*length),
            Length::Setting(_) => None,
        }
    }

    /// Nanoseconds; a setting that is not there is none.
    pub fn get(&self, scope: &Scope<'_>) -> i64 {
        match self {
            Length::Fixed(length) => *length,
            Length::Setting(text) => {
                let text = text.text(scope).ok().flatten().unwrap_or_default();
                weir_yaml::parse_duration(&text).map_or(0, |length| length.0)
            }
        }
    }
}

fn max_age(node: &Node) -> Result<i64, Fault> {
    if let weir_yaml::Data::Text(_) = node.data {
        return Ok(node.duration()?.0);
    }
    let map = node.map(&["limit", "margin"])?;
    let margin = map.length("margin")?.map_or(0, |length| length.0);
    Ok(map.need("limit")?.duration()?.0 - margin)
}

/// `path`, or `{ path, type, unit }`.
fn measured(node: &Node) -> Result<(Path, Measure), Fault> {
    if let weir_yaml::Data::Text(_) = node.data {
        return Ok((read::path(node)?, Measure::Time(Unit::Guess)));
    }
    let map = node.map(&["path", "type", "unit"])?;
    let path = read::path(map.need("path")?)?;
    let unit = match map.get("unit") {
        Some(unit) => {
            let name = unit.text()?;
            Unit::named(&name).ok_or_else(|| fault::unknown_word(&unit.at, "unit", &name, &["s", "ms", "us", "ns"]))?
        }
        None => Unit::Guess,
    };
    let of = match map.text("type")?.as_deref() {
        None | Some("time") => Measure::Time(unit),
        Some("int" | "number") => Measure::Number,
        Some(other) => return Err(fault::unknown_word(&node.at, "type", other, &["time", "int"])),
    };
    Ok((path, of))
}

fn emit(map: &weir_yaml::Map<'_>) -> Result<Emit, Fault> {
    let words = match map.get("emit") {
        Some(node) => node.list().iter().map(Node::text).collect::<Result<Vec<_>, _>>()?,
        None => vec!["added".to_owned(), "changed".to_owned()],
    };
    let has = |word: &str| words.iter().any(|have| have == word);
    Ok(Emit {
        changed: has("changed"),
        removed: has("removed"),
        silent_first: map.text("baseline")?.as_deref() == Some("silent"),
    })
}

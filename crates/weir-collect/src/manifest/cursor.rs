//! Cursors: what a stream remembers between two pulls.

use weir_event::Fault;
use weir_yaml::{Data, Map, Node};

use super::read::{self, Members};
use super::request::RequestShape;
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
    Window(Ranges),
    /// The largest value of a field so far; equal ones are asked for again.
    HighWater {
        field: Field,
        order: Order,
        /// Numbers below the mark that are asked for again: they are handed out before they are visible.
        back: i64,
    },
    /// The values of several fields of the last record, oldest first: a time, and what orders records of one time.
    Keyset { fields: Vec<Field> },
    /// Newest first, until a record that is known.
    WalkBack,
    /// A token or link of the source's.
    Opaque {
        from: Origin,
        /// The cursor is the address of the first request.
        resumes: bool,
        first_request: Option<Box<RequestShape>>,
        /// Where to begin when the source knows its token no more.
        field: Option<Field>,
    },
    /// All of it each time; what is new or has changed comes out.
    Snapshot(Snapshot),
    /// An element of a `foreach` is pulled once; nanoseconds that it is remembered after it is no longer listed.
    Once { keep: i64 },
}

/// How a span of time is cut. Lengths are nanoseconds.
#[derive(Clone, Debug)]
pub struct Ranges {
    pub step: Length,
    pub min: i64,
    pub align: i64,
    pub max_age: Option<i64>,
    /// What the source says of where the next range begins.
    pub next: Option<Path>,
    /// Ranges that are asked for at once.
    pub concurrency: usize,
}

#[derive(Clone, Debug)]
pub struct Snapshot {
    pub key: Vec<Path>,
    /// Members that make no change.
    pub ignore: Vec<Vec<String>>,
    pub emit: Emit,
    /// A snapshot with less than this share of the keys of the last one (percent) is not believed.
    pub least_percent: u64,
    /// Fewer records than this are worth a word.
    pub few: usize,
    /// What few records may mean.
    pub hint: String,
    /// `told` or `silent`, when a setting says whether the first snapshot is told.
    pub baseline: Option<Slotted>,
}

/// A field whose values order records.
#[derive(Clone, Debug)]
pub struct Field {
    pub path: Path,
    pub of: Measure,
    /// Zone of times that name none.
    pub zone: Option<Slotted>,
}

/// Where an answer says how to go on.
#[derive(Clone, Debug)]
pub enum Origin {
    Body(Path),
    Header(String),
    /// A relation of the `Link` header.
    Link(String),
}

/// In which order records come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Any,
    /// Progress may be kept page by page.
    Ascending,
    /// The pages end at the first that holds an older record than is asked for.
    Descending,
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
    Text,
}

/// What a snapshot tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emit {
    pub added: bool,
    pub changed: bool,
    pub removed: bool,
    /// The first snapshot tells nothing.
    pub silent_first: bool,
}

const KINDS: &[&str] =
    &["none", "window", "high_water", "sequence", "keyset", "walk_back", "opaque", "snapshot", "once"];
const MINUTE: i64 = 60_000_000_000;
/// Ranges asked for at once at most.
const CONCURRENCY_MAX: usize = 16;

impl Cursor {
    pub fn none() -> Cursor {
        Cursor { kind: CursorKind::None, start: None, lag: Length::Fixed(0), lookback: Length::Fixed(0) }
    }

    pub fn read(node: &Node) -> Result<Cursor, Fault> {
        let kind_node = node.any_map()?.iter().find(|(name, _)| name == "kind").map(|(_, node)| node);
        let kind = kind_node.map(Node::text).transpose()?.unwrap_or_default();
        let common = ["kind", "start", "lag", "lookback"];
        let keys = |own: &[&'static str]| node.map(&[&common, own].concat());
        let kind = match kind.as_str() {
            "none" => keys(&[]).map(|_| CursorKind::None)?,
            "window" => Ranges::read(&keys(&["step", "min", "align", "max_age", "next", "concurrency"])?)?,
            "high_water" => {
                let map = keys(&["field", "order"])?;
                CursorKind::HighWater { field: Field::read(map.need("field")?, TIME)?, order: order(&map)?, back: 0 }
            }
            "sequence" => {
                let map = keys(&["field", "order", "back"])?;
                let field = Field::read(map.need("field")?, Measure::Number)?;
                let back = map.number("back")?.unwrap_or(0).max(0);
                CursorKind::HighWater { field, order: order(&map)?, back }
            }
            "keyset" => {
                let fields = keys(&["fields"])?.need("fields")?.list();
                let field = |(at, node): (usize, &Node)| Field::read(node, if at == 0 { TIME } else { Measure::Text });
                CursorKind::Keyset { fields: fields.iter().enumerate().map(field).collect::<Result<_, _>>()? }
            }
            "walk_back" => keys(&[]).map(|_| CursorKind::WalkBack)?,
            "opaque" => opaque(&keys(&["from", "resume", "first_request", "field"])?)?,
            "snapshot" => Snapshot::read(&keys(&["key", "ignore", "emit", "baseline", "guard"])?)?,
            "once" => CursorKind::Once { keep: keys(&["keep"])?.need("keep")?.duration()?.0 },
            _ => {
                let at = node.map(&[&common[..], ALL].concat())?.need("kind")?;
                return Err(fault::unknown_word(&at.at, "kind of cursor", &kind, KINDS));
            }
        };
        let map = node.map(&[&common[..], ALL].concat())?;
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
            CursorKind::Window(Ranges { step: Length::Fixed(step), .. }) if Some(*step) <= self.lookback.fixed() => {
                Err(fault::inconsistent(
                    &node.at,
                    "`step` is not longer than `lookback`",
                    "a window that only looks back never moves on; make `step` longer",
                ))
            }
            CursorKind::Window(Ranges { next: Some(_), concurrency: 2.., .. }) => Err(fault::inconsistent(
                &node.at,
                "`next` and `concurrency` exclude each other",
                "where the source says where the next window begins, windows come one after the other",
            )),
            CursorKind::Window(_) | CursorKind::HighWater { .. } | CursorKind::Keyset { .. }
                if self.start.is_none() =>
            {
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

const TIME: Measure = Measure::Time(Unit::Guess);
const ALL: &[&str] = &[
    "step",
    "min",
    "align",
    "max_age",
    "next",
    "concurrency",
    "field",
    "fields",
    "order",
    "from",
    "resume",
    "first_request",
    "key",
    "ignore",
    "emit",
    "baseline",
    "guard",
    "keep",
    "back",
];

impl Ranges {
    fn read(map: &Map<'_>) -> Result<CursorKind, Fault> {
        let length = |key: &str, otherwise: i64| Ok::<_, Fault>(map.length(key)?.map_or(otherwise, |length| length.0));
        let concurrency = match map.get("concurrency") {
            Some(node) => Some(read::count(node)?)
                .filter(|count| *count <= CONCURRENCY_MAX)
                .ok_or_else(|| node.wrong("a number from 1 to 16"))?,
            None => 1,
        };
        Ok(CursorKind::Window(Ranges {
            step: Length::read(map.get("step"), 60 * MINUTE)?,
            min: length("min", 1)?,
            align: length("align", 1)?,
            max_age: map.get("max_age").map(max_age).transpose()?,
            next: map.path("next")?,
            concurrency,
        }))
    }
}

fn order(map: &Map<'_>) -> Result<Order, Fault> {
    let words = &[("any", Order::Any), ("asc", Order::Ascending), ("desc", Order::Descending)];
    map.get("order").map_or(Ok(Order::Any), |node| read::word(node, "`order`", words).copied())
}

fn opaque(map: &Map<'_>) -> Result<CursorKind, Fault> {
    let from = map.need("from")?;
    let resumes = map.get("resume").map(|node| read::word(node, "`resume`", &[("request", false), ("url", true)]));
    Ok(CursorKind::Opaque {
        from: Origin::read(from)?,
        resumes: resumes.transpose()?.copied().unwrap_or(false),
        first_request: map.get("first_request").map(RequestShape::read).transpose()?.map(Box::new),
        field: map.get("field").map(|node| Field::read(node, TIME)).transpose()?,
    })
}

impl Origin {
    /// A path into the body, or `{ body | header | link }`.
    pub fn read(node: &Node) -> Result<Origin, Fault> {
        if let Data::Text(_) = node.data {
            return read::path(node).map(Origin::Body);
        }
        let map = node.map(&["body", "header", "link"])?;
        if let Some(name) = map.text("header")? {
            return Ok(Origin::Header(name));
        }
        match map.text("link")? {
            Some(rel) => Ok(Origin::Link(rel)),
            None => read::path(map.need("body")?).map(Origin::Body),
        }
    }
}

impl Snapshot {
    fn read(map: &Map<'_>) -> Result<CursorKind, Fault> {
        let guard = map.get("guard").map(|node| node.map(&["least_percent", "few", "hint"])).transpose()?;
        let count = |key: &str| guard.as_ref().and_then(|guard| guard.get(key)).map_or(Ok(0), read::count);
        let hint = guard.as_ref().map_or(Ok(None), |guard| guard.text("hint"))?;
        let baseline = map.get("baseline").filter(|node| node.text().is_ok_and(|text| text.contains("{{")));
        Ok(CursorKind::Snapshot(Snapshot {
            key: read::list(map.get("key"), read::path)?,
            ignore: read::list(map.get("ignore"), read::member_names)?,
            emit: emit(map)?,
            least_percent: count("least_percent")? as u64,
            few: count("few")?,
            hint: hint.unwrap_or_default(),
            baseline: baseline.map(read::slotted).transpose()?,
        }))
    }
}

impl Field {
    /// `path`, or `{ path, type, unit, zone }`.
    fn read(node: &Node, of: Measure) -> Result<Field, Fault> {
        if let Data::Text(_) = node.data {
            return Ok(Field { path: read::path(node)?, of, zone: None });
        }
        let map = node.map(&["path", "type", "unit", "zone"])?;
        let unit = match map.get("unit") {
            Some(unit) => {
                let name = unit.text()?;
                let unit_of = Unit::named(&name);
                unit_of.ok_or_else(|| fault::unknown_word(&unit.at, "unit", &name, &["s", "ms", "us", "ns"]))?
            }
            None => Unit::Guess,
        };
        let types = &[
            ("time", Measure::Time(unit)),
            ("int", Measure::Number),
            ("number", Measure::Number),
            ("text", Measure::Text),
        ];
        let named = map.get("type").map(|node| read::word(node, "type", types).copied()).transpose()?;
        let of = match (named, of) {
            (Some(named), _) => named,
            (None, Measure::Time(_)) => Measure::Time(unit),
            (None, of) => of,
        };
        Ok(Field { path: read::path(map.need("path")?)?, of, zone: map.slotted("zone")? })
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
    if let Data::Text(_) = node.data {
        return Ok(node.duration()?.0);
    }
    let map = node.map(&["limit", "margin"])?;
    let margin = map.length("margin")?.map_or(0, |length| length.0);
    Ok(map.need("limit")?.duration()?.0 - margin)
}

fn emit(map: &Map<'_>) -> Result<Emit, Fault> {
    const WORDS: &[(&str, u8)] = &[("added", 1), ("changed", 2), ("removed", 4)];
    let words = match map.get("emit") {
        Some(node) => read::list(Some(node), |node| read::word(node, "`emit`", WORDS).copied())?,
        None => vec![1, 2],
    };
    let fixed = map.get("baseline").filter(|node| !node.text().is_ok_and(|text| text.contains("{{")));
    let silent = fixed.map(|node| read::word(node, "`baseline`", &[("told", false), ("silent", true)]));
    Ok(Emit {
        added: words.contains(&1),
        changed: words.contains(&2),
        removed: words.contains(&4),
        silent_first: silent.transpose()?.copied().unwrap_or(false),
    })
}

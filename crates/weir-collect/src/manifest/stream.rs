//! A stream: one endpoint of a source, asked again and again.

use weir_event::Fault;
use weir_yaml::Node;

use super::cursor::Cursor;
use super::errors::ErrorRule;
use super::limits::Limits;
use super::paging::Paging;
use super::read::{self, Members};
use super::request::{RequestShape, Step};
use super::response::Response;
use crate::fault;
use crate::path::Path;
use crate::slot::Slotted;

/// What holds for all requests to a source.
#[derive(Clone, Debug)]
pub struct Http {
    pub base: Slotted,
    pub headers: Vec<(String, Slotted)>,
    /// Parameters in alphabetical order; signatures of some sources want it.
    pub sort_query: bool,
    /// Nanoseconds for a whole answer.
    pub timeout: i64,
    /// Bytes of one answer after decompression.
    pub answer_bytes_max: u64,
    /// Hosts besides the base's that links may lead to.
    pub hosts: Vec<Slotted>,
    pub ca_file: Option<Slotted>,
    pub insecure: Option<Slotted>,
}

#[derive(Clone, Debug)]
pub struct Stream {
    pub name: String,
    /// Nanoseconds from start to start.
    pub every: i64,
    pub foreach: Option<Foreach>,
    pub cursor: Cursor,
    pub before: Vec<Step>,
    pub request: RequestShape,
    pub response: Response,
    pub paging: Paging,
    pub after: Vec<Step>,
    pub dedup: Dedup,
    pub output: Output,
    pub limits: Limits,
    pub errors: Vec<ErrorRule>,
}

/// One partition of the stream for each element.
#[derive(Clone, Debug)]
pub struct Foreach {
    pub from: ForeachFrom,
}

#[derive(Clone, Debug)]
pub enum ForeachFrom {
    /// A list in the settings.
    Setting(Slotted),
    /// What a request selects.
    Step { step: Box<Step>, path: Path },
}

/// What makes a record the same as one that is stored already.
#[derive(Clone, Debug, Default)]
pub struct Dedup {
    pub key: Vec<Path>,
    /// The same key with another version is a new record.
    pub version: Vec<Path>,
    /// Nanoseconds that a key is remembered.
    pub keep: i64,
}

/// Where records go.
#[derive(Clone, Debug, Default)]
pub struct Output {
    pub dataset: String,
}

const DAY: i64 = 86_400_000_000_000;
const KEYS: &[&str] = &[
    "name", "schedule", "foreach", "cursor", "before", "request", "response", "paging", "after", "dedup", "output",
    "limits", "errors",
];

impl Http {
    pub fn read(node: &Node) -> Result<Http, Fault> {
        let map = node.map(&["base", "headers", "query_order", "timeout", "answer_bytes_max", "hosts", "tls"])?;
        let tls = map.get("tls").map(|node| node.map(&["ca_file", "insecure"])).transpose()?;
        let of = |key: &str| tls.as_ref().and_then(|tls| tls.get(key)).map(read::slotted).transpose();
        Ok(Http {
            base: read::slotted(map.need("base")?)?,
            headers: read::pairs(map.get("headers"))?,
            sort_query: map.text("query_order")?.as_deref() == Some("sorted"),
            timeout: map.length("timeout")?.map_or(60_000_000_000, |length| length.0),
            answer_bytes_max: map.get("answer_bytes_max").map_or(Ok(64 << 20), Node::size)?,
            hosts: read::list(map.get("hosts"), read::slotted)?,
            ca_file: of("ca_file")?,
            insecure: of("insecure")?,
        })
    }
}

impl Stream {
    /// Limits and error rules of the manifest hold where the stream has none of its own; its rules come first.
    pub fn read(node: &Node, limits: &Limits, errors: &[ErrorRule]) -> Result<Stream, Fault> {
        let map = node.map(KEYS)?;
        let schedule = map.need("schedule")?.map(&["every"])?;
        let cursor = map.need("cursor")?;
        let cursor = Cursor::read(cursor)?;
        let mut rules = read::list(map.get("errors"), ErrorRule::read)?;
        rules.extend_from_slice(errors);
        let dedup = match map.get("dedup") {
            Some(node) => Dedup::read(node, &cursor)?,
            None => Dedup { keep: keep(&cursor), ..Dedup::default() },
        };
        Ok(Stream {
            name: map.need("name")?.text()?,
            every: schedule.need("every")?.duration()?.0,
            foreach: map.get("foreach").map(Foreach::read).transpose()?,
            cursor,
            before: read::list(map.get("before"), Step::read)?,
            request: RequestShape::read(map.need("request")?)?,
            response: Response::read(map.need("response")?)?,
            paging: Paging::read(map.need("paging")?)?,
            after: read::list(map.get("after"), Step::read)?,
            dedup,
            output: Output::read(map.need("output")?)?,
            limits: map.get("limits").map_or_else(|| Ok(limits.clone()), Limits::read)?,
            errors: rules,
        })
    }
}

impl Foreach {
    fn read(node: &Node) -> Result<Foreach, Fault> {
        let map = node.map(&["from", "step", "path"])?;
        let from = match map.get("step") {
            Some(step) => ForeachFrom::Step { step: Box::new(Step::read(step)?), path: read::path(map.need("path")?)? },
            None => ForeachFrom::Setting(read::slotted(map.need("from")?)?),
        };
        Ok(Foreach { from })
    }
}

/// Nanoseconds within which a record may come again, as far as the manifest alone says.
fn again(cursor: &Cursor) -> i64 {
    cursor.lookback.fixed().unwrap_or(DAY / 2) + cursor.lag.fixed().unwrap_or(0)
}

/// How long identities are remembered when the manifest does not say.
fn keep(cursor: &Cursor) -> i64 {
    (2 * again(cursor)).max(DAY)
}

impl Dedup {
    fn read(node: &Node, cursor: &Cursor) -> Result<Dedup, Fault> {
        let map = node.map(&["key", "version", "keep"])?;
        let least = again(cursor);
        let keep = map.length("keep")?.map_or_else(|| keep(cursor), |length| length.0);
        if keep <= least && cursor.lookback.fixed().is_some() {
            return Err(fault::inconsistent(
                &node.at,
                "`keep` is not longer than `lookback` and `lag` together",
                "keys must be remembered for as long as their records may come again",
            ));
        }
        Ok(Dedup {
            key: read::list(map.get("key"), read::path)?,
            version: read::list(map.get("version"), read::path)?,
            keep,
        })
    }
}

impl Output {
    fn read(node: &Node) -> Result<Output, Fault> {
        let map = node.map(&["dataset"])?;
        Ok(Output { dataset: map.text("dataset")?.unwrap_or_default() })
    }
}

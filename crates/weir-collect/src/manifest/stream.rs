//! A stream: one endpoint of a source, asked again and again.

use weir_event::Fault;
use weir_yaml::Node;

use super::cursor::{Cursor, CursorKind, Origin, Ranges};
use super::detail::Detail;
use super::errors::ErrorRule;
use super::job::Job;
use super::limits::Limits;
use super::output::Output;
use super::paging::{Paging, PagingKind};
use super::read::{self, Members};
use super::request::{RequestShape, Step};
use super::response::Response;
use super::transform::Transform;
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
    /// Cookies of answers go back to where they came from.
    pub cookies: bool,
    /// When a signature is refused and the clocks differ, requests are signed with the source's time.
    pub follow_clock: bool,
}

#[derive(Clone, Debug)]
pub struct Stream {
    pub name: String,
    /// Nanoseconds from start to start.
    pub every: i64,
    pub foreach: Option<Foreach>,
    pub cursor: Cursor,
    pub trigger: Option<Trigger>,
    pub before: Vec<Step>,
    pub job: Option<Job>,
    pub request: RequestShape,
    pub response: Response,
    pub paging: Paging,
    pub detail: Option<Detail>,
    pub after: Vec<Step>,
    pub dedup: Dedup,
    pub transform: Vec<Transform>,
    pub output: Output,
    pub limits: Limits,
    pub errors: Vec<ErrorRule>,
}

/// One partition of the stream for each element.
#[derive(Clone, Debug)]
pub struct Foreach {
    pub from: ForeachFrom,
    /// What an element is remembered by; its `id` or itself otherwise.
    pub key: Option<Path>,
    /// Elements that are asked for at once.
    pub concurrency: usize,
}

/// A cheap question whose answer must be another than at the last pull for a pull to begin.
#[derive(Clone, Debug)]
pub struct Trigger {
    pub request: RequestShape,
    pub value: Origin,
}

#[derive(Clone, Debug)]
pub enum ForeachFrom {
    /// A list in the settings.
    Setting(Slotted),
    /// What a request selects, page by page.
    Step { step: Box<Step>, path: Path, response: Box<Response>, paging: Box<Paging> },
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

const DAY: i64 = 86_400_000_000_000;
pub(super) const KEYS: &[&str] = &[
    "name",
    "schedule",
    "foreach",
    "cursor",
    "trigger",
    "before",
    "job",
    "request",
    "response",
    "paging",
    "detail",
    "after",
    "dedup",
    "transform",
    "output",
    "limits",
    "errors",
];

pub(super) const HTTP_KEYS: &[&str] =
    &["base", "headers", "query_order", "timeout", "answer_bytes_max", "hosts", "tls", "cookies", "clock"];

/// True for the first of two words; the second is what holds without the key.
fn choice(map: &weir_yaml::Map<'_>, key: &str, yes: &str, no: &str) -> Result<bool, Fault> {
    map.get(key).map_or(Ok(false), |node| read::word(node, key, &[(yes, true), (no, false)]).copied())
}

impl Http {
    pub fn read(node: &Node) -> Result<Http, Fault> {
        let map = node.map(HTTP_KEYS)?;
        let tls = map.get("tls").map(|node| node.map(&["ca_file", "insecure"])).transpose()?;
        let of = |key: &str| tls.as_ref().and_then(|tls| tls.get(key)).map(read::slotted).transpose();
        Ok(Http {
            base: read::slotted(map.need("base")?)?,
            headers: read::pairs(map.get("headers"))?,
            sort_query: choice(&map, "query_order", "sorted", "declared")?,
            timeout: map.length("timeout")?.map_or(60_000_000_000, |length| length.0),
            answer_bytes_max: map.get("answer_bytes_max").map_or(Ok(64 << 20), Node::size)?,
            hosts: read::list(map.get("hosts"), read::slotted)?,
            ca_file: of("ca_file")?,
            insecure: of("insecure")?,
            cookies: map.flag("cookies")?,
            follow_clock: choice(&map, "clock", "follow_source", "own")?,
        })
    }
}

impl Stream {
    /// Records say which ones they are. Others are told apart by what they hold and counted, so that one that comes twice is two.
    pub fn has_keys(&self) -> bool {
        let selects = &self.response.select;
        !self.dedup.key.is_empty()
            || matches!(self.cursor.kind, CursorKind::Snapshot(_))
            || !selects.is_empty() && selects.iter().all(|select| !select.key.is_empty())
    }

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
        let stream = Stream {
            name: map.need("name")?.text()?,
            every: schedule.need("every")?.duration()?.0,
            foreach: map.get("foreach").map(Foreach::read).transpose()?,
            cursor,
            trigger: map.get("trigger").map(Trigger::read).transpose()?,
            before: read::list(map.get("before"), Step::read)?,
            job: map.get("job").map(Job::read).transpose()?,
            request: RequestShape::read(map.need("request")?)?,
            response: Response::read(map.need("response")?)?,
            paging: Paging::read(map.need("paging")?)?,
            detail: map.get("detail").map(Detail::read).transpose()?,
            after: read::list(map.get("after"), Step::read)?,
            dedup,
            transform: read::list(map.get("transform"), Transform::read)?,
            output: Output::read(map.need("output")?)?,
            limits: map.get("limits").map_or_else(|| Ok(limits.clone()), Limits::read)?,
            errors: rules,
        };
        stream.check(node)?;
        Ok(stream)
    }
}

impl Stream {
    /// What holds between the parts of a stream.
    fn check(&self, node: &Node) -> Result<(), Fault> {
        let wrong = |says: &str, hint: &str| Err(fault::inconsistent(&node.at, says, hint));
        if matches!(self.paging.kind, PagingKind::Keyset)
            && !matches!(self.cursor.kind, CursorKind::HighWater { .. } | CursorKind::Keyset { .. })
        {
            return wrong(
                "keyset paging needs a cursor with a field",
                "use a cursor `high_water`, `sequence` or `keyset`",
            );
        }
        if matches!(self.paging.kind, PagingKind::Keyset) && self.paging.size.is_none() {
            return wrong("keyset paging needs `size`", "a page that is not full is the last one");
        }
        if matches!(self.cursor.kind, CursorKind::Once { .. }) && self.foreach.is_none() {
            return wrong("a cursor `once` needs `foreach`", "each of its elements is pulled once");
        }
        if self.output.lookup.is_some()
            && (!matches!(self.cursor.kind, CursorKind::Snapshot(_)) || self.foreach.is_some() || self.detail.is_some())
        {
            return wrong(
                "a lookup table needs one whole list",
                "use a cursor `snapshot`, without `foreach` and `detail`",
            );
        }
        if self.job.is_some() && !(self.before.is_empty() && self.after.is_empty()) {
            return wrong(
                "a stream with a `job` has no `before` and `after`",
                "steps go to its `create` and `cleanup`",
            );
        }
        if matches!(self.cursor.kind, CursorKind::Window(Ranges { concurrency: 2.., .. })) && self.job.is_some() {
            return wrong("windows of jobs come one after the other", "leave `concurrency` out");
        }
        Ok(())
    }
}

impl Trigger {
    fn read(node: &Node) -> Result<Trigger, Fault> {
        let map = node.map(&["request", "value"])?;
        Ok(Trigger { request: RequestShape::read(map.need("request")?)?, value: Origin::read(map.need("value")?)? })
    }
}

impl Foreach {
    fn read(node: &Node) -> Result<Foreach, Fault> {
        let map = node.map(&["from", "step", "decode", "path", "paging", "key", "concurrency"])?;
        let from = match map.get("step") {
            Some(step) => ForeachFrom::Step {
                step: Box::new(Step::read(step)?),
                path: read::path(map.need("path")?)?,
                response: Box::new(Response::read_decoded(node, map.get("decode"))?),
                paging: Box::new(map.get("paging").map_or_else(|| Ok(Paging::none()), Paging::read)?),
            },
            None => ForeachFrom::Setting(read::slotted(map.need("from")?)?),
        };
        let concurrency = map.get("concurrency").map_or(Ok(1), read::count)?.min(16);
        Ok(Foreach { from, key: map.path("key")?, concurrency })
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

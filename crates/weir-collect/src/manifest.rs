//! A manifest: how a source is asked, as data.

mod auth;
mod cursor;
mod detail;
mod errors;
mod job;
mod join;
mod limits;
mod output;
mod paging;
mod read;
mod request;
mod response;
mod setting;
mod settle;
mod shaper;
mod stream;
mod test;
mod transform;

#[cfg(test)]
mod tests;

use weir_event::Fault;
use weir_yaml::{Node, Place};

pub use auth::{Apply, Assertion, Auth, Grant, Signature};
pub use cursor::{Cursor, CursorKind, Emit, Field, Length, Measure, Order, Origin, Ranges, Snapshot};
pub use detail::Detail;
pub use errors::{Action, ErrorRule, Seen, Test as Condition, When, short};
pub use job::{Job, Poll};
pub use join::{Join, JoinList};
pub use limits::{Backoff, Budget, Limits, Remaining, Retry, ServerLimit};
pub use output::{LookupRule, Merge, Output};
pub use paging::{LinkFrom, Paging, PagingKind, Place as PagePlace, TokenFrom, Total};
pub use request::{Address as RequestAddress, Body as RequestBody, Capture, CaptureFrom, RequestShape, Step};
pub use response::{Csv, Decode, Response, Select};
pub use setting::{Setting, SettingKind};
pub use shaper::{Explode, Rows, Shaper};
pub use stream::{Dedup, Foreach, ForeachFrom, Http, Stream, Trigger};
pub use test::{Exchange, Test};
pub use transform::{Hide, Redaction, Transform};

use crate::fault;

/// A whole manifest. [`Manifest::read`] has checked everything that can be checked without settings.
#[derive(Clone, Debug)]
pub struct Manifest {
    pub id: String,
    pub version: String,
    pub title: String,
    pub settings: Vec<Setting>,
    pub http: Http,
    pub auth: Auth,
    pub streams: Vec<Stream>,
    pub tests: Vec<Test>,
}

/// The JSON Schema of puller.yaml, for editors that complete and check.
pub const MANIFEST_SCHEMA: &str = include_str!("../data/puller.schema.json");

const KEYS: &[&str] =
    &["weir", "id", "version", "title", "config", "http", "auth", "limits", "errors", "streams", "tests"];

/// The version of the language that a manifest is written in.
const LANGUAGE: &str = "connector/1";

impl Manifest {
    /// Reads a manifest; the first mistake otherwise.
    pub fn read(file: &str, text: &str) -> Result<Manifest, Fault> {
        let documents = Node::read(file, text, &fault::MANIFEST)?;
        let start = Place { file: file.into(), line: 1, ids: &fault::MANIFEST };
        let [node] = documents.as_slice() else {
            return Err(fault::inconsistent(&start, "a manifest is one YAML document", "remove the other documents"));
        };
        let map = node.map(KEYS)?;
        let language = map.need("weir")?;
        if language.text()? != LANGUAGE {
            return Err(fault::unknown_word(&language.at, "language", &language.text()?, &[LANGUAGE]));
        }
        let limits = map.get("limits").map(Limits::read).transpose()?.unwrap_or_default();
        let errors = read::list(map.get("errors"), ErrorRule::read)?;
        let stream = |node: &Node| Stream::read(node, &limits, &errors);
        let manifest = Manifest {
            id: map.need("id")?.text()?,
            version: map.need("version")?.text()?,
            title: map.need("title")?.text()?,
            settings: read::named(map.get("config"), Setting::read)?,
            http: Http::read(map.need("http")?)?,
            auth: map.get("auth").map(Auth::read).transpose()?.unwrap_or(Auth::None),
            streams: map.need("streams")?.list().iter().map(stream).collect::<Result<_, _>>()?,
            tests: read::list(map.get("tests"), Test::read)?,
        };
        manifest.check(node)?;
        Ok(manifest)
    }

    pub fn stream(&self, name: &str) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.name == name)
    }

    pub fn stream_names(&self) -> Vec<&str> {
        self.streams.iter().map(|stream| stream.name.as_str()).collect()
    }

    /// What holds between the parts.
    fn check(&self, node: &Node) -> Result<(), Fault> {
        for (index, stream) in self.streams.iter().enumerate() {
            if self.streams[..index].iter().any(|other| other.name == stream.name) {
                let says = format!("two streams are called `{}`", stream.name);
                return Err(fault::inconsistent(&node.at, says, "names of streams are unique"));
            }
        }
        for test in &self.tests {
            if self.stream(&test.stream).is_none() {
                return Err(fault::stream_unknown(&test.at.to_string(), &test.stream, &self.stream_names()));
            }
        }
        Ok(())
    }
}

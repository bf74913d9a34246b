//! Tests of a manifest: exchanges as they were recorded or documented, and what must come of them.

use base64::Engine as _;
use weir_event::{Fault, Timestamp, Value};
use weir_yaml::{Node, Place};

use super::read;
use super::setting::value;

/// One pull of one stream.
#[derive(Clone, Debug)]
pub struct Test {
    pub name: String,
    pub stream: String,
    pub at: Place,
    pub now: Timestamp,
    pub config: Vec<(String, Value<'static>)>,
    /// `cursor` and `seen` as of before.
    pub state: Option<Value<'static>>,
    pub exchanges: Vec<Exchange>,
    /// Members that the records must have, in order.
    pub emits: Vec<Value<'static>>,
    pub duplicates: Option<i64>,
    pub cursor: Option<Value<'static>>,
    /// By partition.
    pub cursors: Option<Value<'static>>,
    pub warnings: Vec<String>,
    /// Members that the rows of the lookup table must have, in order.
    pub lookup: Option<Vec<Value<'static>>>,
    /// The id of the fault that the pull must end with.
    pub error: Option<String>,
}

/// What must be asked, and what is answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub at: Place,
    pub method: Option<String>,
    pub target: Option<String>,
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub json: Option<Value<'static>>,
    /// Members that the body has.
    pub json_has: Option<Value<'static>>,
    /// Members that the body lacks.
    pub json_lacks: Vec<String>,
    pub text: Option<String>,
    pub reply: Answer,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// No answer at all.
    pub broken: bool,
}

pub(super) const KEYS: &[&str] = &[
    "name",
    "stream",
    "now",
    "config",
    "state",
    "exchanges",
    "emits",
    "duplicates",
    "cursor",
    "cursors",
    "warnings",
    "lookup",
    "error",
];

impl Test {
    pub fn read(node: &Node) -> Result<Test, Fault> {
        let map = node.map(KEYS)?;
        let now = map.need("now")?;
        Ok(Test {
            name: map.need("name")?.text()?,
            stream: map.need("stream")?.text()?,
            at: node.at.clone(),
            now: Timestamp::parse_rfc3339(&now.text()?).ok_or_else(|| now.wrong("a time (RFC 3339)"))?,
            config: read::named(map.get("config"), |name, node| Ok((name.to_owned(), value(&node.data))))?,
            state: map.get("state").map(|node| value(&node.data)),
            exchanges: read::list(map.get("exchanges"), Exchange::read)?,
            emits: map.get("emits").map_or(&[][..], Node::list).iter().map(|node| value(&node.data)).collect(),
            duplicates: map.get("duplicates").map(read::whole).transpose()?,
            cursor: map.get("cursor").map(|node| value(&node.data)),
            cursors: map.get("cursors").map(|node| value(&node.data)),
            warnings: read::list(map.get("warnings"), Node::text)?,
            lookup: map.get("lookup").map(|node| node.list().iter().map(|node| value(&node.data)).collect()),
            error: map.text("error")?,
        })
    }
}

impl Exchange {
    fn read(node: &Node) -> Result<Exchange, Fault> {
        let map = node.map(&["expect", "reply"])?;
        let expect =
            map.need("expect")?.map(&["method", "target", "headers", "json", "json_has", "json_lacks", "text"])?;
        let text = |name: &str, node: &Node| Ok((name.to_owned(), node.text()?));
        Ok(Exchange {
            at: node.at.clone(),
            method: expect.text("method")?,
            target: expect.text("target")?,
            headers: read::named(expect.get("headers"), text)?,
            json: expect.get("json").map(|node| value(&node.data)),
            json_has: expect.get("json_has").map(|node| value(&node.data)),
            json_lacks: read::list(expect.get("json_lacks"), Node::text)?,
            text: expect.text("text")?,
            reply: Answer::read(map.need("reply")?)?,
        })
    }
}

impl Answer {
    fn read(node: &Node) -> Result<Answer, Fault> {
        let map = node.map(&["status", "headers", "json", "text", "base64", "packed", "broken"])?;
        let body = match (map.get("json"), map.text("text")?) {
            (Some(node), _) => {
                let mut out = String::new();
                weir_event::write_json(&value(&node.data), &mut out);
                out
            }
            (None, text) => text.unwrap_or_default(),
        };
        let body = match map.get("base64") {
            Some(node) => base64::prelude::BASE64_STANDARD.decode(node.text()?).map_err(|_| node.wrong("base64"))?,
            None => body.into_bytes(),
        };
        let body = match map.get("packed").map(|node| read::word(node, "`packed`", &[("gzip", ())])).transpose()? {
            Some(()) => gzipped(&body),
            None => body,
        };
        let text = |name: &str, node: &Node| Ok((name.to_ascii_lowercase(), node.text()?));
        Ok(Answer {
            status: map.get("status").map_or(Ok(200), |node| {
                u16::try_from(read::whole(node)?).map_err(|_| node.wrong("a status such as 200"))
            })?,
            headers: read::named(map.get("headers"), text)?,
            body,
            broken: map.get("broken").map_or(Ok(false), Node::boolean)?,
        })
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

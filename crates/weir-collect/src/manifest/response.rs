//! What is taken out of an answer.

use weir_event::Fault;
use weir_yaml::{Data, Node};

use super::read;
use super::request::{Capture, captures};
use crate::fault;
use crate::path::Path;

#[derive(Clone, Debug)]
pub struct Response {
    pub decode: Vec<Decode>,
    pub capture: Vec<Capture>,
    pub select: Vec<Select>,
    pub shapers: Vec<Shaper>,
}

/// One step from bytes to a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Decode {
    Gzip,
    Base64(Path),
    StripPrefix(String),
    Json,
    Ndjson,
    Lines,
    Csv { delimiter: u8, skip_until: Option<String> },
}

/// Where records stand.
#[derive(Clone, Debug)]
pub struct Select {
    pub path: Path,
    /// Members added to each record.
    pub tag: Vec<(String, String)>,
    /// Identity of these records, before that of the stream.
    pub key: Vec<Path>,
}

/// Changes of form before records are told apart.
#[derive(Clone, Debug)]
pub enum Shaper {
    Explode(Explode),
    /// Columns and rows to records.
    Zip {
        columns: Path,
        rows: Path,
    },
    /// A member whose text is JSON is replaced by what the text holds.
    JsonText(Vec<Path>),
    /// A member takes the place of the record; the named ones stay beside it.
    Lift {
        path: Path,
        keep: Vec<String>,
    },
}

/// One record for each entry of a map or list inside it.
#[derive(Clone, Debug)]
pub struct Explode {
    pub member: String,
    pub into: String,
    /// Gets the key of the entry.
    pub key: Option<String>,
}

const KEYS: &[&str] = &["decode", "capture", "select", "explode", "zip_columns", "json_string", "lift"];

impl Response {
    pub fn read(node: &Node) -> Result<Response, Fault> {
        let map = node.map(KEYS)?;
        let mut shapers = Vec::new();
        if let Some(node) = map.get("zip_columns") {
            let map = node.map(&["columns", "rows"])?;
            shapers
                .push(Shaper::Zip { columns: read::path(map.need("columns")?)?, rows: read::path(map.need("rows")?)? });
        }
        if let Some(node) = map.get("json_string") {
            shapers.push(Shaper::JsonText(read::list(Some(node), read::path)?));
        }
        if let Some(node) = map.get("lift") {
            let map = node.map(&["path", "keep"])?;
            shapers.push(Shaper::Lift {
                path: read::path(map.need("path")?)?,
                keep: read::list(map.get("keep"), Node::text)?,
            });
        }
        if let Some(node) = map.get("explode") {
            shapers.push(Shaper::Explode(Explode::read(node)?));
        }
        let decode = match map.get("decode") {
            Some(node) => read::list(Some(node), Decode::read)?,
            None => vec![Decode::Json],
        };
        Ok(Response {
            decode,
            capture: captures(map.get("capture"))?,
            select: read::list(map.get("select"), Select::read)?,
            shapers,
        })
    }
}

impl Explode {
    fn read(node: &Node) -> Result<Explode, Fault> {
        let map = node.map(&["path", "as", "key"])?;
        let path = map.need("path")?;
        let text = path.text()?;
        let member = text.strip_prefix("$.").filter(|member| !member.contains(['.', '[']));
        let member = member
            .ok_or_else(|| fault::inconsistent(&path.at, "`explode` takes a member of the record", "write `$.name`"))?;
        Ok(Explode { member: member.to_owned(), into: map.need("as")?.text()?, key: map.text("key")? })
    }
}

impl Select {
    fn read(node: &Node) -> Result<Select, Fault> {
        let map = node.map(&["path", "optional", "tag", "key"])?;
        let tag = read::named(map.get("tag"), |name, node| Ok((name.to_owned(), node.text()?)))?;
        Ok(Select { path: read::path(map.need("path")?)?, tag, key: read::list(map.get("key"), read::path)? })
    }
}

const DECODERS: &[&str] = &["gzip", "base64", "strip_prefix", "json", "ndjson", "text_lines", "csv"];

impl Decode {
    fn read(node: &Node) -> Result<Decode, Fault> {
        if let Data::Map(members) = &node.data
            && let [(name, node)] = members.as_slice()
        {
            return Decode::with(name, node);
        }
        match node.text()?.as_str() {
            "gzip" => Ok(Decode::Gzip),
            "json" => Ok(Decode::Json),
            "ndjson" => Ok(Decode::Ndjson),
            "text_lines" => Ok(Decode::Lines),
            "csv" => Ok(Decode::Csv { delimiter: b',', skip_until: None }),
            other => Err(fault::unknown_word(&node.at, "decoder", other, DECODERS)),
        }
    }

    fn with(name: &str, node: &Node) -> Result<Decode, Fault> {
        match name {
            "base64" => Ok(Decode::Base64(read::path(node)?)),
            "strip_prefix" => Ok(Decode::StripPrefix(node.text()?)),
            "csv" => {
                let map = node.map(&["delimiter", "skip_until"])?;
                let delimiter = map.text("delimiter")?.unwrap_or_else(|| ",".to_owned());
                let [delimiter] = delimiter.as_bytes() else { return Err(node.wrong("one character as `delimiter`")) };
                Ok(Decode::Csv { delimiter: *delimiter, skip_until: map.text("skip_until")? })
            }
            other => Err(fault::unknown_word(&node.at, "decoder", other, DECODERS)),
        }
    }
}

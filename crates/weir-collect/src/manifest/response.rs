//! What is taken out of an answer.

use weir_event::Fault;
use weir_yaml::{Data, Node};

use super::errors::{Test, tests};
use super::join::Join;
use super::read::{self, Members};
use super::request::{Capture, captures};
use super::shaper::Shaper;
use crate::fault;
use crate::path::Path;
use crate::slot::Slotted;

#[derive(Clone, Debug)]
pub struct Response {
    pub decode: Vec<Decode>,
    pub capture: Vec<Capture>,
    pub select: Vec<Select>,
    pub shapers: Vec<Shaper>,
    pub joins: Vec<Join>,
}

/// One step from bytes to a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Decode {
    Gzip,
    /// The files of an archive whose names end with this.
    Zip(String),
    Base64(Path),
    StripPrefix(String),
    Json,
    Ndjson,
    Lines,
    Csv(Csv),
    /// Elements of these names are lists, whether there is one or more.
    Xml(Vec<String>),
}

/// A table of values with a line of names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Csv {
    pub delimiter: u8,
    /// The line of names is the first that holds this.
    pub skip_until: Option<String>,
    /// The table ends before the first line that begins with this.
    pub until: Option<String>,
}

/// Where records stand.
#[derive(Clone, Debug)]
pub struct Select {
    pub path: Path,
    /// An answer without the place has no records; otherwise it is no answer.
    pub optional: bool,
    /// Null at the place stands for no records.
    pub nullable: bool,
    /// Members added to each record, part of its identity.
    pub tag: Vec<(String, Slotted)>,
    /// Members added to each record, no part of its identity.
    pub add: Vec<(String, Slotted)>,
    /// Identity of these records, before that of the stream.
    pub key: Vec<Path>,
    /// Records of which one of these holds are left out.
    pub unless: Vec<(Path, Test)>,
}

pub(super) const KEYS: &[&str] =
    &["decode", "capture", "select", "map_to_rows", "explode", "zip_columns", "json_string", "lift", "join"];

impl Response {
    /// An answer in JSON, taken whole.
    pub fn json() -> Response {
        Response {
            decode: vec![Decode::Json],
            capture: Vec::new(),
            select: Vec::new(),
            shapers: Vec::new(),
            joins: Vec::new(),
        }
    }

    pub fn read(node: &Node) -> Result<Response, Fault> {
        let map = node.map(KEYS)?;
        Ok(Response {
            capture: captures(map.get("capture"))?,
            select: read::list(map.get("select"), Select::read)?,
            shapers: Shaper::read_all(&map)?,
            joins: read::list(map.get("join"), Join::read)?,
            ..Response::read_decoded(node, map.get("decode"))?
        })
    }

    /// An answer that is only decoded.
    pub fn read_decoded(node: &Node, decode: Option<&Node>) -> Result<Response, Fault> {
        let decode = match decode {
            Some(node) => read::list(Some(node), Decode::read)?,
            None => vec![Decode::Json],
        };
        check(node, &decode)?;
        Ok(Response { decode, ..Response::json() })
    }
}

/// Bytes are unpacked first, then text is cut, then it is read once.
fn check(node: &Node, decode: &[Decode]) -> Result<(), Fault> {
    let rank = |step: &Decode| match step {
        Decode::Gzip | Decode::Zip(_) => 0,
        Decode::Base64(_) | Decode::StripPrefix(_) => 1,
        _ => 2,
    };
    let in_order = decode.windows(2).all(|pair| rank(&pair[0]) <= rank(&pair[1]) && rank(&pair[0]) < 2);
    if in_order {
        return Ok(());
    }
    Err(fault::inconsistent(
        &node.at,
        "the decoders are not in an order that can be read",
        "first `gzip` or `zip`, then `base64` or `strip_prefix`, then one of `json ndjson text_lines csv xml`",
    ))
}

impl Select {
    fn read(node: &Node) -> Result<Select, Fault> {
        let map = node.map(&["path", "optional", "nullable", "tag", "add", "key", "unless"])?;
        let path = read::path(map.need("path")?)?;
        Ok(Select {
            optional: map.flag("optional")? || path.optional,
            nullable: map.flag("nullable")?,
            path,
            tag: read::pairs(map.get("tag"))?,
            add: read::pairs(map.get("add"))?,
            key: read::list(map.get("key"), read::path)?,
            unless: tests(map.get("unless"))?,
        })
    }
}

const DECODERS: &[&str] = &["gzip", "zip", "base64", "strip_prefix", "json", "ndjson", "text_lines", "csv", "xml"];

impl Decode {
    fn read(node: &Node) -> Result<Decode, Fault> {
        if let Data::Map(members) = &node.data
            && let [(name, node)] = members.as_slice()
        {
            return Decode::with(name, node);
        }
        match node.text()?.as_str() {
            "gzip" => Ok(Decode::Gzip),
            "zip" => Ok(Decode::Zip(String::new())),
            "json" => Ok(Decode::Json),
            "ndjson" => Ok(Decode::Ndjson),
            "text_lines" => Ok(Decode::Lines),
            "csv" => Ok(Decode::Csv(Csv { delimiter: b',', ..Csv::default() })),
            "xml" => Ok(Decode::Xml(Vec::new())),
            other => Err(fault::unknown_word(&node.at, "decoder", other, DECODERS)),
        }
    }

    fn with(name: &str, node: &Node) -> Result<Decode, Fault> {
        match name {
            "zip" => {
                let glob = node.text()?;
                let ending = glob.strip_prefix('*').filter(|ending| !ending.contains(['*', '?']));
                let ending = ending.ok_or_else(|| node.wrong("an ending such as `*.json`"))?;
                Ok(Decode::Zip(ending.to_owned()))
            }
            "base64" => Ok(Decode::Base64(read::path(node)?)),
            "strip_prefix" => Ok(Decode::StripPrefix(node.text()?)),
            "csv" => {
                let map = node.map(&["delimiter", "skip_until", "until"])?;
                let delimiter = map.text("delimiter")?.unwrap_or_else(|| ",".to_owned());
                let [delimiter] = delimiter.as_bytes() else { return Err(node.wrong("one character as `delimiter`")) };
                Ok(Decode::Csv(Csv {
                    delimiter: *delimiter,
                    skip_until: map.text("skip_until")?,
                    until: map.text("until")?,
                }))
            }
            "xml" => Ok(Decode::Xml(read::list(node.map(&["lists"])?.get("lists"), Node::text)?)),
            other => Err(fault::unknown_word(&node.at, "decoder", other, DECODERS)),
        }
    }
}

//! What happens to a record before it is stored.

use weir_event::Fault;
use weir_yaml::{Data, Node};

use super::read::{self, Members};
use crate::fault;
use crate::path::Path;
use crate::slot::Slotted;

/// One change of a record. Identities and cursors are read before.
#[derive(Clone, Debug)]
pub enum Transform {
    /// Members of members become members with joined names.
    Flatten {
        separator: String,
        depth: usize,
        /// Only when this is true.
        when: Option<Slotted>,
    },
    /// Further members, made of the record as it is then.
    Add(Vec<(String, Slotted)>),
    /// Members whose names hold dots become members of members.
    ExpandDotted,
    Rename(Vec<(String, String)>),
    /// Leads through members alone.
    Remove(Vec<Vec<String>>),
    /// Values that stand for nothing.
    NullIf {
        values: Vec<String>,
        paths: Vec<Path>,
    },
    Redact(Vec<Redaction>),
}

/// Text that is never stored as it came.
#[derive(Clone, Debug)]
pub struct Redaction {
    pub path: Path,
    pub hide: Hide,
}

#[derive(Clone, Debug)]
pub enum Hide {
    Drop,
    Replace(String),
    /// HMAC-SHA-256 under this key: 32 digits, the same for the same text, so that what is hidden can still be joined.
    Hash(Slotted),
    /// Everything but the last characters.
    Mask {
        keep_last: usize,
    },
    /// Addresses are cut to their network.
    Ip {
        keep_bits: u8,
    },
}

const WORDS: &[&str] = &["add", "flatten", "expand_dotted", "rename", "remove", "null_if", "redact"];

impl Transform {
    pub fn read(node: &Node) -> Result<Transform, Fault> {
        let Data::Map(members) = &node.data else { return Err(node.wrong("a map with one change")) };
        let [(name, node)] = members.as_slice() else { return Err(node.wrong("a map with one change")) };
        match name.as_str() {
            "flatten" => {
                let map = node.map(&["separator", "depth", "when"])?;
                Ok(Transform::Flatten {
                    separator: map.text("separator")?.unwrap_or_else(|| ".".to_owned()),
                    depth: map.get("depth").map_or(Ok(weir_event::limits::NESTING_MAX), read::count)?,
                    when: map.slotted("when")?,
                })
            }
            "add" => Ok(Transform::Add(read::pairs(Some(node))?)),
            "expand_dotted" => match node.boolean()? {
                true => Ok(Transform::ExpandDotted),
                false => Err(node.wrong("`true`, or no such entry")),
            },
            "rename" => {
                Ok(Transform::Rename(read::named(Some(node), |name, node| Ok((name.to_owned(), node.text()?)))?))
            }
            "remove" => Ok(Transform::Remove(read::list(Some(node), read::member_names)?)),
            "null_if" => {
                let map = node.map(&["values", "paths"])?;
                Ok(Transform::NullIf {
                    values: read::list(Some(map.need("values")?), Node::text)?,
                    paths: read::list(Some(map.need("paths")?), read::path)?,
                })
            }
            "redact" => Ok(Transform::Redact(Redaction::read_list(node)?)),
            other => Err(fault::unknown_word(&node.at, "transform", other, WORDS)),
        }
    }
}

impl Redaction {
    /// A list of redactions, as manifests and pullers write them.
    pub fn read_list(node: &Node) -> Result<Vec<Redaction>, Fault> {
        read::list(Some(node), Redaction::read)
    }

    /// Stores `with` in the place of the member that the names lead to; `None` when no path can be made of them.
    pub fn replacing(names: &[String], with: String) -> Option<Redaction> {
        let path = names.iter().fold("$".to_owned(), |path, name| format!("{path}['{name}']"));
        let path = Path::parse(&path).ok().filter(|_| !names.is_empty())?;
        Some(Redaction { path, hide: Hide::Replace(with) })
    }

    pub fn read(node: &Node) -> Result<Redaction, Fault> {
        let map = node.map(&["path", "do", "with", "key", "keep_last", "keep_bits"])?;
        let what = map.need("do")?;
        let hide = match what.text()?.as_str() {
            "drop" => Hide::Drop,
            "replace" => Hide::Replace(map.text("with")?.unwrap_or_else(|| "***".to_owned())),
            "hash" => Hide::Hash(read::slotted(map.need("key")?)?),
            "mask" => Hide::Mask { keep_last: map.number("keep_last")?.unwrap_or(0).clamp(0, 1_000) as usize },
            "ip" => Hide::Ip { keep_bits: map.number("keep_bits")?.unwrap_or(24).clamp(0, 128) as u8 },
            other => {
                return Err(fault::unknown_word(
                    &what.at,
                    "redaction",
                    other,
                    &["drop", "replace", "hash", "mask", "ip"],
                ));
            }
        };
        Ok(Redaction { path: read::path(map.need("path")?)?, hide })
    }
}

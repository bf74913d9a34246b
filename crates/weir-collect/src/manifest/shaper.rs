//! Changes of form: from what an answer holds to records.

use weir_event::Fault;
use weir_yaml::{Map, Node};

use super::read::{self, Members};
use crate::path::Path;
use crate::slot::Slotted;

/// In the order in which they are applied. The first two make the records that are told apart, unless `explode` says that its parts
/// are; the others change what is stored of them.
#[derive(Clone, Debug)]
pub enum Shaper {
    /// Columns and rows to records.
    Zip {
        columns: Path,
        rows: Path,
    },
    Rows(Rows),
    /// A member whose text is JSON is replaced by what the text holds.
    JsonText(Vec<Path>),
    /// A member takes the place of the record; the named ones stay beside it.
    Lift {
        path: Path,
        keep: Vec<String>,
    },
    Explode(Explode),
}

/// One record for each pair of a map and the values in it.
#[derive(Clone, Debug)]
pub struct Rows {
    pub path: Path,
    pub key: String,
    pub value: String,
}

/// One record for each entry of a map or list inside it.
#[derive(Clone, Debug)]
pub struct Explode {
    /// Members on the way to it, from the outermost.
    pub path: Vec<String>,
    pub into: String,
    /// Gets the key of the entry.
    pub key: Option<String>,
    /// The parts are the records that are told apart, not what they were taken out of.
    pub each: bool,
    /// A record without entries gives nothing.
    pub drops_empty: bool,
    /// A record whose member cannot be taken apart says so in `weir.notes`.
    pub notes: bool,
    /// Only when this is true.
    pub when: Option<Slotted>,
}

impl Shaper {
    /// True when what is stored differs from what is told apart.
    pub fn changes_parts(&self) -> bool {
        match self {
            Shaper::Zip { .. } | Shaper::Rows(_) => false,
            Shaper::JsonText(_) | Shaper::Lift { .. } => true,
            Shaper::Explode(explode) => !explode.each,
        }
    }

    pub fn read_all(map: &Map<'_>) -> Result<Vec<Shaper>, Fault> {
        let mut shapers = Vec::new();
        if let Some(node) = map.get("zip_columns") {
            let map = node.map(&["columns", "rows"])?;
            shapers
                .push(Shaper::Zip { columns: read::path(map.need("columns")?)?, rows: read::path(map.need("rows")?)? });
        }
        if let Some(node) = map.get("map_to_rows") {
            let map = node.map(&["path", "key_as", "value_as"])?;
            shapers.push(Shaper::Rows(Rows {
                path: read::path(map.need("path")?)?,
                key: map.need("key_as")?.text()?,
                value: map.need("value_as")?.text()?,
            }));
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
        Ok(shapers)
    }
}

impl Explode {
    fn read(node: &Node) -> Result<Explode, Fault> {
        let map = node.map(&["path", "as", "key", "each", "empty", "when", "notes"])?;
        let empty = map.get("empty").map(|node| read::word(node, "`empty`", &[("keep", false), ("drop", true)]));
        Ok(Explode {
            path: read::member_names(map.need("path")?)?,
            into: map.need("as")?.text()?,
            key: map.text("key")?,
            each: map.flag("each")?,
            drops_empty: empty.transpose()?.copied().unwrap_or(false),
            when: map.slotted("when")?,
            notes: map.flag("notes")?,
        })
    }
}

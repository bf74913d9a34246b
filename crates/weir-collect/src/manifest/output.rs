//! Where records go.

use weir_event::Fault;
use weir_yaml::{Data, Node};

use super::read;
use crate::slot::Slotted;

#[derive(Clone, Debug, Default)]
pub struct Output {
    pub dataset: String,
    /// The table that they are stored in, when it is not the usual one.
    pub table: Option<String>,
    /// The lookup table that holds a snapshot as it is now.
    pub lookup: Option<LookupRule>,
}

/// A lookup table, and what its rows are.
#[derive(Clone, Debug)]
pub struct LookupRule {
    pub name: String,
    /// What a row holds, made of a record as it is stored; the record itself when empty.
    pub columns: Vec<(String, Slotted)>,
    /// Rows with the same value here become one.
    pub key: Option<String>,
    /// How columns of such rows become one; the first value otherwise.
    pub merge: Vec<(String, Merge)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// A list of all values, also when there is one.
    List,
    /// True when one is.
    Any,
    Least,
    Most,
}

const MERGES: &[(&str, Merge)] =
    &[("list", Merge::List), ("any", Merge::Any), ("least", Merge::Least), ("most", Merge::Most)];

impl Output {
    pub fn read(node: &Node) -> Result<Output, Fault> {
        let map = node.map(&["dataset", "table", "lookup"])?;
        let lookup = map.get("lookup").map(LookupRule::read).transpose()?;
        Ok(Output { dataset: map.text("dataset")?.unwrap_or_default(), table: map.text("table")?, lookup })
    }
}

impl LookupRule {
    /// A name, or `{ name, columns, key, merge }`.
    fn read(node: &Node) -> Result<LookupRule, Fault> {
        if !matches!(node.data, Data::Map(_)) {
            return Ok(LookupRule { name: name(node)?, columns: Vec::new(), key: None, merge: Vec::new() });
        }
        let map = node.map(&["name", "columns", "key", "merge"])?;
        let merge = |name: &str, node: &Node| Ok((name.to_owned(), *read::word(node, "merge", MERGES)?));
        Ok(LookupRule {
            name: name(map.need("name")?)?,
            columns: read::pairs(map.get("columns"))?,
            key: map.text("key")?,
            merge: read::named(map.get("merge"), merge)?,
        })
    }
}

/// Names that queries can write and that are one file.
fn name(node: &Node) -> Result<String, Fault> {
    let name = node.text()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if (1..=60).contains(&name.len()) && name.chars().all(fits) {
        return Ok(name);
    }
    Err(node.wrong("1 to 60 letters, digits, `-` and `_`"))
}

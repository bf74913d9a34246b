//! Two lists that belong together: each record gets the element of another list that has the same key.

use weir_event::Fault;
use weir_yaml::{Data, Node};

use super::read;
use crate::path::Path;
use crate::slot::Slotted;

#[derive(Clone, Debug)]
pub struct Join {
    pub list: JoinList,
    /// The key in a record.
    pub by: Path,
    /// The key in an element of the list.
    pub key: Path,
    /// The member that gets the element.
    pub into: String,
}

/// Where the other list is.
#[derive(Clone, Debug)]
pub enum JoinList {
    /// In the same answer; one that is not there has no elements.
    Answer(Path),
    /// What a step captured.
    Slot(Slotted),
}

impl Join {
    pub fn read(node: &Node) -> Result<Join, Fault> {
        let map = node.map(&["list", "by", "key", "as"])?;
        let list = map.need("list")?;
        let list = match &list.data {
            Data::Text(text) if text.contains("{{") => JoinList::Slot(read::slotted(list)?),
            _ => JoinList::Answer(read::path(list)?),
        };
        let path = |key: &str| map.need(key).and_then(read::path);
        Ok(Join { list, by: path("by")?, key: path("key")?, into: map.need("as")?.text()? })
    }
}

//! What pack files say, for those who read them.

use weir_event::Fault;

use super::tree::NoTree;
use super::{builtin, fault, tree};

pub use super::tree::{Node, NodeKind, Place, Text};

/// The one document of a file.
pub fn read(path: &str, text: &str) -> Result<Node, Fault> {
    if let Some(node) = builtin::tree(path, text) {
        return Ok(node);
    }
    tree::read(path, text).map_err(|error| match error {
        NoTree::NotYaml(place, cause) => fault::not_yaml(&place, &cause),
        NoTree::Empty(place) => fault::empty(&place),
        NoTree::Wanted(place, wanted) => fault::wrong_shape(&place, wanted),
    })
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, line {}, column {}", self.path, self.line, self.column)
    }
}

impl Node {
    pub fn text(&self) -> Result<&str, Fault> {
        match &self.kind {
            NodeKind::Text(text) => Ok(text),
            _ => Err(fault::wrong_shape(&self.place, "text")),
        }
    }

    pub fn flag(&self) -> Result<bool, Fault> {
        match self.text()? {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(fault::wrong_shape(&self.place, "true or false")),
        }
    }

    pub fn map(&self) -> Result<&[(Text, Node)], Fault> {
        match &self.kind {
            NodeKind::Map(members) => Ok(members),
            _ => Err(fault::wrong_shape(&self.place, "a map (`key: value` lines)")),
        }
    }

    /// The items of a list; anything else is a list of itself.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The texts of a list, or one text.
    pub fn texts(&self) -> Result<Vec<String>, Fault> {
        self.items().iter().map(|item| item.text().map(str::to_owned)).collect()
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Map(members) => members.iter().find(|(have, _)| have == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// A fault when the map has a key that is not among `known`.
    pub fn only(&self, known: &[&'static str]) -> Result<(), Fault> {
        match self.map()?.iter().find(|(key, _)| !known.contains(&&**key)) {
            Some((key, node)) => Err(fault::unknown_key(&node.place, key, known)),
            None => Ok(()),
        }
    }
}

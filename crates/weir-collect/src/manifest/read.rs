//! Small readers that the parts of a manifest share.

use weir_event::{Duration, Fault};
use weir_yaml::{Map, Node};

use crate::fault;
use crate::path::Path;
use crate::slot::Slotted;

/// The items of a list, none when the key is not there.
pub fn list<T>(node: Option<&Node>, read: impl FnMut(&Node) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    node.map_or(&[][..], Node::list).iter().map(read).collect()
}

/// The members of a map with any keys, none when the key is not there.
pub fn named<T>(node: Option<&Node>, mut read: impl FnMut(&str, &Node) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    match node {
        Some(node) => node.any_map()?.iter().map(|(name, node)| read(name, node)).collect(),
        None => Ok(Vec::new()),
    }
}

pub fn slotted(node: &Node) -> Result<Slotted, Fault> {
    Slotted::parse(&node.text()?).map_err(|says| fault::bad_slot(&node.at, &says))
}

/// Names and texts with slots.
pub fn pairs(node: Option<&Node>) -> Result<Vec<(String, Slotted)>, Fault> {
    named(node, |name, node| Ok((name.to_owned(), slotted(node)?)))
}

pub fn path(node: &Node) -> Result<Path, Fault> {
    let text = node.text()?;
    Path::parse(&text).map_err(|error| fault::bad_path(&node.at, &text, &error))
}

/// A regular expression; matching is linear in the length of the text.
pub fn regex(node: &Node) -> Result<regex_automata::meta::Regex, Fault> {
    regex_automata::meta::Regex::new(&node.text()?)
        .map_err(|error| fault::inconsistent(&node.at, format!("the regular expression is wrong: {error}"), "mend it"))
}

/// Statuses of answers.
pub fn statuses(node: Option<&Node>) -> Result<Vec<u16>, Fault> {
    list(node, |node| u16::try_from(whole(node)?).map_err(|_| node.wrong("a status such as 404")))
}

/// A path that leads through members alone, as their names.
pub fn member_names(node: &Node) -> Result<Vec<String>, Fault> {
    let text = node.text()?;
    path(node)?.member_names().ok_or_else(|| {
        fault::inconsistent(&node.at, format!("`{text}` leads through more than members"), "write `$.name` or `$.a.b`")
    })
}

pub fn word<'k, T>(node: &Node, what: &str, known: &'k [(&'k str, T)]) -> Result<&'k T, Fault> {
    let text = node.text()?;
    let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| value);
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    found.ok_or_else(|| fault::unknown_word(&node.at, what, &text, &names))
}

/// Members of a map, read when they are there.
pub trait Members {
    fn slotted(&self, key: &str) -> Result<Option<Slotted>, Fault>;
    fn path(&self, key: &str) -> Result<Option<Path>, Fault>;
    fn flag(&self, key: &str) -> Result<bool, Fault>;
    fn number(&self, key: &str) -> Result<Option<i64>, Fault>;
    fn length(&self, key: &str) -> Result<Option<Duration>, Fault>;
}

impl Members for Map<'_> {
    fn slotted(&self, key: &str) -> Result<Option<Slotted>, Fault> {
        self.get(key).map(slotted).transpose()
    }

    fn path(&self, key: &str) -> Result<Option<Path>, Fault> {
        self.get(key).map(path).transpose()
    }

    fn flag(&self, key: &str) -> Result<bool, Fault> {
        self.get(key).map_or(Ok(false), Node::boolean)
    }

    fn number(&self, key: &str) -> Result<Option<i64>, Fault> {
        self.get(key).map(whole).transpose()
    }

    fn length(&self, key: &str) -> Result<Option<Duration>, Fault> {
        self.get(key).map(Node::duration).transpose()
    }
}

/// A number above zero.
pub fn count(node: &Node) -> Result<usize, Fault> {
    usize::try_from(whole(node)?).ok().filter(|count| *count > 0).ok_or_else(|| node.wrong("a number above zero"))
}

pub fn whole(node: &Node) -> Result<i64, Fault> {
    match node.data {
        weir_yaml::Data::Long(number) => Ok(number),
        _ => Err(node.wrong("a whole number")),
    }
}

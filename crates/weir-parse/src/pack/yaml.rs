//! YAML with positions, reduced to what pack files need: text, lists and maps.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use weir_event::{Fault, limits};

use super::fault;

/// A node and where it begins.
#[derive(Clone, Debug)]
pub struct Node {
    pub place: Place,
    pub kind: NodeKind,
}

#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Numbers and booleans as text; nothing as empty text.
    Text(String),
    List(Vec<Node>),
    /// Keys in the order of the file.
    Map(Vec<(String, Node)>),
}

/// A place in a file; line and column count from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub path: std::sync::Arc<str>,
    pub line: usize,
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, line {}, column {}", self.path, self.line, self.column)
    }
}

/// The one document of a file.
pub fn read(path: &str, text: &str) -> Result<Node, Fault> {
    let path: std::sync::Arc<str> = path.into();
    let documents = MarkedYaml::load_from_str(text).map_err(|error| {
        let place = Place { path: path.clone(), line: error.marker().line(), column: error.marker().col() + 1 };
        fault::not_yaml(&place, error.info())
    })?;
    let start = Place { path: path.clone(), line: 1, column: 1 };
    match documents.as_slice() {
        [one] => node(one, &path, 0),
        [] => Err(fault::empty(&start)),
        _ => Err(fault::wrong_shape(&start, "one YAML document")),
    }
}

fn node(yaml: &MarkedYaml, path: &std::sync::Arc<str>, depth: usize) -> Result<Node, Fault> {
    let place = Place { path: path.clone(), line: yaml.span.start.line(), column: yaml.span.start.col() + 1 };
    if depth > limits::NESTING_MAX {
        return Err(fault::wrong_shape(&place, "less nesting"));
    }
    let kind = match &yaml.data {
        YamlData::Value(scalar) => NodeKind::Text(text(scalar)),
        YamlData::Sequence(items) => {
            NodeKind::List(items.iter().map(|item| node(item, path, depth + 1)).collect::<Result<_, _>>()?)
        }
        YamlData::Mapping(members) => {
            let member = |(key, value): (&MarkedYaml, &MarkedYaml)| match &key.data {
                YamlData::Value(scalar) => Ok((text(scalar), node(value, path, depth + 1)?)),
                _ => Err(fault::wrong_shape(&place, "a plain word as key")),
            };
            NodeKind::Map(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        _ => return Err(fault::wrong_shape(&place, "text, a list or a map (no tags, no aliases)")),
    };
    Ok(Node { place, kind })
}

fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Null => String::new(),
        Scalar::Boolean(value) => value.to_string(),
        Scalar::Integer(value) => value.to_string(),
        Scalar::FloatingPoint(value) => value.to_string(),
        Scalar::String(value) => value.to_string(),
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

    pub fn map(&self) -> Result<&[(String, Node)], Fault> {
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
        match self.map()?.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            Some((key, node)) => Err(fault::unknown_key(&node.place, key, known)),
            None => Ok(()),
        }
    }
}

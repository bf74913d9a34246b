//! The YAML of pack files with positions, reduced to what they need: text, lists and maps.
//!
//! The build script has this module too, and nothing else of the crate: it reads the built-in packs once, and writes them in a form that is
//! read again in a tenth of the time. Reading YAML is half of what a start costs.

use std::borrow::Cow;
use std::rc::Rc;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

/// A node and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub place: Place,
    pub kind: NodeKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// Numbers and booleans as text; nothing as empty text.
    Text(Text),
    List(Vec<Node>),
    /// Keys in the order of the file.
    Map(Vec<(Text, Node)>),
}

/// Of built-in packs it is a piece of the program.
pub type Text = Cow<'static, str>;

/// A place in a file; line and column count from 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub path: Rc<str>,
    pub line: usize,
    pub column: usize,
}

/// Why a file is no tree, and where.
#[derive(Clone, Debug, PartialEq)]
pub enum NoTree {
    NotYaml(Place, String),
    Empty(Place),
    /// Something else is wanted there.
    Wanted(Place, &'static str),
}

/// Lists and maps in one another.
const DEPTH_MAX: usize = 64;

/// The one document of a file.
pub fn read(path: &str, text: &str) -> Result<Node, NoTree> {
    let path: Rc<str> = path.into();
    let documents = MarkedYaml::load_from_str(text).map_err(|error| {
        let place = Place { path: path.clone(), line: error.marker().line(), column: error.marker().col() + 1 };
        NoTree::NotYaml(place, error.info().to_owned())
    })?;
    let start = Place { path: path.clone(), line: 1, column: 1 };
    match documents.as_slice() {
        [one] => node(one, &path, 0),
        [] => Err(NoTree::Empty(start)),
        _ => Err(NoTree::Wanted(start, "one YAML document")),
    }
}

fn node(yaml: &MarkedYaml, path: &Rc<str>, depth: usize) -> Result<Node, NoTree> {
    let place = Place { path: path.clone(), line: yaml.span.start.line(), column: yaml.span.start.col() + 1 };
    if depth > DEPTH_MAX {
        return Err(NoTree::Wanted(place, "less nesting"));
    }
    let kind = match &yaml.data {
        YamlData::Value(scalar) => NodeKind::Text(text(scalar)),
        YamlData::Sequence(items) => {
            NodeKind::List(items.iter().map(|item| node(item, path, depth + 1)).collect::<Result<_, _>>()?)
        }
        YamlData::Mapping(members) => {
            let member = |(key, value): (&MarkedYaml, &MarkedYaml)| match &key.data {
                YamlData::Value(scalar) => Ok((text(scalar), node(value, path, depth + 1)?)),
                _ => Err(NoTree::Wanted(place.clone(), "a plain word as key")),
            };
            NodeKind::Map(members.iter().map(member).collect::<Result<_, _>>()?)
        }
        _ => return Err(NoTree::Wanted(place, "text, a list or a map (no tags, no aliases)")),
    };
    Ok(Node { place, kind })
}

fn text(scalar: &Scalar) -> Text {
    match scalar {
        Scalar::Null => Text::default(),
        Scalar::Boolean(value) => value.to_string().into(),
        Scalar::Integer(value) => value.to_string().into(),
        Scalar::FloatingPoint(value) => value.to_string().into(),
        Scalar::String(value) => value.to_string().into(),
    }
}

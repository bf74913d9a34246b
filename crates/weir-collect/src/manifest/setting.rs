//! Settings of a puller: what a manifest asks for.

use weir_event::{Fault, Value};
use weir_yaml::{Data, Node};

use super::read;
use crate::fault;

/// One setting, and what its value may be.
#[derive(Clone, Debug)]
pub struct Setting {
    pub name: String,
    pub kind: SettingKind,
    /// Those with a condition are, unless they say otherwise, wherever the condition holds.
    pub required: bool,
    pub default: Option<Value<'static>>,
    pub min: Option<Value<'static>>,
    pub max: Option<Value<'static>>,
    pub of: Vec<String>,
    pub schemes: Vec<String>,
    /// Only when another setting has this value.
    pub when: Option<(String, String)>,
    pub help: String,
    pub example: String,
    /// A changed value starts the streams over.
    pub resets: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    Text,
    /// Never shown; may name an entry of the vault.
    Secret,
    Url,
    Int,
    Number,
    Bool,
    /// ISO 8601, or a length before now such as `-1d`.
    Time,
    Duration,
    Choice,
    List,
    Json,
    File,
}

const KINDS: &[(&str, SettingKind)] = &[
    ("string", SettingKind::Text),
    ("secret", SettingKind::Secret),
    ("url", SettingKind::Url),
    ("int", SettingKind::Int),
    ("number", SettingKind::Number),
    ("bool", SettingKind::Bool),
    ("time", SettingKind::Time),
    ("duration", SettingKind::Duration),
    ("choice", SettingKind::Choice),
    ("list", SettingKind::List),
    ("json", SettingKind::Json),
    ("map", SettingKind::Json),
    ("file", SettingKind::File),
];

pub(super) const KEYS: &[&str] =
    &["type", "required", "default", "min", "max", "of", "schemes", "when", "help", "example", "on_change"];

impl Setting {
    pub fn read(name: &str, node: &Node) -> Result<Setting, Fault> {
        let map = node.map(KEYS)?;
        let text = |key: &str| Ok::<_, Fault>(map.text(key)?.unwrap_or_default());
        Ok(Setting {
            name: name.to_owned(),
            kind: *read::word(map.need("type")?, "type", KINDS)?,
            required: map.get("required").map_or(Ok(map.get("when").is_some()), Node::boolean)?,
            default: map.get("default").map(|node| value(&node.data)),
            min: map.get("min").map(|node| value(&node.data)),
            max: map.get("max").map(|node| value(&node.data)),
            of: read::list(map.get("of"), Node::text)?,
            schemes: read::list(map.get("schemes"), Node::text)?,
            when: map.get("when").map(condition).transpose()?,
            help: text("help")?,
            example: text("example")?,
            resets: text("on_change")? == "reset_cursor",
        })
    }
}

/// `name = value`.
fn condition(node: &Node) -> Result<(String, String), Fault> {
    let text = node.text()?;
    let parts = text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    parts.ok_or_else(|| fault::inconsistent(&node.at, format!("`{text}` is no condition"), "write `setting = value`"))
}

/// A value of a file as it is.
pub fn value(data: &Data) -> Value<'static> {
    match data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Long(value) => Value::Long(*value),
        Data::Double(value) => Value::Double(*value),
        Data::Text(text) => Value::owned(text.clone()),
        Data::List(nodes) => Value::Array(nodes.iter().map(|node| value(&node.data)).collect()),
        Data::Map(members) => {
            Value::Record(members.iter().map(|(name, node)| (name.clone(), value(&node.data))).collect())
        }
    }
}

//! YAML with the place of every value, so that each complaint names file, line and the nearest known key.
//!
//! Start at [`Node::read`]. The same complaints occur in configuration and in manifests under ids of their own, see [`Ids`].
//!
//! Never does: files, and knowing what a key means.
#![forbid(unsafe_code)]

mod passage;
#[cfg(test)]
mod tests;

pub use passage::Passage;

use passage::Written;
use saphyr::{LoadableYamlNode, MarkedYamlOwned, ScalarOwned, YamlDataOwned};
use weir_event::{Duration, Fault, FaultKind, limits, nearest};

/// A value of a file and the line it starts on.
#[derive(Clone, Debug)]
pub struct Node {
    pub at: Place,
    pub data: Data,
    /// Where its text begins; of no meaning for anything else.
    pub written: Written,
}

/// `file:line`, and under which ids complaints about it are made.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: std::sync::Arc<str>,
    pub line: usize,
    pub ids: &'static Ids,
}

/// The ids of faults that a kind of file has.
#[derive(Debug)]
pub struct Ids {
    pub not_yaml: &'static str,
    pub too_large: &'static str,
    pub unknown_key: &'static str,
    pub wrong_type: &'static str,
    pub missing: &'static str,
    pub too_deep: &'static str,
}

#[derive(Clone, Debug)]
pub enum Data {
    Null,
    Bool(bool),
    Long(i64),
    Double(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Node {
    /// The documents of a file's text. An empty file has none.
    pub fn read(file: &str, text: &str, ids: &'static Ids) -> Result<Vec<Node>, Fault> {
        if text.len() > limits::QUERY_BYTES_MAX {
            return Err(Fault::new(ids.too_large, FaultKind::Config, "the file is too large")
                .at(file)
                .because(format!("{} bytes, at most {} are read", text.len(), limits::QUERY_BYTES_MAX)));
        }
        let start = Place { file: file.into(), line: 1, ids };
        let documents = MarkedYamlOwned::load_from_str(text).map_err(|error| not_yaml(&start, &error))?;
        let file = File { start, lines: text.lines().collect() };
        documents.into_iter().map(|document| convert(&file, document, 0)).collect()
    }

    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "nothing",
            Data::Bool(_) => "a boolean",
            Data::Long(_) => "a whole number",
            Data::Double(_) => "a number",
            Data::Text(_) => "text",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }

    /// A map whose keys are all among `known`.
    pub fn map(&self, known: &[&str]) -> Result<Map<'_>, Fault> {
        let Data::Map(members) = &self.data else { return Err(self.wrong("a map")) };
        for (key, value) in members {
            if !known.contains(&key.as_str()) {
                return Err(unknown_key(&value.at, key, known));
            }
        }
        Ok(Map { at: &self.at, members })
    }

    /// A map with any keys.
    pub fn any_map(&self) -> Result<&[(String, Node)], Fault> {
        match &self.data {
            Data::Map(members) => Ok(members),
            Data::Null => Ok(&[]),
            _ => Err(self.wrong("a map")),
        }
    }

    /// The elements of a list; a single value counts as a list of one, nothing as an empty list.
    pub fn list(&self) -> &[Node] {
        match &self.data {
            Data::List(nodes) => nodes,
            Data::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    pub fn text(&self) -> Result<String, Fault> {
        match &self.data {
            Data::Text(text) => Ok(text.clone()),
            Data::Long(number) => Ok(number.to_string()),
            Data::Bool(value) => Ok(value.to_string()),
            _ => Err(self.wrong("text")),
        }
    }

    /// A text in which something may be wrong at one place.
    pub fn passage(&self) -> Result<Passage, Fault> {
        Ok(Passage { text: self.text()?, file: self.at.file.clone(), written: self.written })
    }

    pub fn boolean(&self) -> Result<bool, Fault> {
        match self.data {
            Data::Bool(value) => Ok(value),
            _ => Err(self.wrong("true or false")),
        }
    }

    /// A whole number, with `k`, `M`, `Ki`, `Mi`, `Gi` allowed behind it.
    pub fn size(&self) -> Result<u64, Fault> {
        let wrong = || self.wrong("a whole number such as 5000 or 64Mi");
        match &self.data {
            Data::Long(number) => u64::try_from(*number).map_err(|_| wrong()),
            Data::Text(text) => parse_size(text).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }

    /// A positive length of time: `500ms`, `30s`, `5m`, `12h`, `35d`, `1w`.
    pub fn duration(&self) -> Result<Duration, Fault> {
        let text = self.text()?;
        parse_duration(&text).ok_or_else(|| self.wrong("a length of time such as 30s, 5m, 12h or 35d"))
    }

    pub fn wrong(&self, wanted: &str) -> Fault {
        Fault::new(self.at.ids.wrong_type, FaultKind::Config, format!("expected {wanted}, found {}", self.found()))
            .at(&self.at)
            .hint(format!("write {wanted}"))
    }

    /// What stands there instead of what was expected; that something is empty may be all that is wrong with it.
    fn found(&self) -> &'static str {
        match &self.data {
            Data::Text(text) if text.is_empty() => "empty text",
            Data::List(nodes) if nodes.is_empty() => "an empty list",
            Data::Map(members) if members.is_empty() => "an empty map",
            _ => self.kind(),
        }
    }
}

/// The members of a checked map.
#[derive(Clone, Copy)]
pub struct Map<'n> {
    pub at: &'n Place,
    members: &'n [(String, Node)],
}

impl<'n> Map<'n> {
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.members.iter().find(|(have, _)| have == key).map(|(_, node)| node)
    }

    pub fn need(&self, key: &str) -> Result<&'n Node, Fault> {
        self.get(key).ok_or_else(|| {
            Fault::new(self.at.ids.missing, FaultKind::Config, format!("`{key}` is missing"))
                .at(self.at)
                .hint(format!("add `{key}:` here"))
        })
    }

    pub fn text(&self, key: &str) -> Result<Option<String>, Fault> {
        self.get(key).map(Node::text).transpose()
    }
}

fn unknown_key(at: &Place, key: &str, known: &[&str]) -> Fault {
    let hint = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known keys here: {}", known.join(", ")),
    };
    Fault::new(at.ids.unknown_key, FaultKind::Config, format!("unknown key `{key}`")).at(at).hint(hint)
}

fn not_yaml(start: &Place, error: &saphyr::ScanError) -> Fault {
    let place = Place { line: error.marker().line(), ..start.clone() };
    Fault::new(start.ids.not_yaml, FaultKind::Config, "the file is not valid YAML").at(place).because(error.info())
}

/// The file that is being read.
struct File<'t> {
    start: Place,
    lines: Vec<&'t str>,
}

fn convert(file: &File<'_>, node: MarkedYamlOwned, depth: usize) -> Result<Node, Fault> {
    let begin = node.span.start;
    let at = Place { line: begin.line(), ..file.start.clone() };
    if depth > limits::NESTING_MAX {
        return Err(Fault::new(at.ids.too_deep, FaultKind::Config, "the file nests too deep").at(&at));
    }
    let data = match node.data {
        YamlDataOwned::Value(scalar) => scalar_data(scalar),
        YamlDataOwned::Representation(text, ..) => Data::Text(text),
        YamlDataOwned::Sequence(nodes) => {
            Data::List(nodes.into_iter().map(|node| convert(file, node, depth + 1)).collect::<Result<_, _>>()?)
        }
        YamlDataOwned::Mapping(members) => {
            let member = |(key, value): (MarkedYamlOwned, MarkedYamlOwned)| {
                let key = convert(file, key, depth + 1)?;
                let mut value = convert(file, value, depth + 1)?;
                value.at.line = key.at.line;
                Ok((key.text()?, value))
            };
            Data::Map(members.into_iter().map(member).collect::<Result<_, Fault>>()?)
        }
        YamlDataOwned::Tagged(_, inner) => return convert(file, *inner, depth + 1),
        YamlDataOwned::Alias(_) | YamlDataOwned::BadValue => Data::Null,
    };
    let written = match &data {
        Data::Text(text) => Written::find(text, begin.line(), begin.col(), &file.lines),
        _ => Written::default(),
    };
    Ok(Node { at, data, written })
}

fn scalar_data(scalar: ScalarOwned) -> Data {
    match scalar {
        ScalarOwned::Null => Data::Null,
        ScalarOwned::Boolean(value) => Data::Bool(value),
        ScalarOwned::Integer(number) => Data::Long(number),
        ScalarOwned::FloatingPoint(number) => Data::Double(number.into_inner()),
        ScalarOwned::String(text) => Data::Text(text),
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit: u64 = match text[digits..].trim() {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" | "KiB" => 1 << 10,
        "Mi" | "MiB" => 1 << 20,
        "Gi" | "GiB" => 1 << 30,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(unit)
}

/// Reads `NUMBER UNIT`; `None` when it is not that, or not above zero.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let unit: i64 = match &text[digits..] {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        "w" => 604_800_000_000_000,
        _ => return None,
    };
    let number: i64 = text[..digits].parse().ok()?;
    number.checked_mul(unit).filter(|&length| length > 0).map(Duration)
}

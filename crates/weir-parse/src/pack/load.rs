//! Pack files to packs.

use std::sync::Arc;

use hashbrown::HashMap;
use weir_event::Fault;

use super::fields::Constants;
use super::source::{Patterns, Reader, Shape, TimeRule};
use super::yaml::{self, Node};
use super::{Pack, Packs, clause, fault, fields};
use crate::pattern::{self, Compiled};
use crate::recognise::{Clause, Recogniser};

const KEYS: &[&str] = &[
    "pack",
    "title",
    "extends",
    "generic",
    "recognise",
    "read",
    "time",
    "fields",
    "values",
    "set",
    "artifacts",
    "table",
    "bucket",
];
const READ_KEYS: &[&str] = &[
    "format",
    "colon_keys",
    "glued_keys",
    "assign",
    "separator",
    "nulls",
    "keep_empty",
    "strip",
    "lists",
    "content",
    "mark",
    "head",
    "macros",
    "messages",
    "patterns",
];

/// See [`Packs::load`].
pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Packs, Vec<Fault>> {
    let mut by_path: Vec<(&str, &str)> = Vec::new();
    for (path, text) in files {
        by_path.retain(|(have, _)| *have != path);
        by_path.push((path, text));
    }
    let mut faults = Vec::new();
    let mut nodes: Vec<(String, Node)> = Vec::new();
    for (path, text) in by_path {
        match yaml::read(path, text).and_then(|node| Ok((name(&node)?, node))) {
            Ok((name, node)) if nodes.iter().any(|(have, _)| *have == name) => {
                faults.push(fault::twice(&node.place, &name))
            }
            Ok(named) => nodes.push(named),
            Err(fault) => faults.push(fault),
        }
    }
    let mut loader = Loader { constants: Constants::default() };
    let mut made: Vec<(Pack, Vec<Clause>)> = Vec::new();
    for (name, node) in &nodes {
        match parents(node, &nodes).and_then(|parents| loader.pack(name, node, parents)) {
            Ok(pack) => made.push(pack),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    made.sort_by_key(|(pack, clauses)| (pack.generic, std::cmp::Reverse(weight(clauses)), pack.name.clone()));
    let clauses = made.iter_mut().enumerate();
    let clauses = clauses
        .flat_map(|(at, (_, clauses))| std::mem::take(clauses).into_iter().map(move |clause| (at as u32, clause)));
    let recogniser = Recogniser::new(clauses.collect::<Vec<_>>().into_iter());
    Ok(Packs { packs: made.into_iter().map(|(pack, _)| pack).collect(), recogniser, constants: loader.constants.texts })
}

/// How much a pack asks of a record: the one that asks more is tried first.
fn weight(clauses: &[Clause]) -> usize {
    let of = |clause: &Clause| {
        let any = |list: &[String]| usize::from(!list.is_empty());
        4 * any(&clause.vendors)
            + 2 * any(&clause.products)
            + clause.contains.len()
            + any(&clause.any)
            + any(&clause.programs)
            + any(&clause.starts)
    };
    clauses.iter().map(of).max().unwrap_or(0)
}

fn name(node: &Node) -> Result<String, Fault> {
    node.only(KEYS)?;
    let name = node.get("pack").ok_or_else(|| fault::missing(&node.place, "pack"))?;
    Ok(name.text()?.to_owned())
}

/// The nodes of the packs that this one extends.
fn parents<'n>(node: &Node, nodes: &'n [(String, Node)]) -> Result<Vec<&'n Node>, Fault> {
    let Some(extends) = node.get("extends") else { return Ok(Vec::new()) };
    let find = |wanted: String| match nodes.iter().find(|(name, _)| *name == wanted) {
        Some((_, parent)) if parent.get("extends").is_none() => Ok(parent),
        _ => Err(fault::no_parent(&extends.place, &wanted)),
    };
    extends.texts()?.into_iter().map(find).collect()
}

struct Loader {
    constants: Constants,
}

impl Loader {
    fn pack(&mut self, name: &str, node: &Node, parents: Vec<&Node>) -> Result<(Pack, Vec<Clause>), Fault> {
        let chain: Vec<&Node> = std::iter::once(node).chain(parents).collect();
        let first = |key: &str| chain.iter().find_map(|node| node.get(key));
        let recognise = node.get("recognise").ok_or_else(|| fault::missing(&node.place, "recognise"))?;
        let generic = node.get("generic").map_or(Ok(false), Node::flag)?;
        let clauses = clause::read(recognise)?;
        if !generic && !clauses.iter().all(Clause::tells_apart) {
            return Err(fault::matches_all(&recognise.place));
        }
        let word = |key: &str| node.get(key).map(|node| node.text().map(Arc::from)).transpose();
        let pack = Pack {
            name: name.into(),
            title: node.get("title").map_or(Ok(name), Node::text)?.to_owned(),
            generic,
            table: word("table")?,
            bucket: word("bucket")?,
            name_constant: self.constants.number(name),
            reader: self.reader(first("read"), recognise)?,
            times: first("time").map_or(Ok(Vec::new()), times)?,
            mapping: fields::read(&chain, &mut self.constants)?,
        };
        Ok((pack, clauses))
    }

    fn reader(&self, read: Option<&Node>, recognise: &Node) -> Result<Reader, Fault> {
        let list = |key: &str| read.and_then(|node| node.get(key)).map_or(Ok(Vec::new()), Node::texts);
        if let Some(node) = read {
            node.only(READ_KEYS)?;
        }
        Ok(Reader {
            shape: self.shape(read, recognise)?,
            cef_quirks: crate::cef::Quirks { colon_keys: list("colon_keys")?, glued_keys: list("glued_keys")? },
            nulls: list("nulls")?,
            strip: list("strip")?,
            lists: list("lists")?,
            keep_empty: read.and_then(|node| node.get("keep_empty")).map_or(Ok(false), Node::flag)?,
            content: read
                .and_then(|node| node.get("content"))
                .map(|node| node.text().map(str::to_owned))
                .transpose()?,
        })
    }

    fn shape(&self, read: Option<&Node>, recognise: &Node) -> Result<Shape, Fault> {
        let given = read.and_then(|node| node.get("format")).or_else(|| recognise.items().first()?.get("format"));
        let Some(given) = given else { return self.patterns(read) };
        match given.text()? {
            "cef" => Ok(Shape::Cef),
            "leef" => Ok(Shape::Leef),
            "json" => Ok(Shape::Json),
            "kv" => kv(read),
            "text" | "syslog" | "any" => self.patterns(read),
            other => Err(fault::unknown_word(&given.place, "format", other, &["cef", "leef", "json", "kv", "text"])),
        }
    }

    /// `head`, `messages` and `patterns` of a text reader.
    fn patterns(&self, read: Option<&Node>) -> Result<Shape, Fault> {
        let Some(read) = read else { return Ok(Shape::Text) };
        let macros = read.get("macros").map_or(Ok(""), Node::text)?;
        let mut patterns = Patterns {
            head: read.get("head").map(|node| self.compile(node, macros)).transpose()?,
            mark: read.get("mark").map(|node| node.text().map(str::to_owned)).transpose()?,
            by_id: HashMap::default(),
            general: Vec::new(),
        };
        for (ids, node) in read.get("messages").map_or(Ok(&[][..]), Node::map)? {
            let compiled = node.items().iter().map(|item| self.compile(item, macros)).collect::<Result<Vec<_>, _>>()?;
            for id in ids.split([',', ' ']).filter(|id| !id.is_empty()) {
                patterns.by_id.entry_ref(id).or_default().extend(compiled.iter().cloned());
            }
        }
        for item in read.get("patterns").map_or(&[][..], Node::items) {
            patterns.general.push(self.compile(item, macros)?);
        }
        let any = patterns.head.is_some() || !patterns.by_id.is_empty() || !patterns.general.is_empty();
        Ok(if any { Shape::Patterns(patterns) } else { Shape::Text })
    }

    fn compile(&self, node: &Node, macros: &str) -> Result<Arc<Compiled>, Fault> {
        pattern::compile(macros, node.text()?).map(Arc::new).map_err(|cause| fault::bad_pattern(&node.place, &cause))
    }
}

/// How pairs are written: `assign` and `separator`, one character each; the separator is guessed when it is not given.
fn kv(read: Option<&Node>) -> Result<Shape, Fault> {
    let byte = |key: &str| {
        let Some(node) = read.and_then(|read| read.get(key)) else { return Ok(None) };
        match node.text()?.as_bytes() {
            [byte] => Ok(Some(*byte)),
            _ => Err(fault::wrong_shape(&node.place, "one ASCII character")),
        }
    };
    Ok(Shape::Kv { assign: byte("assign")?.unwrap_or(b'='), separator: byte("separator")? })
}

/// `time: { field: name }` or a list of such maps, the best first.
fn times(node: &Node) -> Result<Vec<TimeRule>, Fault> {
    let rule = |item: &Node| {
        item.only(&["field", "fields", "zone", "precise", "after", "format"])?;
        let names = item.get("field").or_else(|| item.get("fields"));
        let after = item.get("after").map(|node| {
            match crate::time::read_time(node.text()?, &crate::time::TimeContext::utc()) {
                Some(at) => Ok(at.0),
                None => Err(fault::wrong_shape(&node.place, "a time such as 2015-01-01T00:00:00Z")),
            }
        });
        Ok(TimeRule {
            fields: names.ok_or_else(|| fault::missing(&item.place, "field"))?.texts()?,
            zone: item.get("zone").map(|node| node.text().map(str::to_owned)).transpose()?,
            precise: item.get("precise").map(|node| node.text().map(str::to_owned)).transpose()?,
            after: after.transpose()?,
        })
    };
    node.items().iter().map(rule).collect()
}

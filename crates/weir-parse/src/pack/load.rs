//! Pack files to packs.

use std::cmp::Reverse;
use std::sync::Arc;

use weir_event::Fault;

use super::fields::Constants;
use super::source::Case;
use super::yaml::{self, Node};
use super::{Pack, Packs, clause, fault, fields, reader, times, when};
use crate::map::Use;
use crate::parser::HEADER;
use crate::recognise::{Clause, Recogniser, Recognition};

pub(super) const KEYS: &[&str] = &[
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
    "cases",
    "unlisted",
    "table",
    "bucket",
];
pub(super) const CASE_KEYS: &[&str] = &["when", "time", "fields", "values", "set", "artifacts"];

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
    // What an envelope holds shows through it, so envelopes are opened first.
    let is_bare = |pack: &Pack| pack.reader.content.is_none();
    made.sort_by_key(|(pack, clauses)| (pack.generic, is_bare(pack), Reverse(weight(clauses)), pack.name.clone()));
    let clauses = made.iter_mut().enumerate();
    let clauses = clauses.flat_map(|(at, (pack, clauses))| recognitions(at, pack.generic, std::mem::take(clauses)));
    let recogniser = Recogniser::new(clauses.collect::<Vec<_>>().into_iter());
    Ok(Packs {
        packs: made.into_iter().map(|(pack, _)| pack).collect(),
        recogniser,
        constants: loader.constants.values,
    })
}

fn recognitions(at: usize, generic: bool, clauses: Vec<Clause>) -> impl Iterator<Item = Recognition> {
    clauses.into_iter().map(move |clause| Recognition { pack: at as u32, generic, clause })
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
        let mapping = fields::read(&chain, &mut self.constants)?;
        let cases = cases(&chain, &mut self.constants)?;
        let named = |part: &&str| cases.iter().map(|case| &case.mapping).chain([&mapping]).any(|one| one.names(part));
        let header_parts = HEADER.iter().enumerate().filter(|(_, part)| named(part)).map(|(at, _)| at).collect();
        let pack = Pack {
            name: name.into(),
            title: node.get("title").map_or(Ok(name), Node::text)?.to_owned(),
            generic,
            table: word("table")?,
            bucket: word("bucket")?,
            name_constant: self.constants.number(name),
            reader: reader::read(&chain.iter().filter_map(|node| node.get("read")).collect::<Vec<_>>(), recognise)?,
            times: first("time").map_or(Ok(Vec::new()), times::read)?,
            unlisted: first("unlisted").map_or(Ok(Use::Scan), fields::artifact_kind)?,
            cases,
            header_parts,
            mapping,
        };
        Ok((pack, clauses))
    }
}

/// The cases of a pack, then those of the packs it extends.
fn cases(chain: &[&Node], constants: &mut Constants) -> Result<Vec<Case>, Fault> {
    let mut cases = Vec::new();
    let nodes = chain.iter().filter_map(|node| node.get("cases")).flat_map(Node::items);
    for (node, place) in nodes.zip(0_u16..) {
        node.only(CASE_KEYS)?;
        cases.push(Case {
            when: when::of(node)?,
            times: node.get("time").map_or(Ok(Vec::new()), times::read)?,
            mapping: fields::overlay(&[node], place, constants)?,
        });
    }
    Ok(cases)
}

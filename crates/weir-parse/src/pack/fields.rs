//! The parts `fields`, `values`, `set` and `artifacts` of a pack file.

use hashbrown::HashMap;
use weir_event::{Fault, FieldId};

use super::fault;
use super::yaml::{Node, NodeKind};
use crate::map::{ARTIFACT_WORDS, CONVERT_WORDS, Const, Convert, Mapping, Rule, Target, Use, ValueMap, use_by_name};

/// Texts that packs set, numbered.
#[derive(Debug, Default)]
pub struct Constants {
    pub texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32, foldhash::fast::RandomState>,
}

impl Constants {
    pub fn number(&mut self, text: &str) -> u32 {
        *self.numbers.entry(text.into()).or_insert_with(|| {
            self.texts.push(text.into());
            self.texts.len() as u32 - 1
        })
    }

    /// `text` as a value of `field`: of the type that the dictionary gives it, or text.
    fn of(&mut self, field: &str, text: &str) -> Const {
        let context = crate::time::TimeContext::utc();
        match Convert::of(field).cell(text, &context) {
            Some(cell) => Const::Cell(cell),
            None => Const::Text(self.number(text)),
        }
    }
}

/// Everything that maps parts to fields, of a pack and the pack it extends; the first node that names a part wins.
pub fn read(nodes: &[&Node], constants: &mut Constants) -> Result<Mapping, Fault> {
    let mut mapping = Mapping::default();
    for node in nodes {
        for (key, rule) in members(node, "fields")? {
            if !mapping.rules.contains_key(key.as_str()) {
                mapping.rules.insert(key.as_str().into(), rule_of(rule)?);
            }
        }
    }
    for node in nodes {
        for (field, map) in members(node, "values")? {
            value_map(&mut mapping, field, map, constants)?;
        }
        for (field, value) in members(node, "set")? {
            let id = FieldId::known(field);
            if mapping.set.iter().all(|(have, _)| *have != id) {
                mapping.set.push((id, constants.of(field, value.text()?)));
            }
        }
        artifacts(&mut mapping, node)?;
    }
    Ok(mapping)
}

fn members<'n>(node: &'n Node, key: &str) -> Result<&'n [(String, Node)], Fault> {
    node.get(key).map_or(Ok(&[]), Node::map)
}

/// `name`, a list of names, `null` (not kept), or a map with `to` and how to read it.
fn rule_of(node: &Node) -> Result<Rule, Fault> {
    match &node.kind {
        NodeKind::Text(name) if name.is_empty() => Ok(Rule { dropped: true, ..Rule::default() }),
        NodeKind::Map(_) => Ok(Rule { targets: detailed(node)?, ..Rule::default() }),
        _ => Ok(Rule { targets: node.texts()?.iter().map(|name| Target::of(name)).collect(), ..Rule::default() }),
    }
}

fn detailed(node: &Node) -> Result<Vec<Target>, Fault> {
    node.only(&["to", "as", "port", "pick", "artifact"])?;
    let to = node.get("to").ok_or_else(|| fault::missing(&node.place, "to"))?;
    let mut targets: Vec<Target> = to.texts()?.iter().map(|name| Target::of(name)).collect();
    for target in &mut targets {
        if let Some(kind) = node.get("as") {
            target.convert = convert(kind)?;
        }
        if let Some(port) = node.get("port") {
            target.port_field = Some(FieldId::known(port.text()?));
        }
        if let Some(member) = node.get("pick") {
            target.pick = Some(member.text()?.into());
        }
        if let Some(kind) = node.get("artifact") {
            target.artifact = artifact_kind(kind)?;
        }
    }
    Ok(targets)
}

fn convert(node: &Node) -> Result<Convert, Fault> {
    let word = node.text()?;
    let known = || CONVERT_WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>();
    let found = CONVERT_WORDS.iter().find(|(have, _)| *have == word);
    found.map(|(_, convert)| *convert).ok_or_else(|| fault::unknown_word(&node.place, "type", word, &known()))
}

fn artifact_kind(node: &Node) -> Result<Use, Fault> {
    let word = node.text()?;
    use_by_name(word).ok_or_else(|| fault::unknown_word(&node.place, "kind of artifact", word, ARTIFACT_WORDS))
}

/// `values: { field: { from: part, map: { text: value }, default: value } }`, or a list of such maps for several parts.
fn value_map(mapping: &mut Mapping, field: &str, node: &Node, constants: &mut Constants) -> Result<(), Fault> {
    let id = FieldId::known(field);
    for item in node.items() {
        item.only(&["from", "map", "default"])?;
        let from = item.get("from").ok_or_else(|| fault::missing(&item.place, "from"))?.text()?;
        let mut map = ValueMap { field: id, table: HashMap::default(), default: None };
        for (text, value) in members(item, "map")? {
            map.table.insert(text.to_lowercase().into(), constants.of(field, value.text()?));
        }
        if let Some(value) = item.get("default") {
            map.default = Some(constants.of(field, value.text()?));
        }
        let rule = mapping
            .rules
            .entry(from.into())
            .or_insert_with(|| Rule { targets: vec![Target::of(from)], ..Rule::default() });
        if rule.values.iter().all(|have| have.field != id) {
            rule.values.push(map);
        }
    }
    Ok(())
}

/// `artifacts: { machines: [source.host] }`: what fields give, where their names do not say it.
fn artifacts(mapping: &mut Mapping, node: &Node) -> Result<(), Fault> {
    for (kind, fields) in members(node, "artifacts")? {
        let Some(kind_use) = use_by_name(kind) else {
            return Err(fault::unknown_word(&fields.place, "kind of artifact", kind, ARTIFACT_WORDS));
        };
        for field in fields.texts()? {
            let id = FieldId::known(&field);
            let targets = mapping.rules.values_mut().flat_map(|rule| &mut rule.targets);
            targets.filter(|target| target.field == id).for_each(|target| target.artifact = kind_use);
            mapping.rules.entry(field.as_str().into()).or_insert_with(|| Rule {
                targets: vec![Target { artifact: kind_use, ..Target::of(&field) }],
                ..Rule::default()
            });
        }
    }
    Ok(())
}

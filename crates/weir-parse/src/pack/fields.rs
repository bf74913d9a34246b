//! The parts `fields`, `values`, `set` and `artifacts` of a pack file.

use std::sync::Arc;

use hashbrown::HashMap;
use weir_event::{Fault, FieldId, Value};

use super::fault;
use super::yaml::{Node, NodeKind, Text};
use crate::map::{
    ARTIFACT_WORDS, CONVERT_WORDS, Const, Convert, Kinds, Lookup, Mapping, Rule, Target, Use, ValueMap, use_by_name,
};

/// Texts and lists that packs set, numbered; and what their names of fields mean.
#[derive(Debug, Default)]
pub struct Constants {
    pub values: Vec<Value<'static>>,
    numbers: HashMap<Box<str>, u32, foldhash::fast::RandomState>,
    targets: HashMap<String, Target, foldhash::fast::RandomState>,
}

impl Constants {
    pub fn number(&mut self, text: &str) -> u32 {
        *self.numbers.entry(text.into()).or_insert_with(|| {
            self.values.push(Value::owned(text.to_owned()));
            self.values.len() as u32 - 1
        })
    }

    /// See [`Target::of`]: packs name the same fields again and again.
    fn target(&mut self, name: &str) -> Target {
        self.targets.entry_ref(name).or_insert_with(|| Target::of(name)).clone()
    }

    /// A value of `field`: of the type that the dictionary gives it, text, or a list of texts.
    fn of(&mut self, field: &str, node: &Node) -> Result<Const, Fault> {
        if let NodeKind::List(_) = node.kind {
            let items = node.texts()?.into_iter().map(Value::owned);
            self.values.push(Value::Array(items.collect()));
            return Ok(Const::Kept(self.values.len() as u32 - 1));
        }
        let (text, context) = (node.text()?, crate::time::TimeContext::utc());
        Ok(match Convert::of(field).cell(text, &context) {
            Some(cell) => Const::Cell(cell),
            None => Const::Kept(self.number(text)),
        })
    }
}

/// Everything that maps parts to fields, of a pack and the pack it extends; the first node that names a part wins. Parts that only
/// have values keep their name.
pub fn read(nodes: &[&Node], constants: &mut Constants) -> Result<Mapping, Fault> {
    let mut mapping = overlay(nodes, LAST, constants)?;
    for (name, rule) in mapping.rules.iter_mut().filter(|(_, rule)| rule.passes) {
        let rule = Arc::make_mut(rule);
        rule.targets.reserve_exact(1);
        rule.targets.push(constants.target(name));
        rule.passes = false;
    }
    Ok(mapping)
}

/// The place of what holds for all records behind the cases of a pack.
const LAST: u16 = u16::MAX;

/// What a case maps: parts that only have values go where the pack says. `place` is that of the case among the cases.
pub fn overlay(nodes: &[&Node], place: u16, constants: &mut Constants) -> Result<Mapping, Fault> {
    let mut mapping = Mapping::default();
    let mut rank = u32::from(place) << 16;
    for node in nodes {
        for (key, rule) in members(node, "fields")? {
            if !mapping.rules.contains_key(&**key) {
                mapping.rules.insert((&**key).into(), Arc::new(rule_of(rule, constants)?));
            }
        }
    }
    for node in nodes {
        for (field, map) in members(node, "values")? {
            value_map(&mut mapping, field, map, &mut rank, constants)?;
        }
        for (field, value) in members(node, "set")? {
            let id = FieldId::known(field);
            if mapping.set.iter().all(|(have, _)| *have != id) {
                mapping.set.push((id, constants.of(field, value)?));
            }
        }
        artifacts(&mut mapping, node)?;
    }
    Ok(mapping)
}

fn members<'n>(node: &'n Node, key: &str) -> Result<&'n [(Text, Node)], Fault> {
    node.get(key).map_or(Ok(&[]), Node::map)
}

/// `null` (not kept), or one or several of: `name`, a map with `to` and how to read it.
fn rule_of(node: &Node, constants: &mut Constants) -> Result<Rule, Fault> {
    if matches!(&node.kind, NodeKind::Text(name) if name.is_empty()) {
        return Ok(Rule { dropped: true, ..Rule::default() });
    }
    let mut rule = Rule { targets: Vec::with_capacity(node.items().len()), ..Rule::default() };
    for item in node.items() {
        match &item.kind {
            NodeKind::Map(_) => rule.targets.extend(detailed(item, constants)?),
            _ => rule.targets.push(constants.target(item.text()?)),
        }
    }
    Ok(rule)
}

fn detailed(node: &Node, constants: &mut Constants) -> Result<Vec<Target>, Fault> {
    node.only(&["to", "as", "port", "pick", "artifact"])?;
    let to = node.get("to").ok_or_else(|| fault::missing(&node.place, "to"))?;
    let mut targets: Vec<Target> = to.texts()?.iter().map(|name| constants.target(name)).collect();
    for target in &mut targets {
        if let Some(kind) = node.get("as") {
            target.convert = convert(kind)?;
            if target.convert == Convert::Digest {
                target.by_digest();
            }
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

/// A word for all of a value, or a list of kinds that are looked for in it.
pub fn artifact_kind(node: &Node) -> Result<Use, Fault> {
    if let NodeKind::List(items) = &node.kind {
        let mut kinds = Kinds::default();
        for item in items {
            match artifact_kind(item)? {
                Use::As(kind) => kinds = kinds.with(kind),
                Use::Account => kinds = kinds.with_account(),
                _ => return Err(fault::wrong_shape(&item.place, "a kind of artifacts such as `ips`")),
            }
        }
        return Ok(Use::Among(kinds));
    }
    let word = node.text()?;
    use_by_name(word).ok_or_else(|| fault::unknown_word(&node.place, "kind of artifact", word, ARTIFACT_WORDS))
}

/// `values: { field: { from: part, map: { text: value }, default: value } }`, or a list of such maps; `from: [part, part]` looks up the
/// texts of several parts with commas between.
fn value_map(
    mapping: &mut Mapping,
    field: &str,
    node: &Node,
    rank: &mut u32,
    constants: &mut Constants,
) -> Result<(), Fault> {
    let id = FieldId::known(field);
    for item in node.items() {
        item.only(&["from", "map", "default"])?;
        let from = item.get("from").ok_or_else(|| fault::missing(&item.place, "from"))?.texts()?;
        let mut map = ValueMap { field: id, rank: *rank, table: Lookup::default(), default: None };
        *rank = rank.saturating_add(1);
        for (text, value) in members(item, "map")? {
            map.table.insert(text, constants.of(field, value)?);
        }
        map.default = item.get("default").map(|value| constants.of(field, value)).transpose()?;
        let [from] = from.as_slice() else {
            mapping.joined.push((from, map));
            continue;
        };
        let passing = || Arc::new(Rule { passes: true, ..Rule::default() });
        let rule = mapping.rules.entry(from.as_str().into()).or_insert_with(passing);
        if rule.values.iter().all(|have| have.field != id) {
            let values = &mut Arc::make_mut(rule).values;
            values.reserve_exact(1);
            values.push(map);
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
            let targets = mapping.rules.values_mut().flat_map(|rule| &mut Arc::make_mut(rule).targets);
            targets.filter(|target| target.field == id).for_each(|target| target.artifact = kind_use);
            mapping.rules.entry(field.as_str().into()).or_insert_with(|| {
                let targets = vec![Target { artifact: kind_use, ..Target::of(&field) }];
                Arc::new(Rule { targets, ..Rule::default() })
            });
        }
    }
    Ok(())
}

//! What a pack does with the parts of a record before they are mapped.

use std::borrow::Cow;
use std::hash::BuildHasher;

use weir_event::{Record, Value, limits};

use super::outline::Outline;
use super::parts::Parts;
use super::patterns;
use super::read::Readers;
use super::seen::Seen;
use crate::map::{Mapping, plain};
use crate::pack::{Act, Form, Pack, Shape, Step};

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its condition does not hold.
    Skipped,
    /// It found nothing to do.
    Nothing,
    Done,
}

impl Outcome {
    pub fn words(self) -> &'static str {
        match self {
            Outcome::Skipped => "its condition does not hold",
            Outcome::Nothing => "finds nothing",
            Outcome::Done => "done",
        }
    }

    fn of(done: bool) -> Outcome {
        if done { Outcome::Done } else { Outcome::Nothing }
    }
}

/// Does the steps of the pack in order; a step that finds nothing changes nothing.
pub fn run<'t>(readers: &mut Readers, pack: &'t Pack, outline: &Outline<'t>, parts: &mut Parts<'t>) {
    for step in &pack.reader.then {
        once(step, readers, pack, outline, parts);
    }
}

/// Does one step of the pack.
pub fn once<'t>(
    step: &'t Step,
    readers: &mut Readers,
    pack: &'t Pack,
    outline: &Outline<'t>,
    parts: &mut Parts<'t>,
) -> Outcome {
    let seen = Seen::of(outline, parts);
    if !step.when.holds(&|name| seen.find(name)) {
        return Outcome::Skipped;
    }
    Outcome::of(match &step.act {
        Act::Read { part, form, into, keep } => {
            let again = Again { form, mapping: &pack.mapping, into: into.as_deref() };
            let read = again.read(readers, part, outline, parts);
            if read && !keep {
                parts.remove(part);
            }
            read
        }
        Act::Flatten(part) => flatten(part, parts),
        Act::Pairs { part, key, values } => pairs(part, key, values, parts),
        Act::Decode { parts: names, from } => super::codes::decode(names, *from, parts),
    })
}

/// How a part is read again.
struct Again<'t> {
    form: &'t Form,
    mapping: &'t Mapping,
    into: Option<&'t str>,
}

impl<'t> Again<'t> {
    fn read(&self, readers: &mut Readers, part: &str, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
        let seen = Seen::of(outline, parts);
        let id = self.id(&seen);
        let Some(Value::Text(text)) = seen.find(part).cloned() else { return false };
        match text {
            Cow::Borrowed(text) => {
                let mut inner = std::mem::take(&mut readers.spare).emptied();
                let read = self.text(readers, &id, text, &mut inner);
                if read {
                    parts.adopt(&mut inner, self.into);
                }
                readers.spare = inner.emptied();
                read
            }
            Cow::Owned(text) => self.copied(readers, &id, &text, parts),
        }
    }

    /// Reads a text that does not outlive this step: what is found in it is copied.
    fn copied(&self, readers: &mut Readers, id: &str, text: &str, parts: &mut Parts<'t>) -> bool {
        let mut inner = std::mem::take(&mut readers.spare).emptied();
        let read = Again { form: self.form, mapping: self.mapping, into: None }.text(readers, id, text, &mut inner);
        if read {
            parts.adopt_copied(&mut inner, self.into);
        }
        readers.spare = inner.emptied();
        read
    }

    fn text<'n>(&self, readers: &mut Readers, id: &str, text: &'n str, inner: &mut Parts<'n>) -> bool
    where
        't: 'n,
    {
        match &self.form.shape {
            Shape::Patterns(patterns) => patterns::text(patterns, id, text, inner),
            _ => readers.text(self.form, self.mapping, text, inner),
        }
    }

    /// The text of the part that chooses among patterns.
    fn id(&self, seen: &Seen<'_, '_>) -> String {
        let Shape::Patterns(patterns) = &self.form.shape else { return String::new() };
        let by = patterns.by.as_deref().and_then(|by| seen.find(by));
        by.map(|value| plain(value).into_owned()).unwrap_or_default()
    }
}

/// Makes parts `array.member` of the records of an array: a member that several records have becomes an array.
fn flatten<'t>(part: &str, parts: &mut Parts<'t>) -> bool {
    if !parts.find(part).is_some_and(holds_records) {
        return false;
    }
    let mut found = Found::default();
    let value = parts.remove(part).unwrap_or_default();
    let mut path = part.to_owned();
    each_record(value, &mut |record| found.members(&mut path, record, 0));
    found.push_to(parts);
    true
}

/// Makes parts `array.<name>` of records that hold a name and a value.
fn pairs<'t>(part: &str, key: &str, values: &[String], parts: &mut Parts<'t>) -> bool {
    if !parts.find(part).is_some_and(holds_records) {
        return false;
    }
    let mut found = Found::default();
    let value = parts.remove(part).unwrap_or_default();
    let mut path = part.to_owned();
    each_record(value, &mut |mut record| {
        let Some(Value::Text(name)) = record.remove(key) else { return };
        if let Some(value) = values.iter().find_map(|member| record.remove(member)) {
            behind(&mut path, &name, |path| found.add(path, value));
        }
    });
    found.push_to(parts);
    true
}

/// Makes parts of the members of a record, by their dotted paths.
pub fn push_members<'t>(record: Value<'t>, parts: &mut Parts<'t>) {
    let Value::Record(record) = record else { return };
    let mut found = Found::default();
    record.into_iter().for_each(|(name, value)| match value {
        Value::Record(inner) => found.members(&mut name.into_owned(), inner, 1),
        value => found.add(&name, value),
    });
    found.push_to(parts);
}

fn holds_records(value: &Value<'_>) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_records),
        Value::Record(_) => true,
        _ => false,
    }
}

fn each_record<'t>(value: Value<'t>, take: &mut dyn FnMut(Record<'t>)) {
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| each_record(item, take)),
        Value::Record(record) => take(record),
        _ => {}
    }
}

/// Goes on from a path to a member's.
fn behind(path: &mut String, name: &str, go_on: impl FnOnce(&mut String)) {
    let outer = path.len();
    path.push('.');
    path.push_str(name);
    go_on(path);
    path.truncate(outer);
}

/// Values by name, in the order in which the names were seen.
#[derive(Default)]
struct Found<'t> {
    /// Numbers of [`Found::values`] by name.
    places: hashbrown::HashTable<usize>,
    hasher: foldhash::fast::RandomState,
    values: Vec<Named<'t>>,
}

/// The values of one name.
struct Named<'t> {
    name: String,
    first: Value<'t>,
    others: Vec<Value<'t>>,
}

impl<'t> Found<'t> {
    fn add(&mut self, name: &str, value: Value<'t>) {
        let Found { places, hasher, values } = self;
        let is = |place: &usize| values[*place].name == name;
        if let Some(&place) = places.find(hasher.hash_one(name), is) {
            return values[place].others.push(value);
        }
        places
            .insert_unique(hasher.hash_one(name), values.len(), |place| hasher.hash_one(values[*place].name.as_str()));
        values.push(Named { name: name.to_owned(), first: value, others: Vec::new() });
    }

    /// Members of a record and of the records in it, by dotted names.
    fn members(&mut self, path: &mut String, record: Record<'t>, depth: usize) {
        for (name, value) in record {
            behind(path, &name, |path| match value {
                Value::Record(inner) if depth < limits::NESTING_MAX => self.members(path, inner, depth + 1),
                value => self.add(path, value),
            });
        }
    }

    fn push_to(self, parts: &mut Parts<'t>) {
        for Named { name, first, mut others } in self.values {
            let value = match others.is_empty() {
                true => first,
                false => {
                    others.insert(0, first);
                    Value::Array(others)
                }
            };
            parts.push_made(&name, value);
        }
    }
}

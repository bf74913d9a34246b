//! Changes of form: columns and rows, pairs of a map, JSON inside text, one record for each entry of a map.

use std::borrow::Cow;

use weir_event::{Record, Value};

use crate::manifest::{Explode, Rows, Shaper};
use crate::path::{Path, plain};

/// Entries of one record that become records of their own; a larger one stays whole.
const PARTS_MAX: usize = 10_000;

/// The answer after the shapes that concern all of it; `None` when there is none.
pub fn whole<'b>(shapers: &[Shaper], body: &Value<'b>) -> Option<Value<'b>> {
    shapers.iter().find_map(|shaper| match shaper {
        Shaper::Zip { columns, rows } => Some(zip(columns, rows, body)),
        _ => None,
    })
}

/// The records that are told apart, out of one selected value.
pub fn apart<'b>(shapers: &[Shaper], value: Value<'b>) -> Vec<Value<'b>> {
    let mut values = vec![value];
    for shaper in shapers {
        values = match shaper {
            Shaper::Rows(rows) => values.into_iter().flat_map(|value| pairs(rows, value)).collect(),
            Shaper::Explode(explode) if explode.each => {
                values.into_iter().flat_map(|value| exploded(explode, value)).collect()
            }
            _ => values,
        };
    }
    values
}

/// What is stored of one record.
pub fn each<'b>(shapers: &[Shaper], value: Value<'b>) -> Vec<Value<'b>> {
    let mut values = vec![value];
    for shaper in shapers {
        values = match shaper {
            Shaper::Explode(explode) if !explode.each => {
                values.into_iter().flat_map(|value| exploded(explode, value)).collect()
            }
            Shaper::JsonText(paths) => values.into_iter().map(|value| json_text(paths, value)).collect(),
            Shaper::Lift { path, keep } => values.into_iter().map(|value| lifted(path, keep, value)).collect(),
            _ => values,
        };
    }
    values
}

/// Rows of values under the names of columns.
fn zip<'b>(columns: &Path, rows: &Path, body: &Value<'b>) -> Value<'b> {
    let names: Vec<String> = columns.all(body).into_iter().map(plain).collect();
    let row = |row: &Value<'b>| match row {
        Value::Array(values) => {
            Value::Record(names.iter().cloned().zip(values.iter().cloned()).collect::<Record<'b>>())
        }
        other => other.clone(),
    };
    Value::Array(rows.all(body).into_iter().map(row).collect())
}

/// One record for each pair of the map that the path leads to; a list of values gives a pair for each.
fn pairs<'b>(rows: &Rows, value: Value<'b>) -> Vec<Value<'b>> {
    let Some(Value::Record(map)) = rows.path.first(&value) else { return Vec::new() };
    let pair = |key: &str, value: &Value<'b>| {
        let members = [(rows.key.clone(), Value::owned(key.to_owned())), (rows.value.clone(), value.clone())];
        Value::Record(members.into_iter().collect())
    };
    let of_key = |(key, value): (&str, &Value<'b>)| match value {
        Value::Array(values) => values.iter().map(|value| pair(key, value)).collect::<Vec<_>>(),
        value => vec![pair(key, value)],
    };
    map.iter().flat_map(of_key).collect()
}

/// One record for each entry: numbers first in their order, then names by their letters. Without the member, or when it is nothing to
/// take apart, the record stays as it is; an empty one is left out of it.
fn exploded<'b>(explode: &Explode, value: Value<'b>) -> Vec<Value<'b>> {
    let Value::Record(mut record) = value else { return vec![value] };
    let unchanged = |record: Record<'b>| if explode.drops_empty { Vec::new() } else { vec![Value::Record(record)] };
    let member = explode.path.last().map_or("", String::as_str);
    let Some(entries) = taken(&mut record, &explode.path) else { return unchanged(record) };
    let parts: Vec<(Cow<'b, str>, Value<'b>)> = match entries {
        Value::Record(map) if map.len() <= PARTS_MAX => ordered(map),
        Value::Array(items) if items.len() <= PARTS_MAX => {
            items.into_iter().enumerate().map(|(at, item)| (Cow::Owned(at.to_string()), item)).collect()
        }
        Value::Null => Vec::new(),
        whole => {
            put_back(&mut record, &explode.path, whole);
            explode.note(&mut record, format!("{member}_not_a_map"));
            return vec![Value::Record(record)];
        }
    };
    if let Some(kept) = record.remove(&explode.into) {
        record.set(format!("{}_original", explode.into), kept);
        explode.note(&mut record, format!("{}_kept", explode.into));
    }
    if parts.is_empty() {
        explode.note(&mut record, format!("{member}_empty"));
        return unchanged(record);
    }
    let part = |(key, entry): (Cow<'b, str>, Value<'b>)| {
        let mut record = record.clone();
        if let Some(name) = &explode.key {
            record.set(name.clone(), Value::Text(key));
        }
        record.set(explode.into.clone(), entry);
        Value::Record(record)
    };
    parts.into_iter().map(part).collect()
}

impl Explode {
    fn note(&self, record: &mut Record<'_>, note: String) {
        if self.notes {
            let mut notes = match record.remove("weir.notes") {
                Some(Value::Array(notes)) => notes,
                _ => Vec::new(),
            };
            notes.push(Value::owned(note));
            record.set("weir.notes".to_owned(), Value::Array(notes));
        }
    }
}

/// Takes a member out, wherever it is; one that holds nothing else goes with it.
fn taken<'b>(record: &mut Record<'b>, path: &[String]) -> Option<Value<'b>> {
    match path {
        [] => None,
        [name] => record.remove(name),
        [name, rest @ ..] => {
            let Some(Value::Record(mut inner)) = record.get(name).cloned() else { return None };
            let found = taken(&mut inner, rest)?;
            if inner.is_empty() {
                record.remove(name);
            } else {
                record.set(name.clone(), Value::Record(inner));
            }
            Some(found)
        }
    }
}

fn put_back<'b>(record: &mut Record<'b>, path: &[String], value: Value<'b>) {
    match path {
        [] => {}
        [name] => record.set(name.clone(), value),
        [name, rest @ ..] => {
            let mut inner = match record.remove(name) {
                Some(Value::Record(inner)) => inner,
                _ => Record::new(),
            };
            put_back(&mut inner, rest, value);
            record.set(name.clone(), Value::Record(inner));
        }
    }
}

fn ordered<'b>(map: Record<'b>) -> Vec<(Cow<'b, str>, Value<'b>)> {
    let mut parts: Vec<_> = map.into_iter().collect();
    let rank = |key: &str| key.parse::<u64>().map_or((1, 0), |number| (0, number));
    parts.sort_by(|(a, _), (b, _)| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    parts
}

fn json_text<'b>(paths: &[Path], value: Value<'b>) -> Value<'b> {
    let Value::Record(mut record) = value else { return value };
    for path in paths {
        let Some(name) = path.text().strip_prefix("$.").map(|name| name.trim_end_matches('?')) else { continue };
        let inner = match record.get(name) {
            Some(Value::Text(text)) => weir_parse::json::to_value(text).ok().map(Value::into_owned),
            _ => None,
        };
        if let Some(inner) = inner {
            record.set(name.to_owned(), inner);
        }
    }
    Value::Record(record)
}

fn lifted<'b>(path: &Path, keep: &[String], value: Value<'b>) -> Value<'b> {
    let Some(inner) = path.first(&value).cloned() else { return value };
    let (Value::Record(mut inner), Value::Record(outer)) = (inner, &value) else { return value };
    for name in keep {
        if let Some(kept) = outer.get(name) {
            inner.set(name.clone(), kept.clone());
        }
    }
    Value::Record(inner)
}

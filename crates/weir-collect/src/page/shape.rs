//! Changes of form: columns and rows, JSON inside text, one record for each entry of a map.

use std::borrow::Cow;

use weir_event::{Record, Value};

use crate::manifest::{Explode, Shaper};
use crate::path::{Path, plain};

/// Entries of one record that become records of their own; a larger one stays whole.
const PARTS_MAX: usize = 10_000;

/// Shapes that concern the whole answer.
pub fn whole<'b>(shapers: &[Shaper], body: Value<'b>) -> Value<'b> {
    shapers.iter().fold(body, |body, shaper| match shaper {
        Shaper::Zip { columns, rows } => zip(columns, rows, body),
        _ => body,
    })
}

/// The records that one selected value gives.
pub fn each<'b>(shapers: &[Shaper], value: Value<'b>) -> Vec<Value<'b>> {
    let mut values = vec![value];
    for shaper in shapers {
        values = match shaper {
            Shaper::Explode(explode) => values.into_iter().flat_map(|value| exploded(explode, value)).collect(),
            Shaper::JsonText(paths) => values.into_iter().map(|value| json_text(paths, value)).collect(),
            Shaper::Lift { path, keep } => values.into_iter().map(|value| lifted(path, keep, value)).collect(),
            Shaper::Zip { .. } => values,
        };
    }
    values
}

/// Rows of values under the names of columns.
fn zip<'b>(columns: &Path, rows: &Path, body: Value<'b>) -> Value<'b> {
    let names: Vec<String> = columns.all(&body).into_iter().map(plain).collect();
    let row = |row: &Value<'b>| match row {
        Value::Array(values) => {
            Value::Record(names.iter().cloned().zip(values.iter().cloned()).collect::<Record<'b>>())
        }
        other => other.clone(),
    };
    Value::Array(rows.all(&body).into_iter().map(row).collect())
}

/// One record for each entry: numbers first in their order, then names by their letters. Without the member, or when it is nothing to
/// take apart, the record stays as it is; an empty one is left out of it.
fn exploded<'b>(explode: &Explode, value: Value<'b>) -> Vec<Value<'b>> {
    let Value::Record(mut record) = value else { return vec![value] };
    let parts: Vec<(Cow<'b, str>, Value<'b>)> = match record.get(&explode.member) {
        Some(Value::Record(map)) => ordered(map.clone()),
        Some(Value::Array(items)) => {
            items.iter().enumerate().map(|(at, item)| (Cow::Owned(at.to_string()), item.clone())).collect()
        }
        Some(Value::Null) => Vec::new(),
        _ => return vec![Value::Record(record)],
    };
    if parts.len() > PARTS_MAX {
        return vec![Value::Record(record)];
    }
    record.remove(&explode.member);
    if let Some(kept) = record.remove(&explode.into) {
        record.set(format!("{}_original", explode.into), kept);
    }
    if parts.is_empty() {
        return vec![Value::Record(record)];
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

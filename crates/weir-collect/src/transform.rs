//! What happens to a record before it is stored.

mod hide;

#[cfg(test)]
mod tests;

use weir_event::{Record, Value};

pub(crate) use hide::redact;

use crate::manifest::Transform;
use crate::path::plain;
use crate::slot::{Scope, Slotted, Unfilled};

/// One change of a record; what is no record passes, but for what is hidden in it.
pub(crate) fn apply<'b>(change: &Transform, value: Value<'b>, scope: &Scope<'_>) -> Result<Value<'b>, Unfilled> {
    if let Transform::Redact(redactions) = change {
        return redact(redactions, value, scope);
    }
    if let Transform::NullIf { values, paths } = change {
        let nothing = |value: Value<'b>| if values.contains(&plain(&value)) { Value::Null } else { value };
        return Ok(paths.iter().fold(value, |value, path| path.change(value, &nothing)));
    }
    if let Transform::Add(members) = change {
        return add(members, value, scope);
    }
    let Value::Record(mut record) = value else { return Ok(value) };
    match change {
        Transform::Flatten { separator, depth, .. } => {
            let mut out = Record::new();
            flatten(record, "", separator, *depth, &mut out);
            record = out;
        }
        Transform::ExpandDotted => record = expanded(record),
        Transform::Rename(names) => {
            for (from, to) in names {
                // A name that is taken keeps its value, and the other one its name.
                if record.get(to).is_none()
                    && let Some(value) = record.remove(from)
                {
                    record.set(to.clone(), value);
                }
            }
        }
        Transform::Remove(paths) => paths.iter().for_each(|path| remove(&mut record, path)),
        Transform::NullIf { .. } | Transform::Redact(_) | Transform::Add(_) => {}
    }
    Ok(Value::Record(record))
}

/// Members with their slots filled from the record; empty optional ones are left out.
fn add<'b>(members: &[(String, Slotted)], value: Value<'b>, scope: &Scope<'_>) -> Result<Value<'b>, Unfilled> {
    let record = value.clone().into_owned();
    let Value::Record(mut out) = value else { return Ok(value) };
    for (name, text) in members {
        if let Some(value) = text.value(&Scope { record: &record, ..*scope })? {
            out.set(name.clone(), value);
        }
    }
    Ok(Value::Record(out))
}

/// Names joined by the separator; lists stay whole, and so does what lies deeper than `depth`.
fn flatten<'b>(record: Record<'b>, prefix: &str, separator: &str, depth: usize, out: &mut Record<'b>) {
    for (name, value) in record {
        let name = if prefix.is_empty() { name.into_owned() } else { format!("{prefix}{separator}{name}") };
        match value {
            Value::Record(inner) if depth > 0 && !inner.is_empty() => flatten(inner, &name, separator, depth - 1, out),
            value => out.set(name, value),
        }
    }
}

/// `a.b` becomes `b` inside `a`. A name whose place is taken by something else stays as it is. Names without dots have their places first.
fn expanded<'b>(record: Record<'b>) -> Record<'b> {
    let (plain, dotted): (Vec<_>, Vec<_>) = record.into_iter().partition(|(name, _)| !name.contains('.'));
    let mut out: Record<'b> = plain.into_iter().collect();
    for (name, value) in dotted {
        let parts: Vec<&str> = name.split('.').collect();
        if parts.iter().any(|part| part.is_empty()) || !has_room(&out, &parts) {
            out.set(name, value);
        } else {
            put(&mut out, &parts, value);
        }
    }
    out
}

fn has_room(record: &Record<'_>, parts: &[&str]) -> bool {
    match (parts, parts.first().and_then(|part| record.get(part))) {
        ([_, rest @ ..], Some(Value::Record(inner))) if !rest.is_empty() => has_room(inner, rest),
        (_, None) => true,
        _ => false,
    }
}

fn put<'b>(record: &mut Record<'b>, parts: &[&str], value: Value<'b>) {
    match parts {
        [] => {}
        [name] => record.set((*name).to_owned(), value),
        [name, rest @ ..] => {
            let mut inner = match record.remove(name) {
                Some(Value::Record(inner)) => inner,
                _ => Record::new(),
            };
            put(&mut inner, rest, value);
            record.set((*name).to_owned(), Value::Record(inner));
        }
    }
}

/// Removes the member that a path of names leads to.
pub(crate) fn remove(record: &mut Record<'_>, path: &[String]) {
    match path {
        [] => {}
        [name] => _ = record.remove(name),
        [name, rest @ ..] => {
            if let Some(Value::Record(mut inner)) = record.get(name).cloned() {
                remove(&mut inner, rest);
                record.set(name.clone(), Value::Record(inner));
            }
        }
    }
}

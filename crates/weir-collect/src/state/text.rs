//! State and changes as text: one JSON object, `v` its version.

use weir_event::{Record, Timestamp, Value, write_json};

use super::{Change, State};

const VERSION: i64 = 1;

pub fn change(change: &Change) -> String {
    let mut out = Record::new();
    out.set("v", Value::Long(VERSION));
    if change.reset {
        out.set("reset", Value::Bool(true));
    }
    if let Some(cursor) = &change.cursor {
        out.set("cursors", Value::Record([(change.partition.clone(), packed(cursor))].into_iter().collect()));
    }
    put_seen(&mut out, change.seen.iter().copied());
    put_known(&mut out, change.known.iter().copied());
    if change.based {
        out.set("based", Value::Bool(true));
    }
    if let Some(settings) = &change.settings {
        out.set("settings", settings.clone());
    }
    written(out)
}

pub fn whole(state: &State) -> String {
    let mut out = Record::new();
    out.set("v", Value::Long(VERSION));
    out.set("reset", Value::Bool(true));
    let cursors = state.cursors.iter().map(|(name, cursor)| (name.clone(), packed(cursor)));
    out.set("cursors", Value::Record(cursors.collect()));
    put_seen(&mut out, state.seen.iter().map(|(id, until)| (*id, *until)));
    put_known(&mut out, state.known.iter().map(|(key, hash)| (*key, Some(*hash))));
    out.set("based", Value::Bool(state.based));
    out.set("settings", state.settings.clone());
    written(out)
}

fn written(record: Record<'static>) -> String {
    let mut out = String::new();
    write_json(&Value::Record(record), &mut out);
    out
}

fn put_seen(out: &mut Record<'static>, seen: impl Iterator<Item = (u128, Timestamp)>) {
    let seen: Record<'static> = distinct(seen.map(|(id, until)| (format!("{id:032x}"), Value::Long(until.0))));
    if !seen.is_empty() {
        out.set("seen", Value::Record(seen));
    }
}

fn put_known(out: &mut Record<'static>, known: impl Iterator<Item = (u128, Option<u128>)>) {
    let hash = |hash: Option<u128>| hash.map_or(Value::Null, |hash| Value::owned(format!("{hash:032x}")));
    let known: Record<'static> = distinct(known.map(|(key, to)| (format!("{key:032x}"), hash(to))));
    if !known.is_empty() {
        out.set("known", Value::Record(known));
    }
}

/// A record of members known to be distinct, in linear time.
fn distinct(members: impl Iterator<Item = (String, Value<'static>)>) -> Record<'static> {
    let mut record = Record::new();
    members.for_each(|(name, value)| record.push_new(name, value));
    record
}

/// A time keeps its type: `{"time": nanoseconds}`.
fn packed(cursor: &Value<'static>) -> Value<'static> {
    match cursor {
        Value::Timestamp(time) => Value::Record([("time", Value::Long(time.0))].into_iter().collect()),
        other => other.clone(),
    }
}

fn unpacked(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Record(record) if record.len() == 1 => match record.get("time") {
            Some(Value::Long(nanos)) => Value::Timestamp(Timestamp(*nanos)),
            _ => value.clone().into_owned(),
        },
        other => other.clone().into_owned(),
    }
}

/// Applies one text to a state; what is wrong with it otherwise.
pub fn read(source: &str, state: &mut State) -> Result<(), String> {
    let value = weir_parse::json::to_value(source).map_err(|error| format!("{} at byte {}", error.what, error.at))?;
    let Value::Record(record) = value else { return Err("it is not an object".to_owned()) };
    match record.get("v") {
        Some(Value::Long(VERSION)) => {}
        Some(Value::Long(newer)) => return Err(format!("it is of version {newer}, this program knows {VERSION}")),
        _ => return Err("it has no version".to_owned()),
    }
    if record.get("reset") == Some(&Value::Bool(true)) {
        *state = State::default();
    }
    for (name, cursor) in members(&record, "cursors")? {
        state.cursors.insert(name.to_owned(), unpacked(cursor));
    }
    for (id, until) in members(&record, "seen")? {
        let Value::Long(until) = until else { return Err("`seen` holds something else than times".to_owned()) };
        state.seen.insert(number(id)?, Timestamp(*until));
    }
    for (key, hash) in members(&record, "known")? {
        match hash {
            Value::Text(hash) => state.known.insert(number(key)?, number(hash)?),
            _ => state.known.remove(&number(key)?),
        };
    }
    state.based |= record.get("based") == Some(&Value::Bool(true));
    if let Some(settings) = record.get("settings") {
        state.settings = settings.clone().into_owned();
    }
    Ok(())
}

fn members<'r, 't>(record: &'r Record<'t>, name: &str) -> Result<Vec<(&'r str, &'r Value<'t>)>, String> {
    match record.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Record(members)) => Ok(members.iter().collect()),
        Some(_) => Err(format!("`{name}` is not an object")),
    }
}

fn number(text: &str) -> Result<u128, String> {
    u128::from_str_radix(text, 16).map_err(|_| format!("`{text}` is no identity"))
}

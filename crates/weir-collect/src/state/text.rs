//! State and changes as text: one JSON object, `v` its version.

use std::collections::BTreeMap;

use weir_event::{Record, Timestamp, Value, write_json};

use super::{Change, Known, Sent, State};

const VERSION: i64 = 1;

pub fn change(change: &Change) -> String {
    let mut out = begun();
    let here = |value: Value<'static>| Value::Record([(change.partition.clone(), value)].into_iter().collect());
    if change.reset {
        out.push_new("reset", Value::Bool(true));
    }
    if let Some(cursor) = &change.cursor {
        out.push_new("cursors", here(packed(cursor)));
    }
    put_seen(&mut out, change.seen.iter().copied());
    if !change.known.is_empty() {
        let entry =
            |(key, what): &(u128, Option<(u128, String)>)| (hex(*key), what.as_ref().map_or(Value::Null, known_entry));
        out.push_new("known", here(distinct(change.known.iter().map(entry))));
    }
    if change.based {
        out.push_new("based", here(Value::Bool(true)));
    }
    if let Some(job) = &change.job {
        out.push_new("jobs", here(job.clone()));
    }
    if let Some(trigger) = &change.trigger {
        out.push_new("trigger", trigger.clone());
    }
    put_sent(&mut out, &change.sent);
    if let Some(settings) = &change.settings {
        out.push_new("settings", settings.clone());
    }
    written(out)
}

pub fn whole(state: &State) -> String {
    let mut out = begun();
    out.push_new("reset", Value::Bool(true));
    out.push_new("cursors", distinct(state.cursors.iter().map(|(name, cursor)| (name.clone(), packed(cursor)))));
    put_seen(&mut out, state.seen.iter().map(|(id, until)| (*id, *until)));
    let entries = |known: &Known| distinct(known.iter().map(|(key, what)| (hex(*key), known_entry(what))));
    out.push_new("known", distinct(state.known.iter().map(|(name, known)| (name.clone(), entries(known)))));
    out.push_new("based", distinct(state.based.iter().map(|name| (name.clone(), Value::Bool(true)))));
    out.push_new("jobs", distinct(state.jobs.iter().map(|(name, job)| (name.clone(), job.clone()))));
    out.push_new("trigger", state.trigger.clone());
    put_sent(&mut out, &state.sent);
    out.push_new("settings", state.settings.clone());
    written(out)
}

fn begun() -> Record<'static> {
    [("v", Value::Long(VERSION))].into_iter().collect()
}

fn written(record: Record<'static>) -> String {
    let mut out = String::new();
    write_json(&Value::Record(record), &mut out);
    out
}

fn hex(bits: u128) -> String {
    format!("{bits:032x}")
}

fn put_seen(out: &mut Record<'static>, seen: impl Iterator<Item = (u128, Timestamp)>) {
    let mut seen = seen.map(|(id, until)| (hex(id), Value::Long(until.0))).peekable();
    if seen.peek().is_some() {
        out.push_new("seen", distinct(seen));
    }
}

fn put_sent(out: &mut Record<'static>, sent: &Sent) {
    if !sent.is_empty() {
        let times = |times: &BTreeMap<Timestamp, u64>| {
            distinct(times.iter().map(|(at, count)| (at.0.to_string(), Value::Long(*count as i64))))
        };
        out.push_new("sent", distinct(sent.iter().map(|(name, sent)| (name.clone(), times(sent)))));
    }
}

/// `[content, key]`.
fn known_entry((content, key): &(u128, String)) -> Value<'static> {
    Value::Array(vec![Value::owned(hex(*content)), Value::owned(key.clone())])
}

/// A record of members known to be distinct, in linear time.
fn distinct(members: impl Iterator<Item = (String, Value<'static>)>) -> Value<'static> {
    let mut record = Record::new();
    members.for_each(|(name, value)| record.push_new(name, value));
    Value::Record(record)
}

/// A time keeps its type: `{"time": nanoseconds}`, also inside a list.
fn packed(cursor: &Value<'static>) -> Value<'static> {
    match cursor {
        Value::Timestamp(time) => Value::Record([("time", Value::Long(time.0))].into_iter().collect()),
        Value::Array(items) => Value::Array(items.iter().map(packed).collect()),
        other => other.clone(),
    }
}

fn unpacked(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Record(record) if record.len() == 1 => match record.get("time") {
            Some(Value::Long(nanos)) => Value::Timestamp(Timestamp(*nanos)),
            _ => value.clone().into_owned(),
        },
        Value::Array(items) => Value::Array(items.iter().map(unpacked).collect()),
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
        super::put(&mut state.cursors, name, &unpacked(cursor));
    }
    for (name, job) in members(&record, "jobs")? {
        super::put(&mut state.jobs, name, &job.clone().into_owned());
    }
    for (id, until) in members(&record, "seen")? {
        state.seen.insert(number(id)?, Timestamp(long(until)?));
    }
    for (name, entries) in members(&record, "known")? {
        read_known(state.known.entry(name.to_owned()).or_default(), entries)?;
    }
    state.based.extend(members(&record, "based")?.into_iter().map(|(name, _)| name.to_owned()));
    read_sent(&mut state.sent, &record)?;
    if let Some(trigger) = record.get("trigger") {
        state.trigger = trigger.clone().into_owned();
    }
    if let Some(settings) = record.get("settings") {
        state.settings = settings.clone().into_owned();
    }
    Ok(())
}

fn read_known(known: &mut Known, entries: &Value<'_>) -> Result<(), String> {
    let Value::Record(entries) = entries else { return Err("`known` holds something else than objects".to_owned()) };
    for (id, what) in entries.iter() {
        match what {
            Value::Array(pair) => {
                let text = |at: usize| pair.get(at).and_then(Value::as_str).ok_or("an entry of `known` is no pair");
                known.insert(number(id)?, (number(text(0)?)?, text(1)?.to_owned()));
            }
            _ => _ = known.remove(&number(id)?),
        }
    }
    Ok(())
}

fn read_sent(sent: &mut Sent, record: &Record<'_>) -> Result<(), String> {
    for (name, times) in members(record, "sent")? {
        let Value::Record(times) = times else { return Err("`sent` holds something else than objects".to_owned()) };
        let have = sent.entry(name.to_owned()).or_default();
        for (at, count) in times.iter() {
            let at = at.parse().map_err(|_| format!("`{at}` is no time"))?;
            *have.entry(Timestamp(at)).or_default() += u64::try_from(long(count)?).unwrap_or(0);
        }
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

fn long(value: &Value<'_>) -> Result<i64, String> {
    match value {
        Value::Long(number) => Ok(*number),
        _ => Err("it holds something else where a number was expected".to_owned()),
    }
}

fn number(text: &str) -> Result<u128, String> {
    u128::from_str_radix(text, 16).map_err(|_| format!("`{text}` is no identity"))
}

//! A row of a rule's answer as a security event, written into a log record and read back from it.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use weir_event::{ArtifactKind, Batch, Chunk, FieldId, Record, Timestamp, Value, write_json};
use weir_store::rest;

use super::DEPTH_MAX;
use crate::config::Rule;

/// Begins the names of the sources of findings. No configured source has it.
pub const SOURCE_PREFIX: &str = "rule/";

/// Fields of the row that say where it was stored, not what it is.
const OF_THE_STORE: [&str; 6] =
    ["weir.source", "weir.tenant", "weir.received_at", "weir.pack", "weir.notes", "weir.depth"];

pub fn is_finding(source: &str) -> bool {
    source.starts_with(SOURCE_PREFIX)
}

/// What the finding of a row is made with.
pub struct Making<'m> {
    pub rule: &'m Rule,
    pub now: Timestamp,
    /// Last log position that the run looked at: tells apart equal rows of different runs that have no identity of their own.
    pub through: u64,
}

/// The security event of one row; `None` when it would be a finding of a finding too deep.
pub fn make(making: &Making<'_>, row: &Record<'static>, twins: &mut Twins) -> Option<Record<'static>> {
    let rule = making.rule;
    let depth = match row.get("weir.depth") {
        Some(Value::Long(depth)) => depth + 1,
        _ => 1,
    };
    if depth > DEPTH_MAX {
        return None;
    }
    let mut finding = Record::new();
    finding.set("timestamp", Value::Timestamp(making.now));
    let id = Value::owned(identity(making, row, twins));
    for (name, value) in [
        ("event.kind", Value::text("SECURITY_EVENT")),
        ("event.type", Value::text("DETECTION_FINDING")),
        ("event.category", Value::text("AUTOMATED_DETECTION")),
        ("event.provider", Value::text("weir")),
        ("event.description", Value::owned(rule.title.clone())),
        ("event.id", id.clone()),
        ("finding.id", id),
        ("finding.title", Value::owned(rule.title.clone())),
        ("finding.type", Value::text("DQL")),
        ("finding.time.created", Value::Timestamp(making.now)),
        ("detection.id", Value::owned(rule.id.to_string())),
        ("detection.type", Value::text("DQL")),
        ("weir.depth", Value::Long(depth)),
    ] {
        finding.set(name, value);
    }
    for (name, value) in row.iter().filter(|(name, value)| !OF_THE_STORE.contains(name) && !value.is_null()) {
        match (name, value) {
            ("timestamp", value) => finding.set("event.start", value.clone()),
            ("content", value) => finding.set("finding.evidence", Value::Array(vec![value.clone()])),
            ("weir.id", value) => finding.set("weir.event_id", value.clone()),
            // What the row says of itself does not make it another rule's finding.
            (name, _) if finding.get(name).is_some() => {}
            (name, value) => finding.set(name.to_owned(), value.clone()),
        }
    }
    for (name, value) in &rule.add {
        finding.set(name.clone(), filled(value, row));
    }
    Some(finding)
}

/// Rows of one run that say the same: each is a finding of its own.
#[derive(Default)]
pub struct Twins(HashMap<[u8; 32], u64>);

/// The same for the same rule, version and event (or, for a row without identity, row, window and place among equal rows).
fn identity(making: &Making<'_>, row: &Record<'_>, twins: &mut Twins) -> String {
    let mut hash = Sha256::new();
    hash.update(making.rule.id.as_bytes());
    hash.update(making.rule.version.to_be_bytes());
    match row.get("weir.id") {
        Some(Value::Text(id)) => hash.update(id.as_bytes()),
        _ => {
            let mut text = String::new();
            write_json(&Value::Record(row.borrowed()), &mut text);
            hash.update(text.as_bytes());
            hash.update(making.through.to_be_bytes());
        }
    }
    let count = twins.0.entry(hash.clone().finalize().into()).or_default();
    *count += 1;
    if *count > 1 {
        hash.update(count.to_be_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Text with `{field}` replaced by the row's value of that field; braces around anything else stay.
fn filled(value: &Value<'static>, row: &Record<'_>) -> Value<'static> {
    let Value::Text(text) = value else { return value.clone() };
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}').and_then(|(name, tail)| Some((row.get(name)?, tail))) {
            Some((value, tail)) => {
                out.push_str(&crate::cli::output::plain(value));
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Value::owned(out)
}

/// A finding as the text of a log record, types and all.
pub fn encode(finding: &Record<'_>) -> String {
    rest::encode(finding)
}

/// Rows of the findings of a chunk. `content` is the finding as plain JSON.
pub fn read_findings(chunk: &Chunk) -> Batch {
    let mut batch = Batch::default();
    for bytes in chunk.records() {
        let text = String::from_utf8_lossy(bytes);
        let record = rest::decode(&text).unwrap_or_default();
        let mut json = String::new();
        write_json(&Value::Record(record.borrowed()), &mut json);
        batch.set_text(FieldId::known("content"), &json);
        for (name, value) in record {
            match name.strip_prefix("artifacts.").and_then(ArtifactKind::from_name) {
                Some(kind) => add_artifacts(&mut batch, kind, &value),
                None => {
                    FieldId::intern(&name).map(|field| batch.set_value(field, value));
                }
            }
        }
        batch.end_row();
    }
    batch
}

fn add_artifacts(batch: &mut Batch, kind: ArtifactKind, value: &Value<'_>) {
    let Value::Array(items) = value else { return };
    for text in items.iter().filter_map(Value::as_str) {
        let span = batch.keep(text);
        batch.add_artifact(kind, span);
    }
}

#[cfg(test)]
mod tests;

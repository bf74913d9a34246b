//! A scan in words, for plans.

use super::{Check, Request, Test};

/// What is read, and which rows of it.
pub(super) fn request(request: &Request) -> String {
    let snapshot = &request.snapshot;
    let bytes: u64 = snapshot.segments.iter().map(|segment| segment.bytes).sum();
    let rows: u64 = snapshot.segments.iter().map(|segment| segment.rows).sum();
    let (batches, files) = (snapshot.memory.len(), snapshot.segments.len());
    let names: Vec<&str> = request.columns.iter().map(|column| column.name.as_str()).collect();
    let mut text = format!("{}: {batches} batches in memory, {files} segments", request.table);
    text.push_str(&format!(" ({rows} rows, {bytes} bytes); columns [{}]", names.join(", ")));
    request.checks.iter().for_each(|check| text.push_str(&format!("; if {}", condition(check))));
    text
}

fn condition(check: &Check) -> String {
    match &check.test {
        Test::Expr(condition, _) => condition.to_string(),
        Test::Time(_) => "timestamp in window".into(),
        Test::Between(span) => format!("{:?} <= weir.id < {:?}", span.start, span.end),
        Test::Holds(pieces) => format!("{} holds {:?}", check.columns[0].name, pieces.texts()),
    }
}

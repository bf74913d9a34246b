//! The tables of a store.

use std::sync::Arc;

use weir_event::{Fault, Kind, Timestamp};
use weir_store::{ColumnInfo, SegmentInfo, Store};

use crate::Form;
use crate::tables::{Segment, Snapshot, TableColumn, Tables, Window};

/// The tables of a [`Store`]. A table without events is empty rather than unknown. `events` also reads `security.events`,
/// where its security events live.
pub struct StoreTables(pub Arc<Store>);

impl Tables for StoreTables {
    fn snapshot(&self, tenant: &str, table: &str, window: &Window) -> Result<Snapshot, Fault> {
        let mut snapshot = self.one(tenant, table, window);
        if table == "events" {
            snapshot.add(self.one(tenant, "security.events", window));
        }
        Ok(snapshot)
    }

    fn names(&self, tenant: &str) -> Vec<String> {
        self.0.tables(tenant).iter().map(|name| name.to_string()).collect()
    }
}

impl StoreTables {
    fn one(&self, tenant: &str, table: &str, window: &Window) -> Snapshot {
        let (from, to) = match window {
            Window::Time(span) => (span.start, span.end),
            Window::All | Window::Arrived(_) => (Timestamp(i64::MIN), Timestamp(i64::MAX)),
        };
        let stored = self.0.snapshot(tenant, table, from, to);
        let arrived = |segment: &&Arc<SegmentInfo>| match window {
            Window::Arrived(span) => segment.positions.0 < span.end && segment.positions.1 >= span.start,
            _ => true,
        };
        Snapshot {
            columns: stored.columns.iter().map(column).collect(),
            open: stored.rest_open,
            memory: stored.memory,
            segments: stored.segments.iter().filter(arrived).map(segment).collect(),
        }
    }
}

/// Columns that are stored without a dictionary.
const UNIQUE: [&str; 2] = ["content", "weir.id"];

fn column(info: &ColumnInfo) -> TableColumn {
    let form = match info.kinds.only() {
        Some(kind) if !info.in_rest => form_of(kind),
        _ => Form::Dynamic,
    };
    TableColumn { name: info.name.to_string(), form, in_rest: info.in_rest, repeats: !UNIQUE.contains(&&*info.name) }
}

fn form_of(kind: Kind) -> Form {
    match kind {
        Kind::Text => Form::Text,
        Kind::Long => Form::Long,
        Kind::Double => Form::Double,
        Kind::Bool => Form::Bool,
        Kind::Timestamp => Form::Timestamp,
        Kind::Duration => Form::Duration,
        Kind::Ip => Form::Ip,
        Kind::Texts => Form::Texts,
        Kind::Ips => Form::Ips,
    }
}

fn segment(info: &Arc<SegmentInfo>) -> Segment {
    Segment {
        path: info.path.clone(),
        rows: info.rows,
        bytes: info.bytes,
        bucket: info.bucket.to_string(),
        times: Some((info.min_time, info.max_time)),
        stored: Some(info.clone()),
    }
}

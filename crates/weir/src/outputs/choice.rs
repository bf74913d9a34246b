//! Which events an output sends, and how they look as messages.

use std::sync::Arc;

use weir_drive::kafka::Messages;
use weir_event::{Cell, EventId, FieldId, JsonLine, Row, Timestamp, Value, write_json};
use weir_pipe::{Filter, Routed};
use weir_store::Logged;

use crate::config::Output;
use crate::server::{Deriver, filter};

/// What an output is told to send.
pub struct Choice {
    tenant: Arc<str>,
    tables: Vec<Arc<str>>,
    buckets: Vec<Arc<str>>,
    filter: Option<Box<Filter>>,
    key: Option<FieldId>,
    own: Own,
    json: JsonLine,
}

/// Fields that are not the event's.
#[derive(Clone, Copy)]
struct Own {
    timestamp: FieldId,
    id: FieldId,
    source: FieldId,
    tenant: FieldId,
    received_at: FieldId,
}

impl Choice {
    pub fn new(output: &Output) -> Result<Choice, weir_event::Fault> {
        Ok(Choice {
            tenant: output.tenant.clone(),
            tables: output.tables.clone(),
            buckets: output.buckets.clone(),
            filter: output.filter.as_ref().map(filter::compile).transpose()?,
            key: output.key.as_deref().map(FieldId::known),
            own: Own {
                timestamp: FieldId::known("timestamp"),
                id: FieldId::known("weir.id"),
                source: FieldId::known("weir.source"),
                tenant: FieldId::known("weir.tenant"),
                received_at: FieldId::known("weir.received_at"),
            },
            json: JsonLine::default(),
        })
    }

    /// Adds the events of a chunk that are wanted.
    pub fn add(&mut self, logged: &Logged, deriver: &mut Deriver, messages: &mut Messages) {
        if logged.chunk.tenant != self.tenant || logged.chunk.is_empty() {
            return;
        }
        let has = |names: &[Arc<str>], name: &Arc<str>| names.is_empty() || names.contains(name);
        for routed in deriver.output(logged).routed {
            if has(&self.tables, &routed.table) && has(&self.buckets, &routed.bucket) {
                self.add_rows(logged, routed, messages);
            }
        }
    }

    fn add_rows(&mut self, logged: &Logged, mut routed: Routed, messages: &mut Messages) {
        let (own, chunk) = (self.own, &logged.chunk);
        // As the store sets them: conditions and keys may name them.
        let source = routed.batch.cell(&Value::text(&chunk.source));
        let tenant = routed.batch.cell(&Value::text(&chunk.tenant));
        let at = Cell::Timestamp(chunk.received_at);
        routed.batch.set_everywhere(&[(own.source, source), (own.tenant, tenant), (own.received_at, at)]);
        for (index, row) in routed.batch.rows().enumerate() {
            if self.filter.as_ref().is_some_and(|filter| !filter(&row)) {
                continue;
            }
            let index = routed.indexes.as_ref().map_or(index as u32, |all| all.get(index).copied().unwrap_or_default());
            let at = match row.cell(own.timestamp) {
                Some(Cell::Timestamp(at)) => at,
                _ => chunk.received_at,
            };
            let id = EventId { position: logged.position, index };
            self.json.clear();
            write_event(row, at, id, &own, &mut self.json);
            let key = self.key.and_then(|field| key_of(row.get(field)));
            messages.push(key.as_deref(), at, self.json.bytes());
        }
    }
}

/// The event as a query gives it.
fn write_event(row: Row<'_>, at: Timestamp, id: EventId, own: &Own, out: &mut JsonLine) {
    out.plain("{\"timestamp\":");
    out.timestamp(at);
    out.key(own.id);
    out.string(&id.to_string());
    for &(field, cell) in row.slots() {
        if field == own.timestamp || field == own.id || cell == Cell::Null {
            continue;
        }
        out.cell(row.batch(), field, cell);
    }
    out.artifacts(row, |out, kind| {
        out.string(kind.field_name());
        out.plain(":[");
    });
    if !row.notes().is_empty() {
        out.plain(",\"weir.notes\":[");
        row.notes().iter().for_each(|note| {
            out.separate();
            out.string(note);
        });
        out.plain("]");
    }
    out.plain("}");
}

/// A text as it is, anything else as JSON writes it; nothing for null.
fn key_of(value: Value<'_>) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.into_owned()),
        other => {
            let mut text = String::new();
            write_json(&other, &mut text);
            Some(text.trim_matches('"').to_owned())
        }
    }
}

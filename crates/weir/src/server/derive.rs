//! A chunk's events, the same whenever they are asked for.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use weir_event::{Batch, Cell, Chunk, FieldId};
use weir_parse::{Packs, Parser, ParserOptions, Zone};
use weir_pipe::{Output, Plan};
use weir_store::Logged;

use crate::rules;

/// Parses chunks and sends their events on their ways. Each thread has one of its own.
pub struct Deriver {
    plan: Arc<Plan>,
    packs: Arc<Packs>,
    /// By the zone of time stamps that carry none.
    parsers: HashMap<Arc<str>, Parser>,
}

impl Clone for Deriver {
    /// Another one of the same plan and packs.
    fn clone(&self) -> Self {
        Deriver { plan: self.plan.clone(), packs: self.packs.clone(), parsers: HashMap::new() }
    }
}

impl Deriver {
    pub fn new(plan: Plan, packs: Arc<Packs>) -> Deriver {
        Deriver { plan: Arc::new(plan), packs, parsers: HashMap::new() }
    }

    /// The chunk's events. A fault of weir itself costs what it must: the events are then the records as they came.
    pub fn output(&mut self, logged: &Logged) -> Output {
        let chunk = &logged.chunk;
        catch_unwind(AssertUnwindSafe(|| self.derive(chunk))).unwrap_or_else(|_| {
            say_bug(logged, "parsed");
            self.parsers.clear();
            weir_pipe::route(&Plan::default(), chunk, raw(chunk))
        })
    }

    /// Pure: a replay gives the same.
    fn derive(&mut self, chunk: &Chunk) -> Output {
        let batch = if rules::is_finding(&chunk.source) {
            rules::read_findings(chunk)
        } else {
            // The time of arrival stands for now, so that a replay gives the same rows.
            let now = chunk.received_at;
            self.parser(chunk).parse_chunk(chunk, now)
        };
        weir_pipe::route(&self.plan, chunk, batch)
    }

    fn parser(&mut self, chunk: &Chunk) -> &mut Parser {
        let key = (chunk.tenant.clone(), chunk.source.clone());
        let zone: Arc<str> = self.plan.origins.get(&key).map_or_else(|| "UTC".into(), |origin| origin.zone.clone());
        let packs = &self.packs;
        self.parsers.entry(zone.clone()).or_insert_with(|| {
            // Zones were checked when the configuration was read.
            let zone = Zone::parse(&zone).unwrap_or(Zone::UTC);
            Parser::new(packs.clone(), ParserOptions { zone, ..ParserOptions::default() })
        })
    }
}

pub(super) fn say_bug(logged: &Logged, what: &str) {
    let (position, source) = (logged.position, &logged.chunk.source);
    crate::say::log("error", format_args!("bug: a chunk could not be {what} position={position} source={source}"));
}

/// Rows that hold the records as they came, for a chunk whose parsing failed by a fault of weir.
fn raw(chunk: &Chunk) -> Batch {
    let mut batch = Batch::default();
    for record in chunk.records() {
        batch.set_text(FieldId::known("content"), &String::from_utf8_lossy(record));
        batch.set(FieldId::known("timestamp"), Cell::Timestamp(chunk.received_at));
        batch.add_note("internal_error");
        batch.end_row();
    }
    batch
}

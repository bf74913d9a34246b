//! One line on its own, as `weir parse` sees it.

use std::sync::{Arc, OnceLock};

use weir_event::{Batch, FieldId, JsonLine, Row, Timestamp};

use super::text::Shared;
use super::{Outcome, Parser};
use crate::zone::Zone;

/// What is known of one line beside its text.
#[derive(Clone, Debug)]
pub struct LineContext {
    /// Zone of local times; the parser's own when not given.
    pub zone: Option<Zone>,
    pub now: Timestamp,
}

/// What came of one line.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// A pack recognised and read it.
    pub parsed: bool,
    /// That pack's name.
    pub parser: Option<Arc<str>>,
    /// The event's own time.
    pub timestamp: Option<Timestamp>,
    batch: Batch,
}

impl Parser {
    /// Parses one line that belongs to no chunk.
    pub fn parse_line(&mut self, line: &str, context: &LineContext) -> Parsed {
        let mut batch = Batch::default();
        let outcomes = self.parse_lines(&[line], context, &mut batch);
        let outcome = outcomes.into_iter().next().unwrap_or_default();
        let pack = outcome.pack.map(|at| self.packs.packs[at as usize].name.clone());
        Parsed { parsed: pack.is_some(), parser: pack, timestamp: outcome.timestamp, batch }
    }

    /// Parses lines, at most 2 GiB together, and appends what [`Parsed::write_json`] would for each, with a line break behind: the way to
    /// read many, since the memory of some lines serves the next.
    pub fn write_lines(&mut self, lines: &[&str], context: &LineContext, out: &mut Vec<u8>) {
        let mut batch = std::mem::take(&mut self.scratch.lines);
        let outcomes = self.parse_lines(lines, context, &mut batch);
        let json = &mut self.scratch.json;
        for (row, outcome) in batch.rows().zip(outcomes) {
            let pack = outcome.pack.map(|at| &*self.packs.packs[at as usize].name);
            json.clear();
            write(row, pack, outcome.timestamp, json);
            out.extend_from_slice(json.bytes());
            out.push(b'\n');
        }
        self.scratch.lines = batch;
    }

    /// What came of each line; `batch` then holds a row for each.
    fn parse_lines(&mut self, lines: &[&str], context: &LineContext, batch: &mut Batch) -> Vec<Outcome> {
        let zone = context.zone.clone().map(|zone| std::mem::replace(&mut self.context.zone, zone));
        self.context.now = context.now;
        let shared = Shared::of_lines(lines);
        batch.reset(shared.text.clone());
        let mut outcomes = vec![Outcome::default(); lines.len()];
        self.rows(&shared, batch, |_, line, outcome| outcomes[line] = outcome);
        if let Some(zone) = zone {
            self.context.zone = zone;
        }
        outcomes
    }
}

impl Parsed {
    pub fn row(&self) -> Row<'_> {
        self.batch.row(0)
    }

    /// Appends the JSON object of `weir parse`: `parsed`, `parser`, `timestamp`, `fields` (all but the raw text and the time),
    /// `artifacts` by kind, `notes`.
    pub fn write_json(&self, out: &mut String) {
        let mut line = JsonLine::default();
        write(self.row(), self.parser.as_deref(), self.timestamp, &mut line);
        out.push_str(std::str::from_utf8(line.bytes()).unwrap_or_default());
    }
}

/// The JSON object of one row.
fn write(row: Row<'_>, pack: Option<&str>, timestamp: Option<Timestamp>, out: &mut JsonLine) {
    out.plain(if pack.is_some() { "{\"parsed\":true,\"parser\":" } else { "{\"parsed\":false,\"parser\":" });
    match pack {
        Some(name) => out.string(name),
        None => out.plain("null"),
    }
    out.plain(",\"timestamp\":");
    match timestamp {
        Some(at) => out.timestamp(at),
        None => out.plain("null"),
    }
    out.plain(",\"fields\":{");
    write_fields(row, out);
    out.plain("},\"artifacts\":{");
    out.artifacts(row, |out, kind| out.plain(kind.json_list()));
    out.plain("},\"notes\":[");
    for note in row.notes() {
        out.separate();
        out.string(note);
    }
    out.plain("]}");
}

fn write_fields(row: Row<'_>, out: &mut JsonLine) {
    static HIDDEN: OnceLock<[FieldId; 3]> = OnceLock::new();
    let hidden = HIDDEN.get_or_init(|| ["content", "timestamp", "weir.pack"].map(FieldId::known));
    let shown = row.slots().iter().filter(|(field, _)| !hidden.contains(field));
    shown.for_each(|&(field, cell)| out.cell(row.batch(), field, cell));
}

//! One line on its own, as `weir parse` sees it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use weir_event::{Batch, FieldId, JsonLine, Row, Timestamp};

use super::text::Lines;
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
        let records = Lines::of(&[line]);
        let mut batch = Batch::new(records.text.clone());
        let mut outcome = Outcome::default();
        self.within(context, |parser| parser.rows(&records, &mut batch, |_, _, of| outcome = of));
        let pack = outcome.pack.map(|at| self.packs.packs[at as usize].name.clone());
        Parsed { parsed: pack.is_some(), parser: pack, timestamp: outcome.timestamp, batch }
    }

    /// Parses records that belong to no chunk, and appends what [`Parsed::write_json`] would for each, with a line break behind. The more
    /// records there are, the less each costs.
    pub fn write_lines(&mut self, records: &Lines, context: &LineContext, out: &mut Vec<u8>) {
        self.within(context, |parser| {
            let mut first = 0;
            while first < records.len() {
                let block = parser.scratch.block.range(first, records);
                parser.write_block(records, block.clone(), out);
                first = block.end;
            }
        });
    }

    /// The same for the lines of a text. They are taken block by block: what is copied of a text stays in the caches then.
    pub fn write_text(&mut self, text: &str, context: &LineContext, out: &mut Vec<u8>) {
        self.within(context, |parser| {
            let mut rest = Some(text);
            while let Some(text) = rest {
                let room = std::mem::take(&mut parser.scratch.text);
                let records;
                (records, rest) = Lines::first_of(text, parser.scratch.block.length(), room);
                parser.write_block(&records, 0..records.len(), out);
                parser.scratch.text = records.text;
            }
        });
    }

    /// The rows are in a batch of their own, whose memory the next block uses again: so it stays in the caches.
    fn write_block(&mut self, records: &Lines, block: Range<usize>, out: &mut Vec<u8>) {
        let mut batch = std::mem::take(&mut self.scratch.lines);
        batch.reset(records.text.clone());
        batch.reserve(block.len());
        self.begin_batch();
        let (first, mut outcomes) = (block.start, vec![Outcome::default(); block.len()]);
        self.block(records, block, &mut batch, |_, record, outcome| outcomes[record - first] = outcome);
        let json = &mut self.scratch.json;
        for (row, outcome) in batch.rows().zip(outcomes) {
            let pack = outcome.pack.map(|at| &*self.packs.packs[at as usize].name);
            json.clear();
            write(row, pack, outcome.timestamp, json);
            out.extend_from_slice(json.bytes());
            out.push(b'\n');
        }
        batch.reset(Arc::default());
        self.scratch.lines = batch;
    }

    /// Parses with the zone and the time of a context.
    fn within(&mut self, context: &LineContext, parse: impl FnOnce(&mut Parser)) {
        let zone = context.zone.clone().map(|zone| std::mem::replace(&mut self.context.zone, zone));
        self.context.now = context.now;
        parse(self);
        if let Some(zone) = zone {
            self.context.zone = zone;
        }
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

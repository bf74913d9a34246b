//! One line on its own, as `weir parse` sees it.

use std::sync::{Arc, OnceLock};

use weir_event::{ArtifactKind, Batch, Cell, FieldId, JsonLine, Row, Span, Timestamp};

use super::Parser;
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
        self.parse_into(line, context, Batch::default())
    }

    /// Parses one line and appends what [`Parsed::write_json`] would: the way to read many, since the memory of one line serves
    /// the next.
    pub fn write_line(&mut self, line: &str, context: &LineContext, out: &mut Vec<u8>) {
        let batch = std::mem::take(&mut self.scratch.line);
        let parsed = self.parse_into(line, context, batch);
        let json = &mut self.scratch.json;
        json.clear();
        parsed.write_line(json);
        out.extend_from_slice(json.bytes());
        self.scratch.line = parsed.batch;
    }

    fn parse_into(&mut self, line: &str, context: &LineContext, mut batch: Batch) -> Parsed {
        let zone = context.zone.clone().map(|zone| std::mem::replace(&mut self.context.zone, zone));
        self.context.now = context.now;
        let text: Arc<str> = line.into();
        batch.reset(text.clone());
        self.begin_batch();
        let packs = self.packs.clone();
        let mut parts = std::mem::take(&mut self.scratch.parts);
        let outcome = self.record(&packs, &text, &mut parts, &mut batch, 0);
        self.scratch.parts = parts.recycled();
        batch.end_row();
        if let Some(zone) = zone {
            self.context.zone = zone;
        }
        let pack = outcome.pack.map(|at| &packs.packs[at as usize]);
        Parsed {
            parsed: pack.is_some(),
            parser: pack.map(|pack| pack.name.clone()),
            timestamp: outcome.timestamp,
            batch,
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
        self.write_line(&mut line);
        out.push_str(std::str::from_utf8(line.bytes()).unwrap_or_default());
    }

    fn write_line(&self, out: &mut JsonLine) {
        out.plain(if self.parsed { "{\"parsed\":true,\"parser\":" } else { "{\"parsed\":false,\"parser\":" });
        match &self.parser {
            Some(name) => out.string(name),
            None => out.plain("null"),
        }
        out.plain(",\"timestamp\":");
        match self.timestamp {
            Some(at) => out.timestamp(at),
            None => out.plain("null"),
        }
        out.plain(",\"fields\":{");
        self.write_fields(out);
        out.plain("},\"artifacts\":{");
        self.write_artifacts(out);
        out.plain("},\"notes\":[");
        for note in self.row().notes() {
            out.separate();
            out.string(note);
        }
        out.plain("]}");
    }

    fn write_fields(&self, out: &mut JsonLine) {
        static HIDDEN: OnceLock<[FieldId; 3]> = OnceLock::new();
        let hidden = HIDDEN.get_or_init(|| ["content", "timestamp", "weir.pack"].map(FieldId::known));
        let shown = self.row().slots().iter().filter(|(field, _)| !hidden.contains(field));
        for &(field, cell) in shown {
            if let Cell::Text(span) = cell {
                let (whole, place) = self.batch.place(span);
                out.member(field, whole, place);
                continue;
            }
            out.key(field);
            match cell {
                Cell::Long(number) => out.long(number),
                Cell::Ip(address) => out.ip(address),
                Cell::Timestamp(at) => out.timestamp(at),
                other => out.value(&self.batch.value(other)),
            }
        }
    }

    fn write_artifacts(&self, out: &mut JsonLine) {
        let found = self.row().artifact_spans();
        let present = found.iter().fold(0u16, |present, found| present | 1 << found.kind as u16);
        let kinds = ArtifactKind::ALL.into_iter().filter(|kind| present & 1 << *kind as u16 != 0);
        for kind in kinds {
            out.separate();
            out.plain(kind.json_list());
            for found in found.iter().filter(|found| found.kind == kind) {
                out.separate();
                self.write_text(found.text, out);
            }
            out.plain("]");
        }
    }

    #[inline]
    fn write_text(&self, span: Span, out: &mut JsonLine) {
        let (whole, place) = self.batch.place(span);
        out.piece(whole, place);
    }
}

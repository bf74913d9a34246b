//! Records to rows: recognise, read, map, and find the artifacts.

mod codes;
mod envelope;
mod explain;
mod labels;
mod memory;
pub(crate) mod names;
mod outline;
mod parsed;
mod parts;
mod patterns;
mod read;
mod rows;
mod seen;
mod steps;
mod text;
mod times;

use std::borrow::Cow;
use std::sync::Arc;

use weir_event::{Batch, Cell, Chunk, FieldId, JsonLine, Timestamp, Value};

use crate::map::{Kept, Mapping, Nulls, Target, Use, Ways, Writer};
use crate::pack::{Case, Header, Pack, Packs};
use crate::recognise::{Round, Seen};
use crate::time::TimeContext;
use crate::zone::Zone;
use names::{FieldSet, Names};
use outline::Outline;
use parts::Parts;
use rows::{Block, Sight};
use seen::Seen as SeenParts;

pub use explain::{Considered, ExplainedPart, Explanation};
pub use parsed::{LineContext, Parsed};
pub(crate) use seen::HEADER;
pub use text::{Lines, lines};

/// What is known of a source beside its records.
#[derive(Clone, Debug, Default)]
pub struct ParserOptions {
    /// Zone of local times.
    pub zone: Zone,
    /// Only this pack is asked, whatever its `recognise` says.
    pub pack: Option<String>,
}

/// Parses records with one set of packs. Holds scratch space: one per thread.
pub struct Parser {
    packs: Arc<Packs>,
    only: Option<u32>,
    scratch: Scratch,
    context: TimeContext,
    fields: Fields,
    /// Where the header of records goes that no pack reads.
    header: Header,
}

/// What parsing one record reuses from the last.
#[derive(Default)]
struct Scratch {
    seen: Seen,
    names: Names,
    ways: Ways,
    /// What the constants of the packs are in the batch being filled.
    cells: Kept,
    readers: read::Readers,
    set: FieldSet,
    block: Block,
    sights: Vec<Sight<'static>>,
    /// Memory of the last lines that belonged to no chunk, of their text, and of the last answer.
    lines: Batch,
    text: Arc<String>,
    json: JsonLine,
}

/// Fields that the parser itself sets.
struct Fields {
    content: FieldId,
    timestamp: FieldId,
    pack: FieldId,
    pid: FieldId,
    facility: FieldId,
    severity: FieldId,
    relay: Target,
}

/// What came of one record.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    pack: Option<u32>,
    timestamp: Option<Timestamp>,
}

/// Events inside events that are looked into.
const ENVELOPES_MAX: usize = 3;

impl Parser {
    pub fn new(packs: Arc<Packs>, options: ParserOptions) -> Self {
        let only = options.pack.and_then(|name| packs.packs.iter().position(|pack| *pack.name == *name));
        Parser {
            only: only.map(|at| at as u32),
            packs,
            scratch: Scratch::default(),
            context: TimeContext { zone: options.zone, ..TimeContext::utc() },
            fields: Fields::new(),
            header: Header::default(),
        }
    }

    /// One row per record, always, in order. A record that no pack reads becomes `content` with the note `unrecognised` and whatever
    /// artifacts its text holds. A row without a time of its own gets the chunk's, with the note `timestamp_missing`.
    ///
    /// `now` gives the year to times without one; replaying a chunk with the same `now` gives the same rows.
    pub fn parse_chunk(&mut self, chunk: &Chunk, now: Timestamp) -> Batch {
        self.context.now = now;
        let records = Lines::of_chunk(chunk);
        let mut batch = Batch::new(records.text.clone());
        batch.reserve(records.len());
        let timestamp = self.fields.timestamp;
        self.rows(&records, &mut batch, |batch, record, outcome| {
            if records.is_repaired(record) {
                batch.add_note("invalid_utf8");
            }
            if outcome.timestamp.is_none() {
                batch.add_note("timestamp_missing");
                batch.set(timestamp, Cell::Timestamp(chunk.received_at));
            }
        });
        batch
    }

    /// Fills the row under construction from one record.
    fn record<'t>(
        &mut self,
        packs: &'t Packs,
        sight: &Sight<'t>,
        parts: &mut Parts<'t>,
        batch: &mut Batch,
        depth: usize,
    ) -> Outcome {
        if depth == 0 {
            self.scratch.set.clear();
        }
        batch.set_text(self.fields.content, sight.text);
        self.scratch.set.add(self.fields.content);
        let untagged = self.read_untagged(packs, sight, parts);
        let (outline, read) = match &untagged {
            Some((outline, at)) => (outline, Some(*at)),
            None => (&sight.outline, self.read(packs, sight, parts)),
        };
        let Some(at) = read else {
            if depth == 0 {
                batch.add_note("unrecognised");
            }
            return self.unrecognised(packs, outline, batch);
        };
        let pack = &packs.packs[at as usize];
        if depth == 0 {
            self.name(packs, at, batch);
        }
        let mut outcome = Outcome { pack: Some(at), timestamp: None };
        if depth < ENVELOPES_MAX
            && let Some(event) = envelope::open(pack, outline, parts)
        {
            let sight = self.sight_within(packs, &event);
            let within = self.record(packs, &sight, &mut Parts::default(), batch, depth + 1);
            outcome.timestamp = within.timestamp;
            match within.pack {
                Some(within) if packs.packs[within as usize].generic => {}
                Some(within) => outcome.pack = Some(within),
                // A text that is no event of its own is what the envelope calls it.
                None => parts.push(event.member, Value::owned(event.text)),
            }
        }
        let outcome = self.fill(packs, at, outline, parts, batch, outcome);
        if let Some(within) = outcome.pack.filter(|within| depth == 0 && *within != at) {
            self.name(packs, within, batch);
        }
        outcome
    }

    /// Says which pack a record belongs to. It is said first, so that no part of the record does.
    fn name(&mut self, packs: &Packs, pack: u32, batch: &mut Batch) {
        let constant = crate::map::Const::Kept(packs.packs[pack as usize].name_constant);
        let name = self.scratch.plain_writer(packs, batch, &self.context).constant(constant);
        batch.set(self.fields.pack, name);
        self.scratch.set.add(self.fields.pack);
    }

    /// Has the packs that recognise the record read it, the best first; the one that could.
    fn read<'t>(&mut self, packs: &'t Packs, sight: &Sight<'t>, parts: &mut Parts<'t>) -> Option<u32> {
        let Scratch { seen, readers, .. } = &mut self.scratch;
        let outline = &sight.outline;
        let mut reads = |at: u32| reads(readers, &packs.packs[at as usize], outline, parts);
        let likely = sight.likely?;
        if reads(likely) {
            return Some(likely);
        }
        if self.only.is_some() {
            return None;
        }
        let facts = outline.facts();
        Round::ALL.into_iter().find_map(|round| {
            packs.recogniser.candidates(&facts, round, seen);
            seen.packs.iter().copied().find(|&at| at != likely && reads(at))
        })
    }

    /// Reads a record that no product's pack knows by its outline, but one does when the program of the header is part of the message.
    fn read_untagged<'t>(
        &mut self,
        packs: &'t Packs,
        sight: &Sight<'t>,
        parts: &mut Parts<'t>,
    ) -> Option<(Outline<'t>, u32)> {
        if self.only.is_some() || sight.likely.is_some_and(|at| !packs.packs[at as usize].generic) {
            return None;
        }
        let outline = sight.outline.untagged()?;
        let Scratch { seen, readers, .. } = &mut self.scratch;
        packs.recogniser.candidates(&outline.facts(), Round::Product, seen);
        let at = seen.packs.iter().copied().find(|&at| reads(readers, &packs.packs[at as usize], &outline, parts))?;
        Some((outline, at))
    }

    /// Maps the parts of a record that pack number `at` read.
    #[expect(clippy::too_many_arguments, reason = "the parts of one record, each borrowed from another place")]
    fn fill<'t>(
        &mut self,
        packs: &'t Packs,
        at: u32,
        outline: &Outline<'t>,
        parts: &mut Parts<'t>,
        batch: &mut Batch,
        mut outcome: Outcome,
    ) -> Outcome {
        let pack = &packs.packs[at as usize];
        let (cases, held) = cases(pack, outline, parts);
        if outcome.timestamp.is_none() {
            let header = outline.syslog.timestamp;
            let rules = cases.iter().flat_map(|case| &case.times).chain(&pack.times);
            outcome.timestamp =
                times::of(rules, parts, header, &self.context, &mut |note| batch.add_note(note)).or(header);
        }
        let mut ways = std::mem::take(&mut self.scratch.ways);
        let mut writer = self.scratch.writer(packs, pack, batch, &self.context);
        if let Some(at) = outcome.timestamp {
            writer.fresh(self.fields.timestamp, Cell::Timestamp(at));
        }
        let scanned = parts.scanned.take();
        let (own, all): ([&Mapping; 1], Vec<&Mapping>);
        let mappings = if cases.is_empty() {
            own = [&pack.mapping];
            own.as_slice()
        } else {
            all = cases.iter().map(|case| &case.mapping).chain([&pack.mapping]).collect();
            all.as_slice()
        };
        mappings.iter().for_each(|mapping| writer.joined(mapping, &|name| parts.find(name)));
        let mut place = ways.begin(at, held);
        parts.drain(|name, value| {
            place = ways.step(place, name);
            if let Value::Text(Cow::Borrowed(text)) = value {
                // There is nothing to drop, which the compiler would find out each time.
                std::mem::forget(value);
                if !writer.is_null(text) {
                    ways.with(place, name, mappings, &mut writer, |way, writer| writer.text_part(way, text));
                }
            } else if !writer.is_nothing(&value) {
                ways.with(place, name, mappings, &mut writer, |way, writer| writer.part(way, value));
            }
        });
        if let Some(text) = scanned {
            writer.artifact(pack.unlisted, text);
        }
        for &(field, constant) in cases.iter().flat_map(|case| &case.mapping.set).chain(&pack.mapping.set) {
            let cell = writer.constant(constant);
            writer.fresh(field, cell);
        }
        self.fields.header(outline, &pack.reader.header, &mut writer);
        self.scratch.ways = ways;
        outline.notes().chain(parts.notes.iter()).for_each(|note| batch.add_note(note));
        outcome
    }

    /// A record that no pack reads: the syslog header if there is one, and the artifacts of the text.
    fn unrecognised(&mut self, packs: &Packs, outline: &Outline<'_>, batch: &mut Batch) -> Outcome {
        let timestamp = outline.syslog.timestamp;
        if let Some(at) = timestamp {
            batch.set(self.fields.timestamp, Cell::Timestamp(at));
            self.scratch.set.add(self.fields.timestamp);
        }
        let mut writer = self.scratch.plain_writer(packs, batch, &self.context);
        self.fields.header(outline, &self.header, &mut writer);
        writer.scan_value(&Value::text(outline.syslog.msg));
        Outcome { pack: None, timestamp }
    }
}

/// Has a pack read a record; false when it cannot.
fn reads<'t>(readers: &mut read::Readers, pack: &'t Pack, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
    parts.clear();
    let read = readers.read(pack, outline, parts);
    pack.reader.lists.iter().for_each(|name| parts.gather(name));
    if read {
        go_on(readers, pack, outline, parts);
    }
    read
}

/// What is done with the parts of a record once they are read.
fn go_on<'t>(readers: &mut read::Readers, pack: &'t Pack, outline: &Outline<'t>, parts: &mut Parts<'t>) {
    if !pack.reader.then.is_empty() {
        steps::run(readers, pack, outline, parts);
    }
    if !pack.header_parts.is_empty() {
        let header = seen::header(outline);
        pack.header_parts.iter().for_each(|&at| parts.push(HEADER[at], header[at].clone()));
    }
}

/// The cases of the pack that hold for a record, also as bits; `None` when there are too many for that.
fn cases<'p>(pack: &'p Pack, outline: &Outline<'_>, parts: &Parts<'_>) -> (Vec<&'p Case>, Option<u64>) {
    let mut held = (pack.cases.len() <= u64::BITS as usize).then_some(0);
    if pack.cases.is_empty() {
        return (Vec::new(), held);
    }
    let seen = SeenParts::of(outline, parts);
    let mut holding = Vec::new();
    for (number, case) in pack.cases.iter().enumerate() {
        if case.when.holds(&|name| seen.find(name)) {
            holding.push(case);
            held = held.map(|bits: u64| bits | 1 << number);
        }
    }
    (holding, held)
}

impl Scratch {
    fn writer<'w>(
        &'w mut self,
        packs: &'w Packs,
        pack: &'w Pack,
        batch: &'w mut Batch,
        context: &'w TimeContext,
    ) -> Writer<'w> {
        let reader = &pack.reader;
        Writer {
            nulls: &reader.nulls,
            keep_empty: reader.keep_empty,
            unlisted: pack.unlisted,
            ..self.plain_writer(packs, batch, context)
        }
    }

    fn plain_writer<'w>(&'w mut self, packs: &'w Packs, batch: &'w mut Batch, context: &'w TimeContext) -> Writer<'w> {
        Writer {
            batch,
            names: &mut self.names,
            set: &mut self.set,
            constants: &packs.constants,
            cells: &mut self.cells,
            context,
            nulls: Nulls::NONE,
            keep_empty: false,
            unlisted: Use::Scan,
        }
    }
}

impl Fields {
    fn new() -> Self {
        Fields {
            content: FieldId::known("content"),
            timestamp: FieldId::known("timestamp"),
            pack: FieldId::known("weir.pack"),
            pid: FieldId::known("process.pid"),
            facility: FieldId::known("log.syslog.facility.code"),
            severity: FieldId::known("log.syslog.severity.code"),
            relay: Target::of("log.syslog.relay"),
        }
    }

    /// What the syslog header says, where the record itself did not say it.
    fn header(&self, outline: &Outline<'_>, to: &Header, writer: &mut Writer<'_>) {
        let syslog = &outline.syslog;
        if let Some(facility) = syslog.facility {
            writer.fresh(self.facility, Cell::Long(facility.into()));
        }
        if let Some(severity) = syslog.severity {
            writer.fresh(self.severity, Cell::Long(severity.into()));
        }
        if let (Some(host), Some(target)) = (syslog.hostname.filter(|host| *host != "-"), &to.host) {
            writer.named(target, host);
        }
        if let Some(relay) = syslog.relay {
            writer.named(&self.relay, relay);
        }
        let is_name = |name: &&str| !name.starts_with('%') && !name.bytes().all(|byte| byte.is_ascii_digit());
        if let (Some(program), Some(target)) = (syslog.app_name.filter(is_name), &to.program) {
            writer.named(target, program);
        }
        if let Some(pid) = syslog.procid.and_then(|pid| pid.parse().ok()) {
            writer.fresh(self.pid, Cell::Long(pid));
        }
    }
}

#[cfg(test)]
mod tests;

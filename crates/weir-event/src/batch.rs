//! Parsed events as rows over the bytes they came from.

mod nested;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use crate::{ArtifactKind, Duration, FieldId, Record, Timestamp, Value, limits};
use nested::Nested;

pub(crate) use nested::Node;

/// Rows of named cells. Text cells point into the shared chunk text or into the batch's own arena, so that a parsed field
/// costs no allocation.
///
/// A row is built by [`Batch::set`] and its kin and closed by [`Batch::end_row`].
#[derive(Clone, Debug, Default)]
pub struct Batch {
    chunk: Arc<String>,
    arena: String,
    nested: Nested,
    slots: Vec<(FieldId, Cell)>,
    artifacts: Vec<Artifact>,
    notes: Vec<Note>,
    rows: Vec<Extent>,
    /// Where the row under construction begins.
    open: Ends,
}

/// A value of a row. Spans count bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    Null,
    Bool(bool),
    Long(i64),
    Double(f64),
    Timestamp(Timestamp),
    Duration(Duration),
    Ip(IpAddr),
    Text(Span),
    /// Where a record, array or other rare value begins that the batch owns.
    Nested(u32),
}

/// A piece of text of a batch: of the chunk, or of the arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: u32,
    /// Highest bit: the arena.
    len: u32,
}

const IN_ARENA: u32 = 1 << 31;

impl Span {
    /// Bytes of the text.
    fn len(self) -> u32 {
        self.len & !IN_ARENA
    }
}

/// One value worth pivoting on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub kind: ArtifactKind,
    pub text: Span,
}

/// Something a reader wants known about an event: a fixed word such as `colon_separator`.
pub type Note = &'static str;

/// A place among slots, artifacts and notes.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    slots: u32,
    artifacts: u32,
    notes: u32,
}

/// Where a row's slots, artifacts and notes begin and end.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    from: Ends,
    to: Ends,
}

/// One row of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Row<'b> {
    batch: &'b Batch,
    extent: Extent,
}

impl Batch {
    /// A batch over `chunk`, at most 2 GiB.
    pub fn new(chunk: Arc<String>) -> Self {
        Batch { chunk, ..Self::default() }
    }

    /// Makes room for so many rows of usual width, so that filling them does not grow the batch step by step.
    pub fn reserve(&mut self, rows: usize) {
        const FIELDS_PER_ROW: usize = 28;
        const ARTIFACTS_PER_ROW: usize = 6;
        make_room(&mut self.rows, rows);
        make_room(&mut self.slots, rows * FIELDS_PER_ROW);
        make_room(&mut self.artifacts, rows * ARTIFACTS_PER_ROW);
    }

    /// Forgets every row and begins anew over `chunk`, keeping the memory.
    pub fn reset(&mut self, chunk: Arc<String>) {
        self.chunk = chunk;
        self.arena.clear();
        self.nested.clear();
        self.slots.clear();
        self.artifacts.clear();
        self.notes.clear();
        self.rows.clear();
        self.open = Ends::default();
    }

    /// The text that chunk spans point into.
    pub fn chunk(&self) -> &str {
        &self.chunk
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes held besides the chunk.
    pub fn bytes(&self) -> usize {
        self.arena.len()
            + self.nested.bytes()
            + self.slots.len() * size_of::<(FieldId, Cell)>()
            + self.artifacts.len() * size_of::<Artifact>()
            + self.rows.len() * size_of::<Extent>()
    }

    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.rows.len()).map(|index| self.row(index))
    }

    /// Row `index`, which must be closed.
    pub fn row(&self, index: usize) -> Row<'_> {
        Row { batch: self, extent: self.rows[index] }
    }

    /// The row under construction.
    pub fn open_row(&self) -> Row<'_> {
        Row { batch: self, extent: Extent { from: self.open, to: self.now() } }
    }

    fn now(&self) -> Ends {
        Ends { slots: self.slots.len() as u32, artifacts: self.artifacts.len() as u32, notes: self.notes.len() as u32 }
    }

    pub fn end_row(&mut self) {
        let extent = Extent { from: self.open, to: self.now() };
        self.rows.push(extent);
        self.open = extent.to;
    }

    /// Puts the last closed rows into another order: the first of them becomes number `places[0]` of them, and so on. `places` holds every
    /// number below its length once; cells stay where they are.
    pub fn arrange(&mut self, places: impl ExactSizeIterator<Item = u32>) {
        let first = self.rows.len().saturating_sub(places.len());
        let had = self.rows[first..].to_vec();
        for (extent, place) in had.into_iter().zip(places) {
            if let Some(row) = self.rows.get_mut(first + place as usize) {
                *row = extent;
            }
        }
    }

    /// Forgets the row under construction; text it put into the arena stays there unused.
    pub fn discard_row(&mut self) {
        self.slots.truncate(self.open.slots as usize);
        self.artifacts.truncate(self.open.artifacts as usize);
        self.notes.truncate(self.open.notes as usize);
    }

    /// The span of `part`, which must be a piece of [`Batch::chunk`] or of this batch's arena; text from elsewhere is copied
    /// into the arena.
    #[inline]
    pub fn span_of(&mut self, part: &str) -> Span {
        let (base, at) = (self.chunk.as_ptr() as usize, part.as_ptr() as usize);
        if at >= base && at + part.len() <= base + self.chunk.len() {
            return Span { start: (at - base) as u32, len: part.len() as u32 };
        }
        self.keep(part)
    }

    /// Copies text into the arena.
    pub fn keep(&mut self, text: &str) -> Span {
        let start = self.arena.len() as u32;
        self.arena.push_str(text);
        Span { start, len: text.len() as u32 | IN_ARENA }
    }

    /// Lets `write` append to the arena; what it wrote is the span.
    pub fn keep_with(&mut self, write: impl FnOnce(&mut String)) -> Span {
        let start = self.arena.len();
        write(&mut self.arena);
        Span { start: start as u32, len: (self.arena.len() - start) as u32 | IN_ARENA }
    }

    /// The span of a piece of the chunk by byte offsets, for readers that count instead of slice.
    pub fn chunk_span(start: usize, end: usize) -> Span {
        Span { start: start as u32, len: (end - start) as u32 }
    }

    #[inline]
    pub fn text(&self, span: Span) -> &str {
        let (whole, place) = self.place(span);
        whole.get(place).unwrap_or_default()
    }

    /// The text that a span is a piece of, and where in it.
    #[inline]
    pub fn place(&self, span: Span) -> (&str, std::ops::Range<usize>) {
        let start = span.start as usize;
        let whole: &str = if span.len & IN_ARENA == 0 { &self.chunk } else { &self.arena };
        (whole, start..start + span.len() as usize)
    }

    /// Sets a cell of the row under construction, replacing an earlier one of that name. False when the row already has
    /// [`limits::EVENT_FIELDS_MAX`] fields: nothing is set then.
    pub fn set(&mut self, field: FieldId, cell: Cell) -> bool {
        let from = self.open.slots as usize;
        if let Some(slot) = self.slots[from..].iter_mut().find(|slot| slot.0 == field) {
            slot.1 = cell;
            return true;
        }
        self.push(field, cell)
    }

    /// Adds a cell whose name the caller knows to be new in this row; like [`Batch::set`] otherwise.
    #[inline]
    pub fn push(&mut self, field: FieldId, cell: Cell) -> bool {
        let room = self.slots.len() - (self.open.slots as usize) < limits::EVENT_FIELDS_MAX;
        if room {
            self.slots.push((field, cell));
        }
        room
    }

    /// Sets text, see [`Batch::span_of`].
    pub fn set_text(&mut self, field: FieldId, text: &str) -> bool {
        let span = self.span_of(text);
        self.set(field, Cell::Text(span))
    }

    /// Sets any value; text is copied into the arena, a container is kept beside the rows.
    pub fn set_value(&mut self, field: FieldId, value: Value<'_>) -> bool {
        let cell = self.cell(&value);
        self.set(field, cell)
    }

    /// A cell for `value`, see [`Batch::set_value`].
    pub fn cell(&mut self, value: &Value<'_>) -> Cell {
        self.plain(value).unwrap_or_else(|| self.nest(value))
    }

    /// The cell of a value that is not more than a cell.
    fn plain(&mut self, value: &Value<'_>) -> Option<Cell> {
        Some(match value {
            Value::Null => Cell::Null,
            Value::Bool(v) => Cell::Bool(*v),
            Value::Long(v) => Cell::Long(*v),
            Value::Double(v) => Cell::Double(*v),
            Value::Timestamp(v) => Cell::Timestamp(*v),
            Value::Duration(v) => Cell::Duration(*v),
            Value::Ip(v) => Cell::Ip(*v),
            Value::Text(text) => Cell::Text(self.span_of(text)),
            _ => return None,
        })
    }

    /// Removes a cell of the row under construction.
    pub fn unset(&mut self, field: FieldId) -> Option<Cell> {
        let from = self.open.slots as usize;
        let at = self.slots[from..].iter().position(|slot| slot.0 == field)?;
        Some(self.slots.remove(from + at).1)
    }

    /// Notes an artifact of the row under construction, once per value. False when the row has
    /// [`limits::EVENT_ARTIFACTS_MAX`] already.
    pub fn add_artifact(&mut self, kind: ArtifactKind, text: Span) -> bool {
        let from = self.open.artifacts as usize;
        let new = self.text(text);
        // Both comparisons at once are one branch, which is seldom taken.
        let alike = |have: &Artifact| (have.kind == kind) & (have.text.len() == text.len());
        let same = |have: &Artifact| alike(have) && self.text(have.text) == new;
        let known = self.artifacts[from..].iter().any(same);
        let room = self.artifacts.len() - from < limits::EVENT_ARTIFACTS_MAX;
        if room && !known {
            self.artifacts.push(Artifact { kind, text });
        }
        room || known
    }

    /// Adds a note to the row under construction, once per word.
    pub fn add_note(&mut self, note: Note) {
        let from = self.open.notes as usize;
        if !self.notes[from..].contains(&note) {
            self.notes.push(note);
        }
    }

    /// Sets the same cells on every closed row, over what the rows had under those names. A row that is full keeps its own cells.
    pub fn set_everywhere(&mut self, cells: &[(FieldId, Cell)]) {
        let others = |own: &[(FieldId, Cell)], out: &mut Vec<(FieldId, Cell)>| {
            out.extend(own.iter().filter(|slot| cells.iter().all(|cell| cell.0 != slot.0)));
        };
        self.rewrite(cells, others, |_, _| true);
    }

    /// Sets cells on the closed rows that have none under those names. A row that is full keeps its own cells.
    pub fn set_where_missing(&mut self, cells: &[(FieldId, Cell)]) {
        let missing = |own: &[(FieldId, Cell)], field| own.iter().all(|slot| slot.0 != field);
        self.rewrite(cells, |own, out| out.extend_from_slice(own), missing);
    }

    /// Puts every closed row together anew: what `keep` takes of its slots, then those of `cells` that are `wanted`, as far as there is room.
    fn rewrite(
        &mut self,
        cells: &[(FieldId, Cell)],
        keep: impl Fn(&[(FieldId, Cell)], &mut Vec<(FieldId, Cell)>),
        wanted: impl Fn(&[(FieldId, Cell)], FieldId) -> bool,
    ) {
        let mut slots = Vec::with_capacity(self.slots.len() + cells.len() * self.rows.len());
        for row in &mut self.rows {
            let (start, own) = (slots.len(), &self.slots[row.from.slots as usize..row.to.slots as usize]);
            keep(own, &mut slots);
            let room = limits::EVENT_FIELDS_MAX.saturating_sub(slots.len() - start);
            slots.extend(cells.iter().filter(|cell| wanted(own, cell.0)).take(room));
            (row.from.slots, row.to.slots) = (start as u32, slots.len() as u32);
        }
        let open = slots.len() as u32;
        slots.extend_from_slice(&self.slots[self.open.slots as usize..]);
        (self.slots, self.open.slots) = (slots, open);
    }

    /// A batch of the closed rows `rows`, in that order. Text stays where it is; what the batch owns is copied.
    pub fn select(&self, rows: &[u32]) -> Batch {
        let mut out = Batch {
            chunk: self.chunk.clone(),
            arena: self.arena.clone(),
            nested: self.nested.clone(),
            ..Batch::default()
        };
        for &index in rows.iter().filter(|&&index| (index as usize) < self.rows.len()) {
            let row = self.row(index as usize);
            out.slots.extend_from_slice(row.slots());
            out.artifacts.extend_from_slice(row.artifact_spans());
            out.notes.extend_from_slice(row.notes());
            out.end_row();
        }
        out
    }

    /// The value of a cell.
    #[inline]
    pub fn value(&self, cell: Cell) -> Value<'_> {
        match cell {
            Cell::Null => Value::Null,
            Cell::Bool(v) => Value::Bool(v),
            Cell::Long(v) => Value::Long(v),
            Cell::Double(v) => Value::Double(v),
            Cell::Timestamp(v) => Value::Timestamp(v),
            Cell::Duration(v) => Value::Duration(v),
            Cell::Ip(v) => Value::Ip(v),
            Cell::Text(span) => Value::Text(Cow::Borrowed(self.text(span))),
            Cell::Nested(mut at) => self.unnest(&mut at),
        }
    }
}

/// Room for so many items; where there are none yet, memory is not grown but made anew, since growing would copy it.
fn make_room<T>(items: &mut Vec<T>, count: usize) {
    if items.is_empty() && items.capacity() < count {
        *items = Vec::with_capacity(count);
    } else {
        items.reserve(count);
    }
}

impl<'b> Row<'b> {
    pub fn batch(&self) -> &'b Batch {
        self.batch
    }

    #[inline]
    pub fn slots(&self) -> &'b [(FieldId, Cell)] {
        &self.batch.slots[self.extent.from.slots as usize..self.extent.to.slots as usize]
    }

    pub fn cell(&self, field: FieldId) -> Option<Cell> {
        self.slots().iter().find(|slot| slot.0 == field).map(|slot| slot.1)
    }

    /// The value of a field; null when it is missing.
    pub fn get(&self, field: FieldId) -> Value<'b> {
        self.cell(field).map_or(Value::Null, |cell| self.batch.value(cell))
    }

    /// The text of a field that is text.
    pub fn text(&self, field: FieldId) -> Option<&'b str> {
        match self.cell(field)? {
            Cell::Text(span) => Some(self.batch.text(span)),
            _ => None,
        }
    }

    pub fn fields(&self) -> impl Iterator<Item = (FieldId, Value<'b>)> {
        let batch = self.batch;
        self.slots().iter().map(move |&(field, cell)| (field, batch.value(cell)))
    }

    /// Artifacts in order of discovery.
    pub fn artifacts(&self) -> impl Iterator<Item = (ArtifactKind, &'b str)> {
        let batch = self.batch;
        self.artifact_spans().iter().map(move |artifact| (artifact.kind, batch.text(artifact.text)))
    }

    /// Artifacts in order of discovery, as the batch keeps them.
    pub fn artifact_spans(&self) -> &'b [Artifact] {
        &self.batch.artifacts[self.extent.from.artifacts as usize..self.extent.to.artifacts as usize]
    }

    pub fn notes(&self) -> &'b [Note] {
        &self.batch.notes[self.extent.from.notes as usize..self.extent.to.notes as usize]
    }

    /// The whole row as a record: fields, then `artifacts.*` and `weir.notes` as arrays where there are any.
    pub fn to_record(self) -> Record<'b> {
        let mut record = Record::new();
        for (field, value) in self.fields() {
            record.push_new(field.name(), value);
        }
        for kind in ArtifactKind::ALL {
            let values: Vec<Value> =
                self.artifacts().filter(|(have, _)| *have == kind).map(|(_, text)| Value::text(text)).collect();
            if !values.is_empty() {
                record.push_new(kind.field_name(), Value::Array(values));
            }
        }
        if !self.notes().is_empty() {
            record.push_new("weir.notes", Value::Array(self.notes().iter().map(|note| Value::text(note)).collect()));
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_point_into_the_chunk_and_the_arena() {
        let chunk = Arc::new(String::from("host=a user=b"));
        let mut batch = Batch::new(chunk.clone());
        let (host, user) = (FieldId::known("host.name"), FieldId::known("user.name"));
        batch.set_text(host, &chunk[5..6]);
        batch.set_text(user, "elsewhere");
        batch.set(host, Cell::Long(7));
        let span = batch.span_of(&chunk[12..13]);
        assert!(batch.add_artifact(ArtifactKind::Users, span));
        assert!(batch.add_artifact(ArtifactKind::Users, span));
        batch.add_note("glued_key");
        batch.end_row();
        batch.set_text(host, "dropped");
        batch.discard_row();
        batch.end_row();
        let row = batch.row(0);
        assert_eq!(row.get(host), Value::Long(7));
        assert_eq!(row.text(user), Some("elsewhere"));
        assert_eq!(row.artifacts().collect::<Vec<_>>(), [(ArtifactKind::Users, "b")]);
        assert_eq!(row.notes(), ["glued_key"]);
        assert_eq!(batch.row(1).slots(), []);
    }

    #[test]
    fn rows_are_chosen_and_get_cells_of_their_source() {
        let mut batch = Batch::new(Arc::new("ab".into()));
        let (host, site) = (FieldId::known("host.name"), FieldId::known("site"));
        for (at, name) in ["a", "b"].into_iter().enumerate() {
            let span = batch.span_of(name);
            batch.set(host, Cell::Text(span));
            batch.set(site, Cell::Long(at as i64));
            batch.add_artifact(ArtifactKind::Machines, span);
            batch.end_row();
        }
        let lab = batch.keep("lab");
        batch.set_everywhere(&[(site, Cell::Text(lab))]);
        let chosen = batch.select(&[1, 7]);
        assert_eq!(chosen.len(), 1);
        let row = chosen.row(0);
        assert_eq!((row.text(host), row.text(site), row.slots().len()), (Some("b"), Some("lab"), 2));
        assert_eq!(row.artifacts().collect::<Vec<_>>(), [(ArtifactKind::Machines, "b")]);
        assert_eq!(batch.row(0).text(site), Some("lab"));
    }

    #[test]
    fn rows_are_put_into_another_order() {
        let mut batch = Batch::new(Arc::new("abcd".into()));
        let host = FieldId::known("host.name");
        for name in ["a", "d", "b", "c"] {
            let span = batch.chunk().find(name).map_or(Batch::chunk_span(0, 0), |at| Batch::chunk_span(at, at + 1));
            batch.set(host, Cell::Text(span));
            batch.end_row();
        }
        batch.arrange([2, 0, 1].into_iter());
        batch.set_text(host, "open");
        batch.set_everywhere(&[(FieldId::known("site"), Cell::Long(1))]);
        batch.end_row();
        let names: Vec<&str> = batch.rows().filter_map(|row| row.text(host)).collect();
        assert_eq!(names, ["a", "b", "c", "d", "open"]);
        assert_eq!(batch.rows().map(|row| row.slots().len()).collect::<Vec<_>>(), [2, 2, 2, 2, 1]);
    }

    #[test]
    fn values_in_values_are_kept() {
        let mut batch = Batch::new(Arc::new("name inner".into()));
        let inner: Record = [("b", Value::text("x")), ("c", Value::Uid(crate::Uid::Uid64(7)))].into_iter().collect();
        let items = vec![Value::Null, Value::Long(1), Value::Record(inner), Value::Array(Vec::new())];
        let outer: Record = [("a", Value::Array(items)), ("e", Value::Record(Record::new()))].into_iter().collect();
        for value in
            [Value::Record(outer), Value::Array(vec![Value::owned("y".into())]), Value::Binary((&[1, 2][..]).into())]
        {
            let (field, mut json, mut line) = (FieldId::known("nested"), String::new(), crate::JsonLine::default());
            batch.set_value(field, value.clone());
            assert_eq!(batch.open_row().get(field), value);
            crate::write_json(&value, &mut json);
            let cell = batch.open_row().cell(field).unwrap_or(Cell::Null);
            line.cell(&batch, field, cell);
            assert_eq!(String::from_utf8_lossy(line.bytes()), format!("\"nested\":{json}"));
        }
    }

    #[test]
    fn a_row_has_a_limited_number_of_fields() {
        let mut batch = Batch::default();
        for number in 0..limits::EVENT_FIELDS_MAX {
            assert!(batch.set(FieldId::known(&format!("wide.{number}")), Cell::Null));
        }
        assert!(!batch.set(FieldId::known("wide.more"), Cell::Null));
    }
}

//! A batch of rows as a record batch of the column convention.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayBuilder, ArrayRef, RecordBatch, StringArray, StringBuilder};
use arrow::datatypes::{Field, Schema, SchemaRef};
use hashbrown::HashMap;
use weir_event::{ArtifactKind, Batch, Cell, EventId, FieldId, Kind, Row, Timestamp, Value, kind_of, limits};

use super::column::{Taken, natural_kind, shrunk};
use super::{Column, Lot, lots};
use crate::column::{FIXED, REST, field};
use crate::rest;
use crate::table::{self, Names, Part, rest_with};

/// Rows of one chunk on their way to one table.
#[derive(Clone, Debug)]
pub struct TableRows {
    pub tenant: Arc<str>,
    pub table: Arc<str>,
    pub bucket: Arc<str>,
    pub source: Arc<str>,
    pub received_at: Timestamp,
    /// Index in the chunk of each row, for `weir.id`; `None`: row `i` is record `i`.
    pub indexes: Option<Vec<u32>>,
    pub batch: Batch,
}

/// Rows of one record batch; further rows go into the next.
const PART_ROWS_MAX: usize = 65_536;
/// Bytes of text in one record batch before the next begins; far from the 2 GiB that offsets can count.
const PART_BYTES_MAX: usize = 64 << 20;

/// Schemas remembered, so that the parts of like rows share one.
const SCHEMAS_MAX: usize = 1_024;

/// Turns rows into columns; one per worker thread, because it remembers where fields are.
#[derive(Default)]
pub struct Rows {
    /// By field id: 1 + index of the field's column in the part under construction.
    places: Vec<u32>,
    own: Option<OwnFields>,
    schemas: HashMap<Vec<(FieldId, Kind)>, SchemaRef, foldhash::fast::RandomState>,
}

/// Fields that the store fills itself.
#[derive(Clone, Copy)]
struct OwnFields {
    timestamp: FieldId,
    tenant: FieldId,
    notes: FieldId,
    artifacts: [FieldId; 11],
}

/// Places of the fixed columns.
const TIMESTAMP: usize = 0;
const ID: usize = 2;
const SOURCE: usize = 3;
const TENANT: usize = 4;
const RECEIVED_AT: usize = 5;

/// A part under construction.
struct Open<'r> {
    fields: Vec<FieldId>,
    columns: Vec<Column>,
    /// Rows to come, at most.
    room: usize,
    rest: StringBuilder,
    rest_row: String,
    names: Names,
    rows: usize,
    bytes: usize,
    times: (i64, i64),
    table: &'r TableRows,
    position: u64,
}

impl Rows {
    pub fn new() -> Self {
        Self::default()
    }

    /// The rows as parts: usually one for each hour and pack. `timestamp` is never null: a row without one gets the time it
    /// was received.
    pub(crate) fn convert(&mut self, position: u64, table: &TableRows) -> Vec<Part> {
        let mut parts = Vec::new();
        for (lot, rows) in lots::split(&table.batch, table.received_at) {
            let mut open = self.open(position, table, rows.len());
            for (done, &index) in rows.iter().enumerate() {
                if open.rows >= PART_ROWS_MAX || open.bytes >= PART_BYTES_MAX {
                    parts.extend(self.close(open, &lot));
                    open = self.open(position, table, rows.len() - done);
                }
                self.row(&mut open, index as usize, table.batch.row(index as usize));
            }
            parts.extend(self.close(open, &lot));
        }
        parts
    }

    /// A part of `rows` rows, or of as many as a part may have.
    fn open<'r>(&mut self, position: u64, table: &'r TableRows, rows: usize) -> Open<'r> {
        let rows = rows.min(PART_ROWS_MAX);
        let fields: Vec<FieldId> = FIXED.iter().map(|(name, _)| FieldId::known(name)).collect();
        for (place, &id) in fields.iter().enumerate() {
            self.set_place(id, place);
        }
        Open {
            columns: fixed_columns(table, rows),
            fields,
            room: rows,
            rest: StringBuilder::with_capacity(0, 0),
            rest_row: String::new(),
            names: Names::default(),
            rows: 0,
            bytes: 0,
            times: (i64::MAX, i64::MIN),
            table,
            position,
        }
    }

    fn row(&mut self, open: &mut Open<'_>, index: usize, row: Row<'_>) {
        let own = *self.own.get_or_insert_with(OwnFields::new);
        open.fill_fixed(&own, index, row);
        for (id, cell) in row.slots() {
            if *id != own.tenant && *cell != Cell::Null {
                self.cell(open, row.batch(), *id, cell);
            }
        }
        let kinds = row.artifacts().fold(0u16, |kinds, (kind, _)| kinds | 1 << kind as u16);
        for (kind, &id) in ArtifactKind::ALL.into_iter().zip(&own.artifacts) {
            if kinds & 1 << kind as u16 != 0
                && let Some(place) = self.place(open, id, || Some(Kind::Texts))
            {
                let texts = row.artifacts().filter(|(have, _)| *have == kind).map(|(_, text)| text);
                open.columns[place].put_texts(open.rows, texts);
            }
        }
        if !row.notes().is_empty()
            && let Some(place) = self.place(open, own.notes, || Some(Kind::Texts))
        {
            open.columns[place].put_texts(open.rows, row.notes().iter().copied());
        }
        open.end_row();
    }

    /// The cell comes by reference: a copy of it, read again at once, waits for its own writing.
    #[inline]
    fn cell(&mut self, open: &mut Open<'_>, batch: &Batch, id: FieldId, cell: &Cell) {
        let place = self.place(open, id, || kind_of(id.name()).or_else(|| natural_kind(batch, *cell)));
        let taken = match (place, cell) {
            (Some(place), Cell::Text(span)) => {
                let text = batch.text(*span);
                open.bytes += text.len();
                open.columns[place].put_text(open.rows, text)
            }
            (Some(place), cell) => open.columns[place].put(open.rows, batch, cell),
            (None, _) => Taken::OtherKind,
        };
        if taken == Taken::OtherKind {
            open.put_rest(id, &batch.value(*cell));
        }
    }

    /// The place of a field's column, made if there is room. `None`: the field lives in the rest.
    #[inline]
    fn place(&mut self, open: &mut Open<'_>, id: FieldId, kind: impl FnOnce() -> Option<Kind>) -> Option<usize> {
        match self.places.get(id.index()) {
            Some(&place) if place > 0 => return Some(place as usize - 1),
            _ if open.columns.len() >= limits::SEGMENT_COLUMNS_MAX - 1 => return None,
            _ => {}
        }
        open.columns.push(Column::new(kind()?, open.room));
        open.fields.push(id);
        self.set_place(id, open.columns.len() - 1);
        Some(open.columns.len() - 1)
    }

    fn set_place(&mut self, id: FieldId, place: usize) {
        if self.places.len() <= id.index() {
            self.places.resize(id.index() + 1, 0);
        }
        self.places[id.index()] = place as u32 + 1;
    }

    /// Nothing for a part without rows.
    fn close(&mut self, mut open: Open<'_>, lot: &Lot) -> Option<Part> {
        for id in &open.fields {
            self.places[id.index()] = 0;
        }
        let rows = open.rows;
        if rows == 0 {
            return None;
        }
        let mut fields = Vec::with_capacity(open.columns.len() + 1);
        let mut arrays = Vec::with_capacity(open.columns.len() + 1);
        let mut moved = Vec::new();
        let values: Vec<usize> = open.columns[FIXED.len()..].iter().map(|column| column.values).collect();
        let mut kept = [true; FIXED.len()].into_iter().chain(table::kept(&values, rows));
        for (index, (id, column)) in open.fields.iter().zip(open.columns).enumerate() {
            let is_kept = kept.next().unwrap_or(true);
            match column.values > 0 || index < FIXED.len() {
                true if is_kept => {
                    fields.push((*id, column.kind));
                    arrays.push(column.finish(rows));
                }
                true => {
                    open.names.add(id.name());
                    moved.push((field(id.name(), column.kind), column.finish(rows)));
                }
                false => {}
            }
        }
        if !(open.rest.is_empty() && moved.is_empty()) {
            open.rest.append_nulls(rows - open.rest.len());
            fields.push((FieldId::known(REST), Kind::Text));
            arrays.push(with_moved(open.rest.finish(), &moved)?);
        }
        let batch = RecordBatch::try_new(self.schema(fields), arrays).ok()?;
        Some(Part::new(batch, lot.clone(), open.names, open.times))
    }

    fn schema(&mut self, fields: Vec<(FieldId, Kind)>) -> SchemaRef {
        if self.schemas.len() >= SCHEMAS_MAX && !self.schemas.contains_key(&fields) {
            self.schemas.clear();
        }
        let made = self.schemas.entry(fields).or_insert_with_key(|fields| {
            let fields: Vec<Field> = fields.iter().map(|&(id, kind)| field(id.name(), kind)).collect();
            Arc::new(Schema::new(fields))
        });
        made.clone()
    }
}

/// The rest with the values of columns that are not worth their room.
fn with_moved(rest: StringArray, moved: &[(Field, ArrayRef)]) -> Option<ArrayRef> {
    if moved.is_empty() {
        return Some(shrunk(rest));
    }
    let moved: Vec<_> = moved.iter().map(|(field, column)| (field, column)).collect();
    rest_with(Some(&(Arc::new(rest) as ArrayRef)), &moved)
}

impl Open<'_> {
    /// What the store knows better than the row, or has to add.
    fn fill_fixed(&mut self, own: &OwnFields, index: usize, row: Row<'_>) {
        let table = self.table;
        let at = match row.cell(own.timestamp) {
            Some(Cell::Timestamp(at)) => at,
            _ => table.received_at,
        };
        self.times = (self.times.0.min(at.0), self.times.1.max(at.0));
        let record = table.indexes.as_ref().map_or(index as u32, |all| all.get(index).copied().unwrap_or(index as u32));
        let mut id = [0u8; 40];
        let id = write_id(EventId { position: self.position, index: record }, &mut id);
        let row = self.rows;
        self.columns[TIMESTAMP].put_timestamp(row, at.0);
        self.columns[ID].put_text(row, id);
    }

    /// A column that the store fills has a value in every row; what a row says otherwise must not hide it.
    fn put_rest(&mut self, id: FieldId, value: &Value<'_>) {
        let filled = [TIMESTAMP, ID, SOURCE, RECEIVED_AT].into_iter().any(|place| self.fields[place] == id);
        let name = if filled { Cow::Owned(format!("{}.original", id.name())) } else { Cow::Borrowed(id.name()) };
        rest::encode_member(&name, value, &mut self.rest_row);
        self.names.add(&name);
    }

    fn end_row(&mut self) {
        if !self.rest_row.is_empty() {
            self.rest.append_nulls(self.rows - self.rest.len());
            self.rest_row.push('}');
            self.rest.append_value(&self.rest_row);
            self.bytes += self.rest_row.len();
            self.rest_row.clear();
        }
        self.rows += 1;
    }
}

/// The columns that every part has; those that are the same in all rows of a chunk are filled already.
fn fixed_columns(table: &TableRows, rows: usize) -> Vec<Column> {
    let mut columns: Vec<Column> = FIXED.iter().map(|&(_, kind)| Column::new(kind, rows)).collect();
    columns[SOURCE] = Column::same_text(&table.source);
    columns[TENANT] = Column::same_text(&table.tenant);
    columns[RECEIVED_AT] = Column::same_time(table.received_at.0);
    columns
}

impl OwnFields {
    fn new() -> Self {
        OwnFields {
            timestamp: FieldId::known("timestamp"),
            tenant: FieldId::known("weir.tenant"),
            notes: FieldId::known("weir.notes"),
            artifacts: ArtifactKind::ALL.map(ArtifactKind::field),
        }
    }
}

/// The text of an id, as `EventId` prints it, without the formatting machinery.
fn write_id(id: EventId, out: &mut [u8; 40]) -> &str {
    let mut at = hex(id.position, 12, out, 0);
    out[at] = b'-';
    at = hex(u64::from(id.index), 4, out, at + 1);
    std::str::from_utf8(&out[..at]).unwrap_or_default()
}

/// Writes at least `width` digits at `at`; where they end.
fn hex(number: u64, width: usize, out: &mut [u8; 40], at: usize) -> usize {
    let digits = width.max((64 - number.leading_zeros() as usize).div_ceil(4));
    for (index, slot) in out[at..at + digits].iter_mut().enumerate() {
        *slot = b"0123456789abcdef"[(number >> (4 * (digits - 1 - index)) & 15) as usize];
    }
    at + digits
}

//! One column under construction.

use std::fmt::Write;
use std::net::IpAddr;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanBuilder, DurationNanosecondBuilder, Float64Builder, Int64Builder, ListBuilder, StringArray,
    StringBuilder, TimestampNanosecondArray, TimestampNanosecondBuilder,
};
use arrow::buffer::{Buffer, OffsetBuffer};
use weir_event::{Batch, Cell, Kind, Value};

use crate::column::items;

/// A builder that skips rows lazily: rows without the field cost nothing until the next value.
pub(crate) struct Column {
    pub kind: Kind,
    /// Rows written, nulls included.
    rows: usize,
    /// Rows that have a value.
    pub values: usize,
    builder: Builder,
}

enum Builder {
    Text(StringBuilder),
    Long(Int64Builder),
    Double(Float64Builder),
    Bool(BooleanBuilder),
    Timestamp(TimestampNanosecondBuilder),
    Duration(DurationNanosecondBuilder),
    Texts(ListBuilder<StringBuilder>),
    /// The same text in every row.
    SameText(Arc<str>),
    /// The same time in every row.
    SameTime(i64),
}

/// What a column of one kind says to a cell.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Taken {
    Yes,
    /// The row has a value already: the first one counts.
    Twice,
    /// The value is of another kind and belongs into the rest.
    OtherKind,
}

impl Column {
    pub fn new(kind: Kind, rows: usize) -> Self {
        let bytes = rows * 12;
        let builder = match kind {
            Kind::Text | Kind::Ip => Builder::Text(StringBuilder::with_capacity(rows, bytes)),
            Kind::Long => Builder::Long(Int64Builder::with_capacity(rows)),
            Kind::Double => Builder::Double(Float64Builder::with_capacity(rows)),
            Kind::Bool => Builder::Bool(BooleanBuilder::with_capacity(rows)),
            Kind::Timestamp => Builder::Timestamp(TimestampNanosecondBuilder::with_capacity(rows).with_timezone("UTC")),
            Kind::Duration => Builder::Duration(DurationNanosecondBuilder::with_capacity(rows)),
            Kind::Texts | Kind::Ips => {
                let values = StringBuilder::with_capacity(rows, bytes);
                Builder::Texts(ListBuilder::with_capacity(values, rows).with_field(items()))
            }
        };
        Column { kind, rows: 0, values: 0, builder }
    }

    /// A column that has `text` in every row already.
    pub fn same_text(text: &Arc<str>) -> Self {
        Column { kind: Kind::Text, rows: usize::MAX, values: 1, builder: Builder::SameText(text.clone()) }
    }

    /// A column that has the same time in every row already.
    pub fn same_time(nanos: i64) -> Self {
        Column { kind: Kind::Timestamp, rows: usize::MAX, values: 1, builder: Builder::SameTime(nanos) }
    }

    /// The value of row `row`; rows come in ascending order.
    #[inline]
    pub fn put(&mut self, row: usize, batch: &Batch, cell: &Cell) -> Taken {
        if !self.takes(batch, cell) {
            return Taken::OtherKind;
        }
        if self.rows > row {
            return Taken::Twice;
        }
        self.pad(row);
        match (&mut self.builder, cell) {
            (Builder::Text(b), Cell::Text(span)) => b.append_value(batch.text(*span)),
            (Builder::Text(b), Cell::Ip(ip)) => append_ip(b, *ip),
            (Builder::Long(b), Cell::Long(v)) => b.append_value(*v),
            (Builder::Double(b), Cell::Double(v)) => b.append_value(*v),
            (Builder::Bool(b), Cell::Bool(v)) => b.append_value(*v),
            (Builder::Timestamp(b), Cell::Timestamp(v)) => b.append_value(v.0),
            (Builder::Duration(b), Cell::Duration(v)) => b.append_value(v.0),
            (Builder::Texts(b), cell) => append_list(b, &batch.value(*cell)),
            _ => return Taken::OtherKind,
        }
        self.count(row)
    }

    /// Text, like [`Column::put`].
    #[inline]
    pub fn put_text(&mut self, row: usize, text: &str) -> Taken {
        if self.kind != Kind::Text {
            return Taken::OtherKind;
        }
        if self.rows > row {
            return Taken::Twice;
        }
        if self.rows < row {
            self.pad(row);
        }
        if let Builder::Text(b) = &mut self.builder {
            b.append_value(text);
        }
        self.count(row)
    }

    /// A point in time for a column of timestamps.
    pub fn put_timestamp(&mut self, row: usize, nanos: i64) {
        if self.rows <= row {
            self.pad(row);
            if let Builder::Timestamp(b) = &mut self.builder {
                b.append_value(nanos);
                self.count(row);
            }
        }
    }

    /// A list of text for a column of lists.
    pub fn put_texts<'t>(&mut self, row: usize, texts: impl Iterator<Item = &'t str>) {
        if self.rows <= row {
            self.pad(row);
            if let Builder::Texts(b) = &mut self.builder {
                texts.for_each(|text| b.values().append_value(text));
                b.append(true);
                self.count(row);
            }
        }
    }

    fn count(&mut self, row: usize) -> Taken {
        self.rows = row + 1;
        self.values += 1;
        Taken::Yes
    }

    fn takes(&self, batch: &Batch, cell: &Cell) -> bool {
        match (self.kind, cell) {
            (Kind::Text, Cell::Text(_))
            | (Kind::Ip, Cell::Ip(_))
            | (Kind::Long, Cell::Long(_))
            | (Kind::Double, Cell::Double(_))
            | (Kind::Bool, Cell::Bool(_))
            | (Kind::Timestamp, Cell::Timestamp(_))
            | (Kind::Duration, Cell::Duration(_)) => true,
            (Kind::Texts | Kind::Ips, Cell::Nested(_)) => is_list(&batch.value(*cell), self.kind),
            _ => false,
        }
    }

    fn pad(&mut self, row: usize) {
        let missing = row.saturating_sub(self.rows);
        if missing == 0 {
            return;
        }
        match &mut self.builder {
            Builder::Text(b) => b.append_nulls(missing),
            Builder::Long(b) => b.append_nulls(missing),
            Builder::Double(b) => b.append_nulls(missing),
            Builder::Bool(b) => b.append_nulls(missing),
            Builder::Timestamp(b) => b.append_nulls(missing),
            Builder::Duration(b) => b.append_nulls(missing),
            Builder::Texts(b) => b.append_nulls(missing),
            Builder::SameText(_) | Builder::SameTime(_) => {}
        }
        self.rows = row;
    }

    /// The column, padded to `rows`; it holds no more memory than it needs.
    pub fn finish(mut self, rows: usize) -> ArrayRef {
        self.pad(rows);
        match self.builder {
            Builder::Text(mut b) => shrunk(b.finish()),
            Builder::Long(mut b) => shrunk(b.finish()),
            Builder::Double(mut b) => shrunk(b.finish()),
            Builder::Bool(mut b) => shrunk(b.finish()),
            Builder::Timestamp(mut b) => shrunk(b.finish()),
            Builder::Duration(mut b) => shrunk(b.finish()),
            Builder::Texts(mut b) => shrunk(b.finish()),
            Builder::SameText(text) => Arc::new(repeated(&text, rows)),
            Builder::SameTime(nanos) => {
                Arc::new(TimestampNanosecondArray::from_value(nanos, rows).with_timezone("UTC"))
            }
        }
    }
}

/// An array without the room that its builder has left.
pub(super) fn shrunk(mut array: impl Array + 'static) -> ArrayRef {
    array.shrink_to_fit();
    Arc::new(array)
}

fn repeated(text: &str, rows: usize) -> StringArray {
    let offsets = OffsetBuffer::from_repeated_length(text.len(), rows);
    let bytes = Buffer::from_vec(text.repeat(rows).into_bytes());
    StringArray::new(offsets, bytes, None)
}

/// The kind of column that would hold `cell` as it is; `None`: only the rest can.
pub(crate) fn natural_kind(batch: &Batch, cell: Cell) -> Option<Kind> {
    Some(match cell {
        Cell::Bool(_) => Kind::Bool,
        Cell::Long(_) => Kind::Long,
        Cell::Double(_) => Kind::Double,
        Cell::Timestamp(_) => Kind::Timestamp,
        Cell::Duration(_) => Kind::Duration,
        Cell::Ip(_) => Kind::Ip,
        Cell::Text(_) => Kind::Text,
        Cell::Nested(_) => {
            let value = batch.value(cell);
            let nonempty = matches!(&value, Value::Array(items) if !items.is_empty());
            [Kind::Texts, Kind::Ips].into_iter().find(|&kind| nonempty && is_list(&value, kind))?
        }
        Cell::Null => return None,
    })
}

fn is_list(value: &Value<'_>, kind: Kind) -> bool {
    let Value::Array(items) = value else { return false };
    match kind {
        Kind::Ips => items.iter().all(|item| matches!(item, Value::Ip(_))),
        _ => items.iter().all(|item| matches!(item, Value::Text(_))),
    }
}

fn append_list(builder: &mut ListBuilder<StringBuilder>, value: &Value<'_>) {
    if let Value::Array(items) = value {
        for item in items {
            match item {
                Value::Ip(ip) => append_ip(builder.values(), *ip),
                item => builder.values().append_option(item.as_str()),
            }
        }
    }
    builder.append(true);
}

/// Writing into a builder cannot fail.
fn append_ip(builder: &mut StringBuilder, ip: IpAddr) {
    match ip {
        IpAddr::V4(v4) => {
            let mut text = [0u8; 15];
            let len = write_v4(v4.octets(), &mut text);
            builder.append_value(std::str::from_utf8(&text[..len]).unwrap_or_default());
        }
        IpAddr::V6(v6) => {
            let _ = write!(builder, "{v6}");
            builder.append_value("");
        }
    }
}

fn write_v4(octets: [u8; 4], text: &mut [u8; 15]) -> usize {
    let mut at = 0;
    let mut push = |byte| {
        text[at] = byte;
        at += 1;
    };
    for (index, octet) in octets.into_iter().enumerate() {
        if index > 0 {
            push(b'.');
        }
        if octet >= 100 {
            push(b'0' + octet / 100);
        }
        if octet >= 10 {
            push(b'0' + octet / 10 % 10);
        }
        push(b'0' + octet % 10);
    }
    at
}

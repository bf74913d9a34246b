//! Values out of a column, by row.

use std::borrow::Cow;

use arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, DictionaryArray, DurationNanosecondArray, Float64Array, Int32Array,
    Int64Array, ListArray, StringArray, TimestampNanosecondArray,
};
use arrow::datatypes::Int32Type;
use weir_event::{Duration, Timestamp, Value};

use crate::{Form, dynamic};

/// One column, its Arrow type resolved once for all rows.
pub enum Cells<'a> {
    Missing,
    Bool(&'a BooleanArray),
    Long(&'a Int64Array),
    Double(&'a Float64Array),
    Text(&'a StringArray),
    Timestamp(&'a TimestampNanosecondArray),
    Duration(&'a DurationNanosecondArray),
    Word(&'a Int32Array, &'a StringArray),
    Ip(&'a StringArray),
    IpWord(&'a Int32Array, &'a StringArray),
    Texts(&'a ListArray),
    Ips(&'a ListArray),
    Dynamic(&'a BinaryArray),
}

impl<'a> Cells<'a> {
    /// Reads `array` as `form`; an array of another type reads as missing.
    pub fn new(form: Form, array: &'a ArrayRef) -> Cells<'a> {
        let any = array.as_any();
        let cells = match form {
            Form::Bool => any.downcast_ref().map(Cells::Bool),
            Form::Long => any.downcast_ref().map(Cells::Long),
            Form::Double => any.downcast_ref().map(Cells::Double),
            Form::Text => any.downcast_ref().map(Cells::Text),
            Form::Timestamp => any.downcast_ref().map(Cells::Timestamp),
            Form::Duration => any.downcast_ref().map(Cells::Duration),
            Form::Word => words(array).map(|(keys, texts)| Cells::Word(keys, texts)),
            Form::Ip => any.downcast_ref().map(Cells::Ip),
            Form::IpWord => words(array).map(|(keys, texts)| Cells::IpWord(keys, texts)),
            Form::Texts => any.downcast_ref().map(Cells::Texts),
            Form::Ips => any.downcast_ref().map(Cells::Ips),
            Form::Dynamic => any.downcast_ref().map(Cells::Dynamic),
        };
        cells.unwrap_or(Cells::Missing)
    }

    /// The value of `row`, text borrowed from the column.
    pub fn get(&self, row: usize) -> Value<'a> {
        match self {
            Cells::Missing => Value::Null,
            Cells::Bool(a) if a.is_valid(row) => Value::Bool(a.value(row)),
            Cells::Long(a) if a.is_valid(row) => Value::Long(a.value(row)),
            Cells::Double(a) if a.is_valid(row) => Value::Double(a.value(row)),
            Cells::Text(a) if a.is_valid(row) => Value::Text(Cow::Borrowed(text_at(a, row))),
            Cells::Timestamp(a) if a.is_valid(row) => Value::Timestamp(Timestamp(a.value(row))),
            Cells::Duration(a) if a.is_valid(row) => Value::Duration(Duration(a.value(row))),
            Cells::Word(keys, texts) => word(keys, texts, row).map_or(Value::Null, Value::text),
            Cells::Ip(a) if a.is_valid(row) => ip(text_at(a, row)),
            Cells::IpWord(keys, texts) => word(keys, texts, row).map_or(Value::Null, ip),
            Cells::Texts(a) if a.is_valid(row) => list(a, row, Value::text),
            Cells::Ips(a) if a.is_valid(row) => list(a, row, ip),
            Cells::Dynamic(a) if a.is_valid(row) => dynamic::decode(bytes_at(a, row)),
            _ => Value::Null,
        }
    }
}

/// The parts of a dictionary column.
fn words(array: &ArrayRef) -> Option<(&Int32Array, &StringArray)> {
    let words: &DictionaryArray<Int32Type> = array.as_any().downcast_ref()?;
    Some((words.keys(), words.values().as_any().downcast_ref()?))
}

fn word<'a>(keys: &Int32Array, texts: &'a StringArray, row: usize) -> Option<&'a str> {
    let at = keys.is_valid(row).then(|| keys.value(row) as usize)?;
    texts.is_valid(at).then(|| text_at(texts, at))
}

/// The text of a row for the lifetime of the array and not of the reader.
fn text_at(array: &StringArray, row: usize) -> &str {
    array.value(row)
}

fn bytes_at(array: &BinaryArray, row: usize) -> &[u8] {
    array.value(row)
}

/// Text that is no address stays text rather than getting lost.
fn ip(text: &str) -> Value<'_> {
    text.parse().map_or(Value::text(text), Value::Ip)
}

fn list<'a>(array: &'a ListArray, row: usize, value: impl Fn(&'a str) -> Value<'a>) -> Value<'a> {
    let Some(texts) = array.values().as_any().downcast_ref::<StringArray>() else { return Value::Null };
    let ends = array.value_offsets();
    let item = |index: usize| if texts.is_valid(index) { value(text_at(texts, index)) } else { Value::Null };
    Value::Array((ends[row] as usize..ends[row + 1] as usize).map(item).collect())
}

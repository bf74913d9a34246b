//! One value out of a column of ours.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DurationNanosecondType, Float64Type, Int64Type, TimestampNanosecondType};
use weir_event::{Duration, Kind, Record, Timestamp, Value};

use crate::column::{REST, kind_of_field};
use crate::rest;

/// The value of a cell; null for a column that is not what `kind` says.
pub fn value_at(column: &dyn Array, kind: Kind, row: usize) -> Value<'_> {
    if column.is_null(row) {
        return Value::Null;
    }
    let value = match kind {
        Kind::Text => column.as_string_opt::<i32>().map(|a| Value::text(a.value(row))),
        Kind::Ip => column.as_string_opt::<i32>().map(|a| ip(a.value(row))),
        Kind::Long => column.as_primitive_opt::<Int64Type>().map(|a| Value::Long(a.value(row))),
        Kind::Double => column.as_primitive_opt::<Float64Type>().map(|a| Value::Double(a.value(row))),
        Kind::Bool => column.as_boolean_opt().map(|a| Value::Bool(a.value(row))),
        Kind::Timestamp => {
            column.as_primitive_opt::<TimestampNanosecondType>().map(|a| Value::Timestamp(Timestamp(a.value(row))))
        }
        Kind::Duration => {
            column.as_primitive_opt::<DurationNanosecondType>().map(|a| Value::Duration(Duration(a.value(row))))
        }
        Kind::Texts | Kind::Ips => list_at(column, kind, row),
    };
    value.unwrap_or_default()
}

fn list_at(column: &dyn Array, kind: Kind, row: usize) -> Option<Value<'_>> {
    let list = column.as_list_opt::<i32>()?;
    let texts = list.values().as_string_opt::<i32>()?;
    let (from, to) = (list.value_offsets()[row] as usize, list.value_offsets()[row + 1] as usize);
    let item = |index: usize| match kind {
        _ if texts.is_null(index) => Value::Null,
        Kind::Ips => ip(texts.value(index)),
        _ => Value::text(texts.value(index)),
    };
    Some(Value::Array((from..to).map(item).collect()))
}

fn ip(text: &str) -> Value<'_> {
    text.parse().map_or(Value::text(text), Value::Ip)
}

/// Row `row` as the event it is: the columns that have a value, then the members of the rest.
pub fn record_at(batch: &RecordBatch, row: usize) -> Record<'_> {
    let mut record = Record::new();
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let value = match kind_of_field(field) {
            Some(kind) => value_at(column, kind, row),
            None => Value::Null,
        };
        match value {
            Value::Null => {}
            Value::Text(text) if field.name() == REST => {
                let members = rest::decode(&text).map(Record::into_owned).unwrap_or_default();
                members.into_iter().for_each(|(name, value)| record.push_new(name, value));
            }
            value => record.push_new(field.name().as_str(), value),
        }
    }
    record
}

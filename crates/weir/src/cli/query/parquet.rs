//! An answer as a Parquet file.

use std::io::Write;
use std::sync::Arc;

use arrow::array::TimestampNanosecondBuilder;
use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, StringBuilder};
use parquet::arrow::ArrowWriter;
use weir_event::{Fault, FaultKind, Record, Timestamp, Value};

use super::Reply;
use crate::cli::Exit;
use crate::cli::output;

/// Columns of one type keep it; everything else becomes text.
pub fn write(reply: &Reply, out: &mut (dyn Write + Send)) -> Result<Exit, Fault> {
    let mut names: Vec<String> = reply.columns.iter().map(|(name, _)| name.clone()).collect();
    for name in output::columns(&reply.records) {
        if !names.iter().any(|have| have == name) {
            names.push(name.to_owned());
        }
    }
    let kind = |name: &str| reply.columns.iter().find(|column| column.0 == name).map_or("", |column| &column.1);
    let columns = names.iter().map(|name| (name.as_str(), column(&reply.records, name, kind(name)), true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| cannot(&error))?;
    let mut writer = ArrowWriter::try_new(out, batch.schema(), None).map_err(|error| cannot(&error))?;
    writer.write(&batch).map_err(|error| cannot(&error))?;
    writer.close().map_err(|error| cannot(&error))?;
    Ok(Exit::Ok)
}

fn cannot(error: &dyn std::fmt::Display) -> Fault {
    Fault::new("CLI-014", FaultKind::Storage, "cannot write Parquet").because(error)
}

/// A column; its kind is what the answer says, else that of its first value.
fn column(records: &[Record<'_>], name: &str, kind: &str) -> ArrayRef {
    let values = || records.iter().map(|record| record.get(name).unwrap_or(&Value::Null));
    let first = values().find(|value| !value.is_null()).map_or("string", |value| value.type_name());
    match if kind.is_empty() { first } else { kind } {
        "boolean" => {
            let mut builder = BooleanBuilder::new();
            values().for_each(|value| builder.append_option(if let Value::Bool(v) = value { Some(*v) } else { None }));
            Arc::new(builder.finish())
        }
        "long" | "duration" => {
            let mut builder = Int64Builder::new();
            values().for_each(|value| builder.append_option(whole(value)));
            Arc::new(builder.finish())
        }
        "double" => {
            let mut builder = Float64Builder::new();
            values()
                .for_each(|value| builder.append_option(if let Value::Double(v) = value { Some(*v) } else { None }));
            Arc::new(builder.finish())
        }
        "timestamp" => {
            let mut builder = TimestampNanosecondBuilder::new().with_timezone("UTC");
            values().for_each(|value| builder.append_option(moment(value)));
            Arc::new(builder.finish())
        }
        _ => {
            let mut builder = StringBuilder::new();
            values().for_each(|value| match value {
                Value::Null => builder.append_null(),
                value => builder.append_value(output::plain(value)),
            });
            Arc::new(builder.finish())
        }
    }
}

fn whole(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Long(number) => Some(*number),
        Value::Duration(length) => Some(length.0),
        _ => None,
    }
}

/// A remote answer holds time stamps as text.
fn moment(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Timestamp(at) => Some(at.0),
        Value::Text(text) => Timestamp::parse_rfc3339(text).map(|at| at.0),
        _ => None,
    }
}

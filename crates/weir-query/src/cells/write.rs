//! Values into a column.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, DurationNanosecondBuilder, Float64Builder, Int64Builder, ListBuilder,
    StringBuilder, TimestampNanosecondBuilder,
};
use weir_event::Value;

use crate::{Form, dynamic};

/// A column under construction. One whose form has a dictionary is built without.
pub struct CellsBuilder {
    column: Column,
    scratch: Vec<u8>,
}

enum Column {
    Bool(BooleanBuilder),
    Long(Int64Builder),
    Double(Float64Builder),
    Text(StringBuilder),
    Timestamp(TimestampNanosecondBuilder),
    Duration(DurationNanosecondBuilder),
    Ip(StringBuilder),
    Texts(ListBuilder<StringBuilder>),
    Dynamic(BinaryBuilder),
}

impl CellsBuilder {
    pub fn new(form: Form, rows: usize) -> Self {
        let column = match form {
            Form::Bool => Column::Bool(BooleanBuilder::with_capacity(rows)),
            Form::Long => Column::Long(Int64Builder::with_capacity(rows)),
            Form::Double => Column::Double(Float64Builder::with_capacity(rows)),
            Form::Text | Form::Word => Column::Text(StringBuilder::new()),
            Form::Timestamp => Column::Timestamp(TimestampNanosecondBuilder::with_capacity(rows).with_timezone("UTC")),
            Form::Duration => Column::Duration(DurationNanosecondBuilder::with_capacity(rows)),
            Form::Ip | Form::IpWord => Column::Ip(StringBuilder::new()),
            Form::Texts | Form::Ips => Column::Texts(ListBuilder::new(StringBuilder::new())),
            Form::Dynamic => Column::Dynamic(BinaryBuilder::new()),
        };
        CellsBuilder { column, scratch: Vec::new() }
    }

    /// Adds a value; one that does not fit the form becomes null, so callers choose a form that fits all.
    pub fn push(&mut self, value: &Value<'_>) {
        match (&mut self.column, value) {
            (Column::Dynamic(column), Value::Null) => column.append_null(),
            (Column::Dynamic(column), value) => {
                self.scratch.clear();
                dynamic::encode(value, &mut self.scratch);
                column.append_value(&self.scratch);
            }
            (Column::Bool(column), value) => column.append_option(bool_of(value)),
            (Column::Long(column), Value::Long(v)) => column.append_value(*v),
            (Column::Long(column), _) => column.append_null(),
            (Column::Double(column), value) => column.append_option(double_of(value)),
            (Column::Text(column), Value::Text(text)) => column.append_value(text),
            (Column::Text(column), _) => column.append_null(),
            (Column::Timestamp(column), Value::Timestamp(at)) => column.append_value(at.0),
            (Column::Timestamp(column), _) => column.append_null(),
            (Column::Duration(column), Value::Duration(length)) => column.append_value(length.0),
            (Column::Duration(column), _) => column.append_null(),
            (Column::Ip(column), value) => append_ip(column, value),
            (Column::Texts(column), Value::Array(items)) => append_list(column, items),
            (Column::Texts(column), _) => column.append_null(),
        }
    }

    pub fn finish(&mut self) -> ArrayRef {
        match &mut self.column {
            Column::Bool(column) => Arc::new(column.finish()),
            Column::Long(column) => Arc::new(column.finish()),
            Column::Double(column) => Arc::new(column.finish()),
            Column::Text(column) | Column::Ip(column) => Arc::new(column.finish()),
            Column::Timestamp(column) => Arc::new(column.finish()),
            Column::Duration(column) => Arc::new(column.finish()),
            Column::Texts(column) => Arc::new(column.finish()),
            Column::Dynamic(column) => Arc::new(column.finish()),
        }
    }
}

fn bool_of(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(v) => Some(*v),
        _ => None,
    }
}

fn double_of(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Double(v) => Some(*v),
        Value::Long(v) => Some(*v as f64),
        _ => None,
    }
}

fn append_ip(column: &mut StringBuilder, value: &Value<'_>) {
    match value {
        // Writing into a builder cannot fail.
        Value::Ip(ip) => {
            let _ = write!(column, "{ip}");
            column.append_value("");
        }
        Value::Text(text) => column.append_value(text),
        _ => column.append_null(),
    }
}

fn append_list(column: &mut ListBuilder<StringBuilder>, items: &[Value<'_>]) {
    for item in items {
        append_ip(column.values(), item);
    }
    column.append(true);
}

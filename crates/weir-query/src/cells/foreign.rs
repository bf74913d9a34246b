//! Values out of Arrow types that weir does not write itself: structs, lists, maps, decimals of foreign Parquet files.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use weir_event::{Record, Value};

use super::Cells;
use crate::Form;

/// The value of `row`, which owns its text. What no kind of the language fits becomes text.
pub(super) fn value_at(array: &ArrayRef, row: usize) -> Value<'static> {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let member =
                |(field, column): (&std::sync::Arc<Field>, &ArrayRef)| (field.name().clone(), value_at(column, row));
            Value::Record(fields.iter().zip(columns).map(member).collect::<Record>())
        }
        DataType::List(_) => items(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => items(&array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => items(&array.as_fixed_size_list().value(row)),
        DataType::Binary => Value::Binary(array.as_binary::<i32>().value(row).to_vec().into()),
        DataType::LargeBinary => Value::Binary(array.as_binary::<i64>().value(row).to_vec().into()),
        DataType::UInt64 => whole(array, row),
        DataType::Decimal128(..) | DataType::Decimal256(..) => through(array, row, Form::Double),
        kind => match Form::fitting(&Field::new("", kind.clone(), true)) {
            Form::Dynamic => text(array, row),
            form => through(array, row, form),
        },
    }
}

fn items(values: &ArrayRef) -> Value<'static> {
    Value::Array((0..values.len()).map(|index| value_at(values, index)).collect())
}

fn whole(array: &ArrayRef, row: usize) -> Value<'static> {
    let value = array.as_primitive::<arrow::datatypes::UInt64Type>().value(row);
    i64::try_from(value).map_or(Value::Double(value as f64), Value::Long)
}

fn through(array: &ArrayRef, row: usize, form: Form) -> Value<'static> {
    match cast(&array.slice(row, 1), &form.data_type()) {
        Ok(one) => Cells::new(form, &one).get(0).into_owned(),
        Err(_) => text(array, row),
    }
}

fn text(array: &ArrayRef, row: usize) -> Value<'static> {
    let options = FormatOptions::default();
    let shown = ArrayFormatter::try_new(array.as_ref(), &options).map(|format| format.value(row).to_string());
    shown.map_or(Value::Null, Value::owned)
}

/// The columns of a foreign schema in the forms that fit them.
pub(crate) fn forms(schema: &Schema) -> impl Iterator<Item = (&str, Form)> {
    schema.fields().iter().map(|field| (field.name().as_str(), Form::fitting(field)))
}

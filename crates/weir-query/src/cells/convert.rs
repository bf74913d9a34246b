//! A column in another form.

use arrow::array::{Array, ArrayRef, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::Field;
use arrow::error::ArrowError;

use super::{Cells, CellsBuilder, foreign};
use crate::{Form, dynamic};

/// A column of `rows` nulls.
pub fn nulls(form: Form, rows: usize) -> ArrayRef {
    new_null_array(&form.data_type(), rows)
}

/// `array`, described by `field`, as `form`. Values that do not fit become null, so the caller chooses a form that fits.
pub fn convert(array: &ArrayRef, field: &Field, form: Form) -> Result<ArrayRef, ArrowError> {
    if Form::of(field) == Some(form) {
        return Ok(array.clone());
    }
    if Form::of(field).is_some_and(|have| have.plain() == form.plain()) {
        return cast(array, &form.data_type());
    }
    if form.has_dictionary() {
        return cast(&convert(array, field, form.plain())?, &form.data_type());
    }
    let array = &plain(array)?;
    let native = Form::fitting(field);
    if native == Form::Dynamic {
        return Ok(rebuild(array.len(), form, |row| foreign::value_at(array, row)));
    }
    let array = if Form::of(field).map(Form::plain) == Some(native) {
        array.clone()
    } else {
        cast(array, &native.data_type())?
    };
    if native == form {
        return Ok(array);
    }
    let cells = Cells::new(native, &array);
    Ok(rebuild(array.len(), form, |row| cells.get(row)))
}

/// `array` without its dictionary of texts, if it has one.
fn plain(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match array.data_type() {
        arrow::datatypes::DataType::Dictionary(_, of) if **of == arrow::datatypes::DataType::Utf8 => cast(array, of),
        _ => Ok(array.clone()),
    }
}

/// `array` of form `from` in the ordered encoding; with `as_key`, equal values have equal bytes.
pub fn encode_column(array: &ArrayRef, from: Form, as_key: bool) -> ArrayRef {
    let cells = Cells::new(from, array);
    let mut column = arrow::array::BinaryBuilder::with_capacity(array.len(), array.len() * 16);
    let mut scratch = Vec::new();
    for row in 0..array.len() {
        let value = cells.get(row);
        if value.is_null() {
            column.append_null();
            continue;
        }
        scratch.clear();
        match as_key {
            true => dynamic::encode_key(&value, &mut scratch),
            false => dynamic::encode(&value, &mut scratch),
        }
        column.append_value(&scratch);
    }
    std::sync::Arc::new(column.finish())
}

fn rebuild<'a>(rows: usize, form: Form, value: impl Fn(usize) -> weir_event::Value<'a>) -> ArrayRef {
    let mut builder = CellsBuilder::new(form, rows);
    for row in 0..rows {
        builder.push(&value(row));
    }
    builder.finish()
}

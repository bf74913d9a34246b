//! Small parts of one lot as one.

use arrow::array::{Array, ArrayRef, RecordBatch, new_null_array};
use arrow::compute::concat;

use super::{Layout, Names, Part, Places, Stretch};

/// All parts as one; `None` when Arrow refuses, which would be a bug: the parts stay as they are then.
pub(super) fn merge(parts: &[Part]) -> Option<Part> {
    let first = parts.first()?;
    let alike = parts.iter().all(|part| part.batch.schema_ref() == first.batch.schema_ref());
    let (batch, mut names) = if alike { (stack(parts)?, Names::default()) } else { adapted(parts)? };
    parts.iter().for_each(|part| names.add_all(&part.names));
    let times = parts.iter().fold((i64::MAX, i64::MIN), |t, part| (t.0.min(part.times.0), t.1.max(part.times.1)));
    Some(Part::new(batch, first.lot.clone(), names, times))
}

/// Parts with the same columns.
fn stack(parts: &[Part]) -> Option<RecordBatch> {
    let schema = parts.first()?.batch.schema();
    let columns = (0..schema.fields().len()).map(|index| {
        let arrays: Vec<&dyn Array> = parts.iter().map(|part| part.batch.column(index).as_ref()).collect();
        concat(&arrays).ok()
    });
    let columns: Vec<ArrayRef> = columns.collect::<Option<_>>()?;
    RecordBatch::try_new(schema, columns).ok()
}

/// Parts with different columns, and the names of the fields that this moves to the rest.
fn adapted(parts: &[Part]) -> Option<(RecordBatch, Names)> {
    let layout = Layout::of_merged(parts);
    let places: Vec<Places> = parts.iter().map(|part| Places::of(&layout, part.batch.schema_ref())).collect();
    let column = |(index, field): (usize, &arrow::datatypes::FieldRef)| {
        let stretches = parts.iter().zip(&places).map(|(part, places)| {
            Some(match places.stretch(&part.batch, index)? {
                Stretch::Values(values) => values,
                Stretch::Nulls(rows) => new_null_array(field.data_type(), rows),
            })
        });
        let stretches: Vec<ArrayRef> = stretches.collect::<Option<_>>()?;
        let arrays: Vec<&dyn Array> = stretches.iter().map(ArrayRef::as_ref).collect();
        concat(&arrays).ok()
    };
    let columns: Vec<ArrayRef> = layout.schema.fields().iter().enumerate().map(column).collect::<Option<_>>()?;
    let batch = without_empty_rest(RecordBatch::try_new(layout.schema, columns).ok()?);
    Some((batch, layout.moved))
}

fn without_empty_rest(mut batch: RecordBatch) -> RecordBatch {
    let last = batch.num_columns() - 1;
    if batch.column(last).null_count() == batch.num_rows() {
        batch.remove_column(last);
    }
    batch
}

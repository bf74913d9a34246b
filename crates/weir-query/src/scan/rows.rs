//! A batch as stored, in the columns that a query wants.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use weir_event::{Record, Value};

use crate::Form;
use crate::cells::{Cells, CellsBuilder, convert, nulls};
use crate::tables::TableColumn;

pub(super) use weir_store::REST;

/// The wanted columns of `stored`; one that it lacks is null. `schema` is that of `columns`.
pub(super) fn adapt(stored: &RecordBatch, columns: &[TableColumn], schema: SchemaRef) -> Result<RecordBatch> {
    let mut arrays = Vec::with_capacity(columns.len());
    for column in columns {
        arrays.push(if column.in_rest { nulls(Form::Bool, 0) } else { plain(stored, column)? });
    }
    if let Some(rest) = stored.column_by_name(REST) {
        add_rest(stored, rest, columns, &mut arrays)?;
    } else {
        for (column, array) in columns.iter().zip(&mut arrays).filter(|(column, _)| column.in_rest) {
            *array = plain(stored, column)?;
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(stored.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema, arrays, &options)?)
}

fn plain(stored: &RecordBatch, column: &TableColumn) -> Result<ArrayRef> {
    let schema = stored.schema_ref();
    Ok(match schema.index_of(&column.name) {
        Ok(index) => convert(stored.column(index), schema.field(index), column.form)?,
        Err(_) => nulls(column.form, stored.num_rows()),
    })
}

/// Fills the columns that also live in the rest: the column's own value, else that of the rest.
fn add_rest(stored: &RecordBatch, rest: &ArrayRef, columns: &[TableColumn], arrays: &mut [ArrayRef]) -> Result<()> {
    let wanted: Vec<usize> = (0..columns.len()).filter(|&index| columns[index].in_rest).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let own: Vec<ArrayRef> = wanted.iter().map(|&index| plain(stored, &columns[index])).collect::<Result<_>>()?;
    let cells: Vec<Cells> =
        wanted.iter().zip(&own).map(|(&index, array)| Cells::new(columns[index].form, array)).collect();
    let mut builders: Vec<CellsBuilder> =
        wanted.iter().map(|&index| CellsBuilder::new(columns[index].form, stored.num_rows())).collect();
    let texts = rest.as_string::<i32>();
    for row in 0..stored.num_rows() {
        let record = if texts.is_valid(row) {
            weir_store::rest::decode(texts.value(row)).unwrap_or_default()
        } else {
            Record::new()
        };
        for ((&index, cells), builder) in wanted.iter().zip(&cells).zip(&mut builders) {
            let own = cells.get(row);
            let value = if own.is_null() { record.get(&columns[index].name).unwrap_or(&Value::Null) } else { &own };
            builder.push(value);
        }
    }
    for (&index, builder) in wanted.iter().zip(&mut builders) {
        arrays[index] = builder.finish();
    }
    Ok(())
}

//! Rows of an answer as records.

use arrow::array::RecordBatch;
use weir_event::Record;

use crate::cells::Cells;
use crate::columns::Column;

/// The rows of a batch with these columns. A sparse column that is null is left out of its record.
pub fn records(batch: &RecordBatch, columns: &[Column]) -> Vec<Record<'static>> {
    let cells: Vec<Cells> =
        columns.iter().zip(batch.columns()).map(|(column, array)| Cells::new(column.form, array)).collect();
    (0..batch.num_rows()).map(|row| record(&cells, columns, row).into_owned()).collect()
}

fn record<'b>(cells: &[Cells<'b>], columns: &[Column], row: usize) -> Record<'b> {
    let mut record = Record::new();
    for (column, cells) in columns.iter().zip(cells) {
        let value = cells.get(row);
        if !(column.sparse && value.is_null()) {
            record.push_new(column.name.clone(), value);
        }
    }
    record
}

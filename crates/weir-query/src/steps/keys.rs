//! Keys of rows as bytes.

use arrow::array::{ArrayRef, RecordBatch};
use datafusion_common::Result;

use crate::cells::Cells;
use crate::dynamic;
use crate::expr::Ready;

/// The value of an expression for each row.
pub(super) fn column(ready: &Ready, batch: &RecordBatch) -> Result<ArrayRef> {
    ready.expr.evaluate(batch)?.into_array(batch.num_rows())
}

/// Calls `found` with each row's key and whether a part of it is null. Equal keys have equal bytes.
pub(super) fn each(keys: &[Ready], batch: &RecordBatch, mut found: impl FnMut(usize, &[u8], bool)) -> Result<()> {
    let arrays: Vec<ArrayRef> = keys.iter().map(|key| column(key, batch)).collect::<Result<_>>()?;
    let cells: Vec<Cells> = keys.iter().zip(&arrays).map(|(key, array)| Cells::new(key.form, array)).collect();
    let mut key = Vec::new();
    for row in 0..batch.num_rows() {
        key.clear();
        let mut has_null = false;
        for cells in &cells {
            let value = cells.get(row);
            has_null |= value.is_null();
            let start = key.len();
            dynamic::encode_key(&value, &mut key);
            let length = (key.len() - start) as u32;
            key.extend_from_slice(&length.to_be_bytes());
        }
        found(row, &key, has_null);
    }
    Ok(())
}

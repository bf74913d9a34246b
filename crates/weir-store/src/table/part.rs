//! Some rows as columns, with what queries need to pass over them.

use arrow::array::RecordBatch;

use super::Names;
use crate::rows::Lot;

#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub batch: RecordBatch,
    pub lot: Lot,
    /// Names of the fields in the rest.
    pub names: Names,
    /// Least and greatest `timestamp` in nanoseconds.
    pub times: (i64, i64),
    /// Bytes in memory.
    pub bytes: usize,
}

impl Part {
    pub fn new(batch: RecordBatch, lot: Lot, names: Names, times: (i64, i64)) -> Self {
        let bytes = batch.get_array_memory_size();
        Part { batch, lot, names, times, bytes }
    }

    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }
}

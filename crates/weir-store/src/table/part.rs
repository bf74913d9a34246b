//! Some rows as columns, with what queries need to pass over them.

use arrow::array::RecordBatch;

use super::Names;

#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub batch: RecordBatch,
    /// Names of the fields in the rest.
    pub names: Names,
    /// Least and greatest `timestamp` in nanoseconds.
    pub times: (i64, i64),
    /// Bytes in memory.
    pub bytes: usize,
}

impl Part {
    pub fn new(batch: RecordBatch, names: Names, times: (i64, i64)) -> Self {
        let bytes = batch.get_array_memory_size();
        Part { batch, names, times, bytes }
    }

    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }
}

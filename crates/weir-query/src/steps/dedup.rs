//! The first rows of each key.

use std::collections::HashMap;

use arrow::array::{RecordBatch, UInt64Array};
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use datafusion_execution::memory_pool::{MemoryConsumer, MemoryReservation};

use super::{Step, Work, keys};
use crate::expr::Ready;
use crate::gather::take_rows;

#[derive(Debug)]
pub struct Dedup {
    pub keys: Vec<Ready>,
    /// Rows of each key that stay.
    pub keep: usize,
}

impl Work for Dedup {
    fn name(&self) -> &'static str {
        "dedup"
    }

    fn start(&self, context: &TaskContext) -> Result<Box<dyn Step>> {
        let memory = MemoryConsumer::new("dedup").register(context.memory_pool());
        Ok(Box::new(Seen { keys: self.keys.clone(), keep: self.keep, seen: HashMap::new(), bytes: 0, memory }))
    }
}

struct Seen {
    keys: Vec<Ready>,
    keep: usize,
    seen: HashMap<Box<[u8]>, usize>,
    bytes: usize,
    memory: MemoryReservation,
}

impl Step for Seen {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let (keep, seen, bytes) = (self.keep, &mut self.seen, &mut self.bytes);
        let mut kept: Vec<u64> = Vec::new();
        keys::each(&self.keys, &batch, |row, key, _| match seen.get_mut(key) {
            Some(count) if *count >= keep => {}
            Some(count) => {
                *count += 1;
                kept.push(row as u64);
            }
            None if keep == 0 => {}
            None => {
                *bytes += key.len() + 48;
                seen.insert(key.into(), 1);
                kept.push(row as u64);
            }
        })?;
        self.memory.try_resize(self.bytes)?;
        Ok(if kept.is_empty() { Vec::new() } else { vec![take_rows(&batch, &UInt64Array::from(kept))?] })
    }
}

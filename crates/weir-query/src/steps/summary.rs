//! The values of fields and how often they occur.

use std::collections::HashMap;

use arrow::array::RecordBatch;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use datafusion_execution::memory_pool::{MemoryConsumer, MemoryReservation};
use weir_event::{Record, Value};

use super::{Step, Work, keys};
use crate::cells::Cells;
use crate::columns::Column;
use crate::expr::Ready;
use crate::{dynamic, gather};

#[derive(Clone, Debug)]
pub struct Summary {
    pub fields: Vec<(String, Ready)>,
    /// Values of each field that are listed.
    pub top: usize,
    /// Records of the table that one looked at stands for.
    pub each_stands_for: i64,
    pub after: Vec<Column>,
}

impl Work for Summary {
    fn name(&self) -> &'static str {
        "fieldsSummary"
    }

    fn start(&self, context: &TaskContext) -> Result<Box<dyn Step>> {
        let memory = MemoryConsumer::new("fieldsSummary").register(context.memory_pool());
        let counts = self.fields.iter().map(|_| HashMap::new()).collect();
        Ok(Box::new(Counting { summary: self.clone(), counts, memory }))
    }
}

struct Counting {
    summary: Summary,
    counts: Vec<HashMap<Vec<u8>, i64>>,
    memory: MemoryReservation,
}

impl Step for Counting {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let mut key = Vec::new();
        for ((_, ready), counts) in self.summary.fields.iter().zip(&mut self.counts) {
            let array = keys::column(ready, &batch)?;
            let cells = Cells::new(ready.form, &array);
            for row in 0..batch.num_rows() {
                let value = cells.get(row);
                if value.is_null() {
                    continue;
                }
                key.clear();
                dynamic::encode_key(&value, &mut key);
                match counts.get_mut(&key) {
                    Some(count) => *count += 1,
                    None => {
                        self.memory.try_grow(key.len() + 64)?;
                        counts.insert(key.clone(), 1);
                    }
                }
            }
        }
        Ok(Vec::new())
    }

    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        let mut records = Vec::new();
        let each = self.summary.each_stands_for;
        for ((name, _), counts) in self.summary.fields.iter().zip(&self.counts) {
            let count: i64 = counts.values().sum();
            let mut top: Vec<(&Vec<u8>, i64)> = counts.iter().map(|(key, &count)| (key, count)).collect();
            top.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let values = top.into_iter().take(self.summary.top).map(|(key, count)| {
                Value::Record(
                    [("value", dynamic::decode(key)), ("count", Value::Long(count * each))].into_iter().collect(),
                )
            });
            let members = [
                ("field", Value::text(name)),
                ("rawCount", Value::Long(count)),
                ("count", Value::Long(count * each)),
                ("values", Value::Array(values.collect())),
            ];
            records.push(members.into_iter().collect::<Record>());
        }
        Ok(vec![gather::batch_of(&records, &self.summary.after)?])
    }
}

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
    /// Of each field, by key.
    counts: Vec<HashMap<Vec<u8>, Count>>,
    memory: MemoryReservation,
}

struct Count {
    count: i64,
    /// The least of the values that are one key: 1 and 1.0 are, and 1 is told.
    shown: Vec<u8>,
}

impl Step for Counting {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let (mut key, mut exact) = (Vec::new(), Vec::new());
        for ((_, ready), counts) in self.summary.fields.iter().zip(&mut self.counts) {
            let array = keys::column(ready, &batch)?;
            let cells = Cells::new(ready.form, &array);
            for row in 0..batch.num_rows() {
                let value = cells.get(row);
                if value.is_null() {
                    continue;
                }
                key.clear();
                exact.clear();
                dynamic::encode_key(&value, &mut key);
                dynamic::encode(&value, &mut exact);
                match counts.get_mut(&key) {
                    Some(known) => {
                        known.count += 1;
                        if exact < known.shown {
                            known.shown.clone_from(&exact);
                        }
                    }
                    None => {
                        self.memory.try_grow(2 * key.len() + 96)?;
                        counts.insert(key.clone(), Count { count: 1, shown: exact.clone() });
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
            let count: i64 = counts.values().map(|known| known.count).sum();
            let mut top: Vec<&Count> = counts.values().collect();
            top.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.shown.cmp(&b.shown)));
            let values = top.into_iter().take(self.summary.top).map(|known| {
                let members = [("value", dynamic::decode(&known.shown)), ("count", Value::Long(known.count * each))];
                Value::Record(members.into_iter().collect())
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

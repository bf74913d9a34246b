//! How many records have which field, for `fieldsSnapshot`.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use weir_event::{Record, Value};

use super::{Step, Work};
use crate::cells::Cells;
use crate::columns::Column;
use crate::gather;

/// Fields with the share of the records that have them, in percent.
#[derive(Clone, Debug)]
pub struct Census {
    /// The place of the bucket among the columns before, when the fields are counted by bucket.
    pub bucket: Option<usize>,
    /// Fields are counted by the type of their values.
    pub by_type: bool,
    /// The fields, by place.
    pub counted: Vec<usize>,
    pub before: Vec<Column>,
    pub after: Vec<Column>,
}

impl Work for Census {
    fn name(&self) -> &'static str {
        "fieldsSnapshot"
    }

    fn start(&self, _: &TaskContext) -> Result<Box<dyn Step>> {
        Ok(Box::new(Counting { census: self.clone(), records: BTreeMap::new(), fields: BTreeMap::new() }))
    }
}

/// Bucket, place of the field, type.
type Group = (Option<String>, usize, Option<&'static str>);

struct Counting {
    census: Census,
    /// By bucket.
    records: BTreeMap<Option<String>, u64>,
    fields: BTreeMap<Group, u64>,
}

impl Step for Counting {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let cells: Vec<Cells> = self
            .census
            .before
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| Cells::new(column.form, array))
            .collect();
        for row in 0..batch.num_rows() {
            let bucket = self.census.bucket.and_then(|at| cells[at].get(row).as_str().map(str::to_owned));
            *self.records.entry(bucket.clone()).or_default() += 1;
            for &at in &self.census.counted {
                let value = cells[at].get(row);
                if !value.is_null() {
                    let kind = self.census.by_type.then(|| value.type_name());
                    *self.fields.entry((bucket.clone(), at, kind)).or_default() += 1;
                }
            }
        }
        Ok(Vec::new())
    }

    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        let mut records = Vec::new();
        for ((bucket, at, kind), count) in &self.fields {
            let of = self.records.get(bucket).copied().unwrap_or(1).max(1);
            let share = *count as f64 * 100.0 / of as f64;
            let mut record: Record = [("field", Value::text(&self.census.before[*at].name))].into_iter().collect();
            record.push_new("relative_count", Value::Double(share));
            if self.census.bucket.is_some() {
                record.push_new(BUCKET, bucket.as_deref().map_or(Value::Null, Value::text));
            }
            if let Some(kind) = kind {
                record.push_new(DATA_TYPE, Value::text(kind));
            }
            records.push(record);
        }
        Ok(if records.is_empty() { Vec::new() } else { vec![gather::batch_of(&records, &self.census.after)?] })
    }
}

/// What the counts can be grouped by.
pub const BUCKET: &str = "dt.system.bucket";
pub const DATA_TYPE: &str = "data_type";

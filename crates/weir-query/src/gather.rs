//! Records as a batch, for literal records, files and everything computed while planning.

use std::collections::HashMap;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use weir_event::{Record, Value};

use crate::Form;
use crate::cells::CellsBuilder;
use crate::columns::{Column, schema_of};

/// The form of a value by itself; null fits any.
pub fn form_of(value: &Value<'_>) -> Option<Form> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => Form::Bool,
        Value::Long(_) => Form::Long,
        Value::Double(_) => Form::Double,
        Value::Text(_) => Form::Text,
        Value::Timestamp(_) => Form::Timestamp,
        Value::Duration(_) => Form::Duration,
        Value::Ip(_) => Form::Ip,
        _ => Form::Dynamic,
    })
}

/// The columns that records have together, in order of first occurrence; one whose values differ in kind is dynamic, one that not
/// all records have is sparse.
pub fn columns_of(records: &[Record<'_>]) -> Vec<Column> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut seen: Vec<Seen> = Vec::new();
    for (name, value) in records.iter().flat_map(|record| record.iter()) {
        let place = *places.entry(name).or_insert_with(|| {
            seen.push(Seen { name, form: None, records: 0 });
            seen.len() - 1
        });
        let one = &mut seen[place];
        one.records += 1;
        one.form = match (one.form, form_of(value)) {
            (Some(known), Some(form)) => Some(known.merged(form)),
            (known, form) => known.or(form),
        };
    }
    let column = |one: Seen| Column {
        sparse: one.records < records.len(),
        ..Column::new(one.name, one.form.unwrap_or(Form::Dynamic))
    };
    seen.into_iter().map(column).collect()
}

/// What is known of a field while records are looked through.
struct Seen<'r> {
    name: &'r str,
    /// What holds all its values so far.
    form: Option<Form>,
    /// The records that have it.
    records: usize,
}

/// The records as one batch of these columns; members that are no column are left out.
pub fn batch_of(records: &[Record<'_>], columns: &[Column]) -> Result<RecordBatch> {
    let places: HashMap<&str, usize> =
        columns.iter().enumerate().map(|(at, column)| (column.name.as_str(), at)).collect();
    let mut builders: Vec<CellsBuilder> =
        columns.iter().map(|column| CellsBuilder::new(column.form, records.len())).collect();
    let mut row: Vec<&Value> = vec![&Value::Null; columns.len()];
    for record in records {
        row.fill(&Value::Null);
        for (name, value) in record.iter() {
            if let Some(&place) = places.get(name) {
                row[place] = value;
            }
        }
        builders.iter_mut().zip(&row).for_each(|(builder, value)| builder.push(value));
    }
    let arrays = builders.iter_mut().map(CellsBuilder::finish).collect();
    batch_with(schema_of(columns), arrays, records.len())
}

/// `arrays` as a batch of `rows` rows, which are records without fields where there are no arrays.
pub fn batch_with(schema: SchemaRef, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema, arrays, &options)?)
}

/// These rows of a batch.
pub fn take_rows(batch: &RecordBatch, rows: &UInt64Array) -> Result<RecordBatch> {
    let taken = batch.columns().iter().map(|array| take(array, rows, None)).collect::<std::result::Result<_, _>>()?;
    batch_with(batch.schema(), taken, rows.len())
}

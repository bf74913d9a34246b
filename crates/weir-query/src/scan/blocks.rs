//! Look-ups: the few blocks of a row group that an index has named, and what is kept of them.
//!
//! Nearly all that a look-up costs is decompressing pages and dictionaries for a handful of rows, and who looks for one value looks for
//! the next in the same hours. Columns of blocks are therefore kept as they were read, without dictionaries. Scans neither fill
//! this memory nor look into it.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::compute::{and, concat_batches, filter_record_batch, take};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion_common::{DataFusionError, Result};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};

use super::group::{count, fields, surely_matches};
use super::queue::Group;
use super::{Check, Request};

/// Blocks of a row group up to which it is read this way; for more of them reading them in one go costs less.
pub(super) const READ_MAX: usize = 8;
/// Bytes of columns that are kept.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// The wanted columns of the rows that pass the checks, block by block. Columns that only the checks need are read first, the others
/// for blocks in which a row passes.
pub(super) fn passing(request: &Request, group: &Group, checks: &[&Check]) -> Result<Vec<RecordBatch>> {
    let blocks = group.blocks.as_deref().unwrap_or_default();
    let checks: Vec<&Check> =
        checks.iter().copied().filter(|check| !surely_matches(&group.plain, group.index, check)).collect();
    count(request, group, &checks);
    let looked_at: Vec<_> = checks.iter().flat_map(|check| &check.columns).cloned().collect();
    let (mut hits, mut masks) = (Vec::new(), Vec::new());
    for (block, stored) in blocks.iter().zip(stored(request, group, blocks, &fields(&group.plain, &looked_at))?) {
        let mask = passed(&checks, &stored)?;
        if mask.true_count() > 0 {
            hits.push(block.clone());
            masks.push(mask);
        }
    }
    let wanted = stored(request, group, &hits, &fields(&group.plain, &request.columns))?;
    wanted.iter().zip(&masks).map(|(stored, mask)| Ok(filter_record_batch(stored, mask)?)).collect()
}

/// The rows of a block that pass every check.
fn passed(checks: &[&Check], stored: &RecordBatch) -> Result<BooleanArray> {
    let mut mask = BooleanArray::from(vec![true; stored.num_rows()]);
    for check in checks {
        mask = and(&mask, &check.of_stored(stored, &check.schema())?)?;
    }
    Ok(mask)
}

/// These fields of each block as the file has them: from memory, else read.
fn stored(request: &Request, group: &Group, blocks: &[Range<usize>], fields: &[usize]) -> Result<Vec<RecordBatch>> {
    let schema = Arc::new(group.plain.schema().project(fields)?);
    let key = |block: &Range<usize>, name: &str| Key {
        path: group.path.clone(),
        group: group.index,
        row: block.start,
        column: name.to_owned(),
    };
    let known = |block: &Range<usize>| -> Option<Vec<ArrayRef>> {
        schema.fields().iter().map(|field| request.footers.kept.get(&key(block, field.name()))).collect()
    };
    let mut found: Vec<_> = blocks.iter().map(known).collect();
    let missing: Vec<_> =
        blocks.iter().zip(&found).filter(|(_, known)| known.is_none()).map(|(block, _)| block).collect();
    let mut read = read(group, &missing, fields, &schema)?.into_iter();
    for (block, found) in blocks.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
        let columns = read.next().ok_or_else(|| DataFusionError::Internal("a block was not read".into()))?;
        for (field, column) in schema.fields().iter().zip(&columns) {
            request.footers.kept.put(key(block, field.name()), column.clone());
        }
        *found = Some(columns);
    }
    let batch = |(block, columns): (&Range<usize>, Option<Vec<ArrayRef>>)| {
        let options = RecordBatchOptions::new().with_row_count(Some(block.len()));
        Ok(RecordBatch::try_new_with_options(schema.clone(), columns.unwrap_or_default(), &options)?)
    };
    blocks.iter().zip(found).map(batch).collect()
}

/// The columns of each block, each by itself: what is kept of one does not hold on to the others.
fn read(group: &Group, blocks: &[&Range<usize>], fields: &[usize], schema: &SchemaRef) -> Result<Vec<Vec<ArrayRef>>> {
    let rows: usize = blocks.iter().map(|block| block.len()).sum();
    if rows == 0 || fields.is_empty() {
        return Ok(blocks.iter().map(|_| Vec::new()).collect());
    }
    let all = group.plain.metadata().row_group(group.index).num_rows().max(0) as usize;
    let selection = RowSelection::from_consecutive_ranges(blocks.iter().map(|&block| block.clone()), all);
    let projection = ProjectionMask::roots(group.plain.parquet_schema(), fields.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(File::open(&group.path)?, group.plain.clone())
        .with_row_groups(vec![group.index])
        .with_row_selection(selection)
        .with_projection(projection)
        .with_batch_size(rows)
        .build();
    let reader = reader.map_err(|error| DataFusionError::External(Box::new(error)))?;
    let whole = concat_batches(&named(schema), &reader.collect::<std::result::Result<Vec<_>, _>>()?)?;
    let mut from = 0;
    let mut each = Vec::with_capacity(blocks.len());
    for block in blocks {
        let places = UInt32Array::from_iter_values(from as u32..(from + block.len()) as u32);
        from += block.len();
        each.push(
            whole.columns().iter().map(|column| take(column, &places, None)).collect::<std::result::Result<_, _>>()?,
        );
    }
    Ok(each)
}

/// Readers leave out the notes of a schema.
fn named(schema: &SchemaRef) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().clone()))
}

/// A column of a block.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    path: Arc<Path>,
    group: usize,
    /// The first of the block.
    row: usize,
    column: String,
}

/// Columns of blocks, the ones used last. When the young ones are half of what may be kept, they become the old ones, and what nobody
/// has asked for since the last time goes.
#[derive(Debug, Default)]
pub(super) struct Kept {
    halves: Mutex<Halves>,
}

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<Key, ArrayRef>,
    old: HashMap<Key, ArrayRef>,
    /// Of the young ones.
    bytes: usize,
}

impl Kept {
    fn get(&self, key: &Key) -> Option<ArrayRef> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(young) = halves.young.get(key) {
            return Some(young.clone());
        }
        let found = halves.old.remove(key)?;
        halves.add(key.clone(), found.clone());
        Some(found)
    }

    fn put(&self, key: Key, column: ArrayRef) {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner).add(key, column);
    }
}

impl Halves {
    fn add(&mut self, key: Key, column: ArrayRef) {
        let bytes = column.get_array_memory_size() + size_of::<Key>() + key.column.len();
        if self.bytes + bytes > KEPT_BYTES_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        if bytes <= KEPT_BYTES_MAX / 2 && self.young.insert(key, column).is_none() {
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Int64Array;

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let kept = Kept::default();
        let key = |row: usize| Key { path: Path::new("a").into(), group: 0, row, column: "b".into() };
        let column: ArrayRef = Arc::new(Int64Array::from(vec![0; 1 << 17]));
        let of_half = KEPT_BYTES_MAX / 2 / column.get_array_memory_size();
        for row in 0..of_half * 5 {
            kept.put(key(row), column.clone());
            assert!(kept.get(&key(0)).is_some(), "{row}");
        }
        assert!(kept.get(&key(of_half)).is_none());
        let halves = kept.halves.lock().expect("not poisoned");
        assert!(halves.young.len() + halves.old.len() <= of_half * 2);
    }
}

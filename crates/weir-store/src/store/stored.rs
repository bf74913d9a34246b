//! Row groups of segments on their way into another segment.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;

use super::seal::do_not_fit;
use crate::column::REST;
use crate::segment::{RowGroup, SegmentInfo};
use crate::table::{Layout, Places, Stretch, rest_with};

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 4_096;

/// A segment that is read.
pub(super) struct Input {
    path: PathBuf,
    footer: ArrowReaderMetadata,
    places: Places,
}

/// One row group of an input.
pub(super) struct StoredGroup<'i> {
    input: &'i Input,
    number: usize,
    /// `None`: of several packs or none.
    pub pack: Option<Arc<str>>,
}

/// Rows of one new row group: which of which.
pub(super) struct StoredRows<'g> {
    pub pieces: Vec<(&'g StoredGroup<'g>, Range<usize>)>,
}

impl Input {
    /// An input whose columns are to be those of `layout`.
    pub fn open(segment: &SegmentInfo, layout: &Layout) -> io::Result<Self> {
        let file = File::open(&segment.path)?;
        let footer = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(io::Error::other)?;
        let places = Places::of(layout, footer.schema());
        Ok(Input { path: segment.path.clone(), footer, places })
    }
}

/// The row groups of all inputs, sorted by pack and time.
pub(super) fn stored_groups(inputs: &[Input]) -> Vec<StoredGroup<'_>> {
    let mut groups = Vec::new();
    for input in inputs {
        for number in 0..input.footer.metadata().num_row_groups() {
            let group = StoredGroup { input, number, pack: None };
            groups.push(StoredGroup { pack: group.only_pack(), ..group });
        }
    }
    groups.sort_by_cached_key(|group| (group.pack.clone(), group.least_time()));
    groups
}

/// True when column `index` of the layout has values, and whoever wrote them found a dictionary useless.
pub(super) fn hardly_repeats(groups: &[StoredGroup<'_>], index: usize) -> bool {
    let with_values = groups.iter().filter_map(|group| {
        let column = group.metadata().column(group.input.places.column(index)?);
        let nulls = column.statistics().and_then(Statistics::null_count_opt).unwrap_or(0);
        ((nulls as i64) < column.num_values()).then(|| column.dictionary_page_offset().is_none())
    });
    let mut any = false;
    let all = with_values.inspect(|_| any = true).all(|plain| plain);
    any && all
}

impl StoredGroup<'_> {
    pub fn metadata(&self) -> &RowGroupMetaData {
        self.input.footer.metadata().row_group(self.number)
    }

    pub fn rows(&self) -> usize {
        self.metadata().num_rows().max(0) as usize
    }

    fn column(&self, name: &str) -> Option<&ColumnChunkMetaData> {
        self.metadata().columns().iter().find(|column| column.column_path().parts() == [name])
    }

    /// The pack of all rows.
    fn only_pack(&self) -> Option<Arc<str>> {
        let Some(Statistics::ByteArray(names)) = self.column("weir.pack")?.statistics() else { return None };
        let exact = names.min_is_exact() && names.max_is_exact() && names.null_count_opt() == Some(0);
        let same = names.min_opt().filter(|least| exact && Some(*least) == names.max_opt())?;
        same.as_utf8().ok().map(Arc::from)
    }

    fn least_time(&self) -> Option<i64> {
        match self.column("timestamp")?.statistics()? {
            Statistics::Int64(times) => times.min_opt().copied(),
            _ => None,
        }
    }

    /// The rows of some columns of the file.
    fn read(&self, columns: &[usize], rows: &Range<usize>) -> io::Result<ParquetRecordBatchReader> {
        let footer = self.input.footer.clone();
        let mask = ProjectionMask::roots(footer.parquet_schema(), columns.iter().copied());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(File::open(&self.input.path)?, footer)
            .with_row_groups(vec![self.number])
            .with_batch_size(BATCH_ROWS)
            .with_projection(mask)
            .with_offset(rows.start)
            .with_limit(rows.len());
        builder.build().map_err(io::Error::other)
    }
}

impl RowGroup for StoredRows<'_> {
    fn rows(&self) -> usize {
        self.pieces.iter().map(|(_, rows)| rows.len()).sum()
    }

    fn column(&self, index: usize, put: &mut dyn FnMut(Stretch) -> io::Result<()>) -> io::Result<()> {
        for (group, rows) in &self.pieces {
            let places = &group.input.places;
            let moved = if places.is_rest(index) { places.moved() } else { &[] };
            let columns: Vec<usize> = places.column(index).into_iter().chain(moved.iter().copied()).collect();
            if columns.is_empty() {
                put(Stretch::Nulls(rows.len()))?;
                continue;
            }
            for batch in group.read(&columns, rows)? {
                let batch = batch.map_err(io::Error::other)?;
                put(if moved.is_empty() { Stretch::Values(batch.column(0).clone()) } else { rest_of(&batch)? })?;
            }
        }
        Ok(())
    }
}

/// The rest, and what else is in the batch moved into it.
fn rest_of(batch: &RecordBatch) -> io::Result<Stretch> {
    let columns = || batch.schema_ref().fields().iter().zip(batch.columns());
    let rest = columns().find(|(field, _)| field.name() == REST).map(|(_, column)| column);
    let moved: Vec<_> =
        columns().filter(|(field, _)| field.name() != REST).map(|(field, column)| (field.as_ref(), column)).collect();
    rest_with(rest, &moved).map(Stretch::Values).ok_or_else(do_not_fit)
}

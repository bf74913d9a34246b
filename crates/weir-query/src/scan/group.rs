//! Reading one row group of a Parquet file.

use std::fs::File;

use arrow::array::BooleanArray;
use arrow::datatypes::{DataType, TimeUnit};
use arrow::error::ArrowError;
use datafusion_common::Result;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowFilter, RowSelection,
};
use parquet::file::statistics::Statistics;

use super::queue::Group;
use super::rows::REST;
use super::{BATCH_ROWS, Check, Request, Test, Totals};
use crate::tables::TableColumn;

/// True when the statistics of the row group prove that every row passes.
pub(super) fn surely_matches(footer: &ArrowReaderMetadata, index: usize, check: &Check) -> bool {
    let Test::Time(span) = &check.test else { return false };
    let Some(statistics) = statistics(footer, index, &check.columns[0].name) else { return false };
    let whole = statistics.null_count_opt() == Some(0);
    let bounds = time_bounds(footer, index, &check.columns[0].name);
    whole && bounds.is_some_and(|(least, greatest)| least >= span.start && greatest < span.end)
}

pub(super) fn statistics<'f>(footer: &'f ArrowReaderMetadata, index: usize, name: &str) -> Option<&'f Statistics> {
    let group = footer.metadata().row_group(index);
    let column = group.columns().iter().find(|column| column.column_path().parts() == [name])?;
    column.statistics()
}

/// Least and greatest time of a row group in nanoseconds.
pub(super) fn time_bounds(footer: &ArrowReaderMetadata, index: usize, name: &str) -> Option<(i64, i64)> {
    let unit = unit_nanos(footer, name);
    match statistics(footer, index, name)? {
        Statistics::Int64(bounds) => {
            Some((bounds.min_opt()?.saturating_mul(unit), bounds.max_opt()?.saturating_mul(unit)))
        }
        _ => None,
    }
}

/// What a stored time counts, in nanoseconds.
pub(super) fn unit_nanos(footer: &ArrowReaderMetadata, name: &str) -> i64 {
    match footer.schema().field_with_name(name).map(|field| field.data_type()) {
        Ok(DataType::Timestamp(TimeUnit::Second, _)) => 1_000_000_000,
        Ok(DataType::Timestamp(TimeUnit::Millisecond, _)) => 1_000_000,
        Ok(DataType::Timestamp(TimeUnit::Microsecond, _)) => 1_000,
        _ => 1,
    }
}

/// Reads the wanted columns of the rows that pass the checks, the checks' columns first.
pub(super) fn open(request: &Request, group: Group, mut checks: Vec<&Check>) -> Result<ParquetRecordBatchReader> {
    checks.retain(|check| !surely_matches(&group.footer, group.index, check));
    let wanted = mask(&group.footer, &request.columns);
    count(request, &group, &checks);
    let filters = checks.into_iter().map(|check| predicate(&group.footer, check.clone())).collect();
    let file = File::open(&group.path)?;
    let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, group.footer);
    if let Some(blocks) = group.blocks {
        let rows = builder.metadata().row_group(group.index).num_rows().max(0) as usize;
        builder = builder.with_row_selection(RowSelection::from_consecutive_ranges(blocks.into_iter(), rows));
    }
    let reader = builder
        .with_row_groups(vec![group.index])
        .with_batch_size(BATCH_ROWS)
        .with_projection(wanted)
        .with_row_filter(RowFilter::new(filters))
        .build();
    reader.map_err(|error| datafusion_common::DataFusionError::External(Box::new(error)))
}

fn predicate(footer: &ArrowReaderMetadata, check: Check) -> Box<dyn ArrowPredicate> {
    let schema = check.schema();
    let columns = mask(footer, &check.columns);
    let test = move |stored| -> std::result::Result<BooleanArray, ArrowError> {
        check.of_stored(&stored, &schema).map_err(as_arrow)
    };
    Box::new(ArrowPredicateFn::new(columns, test))
}

fn as_arrow(error: datafusion_common::DataFusionError) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

/// The places of the file's fields that hold the columns.
pub(super) fn fields(footer: &ArrowReaderMetadata, columns: &[TableColumn]) -> Vec<usize> {
    let in_rest = columns.iter().any(|column| column.in_rest);
    let is_wanted = |name: &str| (in_rest && name == REST) || columns.iter().any(|column| column.name == name);
    let fields = footer.schema().fields().iter().enumerate();
    fields.filter(|(_, field)| is_wanted(field.name())).map(|(index, _)| index).collect()
}

/// The leaves of the file that hold the columns.
fn mask(footer: &ArrowReaderMetadata, columns: &[TableColumn]) -> ProjectionMask {
    ProjectionMask::roots(footer.parquet_schema(), fields(footer, columns))
}

/// Counts the stored size of the selected rows in the columns that are looked at, as if all rows had the same.
pub(super) fn count(request: &Request, group: &Group, checks: &[&Check]) {
    let looked_at = |name: &str| {
        let of_checks = checks.iter().flat_map(|check| &check.columns);
        request.columns.iter().chain(of_checks).any(|column| column.name == name || (column.in_rest && name == REST))
    };
    let row_group = group.footer.metadata().row_group(group.index);
    let read = row_group
        .columns()
        .iter()
        .filter(|column| column.column_path().parts().first().is_some_and(|name| looked_at(name)));
    let bytes: u64 = read.map(|column| column.uncompressed_size().max(0) as u64).sum();
    let all = row_group.num_rows().max(0) as u64;
    let in_blocks = group.blocks.as_ref().map(|blocks| blocks.iter().map(|block| block.len() as u64).sum());
    let selected = in_blocks.unwrap_or(all);
    Totals::add(&request.totals.bytes, (u128::from(bytes) * u128::from(selected) / u128::from(all.max(1))) as u64);
    Totals::add(&request.totals.rows, selected);
}

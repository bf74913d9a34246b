//! One row group of a Parquet file: whether to read it, and reading it.

use std::fs::File;

use arrow::array::BooleanArray;
use arrow::datatypes::{DataType, TimeUnit};
use arrow::error::ArrowError;
use datafusion::common::Result;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowFilter,
};
use parquet::file::statistics::Statistics;

use super::queue::Group;
use super::rows::REST;
use super::{BATCH_ROWS, Check, Request, Test, Totals};
use crate::tables::{Segment, TableColumn};
use weir_store::tokens_of;

/// What proves that no row of the row group passes; `None` when nothing does.
pub(super) fn excluded_by(
    segment: &Segment,
    footer: &ArrowReaderMetadata,
    index: usize,
    checks: &[Check],
) -> Option<&'static str> {
    checks.iter().find_map(|check| {
        let of_column = || statistics(footer, index, &check.columns[0].name);
        match &check.test {
            Test::Time(span) => {
                let (least, greatest) = time_bounds(footer, index, &check.columns[0].name)?;
                (least >= span.end || greatest < span.start).then_some("time")
            }
            Test::Between(span) => outside(of_column()?, span).then_some("arrival"),
            Test::Holds(pieces) if check.columns[0].name == "content" => {
                let may_hold = (pieces.may_be_escaped() && may_contain(segment, index, ESCAPED_LETTER))
                    || pieces.texts().iter().all(|piece| may_hold(segment, index, piece));
                (!may_hold).then_some("words")
            }
            Test::Expr(_, bounds) => {
                let unit = unit_nanos(footer, &check.columns[0].name);
                bounds.as_ref()?.exclude(of_column()?, unit).then_some("statistics")
            }
            Test::Holds(_) => None,
        }
    })
}

/// Whether the statistics prove that every text lies outside of the span.
fn outside(statistics: &Statistics, span: &std::ops::Range<String>) -> bool {
    let Statistics::ByteArray(bounds) = statistics else { return false };
    let below = bounds.min_opt().is_some_and(|least| least.data() >= span.end.as_bytes());
    let above = bounds.max_is_exact() && bounds.max_opt().is_some_and(|most| most.data() < span.start.as_bytes());
    below || above
}

/// What the token index of a row group holds when some text spells letters as `\\u0061`.
const ESCAPED_LETTER: &str = "\\u";

fn may_hold(segment: &Segment, index: usize, piece: &str) -> bool {
    // The escape of a control character would stick to the token behind it.
    piece.contains(char::is_control) || inner_tokens(piece).iter().all(|token| may_contain(segment, index, token))
}

fn may_contain(segment: &Segment, index: usize, token: &str) -> bool {
    segment.stored.as_ref().is_none_or(|stored| stored.may_contain(index, token))
}

/// The tokens of a piece that are tokens of every text that holds it: not the first and last, which may be parts of longer
/// ones there.
fn inner_tokens(piece: &str) -> Vec<&str> {
    let tokens: Vec<&str> = tokens_of(piece).collect();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let from = usize::from(piece.starts_with(word));
    let to = tokens.len().saturating_sub(usize::from(piece.ends_with(word)));
    tokens.get(from..to).unwrap_or_default().to_vec()
}

/// True when the statistics of the row group prove that every row passes.
fn surely_matches(footer: &ArrowReaderMetadata, index: usize, check: &Check) -> bool {
    let Test::Time(span) = &check.test else { return false };
    let Some(statistics) = statistics(footer, index, &check.columns[0].name) else { return false };
    let whole = statistics.null_count_opt() == Some(0);
    let bounds = time_bounds(footer, index, &check.columns[0].name);
    whole && bounds.is_some_and(|(least, greatest)| least >= span.start && greatest < span.end)
}

fn statistics<'f>(footer: &'f ArrowReaderMetadata, index: usize, name: &str) -> Option<&'f Statistics> {
    let group = footer.metadata().row_group(index);
    let column = group.columns().iter().find(|column| column.column_path().parts() == [name])?;
    column.statistics()
}

/// Least and greatest time of a row group in nanoseconds.
fn time_bounds(footer: &ArrowReaderMetadata, index: usize, name: &str) -> Option<(i64, i64)> {
    let unit = unit_nanos(footer, name);
    match statistics(footer, index, name)? {
        Statistics::Int64(bounds) => {
            Some((bounds.min_opt()?.saturating_mul(unit), bounds.max_opt()?.saturating_mul(unit)))
        }
        _ => None,
    }
}

/// What a stored time counts, in nanoseconds.
fn unit_nanos(footer: &ArrowReaderMetadata, name: &str) -> i64 {
    match footer.schema().field_with_name(name).map(|field| field.data_type()) {
        Ok(DataType::Timestamp(TimeUnit::Second, _)) => 1_000_000_000,
        Ok(DataType::Timestamp(TimeUnit::Millisecond, _)) => 1_000_000,
        Ok(DataType::Timestamp(TimeUnit::Microsecond, _)) => 1_000,
        _ => 1,
    }
}

/// Reads the wanted columns of the rows that pass the checks, the checks' columns first.
pub(super) fn open(request: &Request, group: Group) -> Result<ParquetRecordBatchReader> {
    let checks: Vec<&Check> =
        request.checks.iter().filter(|check| !surely_matches(&group.footer, group.index, check)).collect();
    let wanted = mask(&group.footer, &request.columns);
    count_bytes(request, &group, &checks);
    let filters = checks.into_iter().map(|check| predicate(&group.footer, check.clone())).collect();
    let file = File::open(&group.path)?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, group.footer)
        .with_row_groups(vec![group.index])
        .with_batch_size(BATCH_ROWS)
        .with_projection(wanted)
        .with_row_filter(RowFilter::new(filters))
        .build();
    reader.map_err(|error| datafusion::common::DataFusionError::External(Box::new(error)))
}

fn predicate(footer: &ArrowReaderMetadata, check: Check) -> Box<dyn ArrowPredicate> {
    let schema = check.schema();
    let columns = mask(footer, &check.columns);
    let test = move |stored| -> std::result::Result<BooleanArray, ArrowError> {
        check.of_stored(&stored, &schema).map_err(as_arrow)
    };
    Box::new(ArrowPredicateFn::new(columns, test))
}

fn as_arrow(error: datafusion::common::DataFusionError) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

/// The leaves of the file that hold the columns.
fn mask(footer: &ArrowReaderMetadata, columns: &[TableColumn]) -> ProjectionMask {
    let in_rest = columns.iter().any(|column| column.in_rest);
    let is_wanted = |name: &str| (in_rest && name == REST) || columns.iter().any(|column| column.name == name);
    let fields = footer.schema().fields().iter().enumerate();
    let roots = fields.filter(|(_, field)| is_wanted(field.name())).map(|(index, _)| index);
    ProjectionMask::roots(footer.parquet_schema(), roots)
}

/// Counts the stored size of what the row group holds in the columns that are looked at.
fn count_bytes(request: &Request, group: &Group, checks: &[&Check]) {
    let looked_at = |name: &str| {
        let of_checks = checks.iter().flat_map(|check| &check.columns);
        request.columns.iter().chain(of_checks).any(|column| column.name == name || (column.in_rest && name == REST))
    };
    let row_group = group.footer.metadata().row_group(group.index);
    let read = row_group
        .columns()
        .iter()
        .filter(|column| column.column_path().parts().first().is_some_and(|name| looked_at(name)));
    Totals::add(&request.totals.bytes, read.map(|column| column.uncompressed_size().max(0) as u64).sum());
    Totals::add(&request.totals.rows, row_group.num_rows().max(0) as u64);
}

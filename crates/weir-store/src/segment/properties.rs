//! How the columns of a segment are encoded.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use hashbrown::HashSet;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use weir_event::{ArtifactKind, Kind};

use super::hash::hash_of;
use super::write::{Effort, SegmentPlan};
use crate::column::{REST, kind_of_field};

/// Text columns whose least and greatest values tell row groups apart. Of others, these would cost time and say nothing.
const ORDERED: [&str; 3] = ["weir.id", "weir.pack", "weir.source"];
/// Columns whose values hardly ever repeat.
const UNIQUE: [&str; 4] = ["timestamp", "content", "weir.id", REST];
/// Columns that are worth compressing whatever it costs: most bytes of a segment are theirs, and they shrink most.
const LONG: [&str; 2] = ["content", REST];
/// Bytes of a page before it is compressed, of a short column and of a long one.
struct Pages {
    short: usize,
    long: usize,
}

impl Pages {
    /// What a query decompresses of a column that wants one row of it is a page. Those of a segment that stays hold little more rows
    /// than a block of its index, which costs some three bytes in a hundred; many pages cost time when they are written.
    fn of(effort: Effort) -> Pages {
        match effort {
            Effort::Quick => Pages { short: 1 << 20, long: 256 << 10 },
            Effort::Thorough => Pages { short: 16 << 10, long: 64 << 10 },
        }
    }
}

/// Values looked at to tell whether a column's values repeat.
const SAMPLES: usize = 128;
/// Fewer values than this tell nothing.
const SAMPLES_MIN: usize = 32;
/// Distinct values in a hundred from which a dictionary would cost time and save nothing.
const UNIQUE_PERCENT: usize = 80;
/// Rows of a row group for which the filters of artifacts are sized.
const FILTER_ROWS: u64 = 65_536;

/// The codecs of a short column and of a long one. A segment that is soon joined with others is written while events pour in: it gets what
/// costs least.
fn codecs(effort: Effort) -> (Compression, Compression) {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default());
    match effort {
        Effort::Quick => (Compression::UNCOMPRESSED, Compression::LZ4_RAW),
        Effort::Thorough => (zstd, zstd),
    }
}

/// How the file of a plan is written.
pub(super) fn properties(plan: &SegmentPlan<'_>) -> WriterProperties {
    let notes = plan.notes.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect();
    let (short, long) = codecs(plan.effort);
    let pages = Pages::of(plan.effort);
    let mut builder = WriterProperties::builder()
        .set_compression(short)
        .set_max_row_group_row_count(None)
        .set_data_page_size_limit(pages.short)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(column("timestamp"), EnabledStatistics::Page)
        .set_column_encoding(column("timestamp"), Encoding::DELTA_BINARY_PACKED)
        .set_column_encoding(column("weir.id"), Encoding::DELTA_BYTE_ARRAY)
        .set_statistics_truncate_length(Some(64))
        .set_key_value_metadata(Some(notes));
    for (field, &unique) in plan.schema.fields().iter().zip(&plan.unique) {
        let name = field.name().as_str();
        let text = matches!(kind_of_field(field), Some(Kind::Text | Kind::Ip | Kind::Texts | Kind::Ips));
        let path = if matches!(field.data_type(), DataType::List(_)) { list_item(name) } else { column(name) };
        if text && !ORDERED.contains(&name) {
            builder = builder.set_column_statistics_enabled(path.clone(), EnabledStatistics::None);
        }
        if unique || UNIQUE.contains(&name) {
            builder = builder.set_column_dictionary_enabled(path.clone(), false);
        }
        if LONG.contains(&name) {
            builder =
                builder.set_column_compression(path.clone(), long).set_column_data_page_size_limit(path, pages.long);
        }
    }
    if plan.effort == Effort::Thorough {
        for path in ArtifactKind::ALL.into_iter().map(|kind| list_item(kind.field_name())) {
            builder = builder
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_max_ndv(path.clone(), FILTER_ROWS)
                .set_column_bloom_filter_fpp(path, 0.01);
        }
    }
    builder.build()
}

fn column(name: &str) -> ColumnPath {
    ColumnPath::new(vec![name.to_owned()])
}

fn list_item(name: &str) -> ColumnPath {
    ColumnPath::new(vec![name.to_owned(), "list".to_owned(), "item".to_owned()])
}

/// True when a look at some values of a column, given in pieces, says that they hardly repeat.
pub(crate) fn is_unique(pieces: &[&ArrayRef]) -> bool {
    let each = SAMPLES.div_ceil(pieces.len().max(1));
    let (mut looked, mut seen) = (0, HashSet::new());
    for piece in pieces.iter().step_by(pieces.len().div_ceil(SAMPLES).max(1)) {
        let items = piece.as_list_opt::<i32>().map_or(*piece, |list| list.values());
        let step = items.len().div_ceil(each).max(1);
        for hash in (0..items.len()).step_by(step).filter_map(|row| hash_at(items, row)) {
            looked += 1;
            seen.insert(hash);
        }
    }
    looked >= SAMPLES_MIN && seen.len() * 100 >= looked * UNIQUE_PERCENT
}

/// A hash of the value of a row; `None` for a null and for types that always repeat.
fn hash_at(column: &ArrayRef, row: usize) -> Option<u64> {
    if column.is_null(row) {
        return None;
    }
    if let Some(texts) = column.as_string_opt::<i32>() {
        return Some(hash_of(0, texts.value(row).as_bytes()));
    }
    if let Some(numbers) = column.as_primitive_opt::<Int64Type>() {
        return Some(numbers.value(row) as u64);
    }
    column.as_primitive_opt::<Float64Type>().map(|numbers| numbers.value(row).to_bits())
}

//! Writing one segment: Parquet and index side by side.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, new_null_array};
use arrow::datatypes::{DataType, Field, SchemaRef, TimestampNanosecondType};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use weir_event::Disk;

use super::index::{IndexBuilder, Values};
use super::info::index_path;
use super::properties::properties;
use super::sink::Sink;
use crate::column::{ColumnInfo, FIXED, Kinds, REST, kind_of_field};
use crate::snapshot::Fields;
use crate::table::{Names, Stretch};

/// Rows of a row group, the unit that an index lets a query pass over.
pub(crate) const ROW_GROUP_ROWS: usize = 65_536;

/// The rows of one row group, column by column, so that no more than one column needs to be in memory for writing it.
pub(crate) trait RowGroup {
    fn rows(&self) -> usize;

    /// Hands the pieces of column `index` of the segment's schema to `put`, in the order of rows.
    fn column(&self, index: usize, put: &mut dyn FnMut(Stretch) -> io::Result<()>) -> io::Result<()>;
}

/// A segment under construction, in files with temporary names.
pub(crate) struct SegmentWriter {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    writer: SerializedFileWriter<Sink>,
    columns: ArrowRowGroupWriterFactory,
    index: IndexBuilder,
    schema: SchemaRef,
    groups: usize,
    rows: u64,
    times: (i64, i64),
    /// Number of values of each column.
    values: Vec<usize>,
}

/// What a segment is made with, besides its rows.
pub(crate) struct SegmentPlan<'p> {
    pub schema: SchemaRef,
    /// Columns whose values hardly repeat.
    pub unique: Vec<bool>,
    /// Kept in the footer.
    pub notes: &'p [(&'p str, String)],
    pub effort: Effort,
}

/// What a segment is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Effort {
    /// It will be joined with others soon: compressed is only what gains most, which is the text of the events.
    Quick,
    /// It stays: everything is compressed, and artifacts get filters for readers that do not know our index.
    Thorough,
}

/// A finished segment: durable, under its final name, but not in the catalogue yet.
#[derive(Debug)]
pub(crate) struct Written {
    pub path: PathBuf,
    pub rows: u64,
    pub bytes: u64,
    pub times: (i64, i64),
    pub columns: Vec<ColumnInfo>,
    pub rest_open: bool,
}

/// Name of a file that is not finished; left over, it is removed on start.
pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    path.with_file_name(name)
}

impl SegmentWriter {
    pub fn new(disk: Arc<dyn Disk>, path: PathBuf, plan: &SegmentPlan<'_>) -> io::Result<Self> {
        // What an attempt that failed has left; a new file begins empty.
        for old in [temporary(&path), temporary(&index_path(&path))] {
            let _ = disk.remove(&old);
        }
        let sink = Sink::new(disk.open(&temporary(&path))?);
        let properties = properties(plan);
        let writer = ArrowWriter::try_new(sink, plan.schema.clone(), Some(properties));
        let (writer, columns) = writer.and_then(ArrowWriter::into_serialized_writer).map_err(io::Error::other)?;
        Ok(SegmentWriter {
            disk,
            path,
            writer,
            columns,
            index: IndexBuilder::new(Values::of(plan.effort)),
            schema: plan.schema.clone(),
            groups: 0,
            rows: 0,
            times: (i64::MAX, i64::MIN),
            values: vec![0; plan.schema.fields().len()],
        })
    }

    /// Adds a row group. The nearer its rows are to the order of `timestamp`, the more a query can pass over.
    pub fn write(&mut self, group: &dyn RowGroup) -> io::Result<()> {
        let writers = self.columns.create_column_writers(self.groups).map_err(io::Error::other)?;
        let mut out = self.writer.next_row_group().map_err(io::Error::other)?;
        self.index.begin_row_group(group.rows());
        for (index, (field, writer)) in self.schema.fields().iter().zip(writers).enumerate() {
            let mut column = OpenColumn { field, writer, nulls: 0, nulls_open: 0 };
            let mut row = 0;
            group.column(index, &mut |stretch| {
                if let Stretch::Values(values) = &stretch {
                    self.values[index] += values.len() - values.null_count();
                    note_times(field, values, &mut self.times);
                    note_texts(field, row, values, &mut self.index);
                }
                row += match &stretch {
                    Stretch::Values(values) => values.len(),
                    Stretch::Nulls(rows) => *rows,
                };
                column.put(stretch)
            })?;
            column.finish(&mut out)?;
        }
        out.close().map_err(io::Error::other)?;
        self.index.end_row_group();
        self.groups += 1;
        self.rows += group.rows() as u64;
        Ok(())
    }

    /// Makes both files durable and gives them their names. The caller syncs the folder once for all its segments.
    pub fn finish(self, names: &Names) -> io::Result<Written> {
        let bytes = self.writer.into_inner().map_err(io::Error::other)?.finish()?;
        let index = index_path(&self.path);
        let mut file = self.disk.open(&temporary(&index))?;
        file.append(&self.index.finish())?;
        file.sync()?;
        self.disk.rename(&temporary(&index), &index)?;
        self.disk.rename(&temporary(&self.path), &self.path)?;
        let (columns, rest_open) = columns(&self.schema, &self.values, names);
        Ok(Written { path: self.path, rows: self.rows, bytes, times: self.times, columns, rest_open })
    }
}

fn note_times(field: &Field, values: &ArrayRef, span: &mut (i64, i64)) {
    if field.name() == "timestamp" {
        let times = values.as_primitive_opt::<TimestampNanosecondType>();
        for &at in times.iter().flat_map(|times| times.values().iter()) {
            *span = (span.0.min(at), span.1.max(at));
        }
    }
}

/// Adds to the index what a piece of a column, whose first row is `from`, holds.
fn note_texts(field: &Field, from: usize, values: &ArrayRef, index: &mut IndexBuilder) {
    if let Some(texts) = values.as_string_opt::<i32>() {
        let texts = texts.iter().enumerate().filter_map(|(row, text)| Some((from + row, text?)));
        return match field.name().as_str() {
            "content" => texts.for_each(|(row, text)| index.add_text(row, text)),
            name if index.values().cover(name) => texts.for_each(|(row, text)| index.add_value(row, text)),
            _ => {}
        };
    }
    let Some(lists) = values.as_list_opt::<i32>().filter(|_| index.values().cover(field.name())) else { return };
    let Some(texts) = lists.values().as_string_opt::<i32>() else { return };
    // By their places alone: looking at each list by itself costs more than what is in it.
    for (row, ends) in lists.value_offsets().windows(2).enumerate() {
        let items = (ends[0] as usize..ends[1] as usize).filter(|&item| texts.is_valid(item));
        items.for_each(|item| index.add_value(from + row, texts.value(item)));
    }
}

/// One column of one row group.
struct OpenColumn<'f> {
    field: &'f Field,
    writer: ArrowColumnWriter,
    nulls: usize,
    /// Nulls at the end that are not written yet: long runs cost no more than short ones.
    nulls_open: usize,
}

impl OpenColumn<'_> {
    fn put(&mut self, stretch: Stretch) -> io::Result<()> {
        match stretch {
            Stretch::Nulls(rows) => {
                self.nulls += rows;
                self.nulls_open += rows;
                Ok(())
            }
            Stretch::Values(values) => {
                self.nulls += values.null_count();
                self.write_nulls()?;
                self.write(&values)
            }
        }
    }

    fn write_nulls(&mut self) -> io::Result<()> {
        match std::mem::take(&mut self.nulls_open) {
            0 => Ok(()),
            rows => self.write(&new_null_array(self.field.data_type(), rows)),
        }
    }

    /// Every type of ours has one leaf.
    fn write(&mut self, values: &ArrayRef) -> io::Result<()> {
        for leaf in compute_leaves(self.field, values).map_err(io::Error::other)? {
            self.writer.write(&leaf).map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn finish(mut self, out: &mut SerializedRowGroupWriter<'_, Sink>) -> io::Result<()> {
        self.write_nulls()?;
        let mut chunk = self.writer.close().map_err(io::Error::other)?;
        let metadata = &mut chunk.close_mut().metadata;
        if metadata.statistics().is_none() && !matches!(self.field.data_type(), DataType::List(_)) {
            // The number of nulls alone costs nothing, and tells that a row group lacks a field.
            let nulls = Statistics::byte_array(None, None, None, Some(self.nulls as u64), false);
            *metadata = metadata.clone().into_builder().set_statistics(nulls).build().map_err(io::Error::other)?;
        }
        chunk.append_to_row_group(out).map_err(io::Error::other)
    }
}

/// The columns that have values or are fixed, and the fields of the rest.
fn columns(schema: &SchemaRef, values: &[usize], names: &Names) -> (Vec<ColumnInfo>, bool) {
    let mut fields = Fields::default();
    for (field, &values) in schema.fields().iter().zip(values) {
        let listed = values > 0 || FIXED.iter().any(|(name, _)| name == field.name());
        if let Some(kind) = kind_of_field(field).filter(|_| listed && field.name() != REST) {
            fields.add(field.name(), Kinds::of(kind));
        }
    }
    fields.add_rest(names);
    fields.finish()
}

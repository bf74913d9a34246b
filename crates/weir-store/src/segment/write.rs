//! Writing one segment: Parquet and index side by side.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{SchemaRef, TimestampNanosecondType};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use weir_event::{ArtifactKind, Disk, DiskFile};

use super::IndexBuilder;
use super::info::index_path;
use crate::column::{ColumnInfo, FIXED, Kinds, REST, kind_of_field};
use crate::snapshot::Fields;
use crate::table::Names;

/// Rows of a row group, the unit that an index lets a query pass over.
pub(crate) const ROW_GROUP_ROWS: usize = 65_536;

/// A segment under construction, in files with temporary names.
pub(crate) struct SegmentWriter {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    writer: ArrowWriter<Sink>,
    index: IndexBuilder,
    schema: SchemaRef,
    in_group: usize,
    rows: u64,
    times: (i64, i64),
    values: Vec<usize>,
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
    /// `notes` are kept in the footer.
    pub fn new(disk: Arc<dyn Disk>, path: PathBuf, schema: SchemaRef, notes: &[(&str, String)]) -> io::Result<Self> {
        // What an attempt that failed has left; a new file begins empty.
        for old in [temporary(&path), temporary(&index_path(&path))] {
            let _ = disk.remove(&old);
        }
        let sink = Sink { file: disk.open(&temporary(&path))?, pending: Vec::with_capacity(SINK_BYTES) };
        let writer = ArrowWriter::try_new(sink, schema.clone(), Some(properties(notes))).map_err(io::Error::other)?;
        let values = vec![0; schema.fields().len()];
        let index = IndexBuilder::new();
        Ok(SegmentWriter {
            disk,
            path,
            writer,
            index,
            schema,
            in_group: 0,
            rows: 0,
            times: (i64::MAX, i64::MIN),
            values,
        })
    }

    /// Adds rows. The nearer they are to the order of `timestamp`, the more a query can pass over.
    pub fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let mut from = 0;
        while from < batch.num_rows() {
            let rows = (batch.num_rows() - from).min(ROW_GROUP_ROWS - self.in_group);
            self.write_piece(&batch.slice(from, rows))?;
            from += rows;
        }
        Ok(())
    }

    fn write_piece(&mut self, piece: &RecordBatch) -> io::Result<()> {
        self.writer.write(piece).map_err(io::Error::other)?;
        for (values, column) in self.values.iter_mut().zip(piece.columns()) {
            *values += column.len() - column.null_count();
        }
        self.note_times(piece);
        self.note_words(piece);
        self.rows += piece.num_rows() as u64;
        self.in_group += piece.num_rows();
        if self.in_group >= ROW_GROUP_ROWS {
            self.end_row_group()?;
        }
        Ok(())
    }

    fn end_row_group(&mut self) -> io::Result<()> {
        self.index.end_row_group();
        self.in_group = 0;
        self.writer.flush().map_err(io::Error::other)
    }

    fn note_times(&mut self, piece: &RecordBatch) {
        let times =
            piece.column_by_name("timestamp").and_then(|column| column.as_primitive_opt::<TimestampNanosecondType>());
        for &at in times.iter().flat_map(|times| times.values().iter()) {
            self.times = (self.times.0.min(at), self.times.1.max(at));
        }
    }

    fn note_words(&mut self, piece: &RecordBatch) {
        if let Some(content) = piece.column_by_name("content").and_then(|column| column.as_string_opt::<i32>()) {
            content.iter().flatten().for_each(|text| self.index.add_text(text));
        }
        for kind in ArtifactKind::ALL {
            let column = piece.column_by_name(kind.field_name()).and_then(|column| column.as_list_opt::<i32>());
            for list in column.into_iter().flat_map(|lists| lists.iter().flatten()) {
                if let Some(texts) = list.as_string_opt::<i32>() {
                    texts.iter().flatten().for_each(|text| self.index.add_artifact(kind, text));
                }
            }
        }
    }

    /// Makes both files durable and gives them their names. The caller syncs the folder once for all its segments.
    pub fn finish(mut self, names: &Names) -> io::Result<Written> {
        if self.in_group > 0 {
            self.end_row_group()?;
        }
        let mut sink = self.writer.into_inner().map_err(io::Error::other)?;
        sink.drain()?;
        sink.file.sync()?;
        let bytes = sink.file.size()?;
        let index = index_path(&self.path);
        let mut file = self.disk.open(&temporary(&index))?;
        file.append(&self.index.finish().to_bytes())?;
        file.sync()?;
        self.disk.rename(&temporary(&index), &index)?;
        self.disk.rename(&temporary(&self.path), &self.path)?;
        let (columns, rest_open) = columns(&self.schema, &self.values, names);
        Ok(Written { path: self.path, rows: self.rows, bytes, times: self.times, columns, rest_open })
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

/// Columns whose values hardly repeat: a dictionary would cost time and save nothing.
const UNIQUE: [&str; 3] = ["content", "weir.id", REST];

fn properties(notes: &[(&str, String)]) -> WriterProperties {
    let notes = notes.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect();
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(column("timestamp"), EnabledStatistics::Page)
        .set_statistics_truncate_length(Some(64))
        .set_key_value_metadata(Some(notes));
    for name in UNIQUE {
        builder = builder.set_column_dictionary_enabled(column(name), false);
    }
    let artifacts = ArtifactKind::ALL.into_iter().map(|kind| list_item(kind.field_name()));
    for path in artifacts.chain([column("weir.id")]) {
        builder = builder
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_bloom_filter_max_ndv(path.clone(), ROW_GROUP_ROWS as u64)
            .set_column_bloom_filter_fpp(path, 0.01);
    }
    builder.build()
}

fn column(name: &str) -> ColumnPath {
    ColumnPath::new(vec![name.to_owned()])
}

fn list_item(name: &str) -> ColumnPath {
    ColumnPath::new(vec![name.to_owned(), "list".to_owned(), "item".to_owned()])
}

/// Bytes gathered before they are handed to the disk.
const SINK_BYTES: usize = 1 << 20;

struct Sink {
    file: Box<dyn DiskFile>,
    pending: Vec<u8>,
}

impl Sink {
    fn drain(&mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            self.file.append(&self.pending)?;
            self.pending.clear();
        }
        Ok(())
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= SINK_BYTES {
            self.drain()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.drain()
    }
}

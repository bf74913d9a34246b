//! Files as tables, for questions without a server.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Encoding;
use parquet::file::metadata::ParquetMetaData;
use weir_event::{Fault, Record, Value};

use crate::cells::forms;
use crate::tables::{Segment, Snapshot, TableColumn, Tables, Window};
use crate::{csv, fault, gather, json};

/// Bytes of one file that is read whole (everything but Parquet).
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// Without any file every table and lookup table is there and empty. Otherwise: tables named by the stems of files:
/// `.ndjson`/`.jsonl`, `.json`, `.csv`, `.parquet`. The same for every tenant. A query that names no span of time sees the whole
/// file.
#[derive(Debug, Default)]
pub struct FileTables {
    tables: BTreeMap<String, Snapshot>,
}

impl FileTables {
    /// Reads the files; a second file of the same stem is a fault. A folder is one table of all its Parquet files, and
    /// `name=path` a table of another name.
    pub fn open(paths: &[PathBuf]) -> Result<Self, Fault> {
        let mut tables = BTreeMap::new();
        for path in paths {
            let (name, path) = named(path);
            let snapshot = if path.is_dir() { folder(&path)? } else { snapshot_of(&path)? };
            if tables.insert(name, snapshot).is_some() {
                return Err(fault::file(&path, "another file of the same name is already a table"));
            }
        }
        Ok(FileTables { tables })
    }

    fn named(&self, table: &str) -> Option<Snapshot> {
        let nothing = self.tables.is_empty().then(|| Snapshot { open: true, ..Snapshot::default() });
        self.tables.get(table).cloned().or(nothing)
    }
}

impl Tables for FileTables {
    fn snapshot(&self, _: &str, table: &str, _: &Window) -> Result<Snapshot, Fault> {
        self.named(table).ok_or_else(|| fault::table_unknown(table, &self.names("")))
    }

    fn names(&self, _: &str) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }

    fn lookup(&self, _: &str, name: &str) -> Result<Snapshot, Fault> {
        let stem = name.rsplit('/').next().unwrap_or(name);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        self.named(stem).ok_or_else(|| fault::lookup_unknown(name))
    }

    fn are_timed(&self) -> bool {
        false
    }
}

/// The table that a path is, and the path.
fn named(path: &Path) -> (String, PathBuf) {
    if let Some((name, rest)) = path.to_str().and_then(|text| text.split_once('='))
        && !path.exists()
    {
        return (name.to_owned(), rest.into());
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    (stem, path.to_owned())
}

/// The rows of all Parquet files of a folder.
fn folder(path: &Path) -> Result<Snapshot, Fault> {
    let entries = std::fs::read_dir(path).map_err(|error| fault::file(path, error))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "parquet"));
    files.sort();
    let mut parts = files.iter().map(|file| parquet(file));
    let mut whole = parts.next().ok_or_else(|| fault::file(path, "it holds no file `*.parquet`"))??;
    for part in parts {
        whole.add(part?);
    }
    Ok(whole)
}

/// What the names of readable files end in.
pub(crate) const EXTENSIONS: [&str; 5] = ["ndjson", "jsonl", "json", "csv", "parquet"];

/// The table in a file.
pub(crate) fn snapshot_of(path: &Path) -> Result<Snapshot, Fault> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "parquet" => parquet(path),
        "csv" => records(csv::records(&text(path)?)),
        "ndjson" | "jsonl" => records(lines(path)?),
        "json" => records(json::objects(&text(path)?).map_err(|fault| fault::file(path, fault.cause()))?),
        _ => Err(fault::file(path, "its name does not end in .ndjson, .jsonl, .json, .csv or .parquet")),
    }
}

fn open(path: &Path) -> Result<File, Fault> {
    let file = File::open(path).map_err(|error| fault::file(path, error))?;
    let bytes = file.metadata().map_or(0, |meta| meta.len());
    match bytes > FILE_BYTES_MAX {
        true => Err(fault::file(path, format!("it is larger than {} MiB", FILE_BYTES_MAX >> 20))),
        false => Ok(file),
    }
}

fn text(path: &Path) -> Result<String, Fault> {
    let mut text = String::new();
    open(path)?.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(|error| fault::file(path, error))?;
    Ok(text)
}

fn lines(path: &Path) -> Result<Vec<Record<'static>>, Fault> {
    let mut records = Vec::new();
    for (index, line) in BufReader::new(open(path)?.take(FILE_BYTES_MAX)).lines().enumerate() {
        let line = line.map_err(|error| fault::file(path, error))?;
        if line.trim().is_empty() {
            continue;
        }
        let bad = |why: &dyn std::fmt::Display| fault::file(path, format!("line {}: {why}", index + 1));
        records.push(json::object(&line).map_err(|fault| bad(&fault.cause()))?);
    }
    Ok(records)
}

/// Records become a table in memory; a text `timestamp` in RFC 3339 becomes a timestamp.
fn records(mut records: Vec<Record<'static>>) -> Result<Snapshot, Fault> {
    for record in &mut records {
        let stamp = record.get("timestamp").and_then(Value::as_str).and_then(weir_event::Timestamp::parse_rfc3339);
        if let Some(stamp) = stamp {
            record.set("timestamp", Value::Timestamp(stamp));
        }
    }
    let columns = gather::columns_of(&records);
    let batch = gather::batch_of(&records, &columns).map_err(fault::storage)?;
    let columns = columns.into_iter().map(|column| TableColumn {
        name: column.name,
        form: column.form,
        in_rest: false,
        repeats: false,
    });
    Ok(Snapshot { columns: columns.collect(), open: false, memory: vec![batch.into()], segments: Vec::new() })
}

fn parquet(path: &Path) -> Result<Snapshot, Fault> {
    let file = File::open(path).map_err(|error| fault::file(path, error))?;
    let bytes = file.metadata().map_or(0, |meta| meta.len());
    let footer = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fault::file(path, error))?;
    let columns = forms(footer.schema()).map(|(name, form)| TableColumn {
        name: name.to_owned(),
        form,
        in_rest: false,
        repeats: has_dictionary(footer.metadata(), name),
    });
    let rows = footer.metadata().file_metadata().num_rows().max(0) as u64;
    let segment = Segment { path: path.to_owned(), rows, bytes, ..Segment::default() };
    Ok(Snapshot { columns: columns.collect(), open: false, memory: Vec::new(), segments: vec![segment] })
}

/// Whether every row group stores the column as places in a dictionary only.
fn has_dictionary(file: &ParquetMetaData, name: &str) -> bool {
    file.row_groups().iter().all(|group| {
        let column = group.columns().iter().find(|column| column.column_path().parts() == [name]);
        let pages = column.and_then(|column| column.page_encoding_stats_mask());
        pages.is_some_and(|pages| pages.is_only(Encoding::RLE_DICTIONARY) || pages.is_only(Encoding::PLAIN_DICTIONARY))
    })
}

//! Everything that can be checked about a data folder that no process uses.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use weir_event::{Disk, Fault};

use crate::log::{FileName, Found, scan};
use crate::segment::{IndexCache, SegmentInfo, index_path, is_index_whole};
use crate::state::State;
use crate::store::{FolderLock, segments_folder};

/// What a check of a data folder found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub log_files: usize,
    pub log_records: u64,
    pub log_bytes: u64,
    pub segments: usize,
    pub segment_rows: u64,
    pub segment_bytes: u64,
    pub sealed_through: u64,
    /// The last position that a record of the log has; 0 when it has none.
    pub logged_through: u64,
    /// Marks that say how far something has come: tenant, name, number.
    pub marks: Vec<(String, String, i64)>,
    /// Empty when all is well.
    pub findings: Vec<Finding>,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub at: PathBuf,
    pub says: String,
}

impl Report {
    fn add(&mut self, at: &Path, says: impl Into<String>) {
        self.findings.push(Finding { at: at.to_owned(), says: says.into() });
    }
}

/// Verifies every checksum of the log in `log_folder`, and in `folder` the state database, the catalogue against the files, and
/// that every segment and index can be read to the end. Changes nothing. Refused while a process uses the folder.
pub fn verify(disk: &std::sync::Arc<dyn Disk>, folder: &Path, log_folder: &Path) -> Result<Report, Fault> {
    let _lock = FolderLock::take(folder)?;
    let mut report = Report::default();
    verify_log(&**disk, log_folder, &mut report);
    if folder.join("state.db").exists() {
        let state = State::open(folder)?;
        report.sealed_through = state.sealed_through()?;
        report.marks = state.marks()?;
        for line in state.integrity()? {
            report.add(&folder.join("state.db"), line);
        }
        let cache = IndexCache::new(disk.clone());
        let segments = state.segments(&segments_folder(folder), &cache)?;
        verify_files(&**disk, &segments_folder(folder), &segments, &mut report);
        segments.iter().for_each(|segment| verify_segment(&**disk, segment, &mut report));
    }
    Ok(report)
}

fn verify_log(disk: &dyn Disk, folder: &Path, report: &mut Report) {
    let names = disk.list(folder).unwrap_or_default();
    let mut files: Vec<FileName> =
        names.iter().filter_map(|name| FileName::parse(name.file_name()?.to_str()?)).collect();
    files.sort();
    for file in files {
        let path = folder.join(file.to_string());
        report.log_files += 1;
        let bytes = match disk.read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                report.add(&path, format!("cannot be read: {error}"));
                continue;
            }
        };
        report.log_bytes += bytes.len() as u64;
        match scan(&bytes) {
            Ok(found) => found.iter().for_each(|found| verify_piece(&path, found, report)),
            Err(version) => report.add(&path, format!("has format {version}, which this weir does not read")),
        }
    }
}

fn verify_piece(path: &Path, found: &Found, report: &mut Report) {
    match found {
        Found::Record { position, .. } => {
            report.log_records += 1;
            report.logged_through = report.logged_through.max(*position);
        }
        Found::Damage(range) => report.add(path, format!("bytes {} to {} are damaged", range.start, range.end)),
        Found::Torn(range) => {
            report.add(path, format!("bytes {} to {} are a write that was cut off", range.start, range.end))
        }
    }
}

fn verify_files(disk: &dyn Disk, folder: &Path, segments: &[SegmentInfo], report: &mut Report) {
    let files: BTreeSet<PathBuf> =
        disk.list(folder).unwrap_or_default().into_iter().map(|name| folder.join(name)).collect();
    let owned: BTreeSet<PathBuf> =
        segments.iter().flat_map(|segment| [segment.path.clone(), index_path(&segment.path)]).collect();
    for path in owned.difference(&files) {
        report.add(path, "is in the catalogue, but there is no such file");
    }
    for path in files.difference(&owned) {
        report.add(path, "is not in the catalogue; the next start removes it");
    }
}

fn verify_segment(disk: &dyn Disk, segment: &SegmentInfo, report: &mut Report) {
    report.segments += 1;
    report.segment_rows += segment.rows;
    report.segment_bytes += segment.bytes;
    match rows_of(&segment.path) {
        Ok(rows) if rows == segment.rows => {}
        Ok(rows) => report.add(&segment.path, format!("holds {rows} rows, and the catalogue says {}", segment.rows)),
        Err(error) => report.add(&segment.path, format!("cannot be read: {error}")),
    }
    if !is_index_whole(disk, &segment.path) {
        report.add(&index_path(&segment.path), "is missing or damaged; queries read the whole segment instead");
    }
}

/// Rows of a Parquet file, all of which are decoded.
fn rows_of(path: &Path) -> Result<u64, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let file = File::open(path).map_err(|error| text(&error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| text(&error))?;
    let reader = builder.build().map_err(|error| text(&error))?;
    let mut rows = 0;
    for batch in reader {
        rows += batch.map_err(|error| text(&error))?.num_rows() as u64;
    }
    Ok(rows)
}

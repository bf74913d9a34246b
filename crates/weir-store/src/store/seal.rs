//! Writing a generation.

use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::interleave_record_batch;
use arrow::datatypes::TimestampNanosecondType;
use weir_event::{Fault, Timestamp};

use super::generation::{Generation, SharedTable, TableKey};
use super::{Inner, segments_folder};
use crate::fault;
use crate::segment::{HOUR, SegmentInfo, SegmentWriter, Written};
use crate::state::{CursorRow, LedgerRow, NewSegment, Seal};
use crate::table::{Layout, Names, Part, adapt};

/// Segments of whole hours that one table may give in one seal; rows of further hours share one segment, so that a sender with
/// odd clocks cannot make thousands of files.
const HOURS_MAX: usize = 48;
/// Rows handed to the writer at once.
const WRITE_ROWS: usize = 16_384;

/// A generation on its way to disk.
pub(super) struct Sealing {
    pub positions: (u64, u64),
    tables: Vec<(TableKey, SharedTable)>,
    cursors: Vec<CursorRow>,
    ledger: Vec<LedgerRow>,
}

/// Rows of one hour: runs of (part, row), in order of arrival.
struct Hour {
    /// `None` for rows of many hours.
    start: Option<i64>,
    rows: Vec<(usize, usize)>,
}

impl Sealing {
    pub fn of(generation: &Generation) -> Self {
        let mut tables: Vec<_> = generation.tables.iter().map(|(key, table)| (key.clone(), table.clone())).collect();
        tables.sort_by(|(a, _), (b, _)| (&a.tenant, &a.table, &a.bucket).cmp(&(&b.tenant, &b.table, &b.bucket)));
        let (cursors, ledger) = (generation.cursors(), generation.ledger());
        Sealing { positions: generation.positions, tables, cursors, ledger }
    }
}

/// Writes all segments, makes them durable, and commits them together with everything else of the generation.
pub(super) fn seal(inner: &Inner, sealing: &Sealing) -> Result<Vec<SegmentInfo>, Fault> {
    let folder = segments_folder(&inner.folder);
    let mut seal = Seal {
        segments: Vec::new(),
        cursors: sealing.cursors.clone(),
        ledger: sealing.ledger.clone(),
        through: sealing.positions.1,
    };
    for (key, table) in &sealing.tables {
        let parts = table.lock().unwrap_or_else(PoisonError::into_inner).parts().to_vec();
        for hour in split_hours(&parts) {
            let name = file_name(key, hour.start, &format!("{:x}", sealing.positions.0));
            let written = write_hour(inner, &folder.join(&name), &parts, &hour, sealing.positions);
            let written = written.map_err(|error| fault::seal_failed(&folder.join(&name), error))?;
            seal.segments.push(new_segment(key, hour.start, sealing.positions, name, written));
        }
    }
    if !seal.segments.is_empty() {
        inner.disk.sync_folder(&folder).map_err(|error| fault::seal_failed(&folder, error))?;
    }
    let ids = inner.state.seal(&seal)?;
    Ok(seal.segments.into_iter().zip(ids).map(|(segment, id)| info(inner, segment, id)).collect())
}

pub(super) fn new_segment(
    key: &TableKey,
    hour: Option<i64>,
    positions: (u64, u64),
    name: String,
    written: Written,
) -> NewSegment {
    let TableKey { tenant, table, bucket } = key.clone();
    NewSegment { tenant, bucket, table, hour, positions, name, written }
}

/// A segment whose row is committed.
pub(super) fn info(inner: &Inner, new: NewSegment, id: i64) -> SegmentInfo {
    SegmentInfo {
        id,
        tenant: new.tenant,
        table: new.table,
        bucket: new.bucket,
        path: new.written.path,
        rows: new.written.rows,
        bytes: new.written.bytes,
        min_time: Timestamp(new.written.times.0),
        max_time: Timestamp(new.written.times.1),
        hour: new.hour.map(Timestamp),
        positions: new.positions,
        columns: new.written.columns,
        rest_open: new.written.rest_open,
        cache: Some(inner.cache.clone()),
    }
}

/// `TENANT~TABLE~BUCKET~HOUR~MARK.parquet`, with everything but plain letters escaped, so that no name can leave the folder.
pub(super) fn file_name(key: &TableKey, hour: Option<i64>, mark: &str) -> String {
    let hour = hour.map_or("mixed".to_owned(), |start| start.div_euclid(HOUR).to_string());
    let [tenant, table, bucket] = [&key.tenant, &key.table, &key.bucket].map(|name| plain(name));
    format!("{tenant}~{table}~{bucket}~{hour}~{mark}.parquet")
}

/// At most 64 bytes; a longer name ends in its checksum.
fn plain(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02x}")),
        }
    }
    if out.len() > 64 {
        out.truncate(55);
        out.push_str(&format!("%{:08x}", crc32c::crc32c(name.as_bytes())));
    }
    out
}

/// All rows by hour of their `timestamp`, in order of arrival within each: that is nearly the order of time, so statistics stay
/// narrow, and whole runs are written without being copied row by row.
fn split_hours(parts: &[Part]) -> Vec<Hour> {
    // Begin of the hour in hours, part, row.
    let mut rows: Vec<(i64, u32, u32)> = Vec::with_capacity(parts.iter().map(Part::rows).sum());
    for (number, part) in parts.iter().enumerate() {
        let times =
            part.batch.column_by_name("timestamp").and_then(|c| c.as_primitive_opt::<TimestampNanosecondType>());
        let times = times.map_or(&[][..], |times| times.values());
        rows.extend(times.iter().enumerate().map(|(row, &at)| (at.div_euclid(HOUR), number as u32, row as u32)));
    }
    if !rows.is_sorted() {
        rows.sort_unstable();
    }
    let hours: Vec<&[(i64, u32, u32)]> = rows.chunk_by(|a, b| a.0 == b.0).collect();
    let places = |rows: &[(i64, u32, u32)]| rows.iter().map(|&(_, part, row)| (part as usize, row as usize)).collect();
    let whole = |rows: &[(i64, u32, u32)]| Hour { start: Some(rows[0].0.saturating_mul(HOUR)), rows: places(rows) };
    if hours.len() <= HOURS_MAX {
        return hours.into_iter().map(whole).collect();
    }
    let mut largest: Vec<usize> = (0..hours.len()).collect();
    largest.sort_by_key(|&index| std::cmp::Reverse(hours[index].len()));
    largest.truncate(HOURS_MAX - 1);
    let (own, mixed): (Vec<_>, Vec<_>) = (0..hours.len()).partition(|index| largest.contains(index));
    let mixed =
        mixed.into_iter().flat_map(|index| hours[index].iter().map(|&(_, part, row)| (part as usize, row as usize)));
    let mixed = Hour { start: None, rows: mixed.collect() };
    own.into_iter().map(|index| whole(hours[index])).chain([mixed]).collect()
}

fn write_hour(inner: &Inner, path: &Path, parts: &[Part], hour: &Hour, positions: (u64, u64)) -> io::Result<Written> {
    let mut place = vec![usize::MAX; parts.len()];
    let mut used: Vec<&Part> = Vec::new();
    for &(part, _) in &hour.rows {
        if place[part] == usize::MAX {
            place[part] = used.len();
            used.push(&parts[part]);
        }
    }
    let layout = Layout::of_parts(&used);
    let mut names = layout.moved.clone();
    used.iter().for_each(|part| names.add_all(&part.names));
    let alike: Option<Vec<RecordBatch>> = used.iter().map(|part| adapt(&part.batch, &layout)).collect();
    let alike = alike.ok_or_else(|| io::Error::other("columns do not fit together"))?;
    let mut writer = open_writer(inner, path, &layout, positions)?;
    let rows: Vec<(usize, usize)> = hour.rows.iter().map(|&(part, row)| (place[part], row)).collect();
    write_rows(&mut writer, &alike, &rows)?;
    writer.finish(&names)
}

pub(super) fn open_writer(
    inner: &Inner,
    path: &Path,
    layout: &Layout,
    positions: (u64, u64),
) -> io::Result<SegmentWriter> {
    let notes = [("weir.format", "1".to_owned()), ("weir.log", format!("{}-{}", positions.0, positions.1))];
    SegmentWriter::new(inner.disk.clone(), path.to_owned(), layout.schema.clone(), &notes)
}

/// Writes rows in the order given. Neighbours that are neighbours already are not copied.
pub(super) fn write_rows(
    writer: &mut SegmentWriter,
    batches: &[RecordBatch],
    rows: &[(usize, usize)],
) -> io::Result<()> {
    let next = |a: &(usize, usize), b: &(usize, usize)| a.0 == b.0 && a.1 + 1 == b.1;
    let runs = rows.chunk_by(next).count();
    if runs * 256 <= rows.len() {
        for run in rows.chunk_by(next) {
            writer.write(&batches[run[0].0].slice(run[0].1, run.len()))?;
        }
        return Ok(());
    }
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    for rows in rows.chunks(WRITE_ROWS) {
        writer.write(&interleave_record_batch(&batches, rows).map_err(io::Error::other)?)?;
    }
    Ok(())
}

/// For tests and compaction.
pub(super) fn names_of(segments: &[Arc<SegmentInfo>]) -> Names {
    let mut names = Names::default();
    for segment in segments {
        segment.columns.iter().filter(|column| column.in_rest).for_each(|column| names.add(&column.name));
        if segment.rest_open {
            names.set_open();
        }
    }
    names
}

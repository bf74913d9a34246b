//! Writing a generation.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use arrow::array::RecordBatch;
use weir_event::{Fault, Timestamp};

use super::generation::{Generation, SharedTable, TableKey};
use super::groups::{self, Piece, Run};
use super::{Inner, segments_folder};
use crate::fault;
use crate::segment::{
    Effort, HOUR, ROW_GROUP_ROWS, RowGroup, SegmentInfo, SegmentPlan, SegmentWriter, Written, is_unique,
};
use crate::state::{CursorRow, LedgerRow, NewSegment, Seal};
use crate::table::{Layout, Names, Part, Places, Stretch};

/// Segments of whole hours that one table may give in one seal; rows of further hours share one segment, so that a sender with
/// odd clocks cannot make thousands of files.
const HOURS_MAX: usize = 48;

/// What the mark of a segment's name begins with. It is no digit of the number behind it, so that no segment takes the file of
/// another.
pub(super) const SEALED: char = 's';
pub(super) const JOINED: char = 'j';

/// A generation on its way to disk.
pub(super) struct Sealing {
    pub positions: (u64, u64),
    tables: Vec<(TableKey, SharedTable)>,
    cursors: Vec<CursorRow>,
    ledger: Vec<LedgerRow>,
}

/// Parts of one hour.
struct Hour<'p> {
    /// In hours; `None` for rows of many hours.
    start: Option<i64>,
    /// Sorted by pack, then in order of arrival.
    parts: Vec<&'p Part>,
}

impl Sealing {
    pub fn of(generation: &Generation) -> Self {
        let mut tables: Vec<_> = generation.tables.iter().map(|(key, table)| (key.clone(), table.clone())).collect();
        tables.sort_by(|(a, _), (b, _)| (&a.tenant, &a.table, &a.bucket).cmp(&(&b.tenant, &b.table, &b.bucket)));
        let (cursors, ledger) = (generation.cursors.rows(), generation.ledger());
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
        let parts: Vec<Part> = table.lock().unwrap_or_else(PoisonError::into_inner).parts().cloned().collect();
        for hour in split_hours(&parts) {
            let start = hour.start.map(|hours| hours.saturating_mul(HOUR));
            let name = file_name(key, start, &format!("{SEALED}{:x}", sealing.positions.0));
            let written = write_hour(inner, &folder.join(&name), &hour.parts, sealing.positions);
            let written = written.map_err(|error| fault::seal_failed(&folder.join(&name), error))?;
            seal.segments.push(new_segment(key, start, sealing.positions, name, written));
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

/// Whether the segment with this file was made by joining, or writing anew, what seals have written.
pub(super) fn is_joined(path: &Path) -> bool {
    let name = path.file_stem().and_then(|name| name.to_str());
    name.and_then(|name| name.rsplit('~').next()).is_some_and(|mark| mark.starts_with(JOINED))
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

/// All parts by hour.
fn split_hours(parts: &[Part]) -> Vec<Hour<'_>> {
    let mut hours: BTreeMap<Option<i64>, Vec<&Part>> = BTreeMap::new();
    for part in parts {
        hours.entry(part.lot.hour).or_default().push(part);
    }
    if hours.len() > HOURS_MAX {
        let rows = |hour: &Option<i64>| hours[hour].iter().map(|part| part.rows()).sum::<usize>();
        let mut rare: Vec<i64> = hours.keys().copied().flatten().collect();
        rare.sort_by_cached_key(|&hour| std::cmp::Reverse(rows(&Some(hour))));
        for hour in rare.drain(HOURS_MAX - 1..) {
            let moved = hours.remove(&Some(hour)).unwrap_or_default();
            hours.entry(None).or_default().extend(moved);
        }
    }
    hours.into_iter().map(|(start, parts)| Hour { start, parts: sorted(parts) }).collect()
}

/// By pack; parts of one lot are in order of arrival already.
fn sorted(mut parts: Vec<&Part>) -> Vec<&Part> {
    parts.sort_by(|a, b| (&a.lot.pack, a.lot.hour).cmp(&(&b.lot.pack, b.lot.hour)));
    parts
}

fn write_hour(inner: &Inner, path: &Path, parts: &[&Part], positions: (u64, u64)) -> io::Result<Written> {
    let layout = Layout::of_parts(parts.iter().copied());
    let mut names = layout.moved.clone();
    parts.iter().for_each(|part| names.add_all(&part.names));
    let places: Vec<Places> = parts.iter().map(|part| Places::of(&layout, part.batch.schema_ref())).collect();
    let unique = (0..layout.schema.fields().len()).map(|index| {
        let columns = parts.iter().zip(&places).filter_map(|(part, at)| Some(part.batch.column(at.column(index)?)));
        is_unique(&columns.collect::<Vec<_>>())
    });
    let notes = notes(positions);
    let schema = layout.schema.clone();
    let plan = SegmentPlan { schema, unique: unique.collect(), notes: &notes, effort: Effort::Quick };
    let mut writer = SegmentWriter::new(inner.disk.clone(), path.to_owned(), &plan)?;
    let runs: Vec<Run> = parts.iter().map(|part| Run { rows: part.rows(), pack: part.lot.pack.clone() }).collect();
    for pieces in groups::cut(&runs, ROW_GROUP_ROWS) {
        let slice = |(run, rows): &Piece| (parts[*run].batch.slice(rows.start, rows.len()), &places[*run]);
        writer.write(&MemoryGroup { pieces: pieces.iter().map(slice).collect() })?;
    }
    writer.finish(&names)
}

/// Rows in memory on their way into one row group.
struct MemoryGroup<'p> {
    pieces: Vec<(RecordBatch, &'p Places)>,
}

impl RowGroup for MemoryGroup<'_> {
    fn rows(&self) -> usize {
        self.pieces.iter().map(|(batch, _)| batch.num_rows()).sum()
    }

    fn column(&self, index: usize, put: &mut dyn FnMut(Stretch) -> io::Result<()>) -> io::Result<()> {
        let stretch = |(batch, places): &(RecordBatch, &Places)| places.stretch(batch, index);
        self.pieces.iter().try_for_each(|piece| put(stretch(piece).ok_or_else(do_not_fit)?))
    }
}

pub(super) fn do_not_fit() -> io::Error {
    io::Error::other("columns do not fit together")
}

/// What the footer of a segment says.
pub(super) fn notes(positions: (u64, u64)) -> [(&'static str, String); 2] {
    [("weir.format", "1".to_owned()), ("weir.log", format!("{}-{}", positions.0, positions.1))]
}

/// Names of the fields in the rest of segments.
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

//! Many small segments of one hour become one.

use std::collections::BinaryHeap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampNanosecondType;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use weir_event::Fault;

use super::generation::TableKey;
use super::seal::{file_name, info, names_of, new_segment, open_writer, write_rows};
use super::{Inner, Store, segments_folder};
use crate::fault;
use crate::segment::{SegmentInfo, Written};
use crate::table::{Layout, adapt};

/// Segments of similar size that are worth joining.
const FEWEST: usize = 4;
/// The same while events are being sealed: joining reads and writes them all again, which would slow the intake down.
const FEWEST_BUSY: usize = 64;
/// Segments joined at once: each keeps a decoded piece in memory.
const MOST: usize = 16;
/// Bytes of files joined at once.
const BYTES_MAX: u64 = 128 << 20;
/// Rows of each segment that are in memory while joining.
const PIECE_ROWS: usize = 2_048;

impl Store {
    /// Joins the small segments of one hour of one table, if there are enough. False when nothing is worth it. Also runs in the
    /// background, see [`super::StoreOptions::compact`].
    pub fn compact(&self) -> Result<bool, Fault> {
        compact_once(&self.inner, false)
    }
}

pub(super) fn compact_once(inner: &Inner, busy: bool) -> Result<bool, Fault> {
    let _upkeep = inner.upkeep.lock().unwrap_or_else(PoisonError::into_inner);
    let fewest = if busy { FEWEST_BUSY } else { FEWEST };
    let Some(group) = choose(inner, fewest) else { return Ok(false) };
    let folder = segments_folder(&inner.folder);
    let first = &group[0];
    let key = TableKey { tenant: first.tenant.clone(), table: first.table.clone(), bucket: first.bucket.clone() };
    let hour = first.hour.map(|hour| hour.0);
    let ids: Vec<i64> = group.iter().map(|segment| segment.id).collect();
    let positions = group
        .iter()
        .fold((u64::MAX, 0), |(from, to), segment| (from.min(segment.positions.0), to.max(segment.positions.1)));
    // Ids are never used twice, and the greatest one of a group is gone after it.
    let name = file_name(&key, hour, &format!("c{:x}", ids.iter().max().unwrap_or(&0)));
    let path = folder.join(&name);
    let written = join(inner, &path, &group, positions).map_err(|error| fault::seal_failed(&path, error))?;
    inner.disk.sync_folder(&folder).map_err(|error| fault::seal_failed(&folder, error))?;
    let new = [new_segment(&key, hour, positions, name, written)];
    let new_ids = inner.state.replace_segments(&ids, &new)?;
    let segments: Vec<SegmentInfo> = new.into_iter().zip(new_ids).map(|(new, id)| info(inner, new, id)).collect();
    let mut live = inner.lock();
    live.retire(&ids);
    live.add_segments(segments);
    live.health.compactions += 1;
    Ok(true)
}

/// The most numerous group of segments of one hour and similar size.
fn choose(inner: &Inner, fewest: usize) -> Option<Vec<Arc<SegmentInfo>>> {
    let live = inner.lock();
    let mut groups: std::collections::BTreeMap<_, Vec<Arc<SegmentInfo>>> = std::collections::BTreeMap::new();
    for segment in live.segments.values().flatten().filter(|segment| segment.bytes < BYTES_MAX / 4) {
        let tier = segment.bytes.max(1 << 20).ilog2() / 2;
        let key = (&segment.tenant, &segment.table, &segment.bucket, segment.hour, tier);
        groups.entry(key).or_default().push(segment.clone());
    }
    let mut group = groups.into_values().max_by_key(Vec::len).filter(|group| group.len() >= fewest)?;
    drop(live);
    group.sort_by_key(|segment| segment.id);
    group.truncate(MOST);
    let mut bytes = 0;
    let count = group.iter().take_while(|segment| {
        bytes += segment.bytes;
        bytes <= BYTES_MAX
    });
    let count = count.count();
    group.truncate(count);
    (group.len() >= 2).then_some(group)
}

/// A segment being read from its begin.
struct Input {
    reader: ParquetRecordBatchReader,
    layout: Layout,
    /// The piece in memory, and the next row of it.
    piece: RecordBatch,
    row: usize,
}

impl Input {
    fn open(segment: &SegmentInfo, layout: &Layout) -> io::Result<Self> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(&segment.path)?).map_err(io::Error::other)?;
        let reader = builder.with_batch_size(PIECE_ROWS).build().map_err(io::Error::other)?;
        let piece = RecordBatch::new_empty(layout.schema.clone());
        Ok(Input { reader, layout: layout.clone(), piece, row: 0 })
    }

    /// True when a row is there; reads the next piece if need be.
    fn fill(&mut self) -> io::Result<bool> {
        while self.row >= self.piece.num_rows() {
            let Some(next) = self.reader.next() else { return Ok(false) };
            let next = adapt(&next.map_err(io::Error::other)?, &self.layout);
            self.piece = next.ok_or_else(|| io::Error::other("columns do not fit together"))?;
            self.row = 0;
        }
        Ok(true)
    }

    fn time(&self) -> i64 {
        let times =
            self.piece.column_by_name("timestamp").and_then(|c| c.as_primitive_opt::<TimestampNanosecondType>());
        times.map_or(0, |times| times.value(self.row))
    }
}

/// Merges by time as far as each input is in that order: what is in memory is one piece of every input, and the rows about to be written.
fn join(inner: &Inner, path: &Path, group: &[Arc<SegmentInfo>], positions: (u64, u64)) -> io::Result<Written> {
    let rows_of = |segment: &Arc<SegmentInfo>| segment.rows as usize;
    let columns = group.iter().flat_map(|segment| {
        let kinds = segment.columns.iter().flat_map(|column| column.kinds.iter().map(|kind| (&*column.name, kind)));
        kinds.map(move |(name, kind)| (name, kind, rows_of(segment)))
    });
    let layout = Layout::of(columns);
    let mut names = names_of(group);
    names.add_all(&layout.moved);
    let mut inputs: Vec<Input> =
        group.iter().map(|segment| Input::open(segment, &layout)).collect::<io::Result<_>>()?;
    let mut heap = BinaryHeap::new();
    for (number, input) in inputs.iter_mut().enumerate() {
        if input.fill()? {
            heap.push(std::cmp::Reverse((input.time(), number)));
        }
    }
    let mut writer = open_writer(inner, path, &layout, positions)?;
    while !heap.is_empty() {
        let pieces: Vec<RecordBatch> = inputs.iter().map(|input| input.piece.clone()).collect();
        let mut rows = Vec::new();
        // Until an input has used up its piece.
        while let Some(std::cmp::Reverse((_, number))) = heap.pop() {
            let input = &mut inputs[number];
            rows.push((number, input.row));
            input.row += 1;
            let same_piece = input.row < input.piece.num_rows();
            if input.fill()? {
                heap.push(std::cmp::Reverse((input.time(), number)));
            }
            if !same_piece {
                break;
            }
        }
        write_rows(&mut writer, &pieces, &rows)?;
    }
    writer.finish(&names)
}

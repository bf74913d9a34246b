//! Many small segments of one hour become one, and what a seal wrote in haste is written as well as it can be.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use weir_event::Fault;

use super::generation::TableKey;
use super::groups::{self, Run};
use super::seal::{JOINED, file_name, info, is_joined, names_of, new_segment, notes};
use super::stored::{Input, StoredGroup, StoredRows, hardly_repeats, stored_groups};
use super::{Inner, Store, segments_folder};
use crate::fault;
use crate::segment::{Effort, HOUR, ROW_GROUP_ROWS, SegmentInfo, SegmentPlan, SegmentWriter, Written};
use crate::table::Layout;

/// Segments of similar size that are worth joining.
const FEWEST: usize = 4;
/// The same while events are being sealed: joining reads and writes them all again, which would slow the intake down.
const FEWEST_BUSY: usize = 256;
/// Segments joined at once.
const MOST: usize = 16;
/// A segment that was sealed is written anew, be it alone, when its youngest event is this old (nanoseconds): hardly anything comes
/// any more that it could be joined with.
const SETTLED: i64 = HOUR;
/// Bytes of files joined at once.
const BYTES_MAX: u64 = 128 << 20;
/// Bytes of a row group before they are compressed.
const GROUP_BYTES_MAX: usize = 64 << 20;

impl Store {
    /// Joins the small segments of one hour of one table, if there are enough or the hour is long over. False when nothing is
    /// worth it. Also runs in the background, see [`super::StoreOptions::compact`].
    pub fn compact(&self) -> Result<bool, Fault> {
        compact_once(&self.inner, false)
    }
}

pub(super) fn compact_once(inner: &Inner, busy: bool) -> Result<bool, Fault> {
    let _upkeep = inner.upkeep.lock().unwrap_or_else(PoisonError::into_inner);
    let group = if busy { similar(inner, FEWEST_BUSY) } else { similar(inner, FEWEST).or_else(|| settled(inner)) };
    let Some(group) = group else { return Ok(false) };
    let folder = segments_folder(&inner.folder);
    let first = &group[0];
    let key = TableKey { tenant: first.tenant.clone(), table: first.table.clone(), bucket: first.bucket.clone() };
    let hour = first.hour.map(|hour| hour.0);
    let ids: Vec<i64> = group.iter().map(|segment| segment.id).collect();
    let positions = group
        .iter()
        .fold((u64::MAX, 0), |(from, to), segment| (from.min(segment.positions.0), to.max(segment.positions.1)));
    // Ids are never used twice, and the greatest one of a group is gone after it.
    let name = file_name(&key, hour, &format!("{JOINED}{:x}", ids.iter().max().unwrap_or(&0)));
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
fn similar(inner: &Inner, fewest: usize) -> Option<Vec<Arc<SegmentInfo>>> {
    let live = inner.lock();
    let mut groups: BTreeMap<_, Vec<Arc<SegmentInfo>>> = BTreeMap::new();
    for segment in live.segments.values().flatten().filter(|segment| segment.bytes < BYTES_MAX / 4) {
        let tier = segment.bytes.max(1 << 20).ilog2() / 2;
        let key = (&segment.tenant, &segment.table, &segment.bucket, segment.hour, tier);
        groups.entry(key).or_default().push(segment.clone());
    }
    let group = groups.into_values().max_by_key(Vec::len).filter(|group| group.len() >= fewest)?;
    drop(live);
    Some(oldest(group)).filter(|group| group.len() >= 2)
}

/// The segments of an hour that is long over as they were sealed.
fn settled(inner: &Inner) -> Option<Vec<Arc<SegmentInfo>>> {
    let before = inner.clock.now().0.saturating_sub(SETTLED);
    let live = inner.lock();
    let mut groups: BTreeMap<_, Vec<Arc<SegmentInfo>>> = BTreeMap::new();
    let old = live.segments.values().flatten().filter(|segment| segment.max_time.0 < before);
    for segment in old.filter(|segment| !is_joined(&segment.path)) {
        let key = (&segment.tenant, &segment.table, &segment.bucket, segment.hour);
        groups.entry(key).or_default().push(segment.clone());
    }
    let group = groups.into_values().next()?;
    drop(live);
    Some(oldest(group))
}

/// As many of the oldest as are joined at once, but one at least.
fn oldest(mut group: Vec<Arc<SegmentInfo>>) -> Vec<Arc<SegmentInfo>> {
    group.sort_by_key(|segment| segment.id);
    group.truncate(MOST);
    let mut bytes = 0;
    let count = group.iter().take_while(|segment| {
        bytes += segment.bytes;
        bytes <= BYTES_MAX
    });
    let count = count.count();
    group.truncate(count.max(1));
    group
}

/// One segment after the other by pack and time: what is in memory is a piece of one column of one input, and what is written of
/// that column.
fn join(inner: &Inner, path: &Path, group: &[Arc<SegmentInfo>], positions: (u64, u64)) -> io::Result<Written> {
    let rows_of = |segment: &Arc<SegmentInfo>| segment.rows as usize;
    let columns = group.iter().flat_map(|segment| {
        let kinds = segment.columns.iter().flat_map(|column| column.kinds.iter().map(|kind| (&*column.name, kind)));
        kinds.map(move |(name, kind)| (name, kind, rows_of(segment)))
    });
    let layout = Layout::of(columns);
    let mut names = names_of(group);
    names.add_all(&layout.moved);
    let inputs: Vec<Input> = group.iter().map(|segment| Input::open(segment, &layout)).collect::<io::Result<_>>()?;
    let groups = stored_groups(&inputs);
    let unique = (0..layout.schema.fields().len()).map(|index| hardly_repeats(&groups, index));
    let notes = notes(positions);
    let schema = layout.schema.clone();
    let plan = SegmentPlan { schema, unique: unique.collect(), notes: &notes, effort: Effort::Thorough };
    let mut writer = SegmentWriter::new(inner.disk.clone(), path.to_owned(), &plan)?;
    let runs: Vec<Run> = groups.iter().map(|group| Run { rows: group.rows(), pack: group.pack.clone() }).collect();
    for pieces in groups::cut(&runs, rows_max(&groups)) {
        let pieces = pieces.into_iter().map(|(run, rows)| (&groups[run], rows)).collect();
        writer.write(&StoredRows { pieces })?;
    }
    writer.finish(&names)
}

/// Rows of a row group so that it stays below [`GROUP_BYTES_MAX`].
fn rows_max(groups: &[StoredGroup<'_>]) -> usize {
    let rows: usize = groups.iter().map(StoredGroup::rows).sum();
    let bytes: usize = groups.iter().map(|group| group.metadata().total_byte_size().max(1) as usize).sum();
    (GROUP_BYTES_MAX / bytes.div_ceil(rows.max(1)).max(1)).clamp(1, ROW_GROUP_ROWS)
}

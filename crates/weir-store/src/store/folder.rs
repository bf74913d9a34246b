//! Opening a data folder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use hashbrown::{HashMap, HashSet};
use weir_event::{Clock, Disk, Fault};

use super::generation::Generations;
use super::{FolderLock, Health, Inner, Live, StoreOptions};
use crate::fault;
use crate::segment::{IndexCache, SegmentInfo, index_path};
use crate::state::State;

const SEGMENTS: &str = "segments";

/// Where the segments of a data folder are.
pub(crate) fn segments_folder(folder: &Path) -> PathBuf {
    folder.join(SEGMENTS)
}

pub(super) fn open(
    folder: &Path,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    options: StoreOptions,
) -> Result<Inner, Fault> {
    let failed = |error: std::io::Error| fault::unusable(folder, error);
    disk.create_folder(folder).map_err(failed)?;
    disk.create_folder(&segments_folder(folder)).map_err(failed)?;
    let lock = FolderLock::take(folder)?;
    let state = State::open(folder)?;
    let cache = IndexCache::new(disk.clone());
    let sealed_through = state.sealed_through()?;
    let segments = state.segments(&segments_folder(folder), &cache)?;
    let files: HashSet<PathBuf> = disk
        .list(&segments_folder(folder))
        .map_err(failed)?
        .into_iter()
        .map(|name| segments_folder(folder).join(name))
        .collect();
    let orphans_removed = remove_orphans(&*disk, &files, &segments);
    let (have, missing): (Vec<_>, Vec<_>) = segments.into_iter().partition(|segment| files.contains(&segment.path));
    let mut live = Live {
        generations: Generations::new(sealed_through),
        segments: HashMap::default(),
        retired: Vec::new(),
        health: Health { sealed_through, orphans_removed, segments_missing: missing.len(), ..Health::default() },
        attempts: 0,
        stopping: false,
    };
    live.add_segments(have);
    Ok(Inner {
        folder: folder.to_owned(),
        disk,
        clock,
        options,
        state,
        cache,
        live: Mutex::new(live),
        changed: Condvar::new(),
        on_sealed: Mutex::default(),
        upkeep: Mutex::default(),
        _lock: lock,
    })
}

/// Removes the files that no segment owns: leftovers of a crash before a commit, or after one and before the removal.
fn remove_orphans(disk: &dyn Disk, files: &HashSet<PathBuf>, segments: &[SegmentInfo]) -> usize {
    let owned: HashSet<PathBuf> =
        segments.iter().flat_map(|segment| [segment.path.clone(), index_path(&segment.path)]).collect();
    files.iter().filter(|path| !owned.contains(*path) && disk.remove(path).is_ok()).count()
}

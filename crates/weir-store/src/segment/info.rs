//! What the catalogue knows about a segment.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;
use weir_event::{ArtifactKind, Disk, Timestamp};

use super::Index;
use crate::column::ColumnInfo;

/// Nanoseconds of an hour, the width of a segment.
pub(crate) const HOUR: i64 = 3_600_000_000_000;

/// One segment. Its file exists as long as this value does.
#[derive(Debug)]
pub struct SegmentInfo {
    /// Row of the catalogue; 0 for a file that is not of the store.
    pub id: i64,
    pub tenant: Arc<str>,
    pub table: Arc<str>,
    pub bucket: Arc<str>,
    /// The Parquet file.
    pub path: PathBuf,
    pub rows: u64,
    /// Bytes of the Parquet file.
    pub bytes: u64,
    /// Least and greatest `timestamp` of its events, both inclusive.
    pub min_time: Timestamp,
    pub max_time: Timestamp,
    /// Start of the only hour it covers; `None` for events of odd times that share a segment.
    pub hour: Option<Timestamp>,
    /// First and last position of the log that it covers.
    pub positions: (u64, u64),
    /// Sorted by name.
    pub columns: Vec<ColumnInfo>,
    /// The rest may hold fields that `columns` does not list.
    pub rest_open: bool,
    pub(crate) cache: Option<Arc<IndexCache>>,
}

impl SegmentInfo {
    /// A Parquet file that follows the column convention but belongs to no store: it has no index.
    pub fn foreign(path: PathBuf, rows: u64, times: (Timestamp, Timestamp), columns: Vec<ColumnInfo>) -> Self {
        let none: Arc<str> = "".into();
        let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        SegmentInfo {
            id: 0,
            tenant: none.clone(),
            table: none.clone(),
            bucket: none,
            path,
            rows,
            bytes,
            min_time: times.0,
            max_time: times.1,
            hour: None,
            positions: (0, 0),
            columns,
            rest_open: true,
            cache: None,
        }
    }

    /// False only when no `content` of the row group has `token`, whatever its case. A token is a maximal run of ASCII letters,
    /// digits and `_` ([`super::tokens_of`]), so only a token with its limits known may be asked for; `\u` tells whether any
    /// `content` has the beginning of a JSON escape. True when the index is
    /// missing or damaged. Reads the index file on first use.
    pub fn may_contain(&self, row_group: usize, token: &str) -> bool {
        self.index().is_none_or(|index| index.may_contain(row_group, token))
    }

    /// False only when no event of the row group has the artifact `value` (exact case).
    pub fn may_hold(&self, row_group: usize, kind: ArtifactKind, value: &str) -> bool {
        self.index().is_none_or(|index| index.may_hold(row_group, kind, value))
    }

    fn index(&self) -> Option<Arc<Index>> {
        self.cache.as_ref()?.get(&self.path)
    }

    /// True when the segment may hold events of `[from, to)`.
    pub fn overlaps(&self, from: Timestamp, to: Timestamp) -> bool {
        self.min_time < to && self.max_time >= from
    }
}

/// The file beside a segment that holds its index.
pub(crate) fn index_path(segment: &Path) -> PathBuf {
    segment.with_extension("tokens")
}

/// Indexes read lately, up to [`CACHE_BYTES_MAX`].
pub(crate) struct IndexCache {
    disk: Arc<dyn Disk>,
    read: Mutex<Cached>,
}

/// Bytes of indexes that stay in memory.
const CACHE_BYTES_MAX: usize = 64 << 20;

#[derive(Default)]
struct Cached {
    /// `None`: the file is missing or damaged.
    indexes: HashMap<PathBuf, Option<Arc<Index>>, foldhash::fast::RandomState>,
    bytes: usize,
}

impl IndexCache {
    pub fn new(disk: Arc<dyn Disk>) -> Arc<Self> {
        Arc::new(IndexCache { disk, read: Mutex::default() })
    }

    fn get(&self, segment: &Path) -> Option<Arc<Index>> {
        if let Some(have) = self.lock().indexes.get(segment) {
            return have.clone();
        }
        let bytes = self.disk.read(&index_path(segment)).ok();
        let index = bytes.and_then(|bytes| Index::from_bytes(&bytes)).map(Arc::new);
        let mut cached = self.lock();
        let bytes = index.as_ref().map_or(0, |index| index.bytes()) + 256;
        if cached.bytes + bytes > CACHE_BYTES_MAX {
            *cached = Cached::default();
        }
        cached.bytes += bytes;
        cached.indexes.insert(segment.to_owned(), index.clone());
        index
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cached> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for IndexCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IndexCache")
    }
}

//! What the catalogue knows about a segment.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;
use weir_event::{Disk, DiskFile, Timestamp};

use super::index::Index;
use super::places::Blocks;
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

    /// The index of the segment, open; `None` when it is missing or damaged, and then every row may hold anything.
    pub fn lookup(&self) -> Option<Lookup> {
        self.cache.as_ref()?.open(&self.path)
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

/// An open index.
pub struct Lookup {
    index: Arc<Index>,
    file: Box<dyn DiskFile>,
}

impl Lookup {
    /// Blocks of a row group outside of which no `content` has `token`, whatever its case. A token is a maximal run of ASCII letters,
    /// digits and `_` ([`super::tokens_of`]), so only a token with its limits known may be asked for; `\u` tells which blocks
    /// may have the beginning of a JSON escape.
    pub fn with_token(&self, row_group: usize, token: &str) -> Blocks {
        self.index.with_token(row_group, token, &|at, buffer| fill(&*self.file, at, buffer))
    }

    /// Blocks of a row group outside of which no row has `value` (exact case) in a column that [`Lookup::knows`].
    pub fn with_value(&self, row_group: usize, value: &str) -> Blocks {
        self.index.with_value(row_group, value, &|at, buffer| fill(&*self.file, at, buffer))
    }

    /// Whether the values of a column of texts or addresses, or the items of its lists, can be asked for.
    pub fn knows(&self, column: &str) -> bool {
        self.index.values.cover(column)
    }

    /// Rows of the blocks of a row group.
    pub fn block_rows(&self, row_group: usize) -> usize {
        self.index.block_rows(row_group)
    }
}

fn fill(file: &dyn DiskFile, at: u64, buffer: &mut [u8]) -> bool {
    file.read_at(at, buffer).is_ok_and(|read| read == buffer.len())
}

/// Whether the index of a segment is there, and every byte of it as it was written.
pub(crate) fn is_index_whole(disk: &dyn Disk, segment: &Path) -> bool {
    let Ok(bytes) = disk.read(&index_path(segment)) else { return false };
    let read = |at: u64, buffer: &mut [u8]| {
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let found = bytes.get(from..).and_then(|rest| rest.get(..buffer.len()));
        found.map(|found| buffer.copy_from_slice(found)).is_some()
    };
    Index::open(bytes.len() as u64, &read).is_some_and(|index| index.is_whole(&read))
}

/// What has to be known of indexes before they are asked, up to [`CACHE_BYTES_MAX`].
pub(crate) struct IndexCache {
    disk: Arc<dyn Disk>,
    read: Mutex<Cached>,
}

/// Bytes that stay in memory.
const CACHE_BYTES_MAX: usize = 16 << 20;

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

    fn open(&self, segment: &Path) -> Option<Lookup> {
        let known = self.lock().indexes.get(segment).cloned();
        if let Some(None) = known {
            return None;
        }
        let file = self.disk.open(&index_path(segment)).ok()?;
        if let Some(Some(index)) = known {
            return Some(Lookup { index, file });
        }
        let size = file.size().ok()?;
        let index = Index::open(size, &|at, buffer| fill(&*file, at, buffer)).map(Arc::new);
        self.keep(segment, index.clone());
        Some(Lookup { index: index?, file })
    }

    fn keep(&self, segment: &Path, index: Option<Arc<Index>>) {
        let bytes = index.as_ref().map_or(0, |index| index.bytes()) + 256;
        let mut cached = self.lock();
        if cached.bytes + bytes > CACHE_BYTES_MAX {
            *cached = Cached::default();
        }
        cached.bytes += bytes;
        cached.indexes.insert(segment.to_owned(), index);
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

//! Time and storage as the core sees them, so that a simulator can stand in for both.

use std::io;
use std::path::{Path, PathBuf};

use crate::Timestamp;

/// The time of day, read by the edge only.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Files, as far as the log and the segments need them.
///
/// A new, renamed or removed file is durable only after [`Disk::sync_folder`] of its folder.
pub trait Disk: Send + Sync {
    /// Opens for appending and reading, created when missing.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// The whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Names of the files in a folder, sorted.
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;
    fn create_folder(&self, folder: &Path) -> io::Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, path: &Path) -> io::Result<()>;
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Bytes free for this process, or `u64::MAX` when unknown.
    fn free_bytes(&self, folder: &Path) -> u64;
}

/// One open file.
pub trait DiskFile: Send {
    /// Bytes in the file.
    fn size(&self) -> io::Result<u64>;
    /// Writes all of `bytes` at the end.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Fills `buffer` from `offset` as far as the file goes; the number of bytes read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Cuts the file to `size` bytes.
    fn truncate(&mut self, size: u64) -> io::Result<()>;
    /// Returns when everything appended is on the medium.
    fn sync(&mut self) -> io::Result<()>;
}

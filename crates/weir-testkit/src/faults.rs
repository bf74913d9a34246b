//! A disk whose calls fail by number.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use weir_event::{Disk, DiskFile};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failure {
    /// An input/output error.
    Broken,
    /// No space; half of what was to be written is written.
    Full,
}

/// Passes everything on to another disk and counts the calls that change it; chosen ones fail.
#[derive(Clone)]
pub struct FaultyDisk {
    inner: Arc<dyn Disk>,
    plan: Arc<Plan>,
}

struct Plan {
    calls: AtomicU64,
    /// First call that fails, and the first after it that does not.
    from: u64,
    until: u64,
    failure: Failure,
}

impl FaultyDisk {
    /// Calls `from..until` fail, counted from 0; an empty range only counts.
    pub fn new(inner: Arc<dyn Disk>, failing: std::ops::Range<u64>, failure: Failure) -> Self {
        let plan = Plan { calls: AtomicU64::new(0), from: failing.start, until: failing.end, failure };
        FaultyDisk { inner, plan: Arc::new(plan) }
    }

    /// Everything fails from call `call` on: the process is as good as dead.
    pub fn dead_from(inner: Arc<dyn Disk>, call: u64) -> Self {
        Self::new(inner, call..u64::MAX, Failure::Broken)
    }

    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.plan.calls.load(Ordering::SeqCst)
    }
}

impl Plan {
    fn call(&self) -> io::Result<()> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        if (self.from..self.until).contains(&number) {
            return Err(match self.failure {
                Failure::Broken => io::Error::other(format!("call {number} fails")),
                Failure::Full => io::Error::from(io::ErrorKind::StorageFull),
            });
        }
        Ok(())
    }
}

struct FaultyFile {
    inner: Box<dyn DiskFile>,
    plan: Arc<Plan>,
}

impl Disk for FaultyDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.plan.call()?;
        Ok(Box::new(FaultyFile { inner: self.inner.open(path)?, plan: self.plan.clone() }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.inner.read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.inner.list(folder)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.inner.create_folder(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.plan.call()?;
        self.inner.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.plan.call()?;
        self.inner.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.plan.call()?;
        self.inner.sync_folder(folder)
    }

    fn free_bytes(&self, folder: &Path) -> u64 {
        self.inner.free_bytes(folder)
    }
}

impl DiskFile for FaultyFile {
    fn size(&self) -> io::Result<u64> {
        self.inner.size()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.plan.call() {
            self.inner.append(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        self.inner.append(bytes)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(offset, buffer)
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        self.plan.call()?;
        self.inner.truncate(size)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.plan.call()?;
        self.inner.sync()
    }
}

//! A disk in memory that forgets what was not synced.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use weir_event::{Disk, DiskFile};

use crate::Random;

/// Bytes that reach the medium together.
const SECTOR: usize = 512;

/// Files as the process sees them, and as they would be found after a power cut.
#[derive(Clone, Default)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    files: Vec<Content>,
    free: Option<u64>,
}

#[derive(Clone, Default)]
struct Content {
    bytes: Vec<u8>,
    durable: Vec<u8>,
}

struct SimFile {
    state: Arc<Mutex<State>>,
    index: usize,
}

impl SimDisk {
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The disk as it is found when the power comes back: names only as of the last sync of their folder, give or take; of
    /// bytes that were not synced some sectors, the others zero.
    pub fn power_cut(&self, seed: u64) -> SimDisk {
        let mut random = Random::new(seed);
        let state = self.lock();
        let mut after = State { files: state.files.clone(), free: state.free, ..State::default() };
        for file in &mut after.files {
            file.bytes = survivor(file, &mut random);
            file.durable = file.bytes.clone();
        }
        after.names = state.durable_names.clone();
        for (path, &index) in &state.names {
            if random.below(2) == 0 {
                after.names.insert(path.clone(), index);
            }
        }
        for path in state.durable_names.keys() {
            if !state.names.contains_key(path) && random.below(2) == 0 {
                after.names.remove(path);
            }
        }
        after.durable_names = after.names.clone();
        SimDisk { state: Arc::new(Mutex::new(after)) }
    }

    /// What the disk says is free; `None`: unlimited. Appending never fails for it.
    pub fn set_free(&self, bytes: Option<u64>) {
        self.lock().free = bytes;
    }

    /// The files and their bytes, by path.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let state = self.lock();
        state.names.iter().map(|(path, &index)| (path.clone(), state.files[index].bytes.clone())).collect()
    }

    /// Makes a file what a test wants it to be, durably.
    pub fn put(&self, path: &Path, bytes: Vec<u8>) {
        let mut state = self.lock();
        state.files.push(Content { durable: bytes.clone(), bytes });
        let index = state.files.len() - 1;
        state.names.insert(path.to_owned(), index);
        state.durable_names.insert(path.to_owned(), index);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is left of a file: synced bytes that were not overwritten, and some sectors of the others.
fn survivor(file: &Content, random: &mut Random) -> Vec<u8> {
    let mut left = file.durable.clone();
    if file.bytes.len() > left.len() {
        let most = file.bytes.len() - left.len();
        let keep = left.len() + random.below(most + 1);
        let from = left.len();
        left.resize(keep, 0);
        for start in (from..keep).step_by(SECTOR) {
            let end = (start + SECTOR).min(keep);
            if random.below(3) > 0 {
                left[start..end].copy_from_slice(&file.bytes[start..end]);
            }
        }
    }
    left
}

fn missing() -> io::Error {
    io::Error::from(ErrorKind::NotFound)
}

impl Disk for SimDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.lock();
        let index = match state.names.get(path) {
            Some(&index) => index,
            None => {
                state.files.push(Content::default());
                let index = state.files.len() - 1;
                state.names.insert(path.to_owned(), index);
                index
            }
        };
        Ok(Box::new(SimFile { state: self.state.clone(), index }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.lock();
        state.names.get(path).map(|&index| state.files[index].bytes.clone()).ok_or_else(missing)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let state = self.lock();
        let own = state.names.keys().filter(|path| path.parent() == Some(folder));
        Ok(own.filter_map(|path| path.file_name().map(PathBuf::from)).collect())
    }

    fn create_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        let index = state.names.remove(from).ok_or_else(missing)?;
        state.names.insert(to.to_owned(), index);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.lock().names.remove(path).map(|_| ()).ok_or_else(missing)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.lock();
        let inside = |path: &Path| path.parent() == Some(folder);
        let now: Vec<_> = state.names.iter().filter(|(path, _)| inside(path)).map(|(p, &i)| (p.clone(), i)).collect();
        state.durable_names.retain(|path, _| !inside(path));
        state.durable_names.extend(now);
        Ok(())
    }

    fn free_bytes(&self, _folder: &Path) -> u64 {
        self.lock().free.unwrap_or(u64::MAX)
    }
}

impl DiskFile for SimFile {
    fn size(&self) -> io::Result<u64> {
        Ok(lock(&self.state).files[self.index].bytes.len() as u64)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        lock(&self.state).files[self.index].bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = lock(&self.state);
        let bytes = &state.files[self.index].bytes;
        let from = bytes.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
        let read = from.len().min(buffer.len());
        buffer[..read].copy_from_slice(&from[..read]);
        Ok(read)
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        let mut state = lock(&self.state);
        let file = &mut state.files[self.index];
        file.bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        file.durable.truncate(file.bytes.len());
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = lock(&self.state);
        let file = &mut state.files[self.index];
        file.durable = file.bytes.clone();
        Ok(())
    }
}

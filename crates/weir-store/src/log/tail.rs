//! Reading the log while it is written, for those who bring its chunks elsewhere.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use weir_event::DiskFile;

use super::file::{FileName, Found, PREAMBLE, Preamble, Salt, next_found, read_preamble};
use super::{Logged, Shared, chunk};

/// Bytes that are read at once; records may be larger.
const READ_BYTES: usize = 1 << 20;

/// How far the log is on the disk, and those who wait for more.
pub(super) struct Durable {
    through: Mutex<u64>,
    changed: Condvar,
}

impl Durable {
    pub fn new(through: u64) -> Self {
        Durable { through: Mutex::new(through), changed: Condvar::new() }
    }

    pub fn set(&self, through: u64) {
        *self.through.lock().unwrap_or_else(PoisonError::into_inner) = through;
        self.changed.notify_all();
    }

    pub fn through(&self) -> u64 {
        *self.through.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until position `wanted` is on the disk, at most `patience`.
    pub fn wait(&self, wanted: u64, patience: Duration) {
        let through = self.through.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_timeout_while(through, patience, |through| *through < wanted));
    }
}

/// Durable chunks in order, from a position on, as they come. It reads files, so it holds nobody up; chunks that are trimmed or damaged
/// before it comes to them are passed over and counted.
pub struct Tail {
    shared: Arc<Shared>,
    next: u64,
    open: Option<Open>,
    missing: u64,
}

/// A file and what of it is in memory.
struct Open {
    name: FileName,
    file: Box<dyn DiskFile>,
    salt: Option<Salt>,
    /// Bytes from `start` of the file on; those before `used` are done.
    bytes: Vec<u8>,
    start: u64,
    used: usize,
}

impl Tail {
    pub(super) fn new(shared: Arc<Shared>, next: u64) -> Self {
        Tail { shared, next, open: None, missing: 0 }
    }

    /// The position that comes next.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Positions passed over since the last call, because no file has their chunks any more.
    pub fn take_missing(&mut self) -> u64 {
        std::mem::take(&mut self.missing)
    }

    /// Chunks that are durable and were not given yet.
    pub fn waiting(&self) -> u64 {
        (self.shared.durable.through() + 1).saturating_sub(self.next)
    }

    /// The next chunk; waits for it at most `patience`. A file that cannot be read is tried again with the next call.
    pub fn next(&mut self, patience: Duration) -> io::Result<Option<Logged>> {
        self.shared.durable.wait(self.next, patience);
        let durable = self.shared.durable.through();
        while self.next <= durable {
            let Some(end) = self.file()? else {
                self.pass_to(durable + 1);
                break;
            };
            let end = end.min(durable + 1);
            if let Some(logged) = self.read(end)? {
                self.pass_to(logged.position);
                self.next = logged.position + 1;
                return Ok(Some(logged));
            }
            // What the file should have had is damaged.
            self.pass_to(end);
        }
        Ok(None)
    }

    fn pass_to(&mut self, position: u64) {
        self.missing += position.saturating_sub(self.next);
        self.next = self.next.max(position);
    }

    /// Opens the file that has the last word on the next position; the first position of the file behind it. Where all files begin later,
    /// the tail goes on at the first.
    fn file(&mut self) -> io::Result<Option<u64>> {
        let shared = self.shared.clone();
        let files = shared.lock_files();
        let Some(oldest) = files.first() else { return Ok(None) };
        self.pass_to(oldest.first);
        let behind = files.partition_point(|file| file.first <= self.next);
        let Some(name) = files.get(behind.saturating_sub(1)) else { return Ok(None) };
        if self.open.as_ref().is_none_or(|open| open.name != *name) {
            // Under the lock, so that the file is not removed between its name and its handle.
            self.open = None;
            self.open = Some(Open::new(&shared, *name)?);
        }
        Ok(Some(files.get(behind).map_or(u64::MAX, |file| file.first)))
    }

    /// The first whole chunk of the open file from the next position on, when it lies before `end`.
    fn read(&mut self, end: u64) -> io::Result<Option<Logged>> {
        let Some(open) = &mut self.open else { return Ok(None) };
        while let Some((position, chunk)) = open.record()? {
            if position >= end {
                // A leftover of a write that failed, or what comes before is damaged. It may be wanted yet.
                self.open = None;
                return Ok(None);
            }
            if let Some(chunk) = chunk.filter(|_| position >= self.next) {
                return Ok(Some(Logged { position, chunk: Arc::new(chunk) }));
            }
        }
        Ok(None)
    }
}

impl Open {
    fn new(shared: &Shared, name: FileName) -> io::Result<Open> {
        let file = shared.disk.open(&shared.folder.join(name.to_string()))?;
        let mut head = [0; PREAMBLE];
        let filled = file.read_at(0, &mut head)?;
        // Nothing can be told of a file without its header: it is as good as empty.
        let salt = match read_preamble(&head[..filled]) {
            Preamble::Good(salt) => Some(salt),
            Preamble::Foreign(_) | Preamble::Damaged => None,
        };
        Ok(Open { name, file, salt, bytes: Vec::new(), start: PREAMBLE as u64, used: 0 })
    }

    /// The next whole record: its position, and its chunk unless that is damaged. `None` at the end of the file.
    fn record(&mut self) -> io::Result<Option<(u64, Option<weir_event::Chunk>)>> {
        let Some(salt) = self.salt else { return Ok(None) };
        loop {
            match next_found(&self.bytes, self.used, salt) {
                Some(Found::Record { position, payload }) => {
                    self.used = payload.end;
                    return Ok(Some((position, chunk::decode(&self.bytes[payload]))));
                }
                Some(Found::Damage(range)) => self.used = range.end,
                // More of the file may make a record of it.
                Some(Found::Torn(_)) | None if self.fill()? => {}
                Some(Found::Torn(_)) | None => return Ok(None),
            }
        }
    }

    /// Reads on; false at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        self.bytes.drain(..self.used);
        self.start += self.used as u64;
        self.used = 0;
        let have = self.bytes.len();
        self.bytes.resize(have + READ_BYTES, 0);
        let read = self.file.read_at(self.start + have as u64, &mut self.bytes[have..]);
        self.bytes.truncate(have + read.as_ref().map_or(0, |read| *read));
        Ok(read? > 0)
    }
}

#[cfg(test)]
mod tests;

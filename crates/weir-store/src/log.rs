//! The log: chunks in order, durable before they are acknowledged.
//!
//! A folder of files. Each begins with a header, twice; then records: a head (length, position, checksums) and a payload
//! (one chunk). Checksums begin with a random number of the file, so that no sender can make bytes that pass for a record
//! when the log looks for one behind damage.

mod chunk;
mod file;
mod queue;
mod recover;
mod replay;
mod tail;
mod writer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use weir_event::{Chunk, Disk, Fault, limits};

pub(crate) use file::{FileName, Found, scan};
pub use recover::Recovery;
pub use replay::Replay;
pub use tail::Tail;

use crate::fault;
use queue::{Consumers, Submitted, Submitters};
use tail::Durable;

/// Sizes of the log.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Bytes at which a file is finished and the next begun.
    pub file_bytes: u64,
    /// Bytes waiting to be logged before [`Log::submit`] refuses.
    pub queue_bytes_max: usize,
    /// Bytes of logged chunks waiting for a worker before the log waits.
    pub consumer_bytes_max: usize,
    /// Bytes of one group: what one sync makes durable.
    pub group_bytes: usize,
    /// Bytes of the disk that stay free.
    pub reserve_bytes: u64,
    /// No new chunk gets a position below; the store's `sealed_through` + 1.
    pub next_at_least: u64,
}

impl Default for LogOptions {
    fn default() -> Self {
        LogOptions {
            file_bytes: 64 << 20,
            queue_bytes_max: limits::QUEUE_BYTES_MAX,
            consumer_bytes_max: 4 << 20,
            group_bytes: 2 << 20,
            reserve_bytes: 256 << 20,
            next_at_least: 1,
        }
    }
}

/// Told the position of a chunk once it is durable, or why it is not kept.
pub type Ack = Box<dyn FnOnce(Result<u64, Fault>) + Send>;

/// The queue is full: chunk and acknowledgement, unused, for a later attempt.
pub struct Busy(pub Box<(Chunk, Ack)>);

impl std::fmt::Debug for Busy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Busy")
    }
}

/// A chunk that is durable.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    pub position: u64,
    pub chunk: Arc<Chunk>,
}

/// The open log. One thread writes; any thread submits and takes.
pub struct Log {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

pub(crate) struct Shared {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    options: LogOptions,
    submitters: Submitters,
    consumers: Consumers,
    /// Files with their names, oldest first; the last may be the one being written.
    files: Mutex<Vec<FileName>>,
    failure: Mutex<Option<Fault>>,
    durable: Durable,
}

impl Log {
    /// Opens or makes the log in `folder`. Looks through the newest file only; the others are checked when they are replayed.
    pub fn open(disk: Arc<dyn Disk>, folder: &Path, options: LogOptions) -> Result<(Log, Recovery), Fault> {
        let (recovery, files) = recover::recover(&*disk, folder, &options)?;
        let shared = Arc::new(Shared {
            submitters: Submitters::new(options.queue_bytes_max),
            consumers: Consumers::new(options.consumer_bytes_max),
            disk,
            folder: folder.to_owned(),
            options,
            files: Mutex::new(files),
            failure: Mutex::default(),
            durable: Durable::new(recovery.next_position - 1),
        });
        let writing = shared.clone();
        let next = recovery.next_position;
        let thread = std::thread::Builder::new().name("weir-log".into()).spawn(move || writer::run(&writing, next));
        let thread = thread.map_err(|error| fault::log_unusable(folder, error))?;
        Ok((Log { shared, thread: Mutex::new(Some(thread)) }, recovery))
    }

    /// Queues a chunk; `ack` is called from the log's thread and must be short. Refuses at once when the queue is full.
    pub fn submit(&self, chunk: Chunk, ack: Ack) -> Result<(), Busy> {
        self.shared.submitters.push(Submitted { chunk, ack })
    }

    /// Like [`Log::submit`], but waits for room.
    pub fn submit_wait(&self, chunk: Chunk, ack: Ack) {
        self.shared.submitters.push_wait(Submitted { chunk, ack });
    }

    /// The next durable chunk, in order over all workers; `None` once the log is closed. `begin` is called with the position
    /// before any other worker gets the next one.
    pub fn take(&self, begin: impl FnOnce(u64)) -> Option<Logged> {
        self.shared.consumers.take(begin)
    }

    /// The chunks from `position` on that were there when the log was opened. To be used before anything is submitted.
    pub fn replay_from(&self, position: u64) -> Replay {
        Replay::new(self.shared.clone(), position)
    }

    /// Chunks from `position` on, in order, as they become durable.
    pub fn tail(&self, position: u64) -> Tail {
        Tail::new(self.shared.clone(), position)
    }

    /// The last position that is on the disk.
    pub fn durable_through(&self) -> u64 {
        self.shared.durable.through()
    }

    /// The first position of the oldest file that can stay when the log is to take no more than `bytes`. The newest file always stays.
    pub fn first_within(&self, bytes: u64) -> u64 {
        let (files, mut left) = (self.shared.lock_files(), bytes);
        let mut first = u64::MAX;
        for name in files.iter().rev() {
            let path = self.shared.folder.join(name.to_string());
            let size = self.shared.disk.open(&path).and_then(|file| file.size()).unwrap_or(0);
            if first != u64::MAX && size > left {
                break;
            }
            left = left.saturating_sub(size);
            first = name.first;
        }
        first
    }

    /// Removes files all of whose chunks have positions up to `through`. A file that cannot be removed is tried again next time.
    pub fn trim(&self, through: u64) {
        let mut files = self.shared.lock_files();
        let mut removed = 0;
        while let [old, next, ..] = &files[removed..]
            && next.first <= through.saturating_add(1)
            && self.shared.disk.remove(&self.shared.folder.join(old.to_string())).is_ok()
        {
            removed += 1;
        }
        files.drain(..removed);
    }

    /// Bytes that wait to be logged.
    pub fn queued_bytes(&self) -> usize {
        self.shared.submitters.bytes()
    }

    /// Bytes that are logged and wait for a worker.
    pub fn waiting_bytes(&self) -> usize {
        self.shared.consumers.bytes()
    }

    /// Why the last group was refused; `None` when it was written.
    pub fn failure(&self) -> Option<Fault> {
        self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes nothing in any more, writes what is queued, and ends the thread. Chunks that no worker has taken stay in the log;
    /// [`Log::take`] still gives those that were logged before.
    pub fn close(&self) {
        self.shared.submitters.close();
        self.shared.consumers.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock_files(&self) -> std::sync::MutexGuard<'_, Vec<FileName>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What has been read and not been handed out yet.

use std::io::{self, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use memchr::memrchr;

/// Bytes asked for at once.
const READ_BYTES: usize = 256 << 10;

/// One thread fills it, another takes whole lines out, as many as there are.
pub struct Inflow {
    held: Mutex<Held>,
    changed: Condvar,
    /// From so many bytes on nothing more is read while whole lines wait.
    batch_bytes_max: usize,
    /// The rest of a longer line is dropped.
    line_bytes_max: usize,
}

#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    /// Where the last whole line ends.
    lines_end: usize,
    /// The line under way has been cut.
    skipping: bool,
    cut: u64,
    is_over: bool,
    failed: Option<io::Error>,
    unwanted: bool,
}

impl Inflow {
    pub fn new(batch_bytes_max: usize, line_bytes_max: usize) -> Self {
        let mut held = Held::default();
        held.bytes.reserve(batch_bytes_max + READ_BYTES);
        Inflow { held: held.into(), changed: Condvar::new(), batch_bytes_max, line_bytes_max }
    }

    /// Reads to the end, or until nobody wants more.
    pub fn fill(&self, mut input: impl Read) {
        let mut room = vec![0; READ_BYTES];
        loop {
            let read = match input.read(&mut room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read,
            };
            let is_full = |held: &mut Held| held.lines_end > 0 && held.bytes.len() >= self.batch_bytes_max;
            let mut held = self.wait(|held| is_full(held) && !held.unwanted);
            match read {
                Ok(length @ 1..) => held.add(&room[..length], self.line_bytes_max),
                Ok(0) => held.is_over = true,
                Err(error) => (held.is_over, held.failed) = (true, Some(error)),
            }
            self.changed.notify_all();
            if held.is_over || held.unwanted {
                return;
            }
        }
    }

    /// The whole lines that have come, once there are any; at the end also a last one without a line break, and `None` behind it. `room` is
    /// where what comes next is put.
    pub fn take(&self, room: Vec<u8>) -> io::Result<Option<Vec<u8>>> {
        let mut held = self.wait(|held| held.lines_end == 0 && !held.is_over);
        let end = if held.is_over { held.bytes.len() } else { held.lines_end };
        let taken = held.take(end, room);
        self.changed.notify_all();
        if !taken.is_empty() {
            return Ok(Some(taken));
        }
        held.failed.take().map_or(Ok(None), Err)
    }

    /// Nothing more is wanted.
    pub fn close(&self) {
        self.wait(|_| false).unwanted = true;
        self.changed.notify_all();
    }

    /// Lines that were too long so far.
    pub fn cut(&self) -> u64 {
        self.wait(|_| false).cut
    }

    fn wait(&self, until_not: impl FnMut(&mut Held) -> bool) -> MutexGuard<'_, Held> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.wait_while(held, until_not).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn add(&mut self, piece: &[u8], line_bytes_max: usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(piece);
        if let Some(at) = memrchr(b'\n', piece) {
            (self.lines_end, self.skipping) = (start + at + 1, false);
        }
        if self.bytes.len() - self.lines_end > line_bytes_max {
            self.bytes.truncate(self.lines_end + line_bytes_max);
            self.cut += u64::from(!self.skipping);
            self.skipping = true;
        }
    }

    fn take(&mut self, end: usize, mut room: Vec<u8>) -> Vec<u8> {
        // Made at once and anew: growing step by step would touch twice the memory.
        if room.capacity() < self.bytes.capacity() {
            room = Vec::with_capacity(self.bytes.capacity());
        }
        room.extend_from_slice(&self.bytes[end..]);
        let mut taken = std::mem::replace(&mut self.bytes, room);
        taken.truncate(end);
        self.lines_end = 0;
        taken
    }
}

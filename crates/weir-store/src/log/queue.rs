//! Chunks on their way into the log, and out of it. Both queues are bounded by bytes.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use weir_event::Chunk;

use super::{Ack, Busy, Logged, chunk};
use crate::fault;

pub(super) struct Submitted {
    pub chunk: Chunk,
    pub ack: Ack,
}

/// What a chunk counts for, even when it is empty.
pub(super) fn cost(chunk: &Chunk) -> usize {
    chunk.bytes.len() + chunk.ends.len() * 4 + chunk::cursor_bytes(chunk) + 256
}

struct Queue<T> {
    items: VecDeque<T>,
    bytes: usize,
    closed: bool,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Queue { items: VecDeque::new(), bytes: 0, closed: false }
    }
}

/// From listeners to the log.
pub(super) struct Submitters {
    queue: Mutex<Queue<Submitted>>,
    changed: Condvar,
    bytes_max: usize,
}

impl Submitters {
    pub fn new(bytes_max: usize) -> Self {
        Submitters { queue: Mutex::default(), changed: Condvar::new(), bytes_max }
    }

    fn lock(&self) -> MutexGuard<'_, Queue<Submitted>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One chunk always fits into an empty queue.
    fn has_room(&self, queue: &Queue<Submitted>, bytes: usize) -> bool {
        queue.items.is_empty() || queue.bytes + bytes <= self.bytes_max
    }

    pub fn push(&self, submitted: Submitted) -> Result<(), Busy> {
        let queue = self.lock();
        if !queue.closed && !self.has_room(&queue, cost(&submitted.chunk)) {
            return Err(Busy(Box::new((submitted.chunk, submitted.ack))));
        }
        self.put(queue, submitted);
        Ok(())
    }

    pub fn push_wait(&self, submitted: Submitted) {
        let bytes = cost(&submitted.chunk);
        let full = |queue: &mut Queue<Submitted>| !queue.closed && !self.has_room(queue, bytes);
        let queue = self.changed.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        self.put(queue, submitted);
    }

    fn put(&self, mut queue: MutexGuard<'_, Queue<Submitted>>, submitted: Submitted) {
        if queue.closed {
            drop(queue);
            (submitted.ack)(Err(fault::log_closed()));
            return;
        }
        queue.bytes += cost(&submitted.chunk);
        queue.items.push_back(submitted);
        drop(queue);
        self.changed.notify_all();
    }

    /// What waits, at most `bytes_max` of it but at least one chunk; waits for something to come. Empty once closed.
    pub fn drain(&self, bytes_max: usize) -> Vec<Submitted> {
        let empty = |queue: &mut Queue<Submitted>| queue.items.is_empty() && !queue.closed;
        let mut queue = self.changed.wait_while(self.lock(), empty).unwrap_or_else(PoisonError::into_inner);
        let (mut group, mut bytes) = (Vec::new(), 0);
        while let Some(next) = queue.items.front()
            && (group.is_empty() || bytes + cost(&next.chunk) <= bytes_max)
        {
            bytes += cost(&next.chunk);
            group.extend(queue.items.pop_front());
        }
        queue.bytes -= bytes;
        drop(queue);
        self.changed.notify_all();
        group
    }

    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }
}

/// From the log to the workers.
pub(super) struct Consumers {
    queue: Mutex<Queue<Logged>>,
    changed: Condvar,
    bytes_max: usize,
}

impl Consumers {
    pub fn new(bytes_max: usize) -> Self {
        Consumers { queue: Mutex::default(), changed: Condvar::new(), bytes_max }
    }

    fn lock(&self) -> MutexGuard<'_, Queue<Logged>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for room; forgets the chunk when closed, because it is in the log.
    pub fn push(&self, logged: Logged) {
        let full = |queue: &mut Queue<Logged>| !queue.closed && queue.bytes >= self.bytes_max;
        let mut queue = self.changed.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            return;
        }
        queue.bytes += cost(&logged.chunk);
        queue.items.push_back(logged);
        drop(queue);
        self.changed.notify_all();
    }

    pub fn take(&self, begin: impl FnOnce(u64)) -> Option<Logged> {
        let empty = |queue: &mut Queue<Logged>| queue.items.is_empty() && !queue.closed;
        let mut queue = self.changed.wait_while(self.lock(), empty).unwrap_or_else(PoisonError::into_inner);
        let logged = queue.items.pop_front()?;
        queue.bytes -= cost(&logged.chunk);
        begin(logged.position);
        drop(queue);
        self.changed.notify_all();
        Some(logged)
    }

    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }
}

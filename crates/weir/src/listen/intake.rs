//! The way into the log: a budget of bytes that wait, and what happens when it is spent.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use weir_event::{Chunk, Clock, Fault, FaultKind, Records};
use weir_store::{Ack, Busy, Log};

use crate::server::SystemClock;
use crate::stats::{SourceStats, Stats, minute_of};

/// Milliseconds between two tries to hand a chunk to a log that is busy.
const BUSY_WAIT: Duration = Duration::from_millis(2);

/// Bytes that may wait for the log, shared by all sources. Whoever holds a permit may submit that much.
pub struct Intake {
    log: Arc<Log>,
    budget: Arc<Semaphore>,
    budget_bytes: u32,
    config: u64,
    disk_low: AtomicBool,
    stats: Arc<Stats>,
}

/// Room in the budget; given back when dropped, which happens after the acknowledgement.
pub struct Permit {
    _room: OwnedSemaphorePermit,
}

/// What the chunks of one connection, socket or request have in common.
#[derive(Clone)]
pub struct Feed {
    pub tenant: Arc<str>,
    pub source: Arc<str>,
    pub table: Arc<str>,
    pub stats: Arc<SourceStats>,
    pub peer: Option<IpAddr>,
}

/// Who deals with a chunk that the log refuses.
#[derive(Clone, Copy, PartialEq)]
enum Refusal {
    /// Whoever waits for the answer.
    Told,
    /// Nobody: its events are counted as dropped.
    Counted,
}

/// The position of a chunk, or why it is not stored.
pub type Answer = oneshot::Receiver<Result<u64, Fault>>;

impl Intake {
    pub fn new(log: Arc<Log>, stats: Arc<Stats>, budget_bytes: usize, config: u64) -> Intake {
        let budget_bytes = u32::try_from(budget_bytes).unwrap_or(u32::MAX).max(1 << 20);
        Intake {
            log,
            budget: Arc::new(Semaphore::new(budget_bytes as usize)),
            budget_bytes,
            config,
            disk_low: AtomicBool::new(false),
            stats,
        }
    }

    /// Room for `bytes` now, or a fault that says to come back later. A single request larger than the whole budget takes all of it.
    pub fn try_reserve(&self, bytes: usize) -> Result<Permit, Fault> {
        self.refuse_when_disk_low()?;
        match self.budget.clone().try_acquire_many_owned(self.amount(bytes)) {
            Ok(room) => Ok(Permit { _room: room }),
            Err(_) => Err(queue_full()),
        }
    }

    /// Waits for room: how a TCP source is held back.
    pub async fn reserve(&self, bytes: usize) -> Option<Permit> {
        while self.is_disk_low() {
            tokio::time::sleep(BUSY_WAIT * 50).await;
        }
        let room = self.budget.clone().acquire_many_owned(self.amount(bytes)).await.ok()?;
        Some(Permit { _room: room })
    }

    /// Waits for room on a thread that may block, at most `patience`.
    pub fn reserve_blocking(&self, bytes: usize, patience: Duration) -> Result<Permit, Fault> {
        let until = std::time::Instant::now() + patience;
        loop {
            match self.try_reserve(bytes) {
                Ok(permit) => return Ok(permit),
                Err(fault) if std::time::Instant::now() >= until => return Err(fault),
                Err(_) => std::thread::sleep(BUSY_WAIT),
            }
        }
    }

    fn amount(&self, bytes: usize) -> u32 {
        u32::try_from(bytes).unwrap_or(u32::MAX).min(self.budget_bytes)
    }

    /// Bytes of the budget in use.
    pub fn queued_bytes(&self) -> usize {
        self.budget_bytes as usize - self.budget.available_permits()
    }

    /// Set by the guard that watches the disk.
    pub fn set_disk_low(&self, low: bool) {
        self.disk_low.store(low, Relaxed);
    }

    pub fn is_disk_low(&self) -> bool {
        self.disk_low.load(Relaxed)
    }

    fn refuse_when_disk_low(&self) -> Result<(), Fault> {
        if self.is_disk_low() { Err(disk_full()) } else { Ok(()) }
    }

    pub fn chunk(&self, feed: &Feed, records: &Records) -> Chunk {
        Chunk {
            tenant: feed.tenant.clone(),
            source: feed.source.clone(),
            table: feed.table.clone(),
            received_at: SystemClock.now(),
            peer: feed.peer,
            config: self.config,
            cursor: None,
            pull: None,
            bytes: records.bytes.as_slice().into(),
            ends: records.ends.clone(),
        }
    }

    /// Hands a chunk to the log. The answer comes when it is on the disk, or tells why it is not; the permit is given back then.
    pub async fn submit(self: &Arc<Self>, feed: &Feed, chunk: Chunk, permit: Option<Permit>) -> Answer {
        let (ack, receiver) = self.ack(feed, &chunk, permit, Refusal::Told);
        let mut waiting = (chunk, ack);
        while let Err(Busy(back)) = self.log.submit(waiting.0, waiting.1) {
            waiting = *back;
            tokio::time::sleep(BUSY_WAIT).await;
        }
        receiver
    }

    /// The same from a thread that may block, for a sender that cannot be asked again: what the log refuses counts as dropped.
    pub fn submit_blocking(self: &Arc<Self>, feed: &Feed, chunk: Chunk, permit: Option<Permit>) {
        let (ack, _) = self.ack(feed, &chunk, permit, Refusal::Counted);
        self.log.submit_wait(chunk, ack);
    }

    /// What happens when the chunk is durable, or is not.
    fn ack(self: &Arc<Self>, feed: &Feed, chunk: &Chunk, permit: Option<Permit>, refusal: Refusal) -> (Ack, Answer) {
        let (answer, receiver) = oneshot::channel();
        let (intake, stats) = (self.clone(), feed.stats.clone());
        let (received_at, events, bytes) = (chunk.received_at, chunk.len() as u64, chunk.bytes.len() as u64);
        let ack = move |result: Result<u64, Fault>| {
            match &result {
                Ok(_) => {
                    stats.received(events, bytes, received_at);
                    let key = (minute_of(received_at), stats.tenant.clone(), stats.name.clone());
                    intake.stats.in_flight.add(key, events as i64);
                }
                Err(fault) => {
                    crate::say::log(
                        "error",
                        format_args!("the log refused a chunk id={} why={}", fault.id(), fault.cause()),
                    );
                    if refusal == Refusal::Counted {
                        stats.dropped_queue.fetch_add(events, Relaxed);
                    }
                }
            }
            drop(permit);
            // Whoever asked may be gone.
            let _ = answer.send(result);
        };
        (Box::new(ack), receiver)
    }
}

fn queue_full() -> Fault {
    Fault::new("HTTP-008", FaultKind::Busy, "the queue is full")
        .because("events come in faster than the disk takes them")
        .hint("send again after the time in Retry-After")
        .retry_after_ms(1_000)
}

fn disk_full() -> Fault {
    Fault::new("HTTP-507", FaultKind::Storage, "the disk is full")
        .because("less space is free than the limit `disk_reserve_bytes`")
        .hint("make room; weir takes events again by itself")
        .retry_after_ms(10_000)
}

//! Log to store: worker threads take chunks in order, parse, route and add them. Replay after a start is the same work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use weir_event::{Chunk, Fault, FaultKind};
use weir_parse::Packs;
use weir_pipe::{Counts, Plan, Routed};
use weir_store::{Done, LedgerRow, Log, LogOptions, Logged, OsDisk, Rows, Store, StoreOptions, SystemClock, TableRows};

use super::derive::say_bug;
use super::{Deriver, Holds};
use crate::rules;
use crate::stats::{LedgerKey, Stats, minute_of};

/// Log, store, and what the workers know.
pub struct Spine {
    pub log: Arc<Log>,
    pub store: Arc<Store>,
    pub holds: Arc<Holds>,
    work: Arc<Work>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What every worker needs.
struct Work {
    store: Arc<Store>,
    deriver: Deriver,
    stats: Arc<Stats>,
}

/// How a data directory is opened.
pub struct SpineOptions {
    pub plan: Plan,
    pub packs: Arc<Packs>,
    pub stats: Arc<Stats>,
    pub store: StoreOptions,
    pub log: LogOptions,
}

impl Spine {
    /// Opens a data directory and brings what was logged and not yet sealed back into memory.
    pub fn open(folder: &Path, options: SpineOptions) -> Result<Spine, Fault> {
        let disk = Arc::new(OsDisk);
        let store = Arc::new(Store::open(folder, disk.clone(), Arc::new(SystemClock), options.store)?);
        let log_options = LogOptions { next_at_least: store.sealed_through() + 1, ..options.log };
        let (log, recovery) = Log::open(disk, &folder.join("log"), log_options)?;
        let log = Arc::new(log);
        crate::say::log("info", format_args!("log opened {recovery:?}"));
        let deriver = Deriver::new(options.plan, options.packs);
        let work = Arc::new(Work { store: store.clone(), deriver, stats: options.stats });
        work.replay(&log)?;
        let holds = Arc::new(Holds::open(&store)?);
        let (trimmed, held) = (log.clone(), holds.clone());
        store.on_sealed(move |through| trimmed.trim(held.through(through, &trimmed)));
        Ok(Spine { log, store, holds, work, threads: Mutex::default() })
    }

    /// Starts one worker a core.
    pub fn start(&self) -> Result<(), Fault> {
        let count = cores();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for number in 0..count {
            let (work, log) = (self.work.clone(), self.log.clone());
            let thread = std::thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
                let mut worker = Worker::new(work);
                while let Some(logged) = log.take(|position| worker.work.store.begin(position)) {
                    worker.run(&logged);
                }
            });
            threads.push(thread.map_err(|error| no_thread(&error))?);
        }
        Ok(())
    }

    /// Gives up what is held of the log, as far as it is sealed: the disk is needed.
    pub fn let_go(&self) {
        self.log.trim(self.store.sealed_through());
    }

    /// What makes events of chunks, as the workers do.
    pub fn deriver(&self) -> Deriver {
        self.work.deriver.clone()
    }

    /// Every position up to this one is queryable.
    pub fn visible_through(&self) -> u64 {
        self.store.visible_through()
    }

    /// Takes no more chunks, finishes those that are logged, seals. Call it when nothing submits any more.
    pub fn stop(&self) {
        self.log.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                crate::say::log("error", "a worker ended by a fault of its own");
            }
        }
        if let Err(fault) = self.store.seal() {
            // The log still has what is not sealed.
            crate::say::log("warn", format_args!("not sealed at stop id={} why={}", fault.id(), fault.cause()));
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn no_thread(error: &std::io::Error) -> Fault {
    Fault::new("CLI-005", FaultKind::Storage, "cannot start a worker thread").because(error)
}

impl Work {
    /// All cores, as in live traffic; a chunk begins in order and may finish out of order.
    fn replay(self: &Arc<Self>, log: &Log) -> Result<(), Fault> {
        let chunks = Mutex::new(log.replay_from(self.store.sealed_through() + 1));
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(|| self.replay_some(&chunks))).collect();
            threads.into_iter().try_for_each(|thread| match thread.join() {
                Ok(()) => Ok(()),
                Err(_) => {
                    Err(Fault::new("CLI-006", FaultKind::Bug, "a worker ended by a fault of its own while replaying"))
                }
            })
        })
    }

    fn replay_some(self: &Arc<Self>, chunks: &Mutex<impl Iterator<Item = Logged>>) {
        let mut worker = Worker::new(self.clone());
        loop {
            let logged = {
                let mut chunks = chunks.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(logged) = chunks.next() else { return };
                self.store.begin(logged.position);
                logged
            };
            // It was in flight when the process before this one ended.
            self.stats.in_flight.add(key_of(&logged.chunk), logged.chunk.len() as i64);
            worker.run(&logged);
        }
    }
}

/// One worker and its scratch space.
struct Worker {
    work: Arc<Work>,
    deriver: Deriver,
    rows: Rows,
}

impl Worker {
    fn new(work: Arc<Work>) -> Self {
        Worker { deriver: work.deriver.clone(), work, rows: Rows::new() }
    }

    /// Brings one chunk into the tables. A fault of weir itself costs what it must and is counted: were the worker to end, the log
    /// would wait for this chunk for ever, and after a restart again.
    fn run(&mut self, logged: &Logged) {
        let chunk = &logged.chunk;
        let output = self.deriver.output(logged);
        let (counts, store) = (output.counts, self.work.store.clone());
        let tables: Vec<TableRows> = output.routed.into_iter().map(|routed| table_rows(routed, chunk)).collect();
        let added = catch_unwind(AssertUnwindSafe(|| store.add(&mut self.rows, logged.position, &tables)));
        let counts = match added {
            Ok(()) => Settled { stored: counts.stored, filtered: filtered(&counts), dead_lettered: 0 },
            Err(_) => {
                say_bug(logged, "stored");
                self.rows = Rows::new();
                Settled { stored: 0, filtered: filtered(&counts), dead_lettered: counts.stored }
            }
        };
        let cursor = chunk.cursor.clone().map(|cursor| (chunk.tenant.clone(), chunk.source.clone(), cursor));
        self.work.store.done(logged.position, Done { cursor, ledger: ledger_rows(chunk, &counts) });
        self.count(chunk, &counts);
    }

    fn count(&self, chunk: &Chunk, counts: &Settled) {
        self.work.stats.in_flight.add(key_of(chunk), -(chunk.len() as i64));
        let kind = if rules::is_finding(&chunk.source) { "rule" } else { "http" };
        if let Ok(stats) = self.work.stats.source(&chunk.tenant, &chunk.source, kind) {
            stats.stored.fetch_add(counts.stored, Relaxed);
            stats.filtered.fetch_add(counts.filtered, Relaxed);
            stats.dead_lettered.fetch_add(counts.dead_lettered, Relaxed);
        }
    }
}

/// Where the events of one chunk are.
struct Settled {
    stored: u64,
    filtered: u64,
    dead_lettered: u64,
}

fn filtered(counts: &Counts) -> u64 {
    counts.filtered.iter().map(|(_, count)| count).sum()
}

fn table_rows(routed: Routed, chunk: &Chunk) -> TableRows {
    TableRows {
        tenant: routed.tenant,
        table: routed.table,
        bucket: routed.bucket,
        source: chunk.source.clone(),
        received_at: chunk.received_at,
        indexes: routed.indexes,
        batch: routed.batch,
    }
}

/// Where a chunk's events stand in the ledger.
fn key_of(chunk: &Chunk) -> LedgerKey {
    (minute_of(chunk.received_at), chunk.tenant.clone(), chunk.source.clone())
}

fn ledger_rows(chunk: &Chunk, counts: &Settled) -> Vec<LedgerRow> {
    let (minute, tenant, source) = key_of(chunk);
    let Settled { stored, filtered, dead_lettered } = *counts;
    let received = chunk.len() as u64;
    vec![LedgerRow { minute, tenant, source, received, stored, filtered, dead_lettered, ..LedgerRow::default() }]
}

#[cfg(test)]
mod tests;

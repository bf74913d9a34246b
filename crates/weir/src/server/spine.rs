//! Log to store: worker threads take chunks in order, parse, route and add them. Replay after a start is the same work.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use weir_event::{Chunk, Fault, FaultKind, Timestamp};
use weir_parse::{Packs, Parser, ParserOptions, Zone};
use weir_pipe::{Counts, Plan, Routed};
use weir_store::{Done, LedgerRow, Log, LogOptions, Logged, OsDisk, Rows, Store, StoreOptions, SystemClock, TableRows};

use crate::rules;
use crate::stats::{Stats, Tally};

const MINUTE: i64 = 60_000_000_000;

/// Log, store, and what the workers know.
pub struct Spine {
    pub log: Arc<Log>,
    pub store: Arc<Store>,
    work: Arc<Work>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What every worker needs.
struct Work {
    store: Arc<Store>,
    plan: Plan,
    packs: Arc<Packs>,
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
        let work =
            Arc::new(Work { store: store.clone(), plan: options.plan, packs: options.packs, stats: options.stats });
        work.replay(&log)?;
        let trimmed = log.clone();
        store.on_sealed(move |through| trimmed.trim(through));
        Ok(Spine { log, store, work, threads: Mutex::default() })
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
            self.count_replayed(&logged.chunk);
            worker.run(&logged);
        }
    }

    fn count_replayed(&self, chunk: &Chunk) {
        let tally = Tally { received: chunk.len() as u64, ..Tally::default() };
        self.stats.ledger.add(&chunk.tenant, &chunk.source, chunk.received_at, tally);
    }
}

/// One worker and its scratch space.
struct Worker {
    work: Arc<Work>,
    parsers: HashMap<Arc<str>, Parser>,
    rows: Rows,
}

impl Worker {
    fn new(work: Arc<Work>) -> Self {
        Worker { work, parsers: HashMap::new(), rows: Rows::new() }
    }

    fn run(&mut self, logged: &Logged) {
        let chunk = &logged.chunk;
        let batch = if rules::is_finding(&chunk.source) {
            rules::read_findings(chunk)
        } else {
            // The time of arrival stands for now, so that a replay gives the same rows.
            let now = chunk.received_at;
            self.parser(chunk).parse_chunk(chunk, now)
        };
        let output = weir_pipe::route(&self.work.plan, chunk, batch);
        let tables: Vec<TableRows> = output.routed.into_iter().map(|routed| table_rows(routed, chunk)).collect();
        self.work.store.add(&mut self.rows, logged.position, &tables);
        let cursor = chunk.cursor.clone().map(|cursor| (chunk.tenant.clone(), chunk.source.clone(), cursor));
        let done = Done { cursor, ledger: ledger_rows(chunk, &output.counts) };
        self.work.store.done(logged.position, done);
        self.count(chunk, &output.counts);
    }

    fn parser(&mut self, chunk: &Chunk) -> &mut Parser {
        let key = (chunk.tenant.clone(), chunk.source.clone());
        let zone: Arc<str> =
            self.work.plan.origins.get(&key).map_or_else(|| "UTC".into(), |origin| origin.zone.clone());
        let packs = &self.work.packs;
        self.parsers.entry(zone.clone()).or_insert_with(|| {
            // Zones were checked when the configuration was read.
            let zone = Zone::parse(&zone).unwrap_or(Zone::UTC);
            Parser::new(packs.clone(), ParserOptions { zone, ..ParserOptions::default() })
        })
    }

    fn count(&self, chunk: &Chunk, counts: &Counts) {
        use std::sync::atomic::Ordering::Relaxed;
        let filtered = filtered(counts);
        let tally = Tally { stored: counts.stored, filtered, ..Tally::default() };
        self.work.stats.ledger.add(&chunk.tenant, &chunk.source, chunk.received_at, tally);
        if let Ok(stats) = self.work.stats.source(&chunk.tenant, &chunk.source, "http") {
            stats.stored.fetch_add(counts.stored, Relaxed);
            stats.filtered.fetch_add(filtered, Relaxed);
        }
    }
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

fn ledger_rows(chunk: &Chunk, counts: &Counts) -> Vec<LedgerRow> {
    let Timestamp(received_at) = chunk.received_at;
    vec![LedgerRow {
        tenant: chunk.tenant.clone(),
        source: chunk.source.clone(),
        minute: received_at.div_euclid(MINUTE),
        received: chunk.len() as u64,
        stored: counts.stored,
        filtered: filtered(counts),
        ..LedgerRow::default()
    }]
}

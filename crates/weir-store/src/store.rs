//! The tables: events in memory and in segments, sealed generation by generation.

mod compact;
mod cursors;
mod folder;
mod generation;
mod groups;
mod lock;
mod retain;
mod seal;
mod stored;
mod threads;
mod upkeep;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use hashbrown::HashMap;
use weir_event::{Clock, Cursor, Disk, Fault, Timestamp};

pub use cursors::SourceCursors;
pub(crate) use folder::segments_folder;
pub(crate) use lock::FolderLock;

use crate::rows::{Rows, TableRows};
use crate::segment::{IndexCache, SegmentInfo};
use crate::snapshot::Snapshot;
use crate::state::{LedgerRow, State};
use generation::Generations;

/// Sizes and times of the store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Bytes in memory at which a generation is sealed.
    pub seal_bytes: usize,
    /// Age at which it is sealed whatever its size, in nanoseconds.
    pub seal_age: i64,
    /// Generations that wait to be written while the next one fills; beyond, [`Store::add`] waits.
    pub unsealed_max: usize,
    /// Joins small segments of one hour in the background.
    pub compact: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        StoreOptions { seal_bytes: 24 << 20, seal_age: 60_000_000_000, unsealed_max: 1, compact: true }
    }
}

/// Tenant, source, and where the source goes on.
pub type SourceCursor = (Arc<str>, Arc<str>, Cursor);

/// What comes with a chunk besides its rows.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Of a chunk that carries one.
    pub cursor: Option<SourceCursor>,
    /// Counts to add to the ledger.
    pub ledger: Vec<LedgerRow>,
}

/// How the store is doing.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Why the last attempt to seal failed; it is repeated by itself.
    pub failure: Option<Fault>,
    /// Bytes of events in memory.
    pub memory_bytes: usize,
    /// Generations in memory, the open one included.
    pub generations: usize,
    pub segments: usize,
    pub segment_rows: u64,
    pub segment_bytes: u64,
    /// Segments of the catalogue whose files are gone.
    pub segments_missing: usize,
    /// Files without a row in the catalogue that were removed on start.
    pub orphans_removed: usize,
    pub sealed_through: u64,
    pub generations_sealed: u64,
    pub compactions: u64,
}

/// Events as columns, queryable from the moment they are added.
///
/// Every chunk goes through [`Store::begin`], [`Store::add`] and [`Store::done`], by position of the log. All chunks that begin
/// before a generation is closed belong to it; it is written only when all of them are done, as a whole, so that after a
/// crash replaying the log from [`Store::sealed_through`] + 1 gives every event exactly once.
pub struct Store {
    inner: Arc<Inner>,
    threads: Vec<JoinHandle<()>>,
}

pub(crate) struct Inner {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    options: StoreOptions,
    state: State,
    cache: Arc<IndexCache>,
    live: Mutex<Live>,
    /// Signals every change of `live`.
    changed: Condvar,
    on_sealed: Mutex<Option<OnSealed>>,
    /// Held while segments are replaced or removed.
    upkeep: Mutex<()>,
    _lock: FolderLock,
}

type OnSealed = Arc<dyn Fn(u64) + Send + Sync>;
/// Tenant and table.
type TableName = (Arc<str>, Arc<str>);

/// All that queries and workers share.
struct Live {
    generations: Generations,
    segments: HashMap<TableName, Vec<Arc<SegmentInfo>>, foldhash::fast::RandomState>,
    /// Replaced segments whose files queries may still read.
    retired: Vec<Arc<SegmentInfo>>,
    health: Health,
    attempts: u64,
    stopping: bool,
}

impl Store {
    /// Opens or makes the store in `folder`, which is locked for this process: a second one is refused with the holder's name.
    /// Files that a crash has left over are removed.
    pub fn open(
        folder: &Path,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        options: StoreOptions,
    ) -> Result<Self, Fault> {
        let inner = Arc::new(folder::open(folder, disk, clock, options)?);
        let threads = threads::start(&inner);
        Ok(Store { inner, threads })
    }

    /// Announces a chunk; positions come in ascending order, each before its rows. Positions that are sealed or begun already
    /// are ignored, and so is what comes for them. Never waits.
    pub fn begin(&self, position: u64) {
        self.inner.lock().generations.begin(position);
    }

    /// Adds rows of a chunk that has begun. They are visible at once. Waits while too much of the memory is unsealed.
    pub fn add(&self, rows: &mut Rows, position: u64, tables: &[TableRows]) {
        for table in tables.iter().filter(|table| !table.batch.is_empty()) {
            let parts = rows.convert(position, table);
            let Some((generation, memory)) = self.room(position).generations.table(position, table) else { return };
            let mut grown = 0;
            {
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                parts.into_iter().for_each(|part| grown += memory.push(part));
            }
            self.inner.lock().generations.grow(generation, grown);
        }
    }

    /// Waits until rows of a chunk may come. Only the open generation waits: what a closed one still lacks must not.
    fn room(&self, position: u64) -> MutexGuard<'_, Live> {
        let mut live = self.inner.lock();
        while live.generations.must_wait(position, &self.inner.options) && !live.stopping {
            live = self.inner.wait(live);
        }
        live
    }

    /// Ends a chunk: nothing more is added for it.
    pub fn done(&self, position: u64, done: Done) {
        let mut live = self.inner.lock();
        live.generations.done(position, done);
        live.generations.close_full(self.inner.clock.now(), &self.inner.options);
        self.inner.changed.notify_all();
    }

    /// Events of a table with `from <= timestamp < to`, and perhaps others: the caller still filters.
    pub fn snapshot(&self, tenant: &str, table: &str, from: Timestamp, to: Timestamp) -> Snapshot {
        let live = self.inner.lock();
        let parts = live.generations.parts(tenant, table, (from.0, to.0));
        let name: TableName = (tenant.into(), table.into());
        let segments = live.segments.get(&name).into_iter().flatten();
        let segments: Vec<_> = segments.filter(|segment| segment.overlaps(from, to)).cloned().collect();
        drop(live);
        Snapshot::of(parts, segments)
    }

    /// Tables of a tenant that have events, sorted.
    pub fn tables(&self, tenant: &str) -> Vec<Arc<str>> {
        let live = self.inner.lock();
        let sealed = live.segments.iter().filter(|(_, segments)| !segments.is_empty()).map(|(name, _)| name.clone());
        let mut tables: Vec<Arc<str>> = sealed
            .chain(live.generations.tables())
            .filter(|(owner, _)| **owner == *tenant)
            .map(|(_, table)| table)
            .collect();
        tables.sort();
        tables.dedup();
        tables
    }

    /// Tenants that have events, or had some, sorted.
    pub fn owners(&self) -> Result<Vec<Arc<str>>, Fault> {
        let mut owners = self.inner.state.owners()?;
        let live = self.inner.lock();
        owners.extend(live.segments.keys().cloned().chain(live.generations.tables()).map(|(owner, _)| owner));
        drop(live);
        owners.sort();
        owners.dedup();
        Ok(owners)
    }

    /// All positions up to this one are in segments; the log may forget them. Replay begins after it.
    pub fn sealed_through(&self) -> u64 {
        self.inner.lock().health.sealed_through
    }

    /// All positions up to this one are done: queries see all their events.
    pub fn visible_through(&self) -> u64 {
        self.inner.lock().generations.visible_through()
    }

    /// Calls `tell` with [`Store::sealed_through`] after every seal, on the thread that seals.
    pub fn on_sealed(&self, tell: impl Fn(u64) + Send + Sync + 'static) {
        let mut on_sealed = self.inner.on_sealed.lock().unwrap_or_else(PoisonError::into_inner);
        *on_sealed = Some(Arc::new(tell));
    }

    /// Writes everything that has begun so far, and returns when it is durable. Chunks that have begun must end meanwhile.
    pub fn seal(&self) -> Result<(), Fault> {
        threads::seal_now(&self.inner)
    }

    /// The ledger from `minute` (since the epoch) on, sorted by minute, tenant and source.
    pub fn ledger(&self, minute: i64) -> Result<Vec<LedgerRow>, Fault> {
        let young = self.inner.lock().generations.ledger(minute);
        Ok(generation::sum(self.inner.state.ledger(minute)?.into_iter().chain(young)))
    }

    pub fn health(&self) -> Health {
        self.inner.lock().health()
    }
}

impl Store {
    /// Ends sealing, and every wait of [`Store::add`] and [`Store::seal`]. What is unsealed stays in the log.
    pub fn close(&self) {
        self.inner.lock().stopping = true;
        self.inner.changed.notify_all();
    }
}

impl Drop for Store {
    /// Stops the threads, and removes what joining has replaced.
    fn drop(&mut self) {
        self.close();
        self.threads.drain(..).for_each(|thread| {
            let _ = thread.join();
        });
        upkeep::sweep(&self.inner);
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'l>(&self, live: MutexGuard<'l, Live>) -> MutexGuard<'l, Live> {
        self.changed.wait(live).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    fn health(&self) -> Health {
        let all = || self.segments.values().flatten();
        Health {
            memory_bytes: self.generations.bytes(),
            generations: self.generations.len(),
            segments: all().count(),
            segment_rows: all().map(|segment| segment.rows).sum(),
            segment_bytes: all().map(|segment| segment.bytes).sum(),
            ..self.health.clone()
        }
    }

    fn add_segments(&mut self, segments: impl IntoIterator<Item = SegmentInfo>) {
        for segment in segments {
            let name = (segment.tenant.clone(), segment.table.clone());
            self.segments.entry(name).or_default().push(Arc::new(segment));
        }
    }

    /// Takes segments out of sight; their files go when nobody reads them any more.
    fn retire(&mut self, ids: &[i64]) {
        for segments in self.segments.values_mut() {
            let gone = segments.extract_if(.., |segment| ids.contains(&segment.id));
            self.retired.extend(gone);
        }
    }
}

/// Facts of the state database.
impl Store {
    pub fn put_token(&self, token: &crate::TokenRow) -> Result<(), Fault> {
        self.inner.state.put_token(token)
    }

    /// All tokens in order of creation, revoked ones too.
    pub fn tokens(&self) -> Result<Vec<crate::TokenRow>, Fault> {
        self.inner.state.tokens()
    }

    /// False when there is no such token, or it is revoked already.
    pub fn revoke_token(&self, id: &str, at: Timestamp) -> Result<bool, Fault> {
        self.inner.state.revoke_token(id, at)
    }

    /// Remembers when a token was last used; not to be called per request.
    pub fn token_used(&self, id: &str, at: Timestamp) -> Result<(), Fault> {
        self.inner.state.token_used(id, at)
    }

    pub fn mark(&self, tenant: &str, name: &str) -> Result<Option<i64>, Fault> {
        self.inner.state.mark(tenant, name)
    }

    pub fn set_mark(&self, tenant: &str, name: &str, value: i64) -> Result<(), Fault> {
        self.inner.state.set_mark(tenant, name, value)
    }

    /// Tenant, name and number of all marks, sorted.
    pub fn marks(&self) -> Result<Vec<(String, String, i64)>, Fault> {
        self.inner.state.marks()
    }

    pub fn remove_mark(&self, tenant: &str, name: &str) -> Result<(), Fault> {
        self.inner.state.remove_mark(tenant, name)
    }

    pub fn tenants(&self) -> Result<Vec<String>, Fault> {
        self.inner.state.tenants()
    }

    pub fn put_tenant(&self, name: &str, created: Timestamp) -> Result<(), Fault> {
        self.inner.state.put_tenant(name, created)
    }

    /// Sources of a tenant with the minutes (since the epoch) of their first and last events, as of the last seal.
    pub fn sources(&self, tenant: &str) -> Result<Vec<(String, i64, i64)>, Fault> {
        self.inner.state.sources(tenant)
    }
}

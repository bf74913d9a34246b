//! Which chunks are written together.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashMap;
use weir_event::Timestamp;

use super::cursors::Cursors;
use super::{Done, StoreOptions, TableName};
use crate::rows::TableRows;
use crate::state::{CursorRow, LedgerRow};
use crate::table::{MemoryTable, Part};

pub(super) type SharedTable = Arc<Mutex<MemoryTable>>;

/// Where rows of a chunk go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TableKey {
    pub tenant: Arc<str>,
    pub table: Arc<str>,
    pub bucket: Arc<str>,
}

/// The generations in memory, oldest first; the last one is open, the others wait to be written.
pub(super) struct Generations {
    all: VecDeque<Generation>,
    last_begun: u64,
    last_number: u64,
}

/// Chunks that are sealed together.
pub(super) struct Generation {
    number: u64,
    /// First and last position; `first > last` before the first chunk.
    pub positions: (u64, u64),
    pending: BTreeSet<u64>,
    pub tables: HashMap<TableKey, SharedTable, foldhash::fast::RandomState>,
    pub bytes: usize,
    opened_at: Option<Timestamp>,
    pub cursors: Cursors,
    ledger: Vec<LedgerRow>,
}

impl Generations {
    pub fn new(sealed_through: u64) -> Self {
        let mut all = VecDeque::new();
        all.push_back(Generation::new(0));
        Generations { all, last_begun: sealed_through, last_number: 0 }
    }

    fn open(&mut self) -> &mut Generation {
        if self.all.is_empty() {
            self.push_open();
        }
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    fn push_open(&mut self) {
        self.last_number += 1;
        self.all.push_back(Generation::new(self.last_number));
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn bytes(&self) -> usize {
        self.all.iter().map(|generation| generation.bytes).sum()
    }

    pub fn open_bytes(&self) -> usize {
        self.all.back().map_or(0, |generation| generation.bytes)
    }

    /// True when the open generation, to which the chunk belongs, has reached its size, and as many as allowed wait already.
    pub fn must_wait(&self, position: u64, options: &StoreOptions) -> bool {
        let full = self.all.len() > options.unsealed_max && self.open_bytes() >= options.seal_bytes;
        full && self.all.back().is_some_and(|open| open.pending.contains(&position))
    }

    pub fn begin(&mut self, position: u64) {
        if position <= self.last_begun {
            return;
        }
        self.last_begun = position;
        let open = self.open();
        open.positions = (open.positions.0.min(position), position);
        open.pending.insert(position);
    }

    fn of(&mut self, position: u64) -> Option<&mut Generation> {
        self.all.iter_mut().find(|generation| generation.pending.contains(&position))
    }

    /// The memory of a table for a chunk that is pending, and the number of its generation.
    pub fn table(&mut self, position: u64, rows: &TableRows) -> Option<(u64, SharedTable)> {
        let generation = self.of(position)?;
        let (tenant, table, bucket) = (rows.tenant.clone(), rows.table.clone(), rows.bucket.clone());
        let memory = generation.tables.entry(TableKey { tenant, table, bucket }).or_default();
        Some((generation.number, memory.clone()))
    }

    /// Counts bytes that a table has grown by.
    pub fn grow(&mut self, number: u64, bytes: isize) {
        if let Some(generation) = self.all.iter_mut().find(|generation| generation.number == number) {
            generation.bytes = generation.bytes.saturating_add_signed(bytes);
        }
    }

    pub fn done(&mut self, position: u64, done: Done) {
        let Some(generation) = self.of(position) else { return };
        generation.pending.remove(&position);
        generation.ledger = sum(generation.ledger.drain(..).chain(done.ledger));
        let Some((tenant, source, cursor)) = done.cursor else { return };
        generation.bytes += cursor.change.bytes().map_or(0, |part| part.len());
        let source = (tenant, source);
        generation.cursors.add(source.clone(), position, cursor);
        let visible = self.visible_through();
        self.all.iter_mut().for_each(|generation| generation.cursors.prune(&source, visible));
    }

    /// Closes the open generation if a chunk has begun in it; chunks that begin from now on belong to the next.
    pub fn close(&mut self, now: Timestamp) {
        if !self.open().is_empty() {
            self.push_open();
            self.open().opened_at = Some(now);
        }
    }

    /// Closes the open generation when it has its size, unless as many as allowed wait already.
    pub fn close_full(&mut self, now: Timestamp, options: &StoreOptions) {
        if self.open_bytes() >= options.seal_bytes && self.all.len() <= options.unsealed_max {
            self.close(now);
        }
    }

    /// Closes the open generation when it has its age, unless others wait. A clock that was set back starts it anew.
    pub fn close_aged(&mut self, now: Timestamp, options: &StoreOptions) {
        let (alone, age) = (self.all.len() == 1, options.seal_age);
        let open = self.open();
        let since = *open.opened_at.get_or_insert(now);
        if open.is_empty() || since > now {
            open.opened_at = Some(now);
        } else if alone && now.0.saturating_sub(since.0) >= age {
            self.close(now);
        }
    }

    /// The oldest generation, if it is closed and all its chunks are done.
    pub fn ready(&self) -> Option<&Generation> {
        let oldest = self.all.front()?;
        (self.all.len() > 1 && oldest.pending.is_empty()).then_some(oldest)
    }

    /// Forgets the oldest generation, which is in segments now.
    pub fn sealed(&mut self) {
        self.all.pop_front();
    }

    /// The last position that has begun.
    pub fn last_begun(&self) -> u64 {
        self.last_begun
    }

    pub fn visible_through(&self) -> u64 {
        let pending = self.all.iter().filter_map(|generation| generation.pending.first()).min();
        pending.map_or(self.last_begun, |first| first - 1)
    }

    /// Tenant and table of everything in memory.
    pub fn tables(&self) -> impl Iterator<Item = TableName> {
        self.all
            .iter()
            .flat_map(|generation| generation.tables.keys())
            .map(|key| (key.tenant.clone(), key.table.clone()))
    }

    /// Parts of a table that overlap `[from, to)`, with their buckets.
    pub fn parts(&self, tenant: &str, table: &str, (from, to): (i64, i64)) -> Vec<(Arc<str>, Part)> {
        let mut parts = Vec::new();
        for (key, memory) in self.all.iter().flat_map(|generation| &generation.tables) {
            if *key.tenant == *tenant && *key.table == *table {
                let memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                let overlapping = memory.parts().filter(|part| part.times.0 < to && part.times.1 >= from);
                parts.extend(overlapping.map(|part| (key.bucket.clone(), part.clone())));
            }
        }
        parts
    }

    /// Changes of a source's cursors that can be seen.
    pub fn cursors(&self, source: &TableName) -> Vec<CursorRow> {
        let visible = self.visible_through();
        self.all.iter().flat_map(|generation| generation.cursors.rows_of(source, visible)).collect()
    }

    pub fn ledger(&self, minute: i64) -> Vec<LedgerRow> {
        let rows = self.all.iter().flat_map(|generation| &generation.ledger);
        rows.filter(|row| row.minute >= minute).cloned().collect()
    }
}

impl Generation {
    fn new(number: u64) -> Self {
        Generation {
            number,
            positions: (u64::MAX, 0),
            pending: BTreeSet::new(),
            tables: HashMap::default(),
            bytes: 0,
            opened_at: None,
            cursors: Cursors::default(),
            ledger: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.positions.0 > self.positions.1
    }

    pub fn ledger(&self) -> Vec<LedgerRow> {
        self.ledger.clone()
    }
}

/// Rows of one minute, tenant and source added up; sorted by these.
pub(super) fn sum(rows: impl Iterator<Item = LedgerRow>) -> Vec<LedgerRow> {
    let mut rows: Vec<LedgerRow> = rows.collect();
    rows.sort_by(|a, b| (a.minute, &a.tenant, &a.source).cmp(&(b.minute, &b.tenant, &b.source)));
    rows.dedup_by(|row, kept| {
        let same = (row.minute, &row.tenant, &row.source) == (kept.minute, &kept.tenant, &kept.source);
        if same {
            kept.add(row);
        }
        same
    });
    rows
}

//! Where sources go on, as far as it is in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;
use weir_event::{Cursor, CursorChange, Fault};

use super::{Store, TableName};
use crate::state::CursorRow;

#[cfg(test)]
mod tests;

/// By name, the parts of each cursor since its last whole one, in order.
pub type SourceCursors = BTreeMap<Arc<str>, Vec<Arc<[u8]>>>;

/// What the chunks of one generation say about cursors, by tenant and source.
#[derive(Default)]
pub(super) struct Cursors(HashMap<TableName, Changes, foldhash::fast::RandomState>);

/// By name and position.
type Changes = BTreeMap<Arc<str>, BTreeMap<u64, CursorChange>>;

impl Cursors {
    pub fn add(&mut self, source: TableName, position: u64, cursor: Cursor) {
        self.0.entry(source).or_default().entry(cursor.name).or_default().insert(position, cursor.change);
    }

    /// Forgets what nobody can see who sees all positions up to `visible`. The last change that starts anew stays: it also hides
    /// what is in older generations and in the database.
    pub fn prune(&mut self, source: &TableName, visible: u64) {
        for changes in self.0.get_mut(source).into_iter().flat_map(BTreeMap::values_mut) {
            let mut seen = changes.range(..=visible).rev();
            let start = seen.find(|(_, change)| change.starts_anew()).map(|(&position, _)| position);
            if let Some(start) = start {
                *changes = changes.split_off(&start);
            }
        }
    }

    /// Changes of a source at positions up to `visible`.
    pub fn rows_of(&self, source: &TableName, visible: u64) -> Vec<CursorRow> {
        let cursors = self.0.get(source).into_iter().flatten();
        let rows = cursors.flat_map(|(name, changes)| {
            changes.range(..=visible).map(|(&position, change)| CursorRow {
                tenant: source.0.clone(),
                source: source.1.clone(),
                name: name.clone(),
                position,
                change: change.clone(),
            })
        });
        rows.collect()
    }

    pub fn rows(&self) -> Vec<CursorRow> {
        self.0.keys().flat_map(|source| self.rows_of(source, u64::MAX)).collect()
    }
}

impl Store {
    /// The cursors of a source as of [`Store::visible_through`]: whoever has had a chunk acknowledged waits for its position. A
    /// cursor that is reset, or has never been written, is not there.
    pub fn cursors(&self, tenant: &str, source: &str) -> Result<SourceCursors, Fault> {
        // Memory first: what is sealed between the two looks is then seen twice, instead of not at all.
        let young = self.inner.lock().generations.cursors(&(tenant.into(), source.into()));
        let mut all = Changes::new();
        for row in self.inner.state.cursors(tenant, source)?.into_iter().chain(young) {
            all.entry(row.name).or_default().insert(row.position, row.change);
        }
        let cursors = all.into_iter().map(|(name, changes)| (name, parts(changes)));
        Ok(cursors.filter(|(_, parts)| !parts.is_empty()).collect())
    }
}

fn parts(changes: BTreeMap<u64, CursorChange>) -> Vec<Arc<[u8]>> {
    let mut parts = Vec::new();
    for change in changes.into_values() {
        if change.starts_anew() {
            parts.clear();
        }
        parts.extend(change.bytes().cloned());
    }
    parts
}

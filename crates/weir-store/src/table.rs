//! The rows of one table that are in memory: parts, of which small ones are merged as more come.

mod layout;
mod merge;
mod names;
mod part;
mod sparse;

#[cfg(test)]
mod tests;

use hashbrown::HashMap;

pub(crate) use layout::{Layout, Places, Stretch, rest_with};
pub(crate) use names::Names;
pub(crate) use part::Part;
pub(crate) use sparse::kept;

use crate::rows::Lot;

/// Rows from which a part is left alone.
const MERGE_ROWS_MAX: usize = 128;
/// Bytes from which a part is left alone.
const MERGE_BYTES_MAX: usize = 1 << 20;
/// Parts of similar size that become one.
const MERGE_PARTS: usize = 8;

/// Parts by lot, each lot's in order of arrival.
///
/// Adding is cheap: eight small neighbours of one lot become one, so a row is copied three times at most, and a lot has few parts
/// beyond those that are large enough.
#[derive(Default)]
pub(crate) struct MemoryTable {
    lots: HashMap<Lot, Vec<Part>, foldhash::fast::RandomState>,
}

impl MemoryTable {
    /// Adds a part; by how many bytes the table has grown (negative when merging freed more).
    pub fn push(&mut self, part: Part) -> isize {
        let mut grown = part.bytes as isize;
        let parts = self.lots.entry(part.lot.clone()).or_default();
        parts.push(part);
        while let Some(from) = ripe(parts)
            && let Some(one) = merge::merge(&parts[from..])
        {
            let before: usize = parts[from..].iter().map(|part| part.bytes).sum();
            grown += one.bytes as isize - before as isize;
            parts.truncate(from);
            parts.push(one);
        }
        grown
    }

    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.lots.values().flatten()
    }
}

/// Where the parts at the end begin that are worth merging.
fn ripe(parts: &[Part]) -> Option<usize> {
    let size = size(parts.last()?)?;
    let alike = parts.iter().rev().take_while(|part| self::size(part).is_some_and(|other| other <= size)).count();
    (alike >= MERGE_PARTS).then_some(parts.len() - alike)
}

/// The magnitude of a part that is small: grows by one for a merge.
fn size(part: &Part) -> Option<u32> {
    let small = part.rows() < MERGE_ROWS_MAX && part.bytes < MERGE_BYTES_MAX;
    small.then(|| part.rows().max(1).ilog2() / MERGE_PARTS.ilog2())
}

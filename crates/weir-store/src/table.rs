//! The rows of one table that are in memory: a list of parts that merges small ones as it grows.

mod merge;
mod names;
mod part;

#[cfg(test)]
mod tests;

pub(crate) use merge::{Layout, adapt};
pub(crate) use names::Names;
pub(crate) use part::Part;

/// Rows from which a part is left alone.
const MERGE_ROWS_MAX: usize = 8_192;
/// Bytes from which a part is left alone.
const MERGE_BYTES_MAX: usize = 8 << 20;

/// Parts in order of arrival. Adding is cheap on average: like a binary counter, neighbours of similar size become one, so a
/// row is copied about log2 of [`MERGE_ROWS_MAX`] times at most and the number of small parts stays logarithmic.
#[derive(Default)]
pub(crate) struct MemoryTable {
    parts: Vec<Part>,
}

impl MemoryTable {
    /// Adds a part; by how many bytes the table has grown (negative when merging freed more).
    pub fn push(&mut self, part: Part) -> isize {
        let mut grown = part.bytes as isize;
        self.parts.push(part);
        while let [.., a, b] = &self.parts[..]
            && a.rows() <= 2 * b.rows()
            && a.rows() + b.rows() <= MERGE_ROWS_MAX
            && a.bytes + b.bytes <= MERGE_BYTES_MAX
            && let Some(both) = merge::merge(&[a, b])
        {
            grown += both.bytes as isize - (a.bytes + b.bytes) as isize;
            self.parts.truncate(self.parts.len() - 2);
            self.parts.push(both);
        }
        grown
    }

    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

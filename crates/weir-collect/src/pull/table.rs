//! A snapshot as a lookup table: gathered while its pages come, handed over when it is whole.

use weir_event::Fault;

use crate::fault;
use crate::world::Lookup;

/// Bytes of one lookup table; a larger list is refused.
const BYTES_MAX: usize = 64 << 20;

/// The rows so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: String,
    count: usize,
}

impl Table {
    /// Takes the next rows; a fault when the table would be larger than one may be.
    pub fn add(&mut self, at: &str, rows: &[String]) -> Result<(), Fault> {
        for row in rows {
            self.rows.push_str(row);
            self.rows.push('\n');
        }
        self.count += rows.len();
        if self.rows.len() > BYTES_MAX { Err(fault::lookup_too_large(at, BYTES_MAX)) } else { Ok(()) }
    }

    /// The whole table.
    pub fn named(&mut self, name: &str) -> Lookup {
        let Table { rows, count } = std::mem::take(self);
        Lookup { name: name.to_owned(), rows, count }
    }
}

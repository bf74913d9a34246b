//! The one transaction that makes a generation of events permanent.

use rusqlite::{OptionalExtension, params};
use weir_event::Fault;

use super::catalogue::insert_segments;
use super::cursors::put_cursors;
use super::ledger::add_ledger;
use super::{CursorRow, LedgerRow, NewSegment, State};

/// Everything that changes when a generation is sealed.
#[derive(Default)]
pub(crate) struct Seal {
    pub segments: Vec<NewSegment>,
    pub cursors: Vec<CursorRow>,
    pub ledger: Vec<LedgerRow>,
    /// All positions up to this one are in segments.
    pub through: u64,
}

const SEALED_THROUGH: &str = "sealed_through";

impl State {
    /// Commits a seal; the ids of its segments in order.
    pub fn seal(&self, seal: &Seal) -> Result<Vec<i64>, Fault> {
        self.change(|transaction| {
            let ids = insert_segments(transaction, &seal.segments)?;
            put_cursors(transaction, &seal.cursors)?;
            add_ledger(transaction, &seal.ledger)?;
            let number = params![SEALED_THROUGH, seal.through as i64];
            transaction.execute("INSERT OR REPLACE INTO numbers VALUES (?1, ?2)", number)?;
            Ok(ids)
        })
    }

    /// The last position that is in segments; 0 in the beginning.
    pub fn sealed_through(&self) -> Result<u64, Fault> {
        self.with(|connection| {
            let sql = "SELECT value FROM numbers WHERE name = ?1";
            let value: Option<i64> = connection.query_row(sql, [SEALED_THROUGH], |row| row.get(0)).optional()?;
            Ok(value.unwrap_or(0) as u64)
        })
    }
}

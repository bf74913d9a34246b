//! What became of everything that came in.

use std::sync::Arc;

use rusqlite::{Connection, params};
use weir_event::Fault;

use super::State;

/// Events of one source in one minute. `received` is the sum of the others once everything is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LedgerRow {
    pub tenant: Arc<str>,
    pub source: Arc<str>,
    /// Minutes since the epoch.
    pub minute: i64,
    pub received: u64,
    pub stored: u64,
    pub filtered: u64,
    pub forwarded: u64,
    pub dead_lettered: u64,
}

impl LedgerRow {
    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &LedgerRow) {
        self.received += other.received;
        self.stored += other.stored;
        self.filtered += other.filtered;
        self.forwarded += other.forwarded;
        self.dead_lettered += other.dead_lettered;
    }
}

impl State {
    /// Rows from `minute` on, sorted by minute, tenant, source.
    pub fn ledger(&self, minute: i64) -> Result<Vec<LedgerRow>, Fault> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT tenant, source, minute, received, stored, filtered, forwarded, dead_lettered FROM ledger \
                 WHERE minute >= ?1 ORDER BY minute, tenant, source",
            )?;
            let rows = statement.query_map([minute], |row| {
                let count = |index| row.get::<_, i64>(index).map(|count| count as u64);
                Ok(LedgerRow {
                    tenant: row.get::<_, String>(0)?.into(),
                    source: row.get::<_, String>(1)?.into(),
                    minute: row.get(2)?,
                    received: count(3)?,
                    stored: count(4)?,
                    filtered: count(5)?,
                    forwarded: count(6)?,
                    dead_lettered: count(7)?,
                })
            })?;
            rows.collect()
        })
    }
}

/// Adds counts to what is there.
pub(super) fn add_ledger(connection: &Connection, rows: &[LedgerRow]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET \
         received = received + ?4, stored = stored + ?5, filtered = filtered + ?6, forwarded = forwarded + ?7, \
         dead_lettered = dead_lettered + ?8",
    )?;
    let mut seen = connection.prepare_cached(
        "INSERT INTO sources VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO UPDATE SET last_seen = max(last_seen, ?3)",
    )?;
    for row in rows {
        let (tenant, source) = (&*row.tenant, &*row.source);
        let counts = [row.received, row.stored, row.filtered, row.forwarded, row.dead_lettered].map(|n| n as i64);
        let [received, stored, filtered, forwarded, dead] = counts;
        statement.execute(params![tenant, source, row.minute, received, stored, filtered, forwarded, dead])?;
        seen.execute(params![tenant, source, row.minute])?;
    }
    Ok(())
}

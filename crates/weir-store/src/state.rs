//! What people configure and what must change together, in one SQLite file.

mod catalogue;
mod cursors;
mod ledger;
mod marks;
mod seal;
mod tokens;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};
use weir_event::Fault;

use crate::fault;

pub(crate) use catalogue::NewSegment;
pub(crate) use cursors::CursorRow;
pub use ledger::LedgerRow;
pub(crate) use seal::Seal;
pub use tokens::TokenRow;

/// The state database: every commit is durable before it returns (WAL, `synchronous=FULL`).
pub(crate) struct State {
    path: PathBuf,
    connection: Mutex<Connection>,
}

/// Statements that bring the database from version `i` to `i + 1`. Never changed, only added to.
const STEPS: [&str; 2] = [include_str!("state/1.sql"), include_str!("state/2.sql")];

impl State {
    /// Opens or makes the database in `folder`.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        let path = folder.join("state.db");
        let failed = |error| fault::unusable(&path, error);
        let mut connection = Connection::open(&path).map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        connection.pragma_update(None, "foreign_keys", "ON").map_err(failed)?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
        let done = usize::try_from(version).unwrap_or(usize::MAX);
        if done > STEPS.len() {
            return Err(fault::foreign_version(&path, version));
        }
        for (index, step) in STEPS.iter().enumerate().skip(done) {
            let step_done = migrate(&mut connection, step, index as i64 + 1);
            step_done.map_err(failed)?;
        }
        Ok(State { path, connection: Mutex::new(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the connection.
    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Fault> {
        work(&self.lock()).map_err(|error| fault::state_failed(&self.path, error))
    }

    /// Runs `work` in one transaction: all of it or nothing.
    fn change<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, Fault> {
        let mut connection = self.lock();
        let changed = connection.transaction().and_then(|transaction| {
            let made = work(&transaction)?;
            transaction.commit()?;
            Ok(made)
        });
        changed.map_err(|error| fault::state_failed(&self.path, error))
    }

    /// What SQLite finds wrong with the file, line by line; empty when it is whole.
    pub fn integrity(&self) -> Result<Vec<String>, Fault> {
        let found = self.with(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check")?;
            let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
            lines.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}

fn migrate(connection: &mut Connection, step: &str, version: i64) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(step)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

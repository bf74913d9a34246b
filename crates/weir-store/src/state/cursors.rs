//! Where pullers go on, as of the last seal.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use weir_event::Fault;

use super::State;

/// The cursor of a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CursorRow {
    pub tenant: Arc<str>,
    pub source: Arc<str>,
    pub cursor: Arc<[u8]>,
}

impl State {
    pub fn cursor(&self, tenant: &str, source: &str) -> Result<Option<Arc<[u8]>>, Fault> {
        self.with(|connection| {
            let sql = "SELECT cursor FROM cursors WHERE tenant = ?1 AND source = ?2";
            let cursor = connection.query_row(sql, [tenant, source], |row| row.get::<_, Vec<u8>>(0)).optional()?;
            Ok(cursor.map(Arc::from))
        })
    }
}

pub(super) fn put_cursors(connection: &Connection, rows: &[CursorRow]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("INSERT OR REPLACE INTO cursors VALUES (?1, ?2, ?3)")?;
    for row in rows {
        statement.execute(params![&*row.tenant, &*row.source, &*row.cursor])?;
    }
    Ok(())
}

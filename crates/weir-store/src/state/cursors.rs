//! Where sources that are asked go on, as of the last seal.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};
use weir_event::{CursorChange, Fault};

use super::State;

/// What the chunk at a position says about a cursor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CursorRow {
    pub tenant: Arc<str>,
    pub source: Arc<str>,
    pub name: Arc<str>,
    pub position: u64,
    pub change: CursorChange,
}

const WHOLE: i64 = 1;
const ADDS: i64 = 2;
const RESET: i64 = 3;

impl State {
    /// All cursors of a source: of each the last change that started anew, and what came after it.
    pub fn cursors(&self, tenant: &str, source: &str) -> Result<Vec<CursorRow>, Fault> {
        self.with(|connection| {
            let sql =
                "SELECT tenant, source, name, position, kind, part FROM cursors WHERE tenant = ?1 AND source = ?2";
            connection.prepare_cached(sql)?.query_map([tenant, source], read)?.collect()
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<CursorRow> {
    let text = |index| row.get::<_, String>(index).map(Arc::<str>::from);
    let part: Arc<[u8]> = row.get::<_, Vec<u8>>(5)?.into();
    let change = match row.get(4)? {
        WHOLE => CursorChange::Whole(part),
        ADDS => CursorChange::Adds(part),
        RESET => CursorChange::Reset,
        other => return Err(rusqlite::Error::IntegralValueOutOfRange(4, other)),
    };
    Ok(CursorRow { tenant: text(0)?, source: text(1)?, name: text(2)?, position: row.get::<_, i64>(3)? as u64, change })
}

/// Writes changes; those of one cursor are sorted by position. What starts anew removes all before it.
pub(super) fn put_cursors(connection: &Connection, rows: &[CursorRow]) -> rusqlite::Result<()> {
    let mut remove = connection
        .prepare_cached("DELETE FROM cursors WHERE tenant = ?1 AND source = ?2 AND name = ?3 AND position < ?4")?;
    let mut put = connection.prepare_cached("INSERT OR REPLACE INTO cursors VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for CursorRow { tenant, source, name, position, change } in rows {
        let position = *position as i64;
        if change.starts_anew() {
            remove.execute(params![&**tenant, &**source, &**name, position])?;
        }
        let (kind, part): (_, &[u8]) = match change {
            CursorChange::Whole(part) => (WHOLE, part),
            CursorChange::Adds(part) => (ADDS, part),
            CursorChange::Reset => (RESET, &[]),
        };
        put.execute(params![&**tenant, &**source, &**name, position, kind, part])?;
    }
    Ok(())
}

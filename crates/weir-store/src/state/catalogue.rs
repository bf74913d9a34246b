//! The segments that exist.

use std::path::Path;
use std::sync::Arc;

use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use weir_event::{Fault, Timestamp};

use super::State;
use crate::column::{ColumnInfo, Kinds};
use crate::segment::{IndexCache, SegmentInfo, Written};

/// A segment that is durable and waits for its row.
pub(crate) struct NewSegment {
    pub tenant: Arc<str>,
    pub bucket: Arc<str>,
    pub table: Arc<str>,
    pub hour: Option<i64>,
    pub positions: (u64, u64),
    /// Below the data folder.
    pub name: String,
    pub written: Written,
}

impl State {
    /// All segments; their files are below `folder`.
    pub fn segments(&self, folder: &Path, cache: &Arc<IndexCache>) -> Result<Vec<SegmentInfo>, Fault> {
        self.with(|connection| {
            let mut statement = connection.prepare(
                "SELECT id, tenant, bucket, tbl, path, rows, bytes, min_time, max_time, hour, first_position, \
                 last_position, rest_open, columns FROM segments ORDER BY id",
            )?;
            let segments = statement.query_map([], |row| segment(row, folder, cache))?;
            segments.collect()
        })
    }

    /// Replaces the segments `old` by `new` at once; the ids of the new ones in order.
    pub fn replace_segments(&self, old: &[i64], new: &[NewSegment]) -> Result<Vec<i64>, Fault> {
        self.change(|transaction| {
            for id in old {
                transaction.execute("DELETE FROM segments WHERE id = ?1", [id])?;
            }
            insert_segments(transaction, new)
        })
    }
}

pub(super) fn insert_segments(connection: &Connection, new: &[NewSegment]) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO segments (tenant, bucket, tbl, path, rows, bytes, min_time, max_time, hour, first_position, \
         last_position, rest_open, columns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let insert = |segment: &NewSegment| {
        let written = &segment.written;
        statement.insert(params![
            &*segment.tenant,
            &*segment.bucket,
            &*segment.table,
            segment.name,
            written.rows as i64,
            written.bytes as i64,
            written.times.0,
            written.times.1,
            segment.hour,
            segment.positions.0 as i64,
            segment.positions.1 as i64,
            written.rest_open,
            columns_to_bytes(&written.columns),
        ])
    };
    new.iter().map(insert).collect()
}

fn segment(row: &Row<'_>, folder: &Path, cache: &Arc<IndexCache>) -> rusqlite::Result<SegmentInfo> {
    let text = |index| row.get::<_, String>(index).map(Arc::<str>::from);
    let number = |index| row.get::<_, i64>(index).map(|number| number as u64);
    let columns = columns_from_bytes(row.get_ref(13)?.as_blob()?);
    let damaged = || rusqlite::Error::InvalidColumnType(13, "columns".into(), Type::Blob);
    Ok(SegmentInfo {
        id: row.get(0)?,
        tenant: text(1)?,
        bucket: text(2)?,
        table: text(3)?,
        path: folder.join(row.get::<_, String>(4)?),
        rows: number(5)?,
        bytes: number(6)?,
        min_time: Timestamp(row.get(7)?),
        max_time: Timestamp(row.get(8)?),
        hour: row.get::<_, Option<i64>>(9)?.map(Timestamp),
        positions: (number(10)?, number(11)?),
        rest_open: row.get(12)?,
        columns: columns.ok_or_else(damaged)?,
        cache: Some(cache.clone()),
    })
}

/// Per column: kinds (2 bytes), in the rest (1), length of the name (2), name.
fn columns_to_bytes(columns: &[ColumnInfo]) -> Vec<u8> {
    let mut out = Vec::new();
    for column in columns {
        let name = &column.name.as_bytes()[..column.name.len().min(usize::from(u16::MAX))];
        out.extend(column.kinds.bits().to_le_bytes());
        out.push(u8::from(column.in_rest));
        out.extend((name.len() as u16).to_le_bytes());
        out.extend(name);
    }
    out
}

fn columns_from_bytes(mut bytes: &[u8]) -> Option<Vec<ColumnInfo>> {
    let mut columns = Vec::new();
    while !bytes.is_empty() {
        let (head, after) = bytes.split_first_chunk::<5>()?;
        let len = usize::from(u16::from_le_bytes([head[3], head[4]]));
        let (name, after) = after.split_at_checked(len)?;
        let kinds = Kinds::from_bits(u16::from_le_bytes([head[0], head[1]]));
        columns.push(ColumnInfo { name: std::str::from_utf8(name).ok()?.into(), kinds, in_rest: head[2] != 0 });
        bytes = after;
    }
    Some(columns)
}

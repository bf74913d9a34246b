//! Databases: rows that are new, or a whole table again and again, as JSON.
//!
//! Start at [`Settings`] and [`pull`]. A pull connects, reads, and leaves: between pulls a source holds nothing.
//!
//! Never does: write, or run more than one statement of its own making. The configured query stands inside a `SELECT`, in a session that
//! is read-only where the database knows such a thing; values travel as parameters.

mod cell;
mod complaint;
mod connection;
mod fault;
mod key;
mod mssql;
mod mysql;
mod postgres;
mod rising;
mod row;
mod settings;
mod snapshot;
mod sqlite;
mod statement;

use weir_event::Fault;

pub use settings::{Database, Mode, Rising, Server, Settings, Tls};

use crate::reader::{Pulled, Sink};
use connection::Connection;
use row::Columns;

/// Reads what is new since `state`, the position of the last commit. A fault ends the pull; the next one goes on where the last commit
/// stood.
pub async fn pull<S: Sink>(settings: &Settings, state: Option<&str>, sink: &S) -> Result<Pulled, Fault> {
    let mut connection = Connection::open(settings).await?;
    let pulled = match &settings.mode {
        Mode::Rising(rising) => rising::pull(settings, rising, &mut connection, state, sink).await,
        Mode::Snapshot { key } => snapshot::pull(settings, key, &mut connection, state, sink).await,
    };
    connection.close().await;
    pulled
}

/// The columns of the query, with those that the mode names found among them.
async fn columns(settings: &Settings, connection: &mut Connection) -> Result<Columns, Fault> {
    let probe = statement::probe(settings);
    let found = connection.columns(&probe).await?;
    let columns = Columns::new(settings, found)?;
    statement::check(settings, &columns)?;
    Ok(columns)
}

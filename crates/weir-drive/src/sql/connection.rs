//! One connection, whatever the database.

use std::future::Future;
use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;
use weir_event::Fault;

use super::mssql::SqlServer;
use super::mysql::MySql;
use super::postgres::Postgres;
use super::row::{Column, Columns, Part, Row};
use super::sqlite::Sqlite;
use super::statement::Statement;
use super::{Database, Settings, fault};

pub enum Connection {
    Postgres(Box<Postgres>),
    MySql(Box<MySql>),
    SqlServer(Box<SqlServer>),
    Sqlite(Box<Sqlite>),
}

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

impl Connection {
    pub async fn open(settings: &Settings) -> Result<Connection, Fault> {
        let open = async {
            Ok(match &settings.database {
                Database::Postgres(server) => Connection::Postgres(Box::new(Postgres::open(settings, server).await?)),
                Database::MySql(server) => Connection::MySql(Box::new(MySql::open(settings, server).await?)),
                Database::SqlServer(server) => {
                    Connection::SqlServer(Box::new(SqlServer::open(settings, server).await?))
                }
                Database::Sqlite(path) => Connection::Sqlite(Box::new(Sqlite::open(settings, path).await?)),
            })
        };
        match timeout(patience(settings), open).await {
            Ok(opened) => opened,
            Err(_) => Err(fault::not_connected(settings, "no answer in time")),
        }
    }

    /// The columns that a statement gives.
    pub async fn columns(&mut self, probe: &str) -> Result<Vec<Column>, Fault> {
        match self {
            Connection::Postgres(database) => database.columns(probe).await,
            Connection::MySql(database) => database.columns(probe).await,
            Connection::SqlServer(database) => database.columns(probe).await,
            Connection::Sqlite(database) => database.columns(probe).await,
        }
    }

    /// Runs a statement and hands its rows on in order, as fast as they are taken. Ends early, without a fault, when nobody takes more.
    pub async fn scan(&mut self, statement: &Statement, columns: &Columns, out: Sender<Vec<Row>>) -> Result<(), Fault> {
        match self {
            Connection::Postgres(database) => database.scan(statement, columns, out).await,
            Connection::MySql(database) => database.scan(statement, columns, out).await,
            Connection::SqlServer(database) => database.scan(statement, columns, out).await,
            Connection::Sqlite(database) => database.scan(statement, columns, out).await,
        }
    }

    pub async fn close(self) {
        // Whatever goes wrong here, the socket is closed at the end.
        let _ = match self {
            Connection::Postgres(database) => timeout(GOODBYE, database.close()).await,
            Connection::MySql(database) => timeout(GOODBYE, database.close()).await,
            Connection::SqlServer(database) => timeout(GOODBYE, database.close()).await,
            Connection::Sqlite(_) => Ok(()),
        };
    }
}

/// What the database is told to keep to, and a little more: its own word about a slow query says more than our silence.
pub fn patience(settings: &Settings) -> Duration {
    Duration::from_nanos(settings.timeout.0.unsigned_abs()) + Duration::from_secs(5)
}

/// Waits for an answer of the database at most as long as [`patience`] says.
pub async fn answer<T, E>(
    settings: &Settings,
    wait: impl Future<Output = Result<T, E>>,
    fault: impl FnOnce(&Settings, E) -> Fault,
) -> Result<T, Fault> {
    match timeout(patience(settings), wait).await {
        Ok(answer) => answer.map_err(|error| fault(settings, error)),
        Err(_) => Err(fault::too_slow(settings, "no answer in time")),
    }
}

/// Hands rows on in parts as the database sends them. How many there were; `None` when nobody wants them any more.
pub async fn hand_on<R, E>(
    settings: &Settings,
    mut rows: impl Stream<Item = Result<R, E>> + Unpin,
    fault: impl Fn(&Settings, E) -> Fault + Copy,
    read: impl Fn(&R) -> Row,
    out: &Sender<Vec<Row>>,
) -> Result<Option<usize>, Fault> {
    let (mut part, mut count) = (Part::default(), 0);
    while let Some(row) = answer(settings, async { rows.next().await.transpose() }, fault).await? {
        count += 1;
        part.push(read(&row));
        if part.is_full() && out.send(part.take()).await.is_err() {
            return Ok(None);
        }
    }
    let is_wanted = part.rows.is_empty() || out.send(part.take()).await.is_ok();
    Ok(is_wanted.then_some(count))
}

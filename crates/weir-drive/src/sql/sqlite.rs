//! SQLite files. They are read on a thread of their own, because the library waits for the disk itself.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, params_from_iter};
use tokio::sync::mpsc::Sender;
use weir_event::{Fault, FaultKind};

use super::connection::patience;
use super::key::Key;
use super::row::{Cells, Column, Columns, Part, Row};
use super::statement::Statement;
use super::{Settings, cell, fault};

/// Between two looks at whether a statement takes too long.
const LOOK: Duration = Duration::from_millis(200);

pub struct Sqlite {
    connection: Arc<Mutex<Connection>>,
    interrupt: Arc<InterruptHandle>,
    settings: Settings,
}

impl Sqlite {
    /// Opens a file that exists. It may be written meanwhile by others, also in WAL mode.
    pub async fn open(settings: &Settings, path: &Path) -> Result<Sqlite, Fault> {
        let (settings, path) = (settings.clone(), path.to_owned());
        let for_thread = settings.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection =
                Connection::open_with_flags(path, flags).map_err(|error| fault::not_connected(&for_thread, &error))?;
            let prepare = || {
                connection.busy_timeout(patience(&for_thread))?;
                connection.pragma_update(None, "query_only", true)
            };
            prepare().map_err(|error| running(&for_thread, &error))?;
            Ok(connection)
        });
        let connection = opened.await.unwrap_or_else(|error| Err(broken(&error)))?;
        let interrupt = Arc::new(connection.get_interrupt_handle());
        Ok(Sqlite { connection: Arc::new(Mutex::new(connection)), interrupt, settings })
    }

    pub async fn columns(&mut self, probe: &str) -> Result<Vec<Column>, Fault> {
        let probe = probe.to_owned();
        self.run(move |connection, _| {
            let statement = connection.prepare(&probe)?;
            // A value has a type here, a column has none that binds.
            let column = |name: &str| Column { name: name.to_owned(), kind: String::new() };
            Ok(statement.column_names().map(column).collect())
        })
        .await
    }

    pub async fn scan(&mut self, statement: &Statement, columns: &Columns, out: Sender<Vec<Row>>) -> Result<(), Fault> {
        let (statement, columns) = (statement.clone(), columns.clone());
        self.run(move |connection, watch| {
            let mut prepared = connection.prepare(&statement.sql)?;
            let mut rows = prepared.query(params_from_iter(statement.values.iter().map(bound)))?;
            let mut part = Part::default();
            loop {
                let row = rows.next()?;
                let is_last = row.is_none();
                if let Some(row) = row {
                    part.push(columns.row(&row));
                }
                if part.is_full() || is_last && !part.rows.is_empty() {
                    watch.rest();
                    if out.blocking_send(part.take()).is_err() {
                        return Ok(());
                    }
                    watch.begin();
                }
                if is_last {
                    return Ok(());
                }
            }
        })
        .await
    }

    /// Runs work on a thread that may block, and interrupts it when it takes too long.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &Watch) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        let watch = Arc::new(Watch::default());
        let (connection, for_thread) = (self.connection.clone(), watch.clone());
        let mut running_work = tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            for_thread.begin();
            work(&connection, &for_thread)
        });
        loop {
            tokio::select! {
                done = &mut running_work => {
                    let done = done.map_err(|error| broken(&error))?;
                    return done.map_err(|error| running(&self.settings, &error));
                }
                () = tokio::time::sleep(LOOK) => {
                    if watch.busy_for() > patience(&self.settings) {
                        self.interrupt.interrupt();
                    }
                }
            }
        }
    }
}

impl Drop for Sqlite {
    /// Whoever leaves a look does not leave a thread behind that reads on.
    fn drop(&mut self) {
        self.interrupt.interrupt();
    }
}

/// Since when the database works on a statement; waiting for whoever takes the rows does not count.
#[derive(Debug, Default)]
struct Watch(Mutex<Option<Instant>>);

impl Watch {
    fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn rest(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn busy_for(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).map_or(Duration::ZERO, |since| since.elapsed())
    }
}

fn bound(value: &Key) -> rusqlite::types::Value {
    match value {
        Key::Null => rusqlite::types::Value::Null,
        Key::Long(number) => rusqlite::types::Value::Integer(*number),
        Key::Double(number) => rusqlite::types::Value::Real(*number),
        Key::Text(text) => rusqlite::types::Value::Text(text.clone()),
        Key::Bytes(bytes) => rusqlite::types::Value::Blob(bytes.clone()),
    }
}

impl Cells for &rusqlite::Row<'_> {
    fn write(&self, index: usize, out: &mut String) {
        match self.get_ref(index) {
            Ok(ValueRef::Integer(number)) => cell::decimal(&number.to_string(), out),
            Ok(ValueRef::Real(number)) => cell::double(number, out),
            Ok(ValueRef::Text(bytes)) => cell::lossy(bytes, out),
            Ok(ValueRef::Blob(bytes)) => cell::bytes(bytes, out),
            Ok(ValueRef::Null) | Err(_) => out.push_str("null"),
        }
    }

    fn key(&self, index: usize) -> Key {
        match self.get_ref(index) {
            Ok(ValueRef::Integer(number)) => Key::Long(number),
            Ok(ValueRef::Real(number)) => Key::Double(number),
            Ok(ValueRef::Text(bytes)) => Key::Text(String::from_utf8_lossy(bytes).into_owned()),
            Ok(ValueRef::Blob(bytes)) => Key::Bytes(bytes.to_vec()),
            Ok(ValueRef::Null) | Err(_) => Key::Null,
        }
    }
}

/// What a complaint of the library means.
fn running(settings: &Settings, error: &rusqlite::Error) -> Fault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => fault::busy(settings, error),
        Some(ErrorCode::OperationInterrupted) => fault::too_slow(settings, "it was interrupted"),
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
            fault::not_allowed(settings, error)
        }
        Some(ErrorCode::CannotOpen | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure) => {
            fault::not_connected(settings, error)
        }
        Some(ErrorCode::Unknown | ErrorCode::ReadOnly) => fault::refused(settings, error),
        Some(_) => fault::unexpected(settings, error),
        None => fault::refused(settings, error),
    }
}

fn broken(error: &tokio::task::JoinError) -> Fault {
    Fault::new("SQL-019", FaultKind::Bug, "reading the file ended by a fault of weir's own").because(error)
}

//! PostgreSQL. Rows come through a cursor of the database, as text: every type there is has one, also types of extensions.

mod text;

use sqlx_core::column::Column as _;
use sqlx_core::connection::{ConnectOptions, Connection as _};
use sqlx_core::error::Error;
use sqlx_core::executor::Executor;
use sqlx_core::query::query;
use sqlx_core::raw_sql::raw_sql;
use sqlx_core::row::Row as _;
use sqlx_core::sql_str::{AssertSqlSafe, SqlSafeStr};
use sqlx_core::statement::Statement as _;
use sqlx_core::type_info::TypeInfo;
use sqlx_postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgRow, PgSslMode, PgTypeInfo, PgTypeKind};
use tokio::sync::mpsc::Sender;
use weir_event::Fault;

use super::connection::{answer, hand_on};
use super::key::Key;
use super::row::{Cells, Column, Columns, Row};
use super::settings::{Server, Tls};
use super::statement::Statement;
use super::{Settings, complaint, fault};

/// Rows fetched at once.
const FETCH: &str = "FETCH FORWARD 500 FROM weir_rows";

pub struct Postgres {
    connection: PgConnection,
    settings: Settings,
}

impl Postgres {
    pub async fn open(settings: &Settings, server: &Server) -> Result<Postgres, Fault> {
        let timeout = (settings.timeout.0 / 1_000_000).to_string();
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(&server.host)
            .port(server.port)
            .username(&server.user)
            .password(&server.password)
            .database(&server.database)
            .application_name("weir")
            .statement_cache_capacity(0)
            .disable_statement_logging()
            .options([
                ("default_transaction_read_only", "on"),
                ("statement_timeout", timeout.as_str()),
                ("idle_in_transaction_session_timeout", "0"),
                ("TimeZone", "UTC"),
                ("DateStyle", "ISO,YMD"),
                ("IntervalStyle", "iso_8601"),
                ("bytea_output", "hex"),
            ]);
        options = match &server.tls {
            Tls::Off => options.ssl_mode(PgSslMode::Disable),
            Tls::Unverified => options.ssl_mode(PgSslMode::Require),
            Tls::Verified { ca_file: None } => options.ssl_mode(PgSslMode::VerifyFull),
            Tls::Verified { ca_file: Some(file) } => options.ssl_mode(PgSslMode::VerifyFull).ssl_root_cert(file),
        };
        let connection = options.connect().await.map_err(|error| complaint::connecting(settings, error, meaning))?;
        Ok(Postgres { connection, settings: settings.clone() })
    }

    pub async fn columns(&mut self, probe: &str) -> Result<Vec<Column>, Fault> {
        let prepared = self.connection.prepare(AssertSqlSafe(probe).into_sql_str());
        let prepared = answer(&self.settings, prepared, running).await?;
        let column = |column: &sqlx_postgres::PgColumn| Column {
            name: column.name().to_owned(),
            kind: kind_of(column.type_info()),
        };
        Ok(prepared.columns().iter().map(column).collect())
    }

    /// The transaction is rolled back whatever happens; it has changed nothing.
    pub async fn scan(&mut self, statement: &Statement, columns: &Columns, out: Sender<Vec<Row>>) -> Result<(), Fault> {
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let scanned = self.scan_inside(statement, columns, out).await;
        let ended = self.execute("ROLLBACK").await;
        scanned.and(ended)
    }

    async fn scan_inside(
        &mut self,
        statement: &Statement,
        columns: &Columns,
        out: Sender<Vec<Row>>,
    ) -> Result<(), Fault> {
        let declare = format!("DECLARE weir_rows NO SCROLL CURSOR FOR {}", statement.sql);
        let mut declare = query::<sqlx_postgres::Postgres>(AssertSqlSafe(declare)).persistent(false);
        for value in &statement.values {
            declare = declare.bind(as_text(value));
        }
        answer(&self.settings, declare.execute(&mut self.connection), running).await?;
        let read = |row: &_| columns.row(&PgCells { row, columns: columns.all() });
        loop {
            let rows = raw_sql(FETCH).fetch(&mut self.connection);
            if let None | Some(0) = hand_on(&self.settings, rows, running, read, &out).await? {
                return Ok(());
            }
        }
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), Fault> {
        answer(&self.settings, raw_sql(sql).execute(&mut self.connection), running).await.map(|_| ())
    }

    pub async fn close(self) {
        // The server notices in any case.
        let _ = self.connection.close().await;
    }
}

/// The name of a type; a domain counts as what it is made of, a list of T is `T[]`.
fn kind_of(info: &PgTypeInfo) -> String {
    match info.kind() {
        PgTypeKind::Array(element) => format!("{}[]", kind_of(element)),
        PgTypeKind::Domain(base) => kind_of(base),
        _ => info.name().trim_matches('"').to_owned(),
    }
}

/// As the statement's casts read it.
fn as_text(value: &Key) -> Option<String> {
    match value {
        Key::Text(text) => Some(text.clone()),
        Key::Long(number) => Some(number.to_string()),
        Key::Double(number) => Some(number.to_string()),
        Key::Null | Key::Bytes(_) => None,
    }
}

struct PgCells<'r> {
    row: &'r PgRow,
    columns: &'r [Column],
}

impl PgCells<'_> {
    /// The text of a value; `None` for null.
    fn text(&self, index: usize) -> Option<std::borrow::Cow<'_, str>> {
        let bytes = self.row.try_get_raw(index).ok()?.as_bytes().ok()?;
        Some(String::from_utf8_lossy(bytes))
    }
}

impl Cells for PgCells<'_> {
    fn write(&self, index: usize, out: &mut String) {
        match self.text(index) {
            None => out.push_str("null"),
            Some(text) => text::write(&self.columns[index].kind, &text, out),
        }
    }

    fn key(&self, index: usize) -> Key {
        self.text(index).map_or(Key::Null, |text| Key::Text(text.into_owned()))
    }
}

fn running(settings: &Settings, error: Error) -> Fault {
    complaint::running(settings, error, meaning)
}

/// What a complaint of the database means, by its SQLSTATE.
fn meaning(settings: &Settings, complaint: &PgDatabaseError) -> Fault {
    let (code, why) = (complaint.code(), format!("{} ({})", complaint.message(), complaint.code()));
    match code {
        "42501" => fault::not_allowed(settings, why),
        "57014" => fault::too_slow(settings, why),
        "40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" => fault::busy(settings, why),
        _ => match &code[..code.len().min(2)] {
            "28" => fault::login_refused(settings, why),
            "53" => fault::busy(settings, why),
            "08" => fault::lost(settings, why),
            "22" | "25" | "3D" | "3F" | "42" | "0A" => fault::refused(settings, why),
            _ => fault::unexpected(settings, why),
        },
    }
}

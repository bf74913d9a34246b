//! MySQL and MariaDB. Statements are prepared: values come in the binary protocol, which loses no digit.

mod value;

use sqlx_core::column::Column as _;
use sqlx_core::connection::{ConnectOptions, Connection as _};
use sqlx_core::decode::Decode;
use sqlx_core::error::Error;
use sqlx_core::executor::Executor;
use sqlx_core::query::query;
use sqlx_core::raw_sql::raw_sql;
use sqlx_core::row::Row as _;
use sqlx_core::sql_str::{AssertSqlSafe, SqlSafeStr};
use sqlx_core::statement::Statement as _;
use sqlx_core::type_info::TypeInfo;
use sqlx_core::value::ValueRef;
use sqlx_mysql::{MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow, MySqlSslMode};
use tokio::sync::mpsc::Sender;
use weir_event::Fault;

use super::connection::{answer, hand_on};
use super::key::Key;
use super::row::{Cells, Column, Columns, Row};
use super::settings::{Server, Tls};
use super::statement::Statement;
use super::{Settings, complaint, fault};

/// Seconds that the server waits for us while our log is busy.
const WRITE_WAIT_S: u32 = 600;

pub struct MySql {
    connection: MySqlConnection,
    settings: Settings,
}

impl MySql {
    pub async fn open(settings: &Settings, server: &Server) -> Result<MySql, Fault> {
        let mut options = MySqlConnectOptions::new()
            .host(&server.host)
            .port(server.port)
            .username(&server.user)
            .password(&server.password)
            .statement_cache_capacity(0)
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone("+00:00".to_owned())
            .disable_statement_logging();
        if !server.database.is_empty() {
            options = options.database(&server.database);
        }
        options = match &server.tls {
            Tls::Off => options.ssl_mode(MySqlSslMode::Disabled),
            Tls::Unverified => options.ssl_mode(MySqlSslMode::Required),
            Tls::Verified { ca_file: None } => options.ssl_mode(MySqlSslMode::VerifyIdentity),
            Tls::Verified { ca_file: Some(file) } => options.ssl_mode(MySqlSslMode::VerifyIdentity).ssl_ca(file),
        };
        let connection = options.connect().await.map_err(|error| complaint::connecting(settings, error, meaning))?;
        let mut opened = MySql { connection, settings: settings.clone() };
        opened.prepare_session().await?;
        Ok(opened)
    }

    /// Read-only, with the limits of the settings. The two servers have a name each for the time a statement may take.
    async fn prepare_session(&mut self) -> Result<(), Fault> {
        let version = answer(&self.settings, raw_sql("SELECT VERSION()").fetch_one(&mut self.connection), running);
        let version = String::from_utf8_lossy(raw(&version.await?, 0).unwrap_or_default()).into_owned();
        let millis = self.settings.timeout.0 / 1_000_000;
        let limit = if version.contains("MariaDB") {
            format!("max_statement_time = {}.{:03}", millis / 1_000, millis % 1_000)
        } else {
            format!("max_execution_time = {millis}")
        };
        let limit = format!("SET SESSION {limit}, SESSION net_write_timeout = {WRITE_WAIT_S}");
        for sql in ["SET SESSION TRANSACTION READ ONLY".to_owned(), limit] {
            answer(&self.settings, raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection), running).await?;
        }
        Ok(())
    }

    pub async fn columns(&mut self, probe: &str) -> Result<Vec<Column>, Fault> {
        let prepared = self.connection.prepare(AssertSqlSafe(probe).into_sql_str());
        let prepared = answer(&self.settings, prepared, running).await?;
        let column = |column: &sqlx_mysql::MySqlColumn| Column {
            name: column.name().to_owned(),
            kind: column.type_info().name().to_owned(),
        };
        Ok(prepared.columns().iter().map(column).collect())
    }

    pub async fn scan(&mut self, statement: &Statement, columns: &Columns, out: Sender<Vec<Row>>) -> Result<(), Fault> {
        let mut select = query::<sqlx_mysql::MySql>(AssertSqlSafe(statement.sql.as_str())).persistent(false);
        for value in &statement.values {
            select = match value {
                Key::Text(text) => select.bind(text.clone()),
                Key::Bytes(bytes) => select.bind(bytes.clone()),
                Key::Long(number) => select.bind(number.to_string()),
                Key::Double(number) => select.bind(number.to_string()),
                Key::Null => select.bind(None::<String>),
            };
        }
        let rows = select.fetch(&mut self.connection);
        let read = |row: &_| columns.row(&MyCells { row, columns: columns.all() });
        hand_on(&self.settings, rows, running, read, &out).await.map(drop)
    }

    pub async fn close(self) {
        // The server notices in any case.
        let _ = self.connection.close().await;
    }
}

/// The bytes of a value as the protocol carries them; `None` for null.
fn raw(row: &MySqlRow, index: usize) -> Option<&[u8]> {
    let value = row.try_get_raw(index).ok().filter(|value| !value.is_null())?;
    <&[u8] as Decode<sqlx_mysql::MySql>>::decode(value).ok()
}

struct MyCells<'r> {
    row: &'r MySqlRow,
    columns: &'r [Column],
}

impl Cells for MyCells<'_> {
    fn write(&self, index: usize, out: &mut String) {
        match raw(self.row, index) {
            None => out.push_str("null"),
            Some(bytes) => value::write(&self.columns[index].kind, bytes, out),
        }
    }

    fn key(&self, index: usize) -> Key {
        raw(self.row, index).map_or(Key::Null, |bytes| value::key(&self.columns[index].kind, bytes))
    }
}

fn running(settings: &Settings, error: Error) -> Fault {
    complaint::running(settings, error, meaning)
}

/// What a complaint of the database means, by its number.
fn meaning(settings: &Settings, complaint: &MySqlDatabaseError) -> Fault {
    let why = format!("{} ({})", complaint.message(), complaint.number());
    match complaint.number() {
        1045 | 1130 | 1251 | 1698 | 1862 | 3118 | 4151 => fault::login_refused(settings, why),
        1044 | 1142 | 1143 | 1227 | 1370 => fault::not_allowed(settings, why),
        1969 | 3024 => fault::too_slow(settings, why),
        1040 | 1053 | 1203 | 1205 | 1213 | 1226 | 1317 => fault::busy(settings, why),
        1927 | 4031 => fault::lost(settings, why),
        3159 => fault::not_trusted(settings, why),
        // Names that are not there, syntax, writing in a read-only session.
        1046..=1068 | 1146 | 1149 | 1248 | 1292 | 1305 | 1525 | 1792 => fault::refused(settings, why),
        _ => fault::unexpected(settings, why),
    }
}

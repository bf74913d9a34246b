//! SQL Server. Values come typed, and go as text that the statement casts, numbers of double precision and bytes aside.
//!
//! The server has no session that is read-only: what keeps a query from writing is that it is a table of a `SELECT`.

mod value;

use std::time::Duration;

use tiberius::error::{Error, IoErrorKind, TokenError};
use tiberius::{AuthMethod, Client, Config, EncryptionLevel, Query};
use tokio::net::TcpStream;
use tokio::sync::mpsc::Sender;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};
use weir_event::Fault;

use super::connection::{answer, hand_on};
use super::key::Key;
use super::row::{Cells, Column, Columns, Row};
use super::settings::{Server, Tls};
use super::statement::Statement;
use super::{Settings, fault};

pub struct SqlServer {
    client: Client<Compat<TcpStream>>,
    settings: Settings,
}

impl SqlServer {
    pub async fn open(settings: &Settings, server: &Server) -> Result<SqlServer, Fault> {
        let config = config(settings, server)?;
        let client = match connect(config.clone(), &server.host, server.port).await {
            // A gateway that names the server behind it.
            Err(Error::Routing { host, port }) => {
                let mut config = config;
                config.host(&host);
                connect(config, &host, port).await
            }
            connected => connected,
        };
        let client = client.map_err(|error| connecting(settings, error))?;
        let mut opened = SqlServer { client, settings: settings.clone() };
        opened.prepare_session().await?;
        Ok(opened)
    }

    /// Nobody waits for the locks of others longer than for the whole statement.
    async fn prepare_session(&mut self) -> Result<(), Fault> {
        let limit = format!("SET LOCK_TIMEOUT {}", self.settings.timeout.0 / 1_000_000);
        let set = async { self.client.simple_query(limit).await?.into_results().await };
        answer(&self.settings, set, running).await.map(|_| ())
    }

    pub async fn columns(&mut self, probe: &str) -> Result<Vec<Column>, Fault> {
        let column = |column: &tiberius::Column| Column {
            name: column.name().to_owned(),
            kind: value::kind(column.column_type()).to_owned(),
        };
        let ask = async {
            let mut stream = self.client.simple_query(probe).await?;
            let columns = stream.columns().await?.unwrap_or_default().iter().map(column).collect();
            stream.into_results().await?;
            Ok(columns)
        };
        answer(&self.settings, ask, running).await
    }

    pub async fn scan(&mut self, statement: &Statement, columns: &Columns, out: Sender<Vec<Row>>) -> Result<(), Fault> {
        let mut query = Query::new(statement.sql.as_str());
        for value in &statement.values {
            match value {
                Key::Text(text) => query.bind(text.as_str()),
                Key::Bytes(bytes) => query.bind(bytes.as_slice()),
                Key::Long(number) => query.bind(number.to_string()),
                Key::Double(number) => query.bind(*number),
                Key::Null => query.bind(None::<&str>),
            }
        }
        let rows = answer(&self.settings, query.query(&mut self.client), running).await?.into_row_stream();
        let read = |row: &_| columns.row(&MsCells { row, columns: columns.all() });
        hand_on(&self.settings, rows, running, read, &out).await.map(drop)
    }

    pub async fn close(self) {
        // The server notices in any case.
        let _ = self.client.close().await;
    }
}

/// Time limits are those of [`answer`].
fn config(settings: &Settings, server: &Server) -> Result<Config, Fault> {
    let mut config = Config::new();
    config.host(&server.host);
    config.port(server.port);
    config.authentication(AuthMethod::sql_server(&server.user, &server.password));
    config.application_name("weir");
    config.handshake_timeout(None::<Duration>);
    config.command_timeout(None::<Duration>);
    // Texts of this database may hold half letters.
    config.lossy_utf16_decoding(true);
    if !server.database.is_empty() {
        config.database(&server.database);
    }
    config.encryption(match server.tls {
        Tls::Off => EncryptionLevel::NotSupported,
        _ => EncryptionLevel::Required,
    });
    match &server.tls {
        Tls::Unverified => config.trust_cert(),
        Tls::Verified { ca_file: Some(file) } => {
            let read = std::fs::read(file);
            let authority = read.map_err(|error| {
                fault::not_trusted(settings, format_args!("{} cannot be read: {error}", file.display()))
            })?;
            config.trust_cert_ca_bundle(authority);
        }
        Tls::Off | Tls::Verified { ca_file: None } => {}
    }
    Ok(config)
}

async fn connect(config: Config, host: &str, port: u16) -> Result<Client<Compat<TcpStream>>, Error> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Client::connect(config, stream.compat_write()).await
}

struct MsCells<'r> {
    row: &'r tiberius::Row,
    columns: &'r [Column],
}

impl Cells for MsCells<'_> {
    fn write(&self, index: usize, out: &mut String) {
        match self.row.get_column_data(index) {
            Ok(data) => value::write(&self.columns[index].kind, data, out),
            Err(_) => out.push_str("null"),
        }
    }

    fn key(&self, index: usize) -> Key {
        self.row.get_column_data(index).map_or(Key::Null, |data| value::key(&self.columns[index].kind, data))
    }
}

fn connecting(settings: &Settings, error: Error) -> Fault {
    match error {
        // How a server that hangs up in the middle of a greeting, or a certificate that is refused, is told.
        Error::Io { kind: IoErrorKind::InvalidData, message } => fault::not_trusted(settings, message),
        Error::Io { message, .. } => fault::not_connected(settings, message),
        error => running(settings, error),
    }
}

fn running(settings: &Settings, error: Error) -> Fault {
    match error {
        Error::Server(complaint) => complained(settings, &complaint),
        Error::Io { message, .. } => fault::lost(settings, message),
        Error::Tls(why) => fault::not_trusted(settings, why),
        other => fault::unexpected(settings, other),
    }
}

/// What a complaint of the database means, by its number, and by how grave it is where that says enough.
fn complained(settings: &Settings, complaint: &TokenError) -> Fault {
    let why = format!("{} ({})", complaint.message(), complaint.code());
    match (complaint.code(), complaint.class()) {
        (18_450..=18_452 | 18_456 | 18_461..=18_463 | 18_470 | 18_486..=18_488, _) => {
            fault::login_refused(settings, why)
        }
        (229 | 230 | 262 | 297 | 300 | 916 | 4_060, _) => fault::not_allowed(settings, why),
        (701 | 1_204 | 1_205 | 1_222 | 3_960 | 6_005 | 8_645 | 10_928 | 10_929, _) => fault::busy(settings, why),
        (17_142 | 40_197 | 40_501 | 40_613 | 49_918..=49_920, _) => fault::busy(settings, why),
        (_, 17..=19) => fault::busy(settings, why),
        (_, 20..) => fault::lost(settings, why),
        // What the user of the database can mend: names, syntax, conversions.
        _ => fault::refused(settings, why),
    }
}

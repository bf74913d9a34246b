//! What an operator says about a database.

use std::fmt;
use std::path::PathBuf;

use weir_event::Duration;

/// One query against one database.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The source, as faults name it.
    pub name: String,
    pub database: Database,
    /// One `SELECT`. It becomes a table of the statements that are run, so it needs no position, order or limit of its own.
    pub query: String,
    pub mode: Mode,
    /// Rows asked for at once.
    pub page_rows: u32,
    /// The longest that connecting and one statement may take.
    pub timeout: Duration,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Database {
    Postgres(Server),
    /// MySQL and MariaDB.
    MySql(Server),
    SqlServer(Server),
    Sqlite(PathBuf),
}

#[derive(Clone, PartialEq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    pub database: String,
    pub tls: Tls,
}

/// How far the other side is believed.
#[derive(Clone, Debug, PartialEq)]
pub enum Tls {
    /// Everything travels readable, the password as the protocol hides it.
    Off,
    /// The certificate must be signed by an authority of the system, or of this file, and name the host.
    Verified { ca_file: Option<PathBuf> },
    /// Encrypted; anyone's certificate will do.
    Unverified,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    Rising(Rising),
    /// The whole result each time; what was added or has changed is stored, and that a row is gone. Without a key the whole row is it.
    Snapshot {
        key: Vec<String>,
    },
}

/// Rows whose place in an order of columns is at or behind the last row read.
#[derive(Clone, Debug, PartialEq)]
pub struct Rising {
    /// The first decides, the next ones among equals. Rows in which one is null are not read.
    pub columns: Vec<String>,
    /// Values of the columns to begin at; the beginning when empty.
    pub start: Vec<String>,
    /// Rows whose first column, a time, is younger than this are left for later: transactions end in another order than they begin.
    pub lag: Option<Duration>,
}

impl Database {
    /// As places in faults name it.
    pub fn place(&self) -> String {
        match self {
            Database::Postgres(server) => format!("postgres://{}:{}/{}", server.host, server.port, server.database),
            Database::MySql(server) => format!("mysql://{}:{}/{}", server.host, server.port, server.database),
            Database::SqlServer(server) => format!("sqlserver://{}:{}/{}", server.host, server.port, server.database),
            Database::Sqlite(path) => path.display().to_string(),
        }
    }
}

impl fmt::Debug for Server {
    /// The password is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Server { host, port, user, password: _, database, tls } = self;
        write!(f, "{user}@{host}:{port}/{database} {tls:?}")
    }
}

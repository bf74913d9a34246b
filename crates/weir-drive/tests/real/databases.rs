//! Every behaviour on every database.

mod faults;
mod rising;
mod snapshot;
mod types;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use weir_drive::Pulled;
use weir_drive::sql::{self, Database, Mode, Rising, Server, Settings, Tls};
use weir_event::{Duration, Fault};

use crate::servers::mariadb::mariadb;
use crate::servers::postgres::postgres;
use crate::servers::sqlserver::{self as mssql, sqlserver};
use crate::servers::{folder, mariadb, output, postgres};
use crate::sink::Memory;

/// A database of some kind with a table of its own.
pub struct Bench {
    kind: Kind,
    /// The name of the table.
    pub table: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Postgres,
    MariaDb,
    SqlServer,
    Sqlite(PathBuf),
}

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// Runs a test on each database.
pub fn each(test: impl Fn(&Bench)) {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| folder("sqlite"));
    let file = folder.join(format!("{}.db", NUMBER.fetch_add(1, Ordering::Relaxed)));
    for kind in [Kind::Sqlite(file), Kind::Postgres, Kind::MariaDb, Kind::SqlServer] {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        test(&Bench { kind, table: format!("audit_{number}") });
    }
}

pub fn postgres_bench() -> Bench {
    Bench { kind: Kind::Postgres, table: format!("audit_{}", NUMBER.fetch_add(1, Ordering::Relaxed)) }
}

pub fn mariadb_bench() -> Bench {
    Bench { kind: Kind::MariaDb, table: format!("audit_{}", NUMBER.fetch_add(1, Ordering::Relaxed)) }
}

pub fn sqlserver_bench() -> Bench {
    Bench { kind: Kind::SqlServer, table: format!("audit_{}", NUMBER.fetch_add(1, Ordering::Relaxed)) }
}

impl Bench {
    pub fn is(&self, kind: &Kind) -> bool {
        self.kind == *kind
    }

    /// Runs a statement; `TABLE` in it is the table's name.
    pub fn sql(&self, text: &str) {
        let text = text.replace("TABLE_NAME", &self.table);
        match &self.kind {
            Kind::Postgres => postgres().sql(&text),
            Kind::MariaDb => mariadb().sql(&format!("USE weir; {text}")),
            Kind::SqlServer => {
                sqlserver().sql(&text);
                String::new()
            }
            Kind::Sqlite(file) => output(std::process::Command::new("sqlite3").arg(file).arg(&text)).expect("runs"),
        };
    }

    pub fn settings(&self, mode: Mode) -> Settings {
        let server = |port, password: &str, database: &str| Server {
            host: "127.0.0.1".to_owned(),
            port,
            user: "weir".to_owned(),
            password: password.to_owned(),
            database: database.to_owned(),
            tls: Tls::Off,
        };
        let database = match &self.kind {
            Kind::Postgres => Database::Postgres(server(postgres().port, postgres::PASSWORD, "postgres")),
            Kind::MariaDb => Database::MySql(server(mariadb().port, mariadb::PASSWORD, "weir")),
            Kind::SqlServer => Database::SqlServer(server(sqlserver().port, mssql::PASSWORD, mssql::DATABASE)),
            Kind::Sqlite(file) => Database::Sqlite(file.clone()),
        };
        Settings {
            name: "audit".to_owned(),
            database,
            query: format!("SELECT * FROM {}", self.table),
            mode,
            page_rows: 3,
            timeout: Duration(20_000_000_000),
        }
    }
}

/// Rises by these columns from the beginning.
pub fn by(columns: &[&str]) -> Mode {
    let columns = columns.iter().map(|&name| name.to_owned()).collect();
    Mode::Rising(Rising { columns, start: Vec::new(), lag: None })
}

/// One pull from where the sink's last commit stood.
pub fn pull(settings: &Settings, sink: &Memory) -> Result<Pulled, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let state = sink.state();
    runtime.block_on(sql::pull(settings, state.as_deref(), sink))
}

/// The ids of records, in order.
pub fn ids(records: &[String]) -> Vec<i64> {
    let id = |record: &String| {
        let rest = record.split("\"id\":").nth(1)?;
        rest.split([',', '}']).next()?.parse().ok()
    };
    records.iter().filter_map(id).collect()
}

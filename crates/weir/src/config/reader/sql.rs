//! `sql:` of a source.

use weir_drive::sql::{Database, Mode, Rising, Server, Settings, Tls};
use weir_event::Fault;
use weir_yaml::{Map, Node};

use super::{Trust, needed, port, senseless, texts, timeout, trust, unknown_word};

const KEYS: [&str; 15] = [
    "driver",
    "host",
    "port",
    "user",
    "password",
    "database",
    "tls",
    "file",
    "query",
    "rising",
    "start",
    "lag",
    "snapshot",
    "page_rows",
    "timeout",
];
const DRIVERS: [&str; 4] = ["postgres", "mysql", "sqlserver", "sqlite"];
const PAGE_ROWS_DEFAULT: u64 = 5_000;
const PAGE_ROWS_MAX: u64 = 100_000;

pub fn read(name: &str, node: &Node) -> Result<Settings, Fault> {
    let map = node.map(&KEYS)?;
    let driver = map.need("driver")?;
    let database = match driver.text()?.as_str() {
        "postgres" => Database::Postgres(server(&map, 5432)?),
        "mysql" => Database::MySql(server(&map, 3306)?),
        "sqlserver" => Database::SqlServer(server(&map, 1433)?),
        "sqlite" => {
            for key in ["host", "port", "user", "password", "database", "tls"] {
                if let Some(node) = map.get(key) {
                    return Err(senseless(node, key, "SQLite reads a file"));
                }
            }
            Database::Sqlite(needed(&map, "file")?.into())
        }
        other => return Err(unknown_word(driver, "driver", other, &DRIVERS)),
    };
    match (map.get("file"), &database) {
        (None, _) | (_, Database::Sqlite(_)) => {}
        (Some(node), _) => return Err(senseless(node, "file", "this driver asks a server")),
    }
    let page_rows = map.get("page_rows").map_or(Ok(PAGE_ROWS_DEFAULT), Node::size)?.clamp(1, PAGE_ROWS_MAX);
    Ok(Settings {
        name: name.to_owned(),
        database,
        query: needed(&map, "query")?,
        mode: mode(&map)?,
        page_rows: page_rows as u32,
        timeout: timeout(&map)?,
    })
}

fn server(map: &Map<'_>, standard_port: u16) -> Result<Server, Fault> {
    Ok(Server {
        host: needed(map, "host")?,
        port: port(map, standard_port)?,
        user: needed(map, "user")?,
        password: map.text("password")?.unwrap_or_default(),
        database: needed(map, "database")?,
        tls: match trust(map.get("tls"))? {
            Trust::Off => Tls::Off,
            Trust::Verified(ca_file) => Tls::Verified { ca_file },
            Trust::Unverified => Tls::Unverified,
        },
    })
}

/// `rising` or `snapshot`.
fn mode(map: &Map<'_>) -> Result<Mode, Fault> {
    if let Some(node) = map.get("snapshot") {
        for key in ["rising", "start", "lag", "page_rows"] {
            if let Some(node) = map.get(key) {
                return Err(senseless(node, key, "a snapshot reads everything each time"));
            }
        }
        return Ok(Mode::Snapshot { key: texts(node)? });
    }
    let node = map.need("rising")?;
    let columns = texts(node)?;
    if columns.is_empty() {
        return Err(node.wrong("the names of columns"));
    }
    Ok(Mode::Rising(Rising {
        columns,
        start: map.get("start").map_or(Ok(Vec::new()), texts)?,
        lag: map.get("lag").map(Node::duration).transpose()?,
    }))
}

pub fn secrets(settings: &mut Settings) -> Vec<&mut String> {
    match &mut settings.database {
        Database::Postgres(server) | Database::MySql(server) | Database::SqlServer(server) => {
            vec![&mut server.password]
        }
        Database::Sqlite(_) => Vec::new(),
    }
}

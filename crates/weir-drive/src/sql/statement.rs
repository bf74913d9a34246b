//! The statements that are run. The configured query is always a table inside them, so that it cannot be more than a `SELECT`.

use weir_event::{Duration, Fault};

use super::key::Key;
use super::row::{Column, Columns};
use super::settings::Rising;
use super::{Database, Mode, Settings, fault};

/// A statement and the values of its parameters, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub sql: String,
    pub values: Vec<Key>,
}

/// Gives the columns and no row.
pub fn probe(settings: &Settings) -> String {
    format!("SELECT * FROM ({}) AS weir_rows WHERE 1 = 0", query(settings))
}

/// All rows.
pub fn whole(settings: &Settings) -> Statement {
    Statement { sql: format!("SELECT * FROM ({}) AS weir_rows", query(settings)), values: Vec::new() }
}

/// The query as it stands between parentheses. A comment at its end must not hide what follows.
fn query(settings: &Settings) -> String {
    format!("{}\n", settings.query.trim().trim_end_matches(';').trim_end())
}

/// At most `limit` rows from a place on, in order; the rows of the place itself are among them.
pub fn page(settings: &Settings, rising: &Rising, columns: &Columns, at: &[Key], limit: usize) -> Statement {
    let dialect = &settings.database;
    let names: Vec<String> = columns.keys().map(|column| quoted(dialect, &column.name)).collect();
    let mut conditions: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
    let mut values = Vec::new();
    if !at.is_empty() {
        let mut bind = |index: usize| {
            values.push(at[index].clone());
            let column = columns.keys().nth(index).map_or("", |column| &column.kind);
            parameter(dialect, column, values.len(), &at[index]).unwrap_or_else(|| "NULL".to_owned())
        };
        // Follows from the rest, and lets the database use an index.
        conditions.push(format!("{} >= {}", names[0], bind(0)));
        if names.len() > 1 {
            conditions.push(from(&names, 0, &mut bind));
        }
    }
    if let Some(lag) = rising.lag {
        conditions.extend(older(dialect, &names[0], lag));
    }
    let (top, last) = match dialect {
        Database::SqlServer(_) => (format!("TOP ({limit}) "), String::new()),
        _ => (String::new(), format!(" LIMIT {limit}")),
    };
    let sql = format!(
        "SELECT {top}* FROM ({}) AS weir_rows WHERE {} ORDER BY {}{last}",
        query(settings),
        conditions.join(" AND "),
        names.join(", ")
    );
    Statement { sql, values }
}

/// `(names[index], ...) >= (...)` in words that every database plans well.
fn from(names: &[String], index: usize, bind: &mut impl FnMut(usize) -> String) -> String {
    let name = &names[index];
    if index + 1 == names.len() {
        return format!("{name} >= {}", bind(index));
    }
    let (above, equal) = (bind(index), bind(index));
    format!("({name} > {above} OR ({name} = {equal} AND {}))", from(names, index + 1, bind))
}

/// Complaints that need the types of the columns.
pub fn check(settings: &Settings, columns: &Columns) -> Result<(), Fault> {
    let Mode::Rising(rising) = &settings.mode else { return Ok(()) };
    for column in columns.keys() {
        if parameter(&settings.database, &column.kind, 1, &Key::Null).is_none() {
            return Err(fault::cannot_rise(settings, &column.name, &column.kind));
        }
    }
    if !rising.start.is_empty() && rising.start.len() != rising.columns.len() {
        return Err(fault::start_mismatch(settings, rising.start.len(), rising.columns.len()));
    }
    match columns.keys().next() {
        Some(first) if rising.lag.is_some() => check_lag(settings, first),
        _ => Ok(()),
    }
}

fn check_lag(settings: &Settings, first: &Column) -> Result<(), Fault> {
    if matches!(settings.database, Database::Sqlite(_)) {
        return Err(fault::no_lag(settings, "the database has no type for times"));
    }
    if !matches!(
        first.kind.to_ascii_uppercase().as_str(),
        "TIMESTAMPTZ" | "TIMESTAMP" | "DATETIME" | "DATETIME2" | "DATETIMEOFFSET"
    ) {
        return Err(fault::no_lag(settings, format!("`{}` is of type {}", first.name, first.kind)));
    }
    Ok(())
}

/// Only rows whose time is at least `lag` ago by the clock of the database.
fn older(dialect: &Database, name: &str, lag: Duration) -> Option<String> {
    let micros = lag.0 / 1_000;
    match dialect {
        Database::Postgres(_) => Some(format!("{name} <= now() - interval '{micros} microseconds'")),
        Database::MySql(_) => Some(format!("{name} <= NOW(6) - INTERVAL {micros} MICROSECOND")),
        Database::SqlServer(_) => {
            // The function takes 32 bits.
            let (seconds, millis) = (micros / 1_000_000, micros / 1_000 % 1_000);
            let now = format!("DATEADD(second, -{seconds}, SYSUTCDATETIME())");
            Some(format!("{name} <= DATEADD(millisecond, -{millis}, {now})"))
        }
        Database::Sqlite(_) => None,
    }
}

/// Parameter `number`, which will be `value`, with the type of its column; `None` for types without an order that can be followed.
fn parameter(dialect: &Database, kind: &str, number: usize, value: &Key) -> Option<String> {
    match dialect {
        Database::Postgres(_) => {
            let cast = match kind.to_ascii_uppercase().as_str() {
                "CHAR" | "BPCHAR" => "bpchar",
                "VARCHAR" | "TEXT" | "NAME" => "text",
                "INT2" | "INT4" | "INT8" => "int8",
                "OID" => "oid",
                "XID8" => "xid8",
                "NUMERIC" => "numeric",
                "FLOAT8" => "float8",
                "UUID" => "uuid",
                "DATE" => "date",
                "TIMESTAMP" => "timestamp",
                "TIMESTAMPTZ" => "timestamptz",
                _ => return None,
            };
            Some(format!("CAST(CAST(${number} AS text) AS {cast})"))
        }
        Database::MySql(_) => {
            let cast = match kind {
                "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" | "YEAR" => "CAST(? AS SIGNED)",
                "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED"
                | "BIGINT UNSIGNED" => "CAST(? AS UNSIGNED)",
                "DECIMAL" => "CAST(? AS DECIMAL(65,30))",
                "DOUBLE" => "(? + 0e0)",
                "DATE" => "CAST(? AS DATE)",
                "DATETIME" | "TIMESTAMP" => "CAST(? AS DATETIME(6))",
                "CHAR" | "VARCHAR" | "BINARY" | "VARBINARY" => "?",
                _ => return None,
            };
            Some(cast.to_owned())
        }
        Database::SqlServer(_) => of_sql_server(kind, &format!("@P{number}"), value),
        Database::Sqlite(_) => Some(format!("?{number}")),
    }
}

fn of_sql_server(kind: &str, name: &str, value: &Key) -> Option<String> {
    let cast = match kind {
        "int" => "bigint",
        "float" | "money" | "date" | "datetime" | "uniqueidentifier" => kind,
        "datetime2" | "datetimeoffset" => return Some(format!("CAST({name} AS {kind}(7))")),
        "decimal" => {
            let fraction = match value {
                Key::Text(text) => text.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(38)),
                _ => 0,
            };
            return Some(format!("CAST({name} AS decimal(38,{fraction}))"));
        }
        "nvarchar" => return Some(name.to_owned()),
        // As what it is, so that an index serves.
        "varchar" => "varchar(8000)",
        // Also from a text such as `0x00ff`.
        "varbinary" => return Some(format!("CONVERT(varbinary(8000), {name}, 1)")),
        _ => return None,
    };
    Some(format!("CAST({name} AS {cast})"))
}

/// A name that is nothing else.
fn quoted(dialect: &Database, name: &str) -> String {
    match dialect {
        Database::MySql(_) => format!("`{}`", name.replace('`', "``")),
        Database::SqlServer(_) => format!("[{}]", name.replace(']', "]]")),
        Database::Postgres(_) | Database::Sqlite(_) => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

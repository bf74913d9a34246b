//! Statements of one database, run on another.
//!
//! Readers speak little of the language: `SELECT TOP (n)`, casts of parameters, brackets around names. The types of columns are those
//! of the table that a statement names.

use std::sync::{Mutex, PoisonError};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::tokens;
use super::wire::{Fields, text};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    Int,
    Bit,
    Float,
    Money,
    Decimal { scale: u8 },
    Date,
    DateTime,
    DateTime2,
    DateTimeOffset,
    Guid,
    Bytes,
    Text,
    Ascii,
}

pub struct Column {
    pub name: String,
    pub kind: Type,
}

/// A statement and its parameters.
pub struct Request {
    sql: String,
    values: Vec<Value>,
}

pub struct Engine(Mutex<Connection>);

impl Engine {
    pub fn new() -> Engine {
        Engine(Mutex::new(Connection::open_in_memory().expect("memory")))
    }

    pub fn run(&self, sql: &str) {
        self.with(|connection| connection.execute_batch(sql)).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        work(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn answer(&self, request: &Request) -> Vec<u8> {
        while request.sql.contains("never_answers") {
            std::thread::park();
        }
        if request.sql.starts_with("SET ") {
            return tokens::done(0);
        }
        self.with(|connection| select(connection, request)).unwrap_or_else(|error| {
            let why = error.to_string();
            let number = if why.contains("no such table") { 208 } else { 102 };
            tokens::complaint(number, 16, &why)
        })
    }
}

fn select(connection: &Connection, request: &Request) -> rusqlite::Result<Vec<u8>> {
    let (sql, values) = translated(request);
    let mut statement = connection.prepare(&sql)?;
    let types = types(connection, &sql)?;
    let column = |name: &str| Column {
        kind: types.iter().find(|(known, _)| known == name).map_or(Type::Text, |(_, kind)| *kind),
        name: name.to_owned(),
    };
    let columns: Vec<Column> = statement.column_names().map(column).collect();
    let mut out = tokens::head(&columns);
    let mut rows = statement.query(params_from_iter(values))?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let values: Vec<Value> = (0..columns.len()).map(|index| row.get(index)).collect::<rusqlite::Result<_>>()?;
        out.extend(tokens::row(&columns, &values));
        count += 1;
    }
    out.extend(tokens::done(count));
    Ok(out)
}

/// The columns of the table that a statement names.
fn types(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<(String, Type)>> {
    let words: Vec<&str> = sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    let mut tables = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")?;
    let names = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let Some(table) = names.iter().find(|name| words.contains(&name.as_str())) else { return Ok(Vec::new()) };
    let mut info = connection.prepare("SELECT name, type FROM pragma_table_info(?1)")?;
    let columns = info.query_map([table], |row| Ok((row.get(0)?, kind(&row.get::<_, String>(1)?))))?;
    columns.collect()
}

fn kind(declared: &str) -> Type {
    let declared = declared.to_ascii_lowercase();
    let (name, size) = declared.split_once('(').unwrap_or((&declared, ""));
    match name.trim() {
        "int" | "integer" | "bigint" | "smallint" | "tinyint" => Type::Int,
        "bit" => Type::Bit,
        "float" => Type::Float,
        "money" => Type::Money,
        "decimal" => {
            let scale = size.trim_end_matches(')').split(',').nth(1).and_then(|scale| scale.trim().parse().ok());
            Type::Decimal { scale: scale.unwrap_or(0) }
        }
        "date" => Type::Date,
        "datetime" => Type::DateTime,
        "timestamp" | "datetime2" => Type::DateTime2,
        "datetimeoffset" => Type::DateTimeOffset,
        "uniqueidentifier" => Type::Guid,
        "varbinary" | "rowversion" => Type::Bytes,
        "varchar" => Type::Ascii,
        _ => Type::Text,
    }
}

/// The statement as the other database reads it. A parameter becomes a value of the type that it is cast to.
fn translated(request: &Request) -> (String, Vec<Value>) {
    let (mut sql, mut values) = (request.sql.clone(), request.values.clone());
    if let Some((before, rest)) = request.sql.split_once("SELECT TOP (")
        && let Some((limit, after)) = rest.split_once(") ")
    {
        sql = format!("{before}SELECT {after} LIMIT {limit}");
    }
    for (index, value) in values.iter_mut().enumerate().rev() {
        let (name, number) = (format!("@P{}", index + 1), format!("?{}", index + 1));
        for (open, between) in [("CAST(", " AS "), ("CONVERT(varbinary(8000), ", ", ")] {
            let Some(start) = sql.find(&format!("{open}{name}{between}")) else { continue };
            let from = start + open.len() + name.len() + between.len();
            let Some(end) = closing(&sql[from..]) else { continue };
            *value = cast(value, sql[from..from + end].trim());
            sql.replace_range(start..=from + end, &number);
        }
        sql = sql.replace(&name, &number);
    }
    (without_ages(&sql), values)
}

/// Where the bracket closes that was open before.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.find(|letter| {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth < 0
    })
}

fn cast(value: &Value, to: &str) -> Value {
    let Value::Text(text) = value else { return value.clone() };
    match to.split('(').next().unwrap_or_default() {
        "bigint" => text.parse().map_or(Value::Null, Value::Integer),
        "decimal" | "money" | "float" => text.parse().map_or(Value::Null, Value::Real),
        // As the tests write them.
        "datetime" | "datetime2" => Value::Text(text.replace('T', " ")),
        _ => value.clone(),
    }
}

/// `DATEADD(millisecond, -M, DATEADD(second, -S, SYSUTCDATETIME()))`, the one use of the clock.
fn without_ages(sql: &str) -> String {
    let Some(start) = sql.find("DATEADD(millisecond, ") else { return sql.to_owned() };
    let Some((_, rest)) = sql[start..].split_once("DATEADD(second, ") else { return sql.to_owned() };
    let Some((seconds, after)) = rest.split_once(", SYSUTCDATETIME()))") else { return sql.to_owned() };
    format!("{}datetime('now', '{seconds} seconds'){after}", &sql[..start])
}

impl Request {
    pub fn batch(packet: &[u8]) -> Request {
        Request { sql: text(behind_headers(packet).0), values: Vec::new() }
    }

    /// `sp_executesql`: the statement, the declaration of its parameters, their values.
    pub fn rpc(packet: &[u8]) -> Request {
        let mut fields = behind_headers(packet);
        fields.take(6);
        let mut all = Vec::new();
        while !fields.0.is_empty() {
            let name = fields.number(1) as usize;
            fields.take(name * 2 + 1);
            all.push(parameter(&mut fields));
        }
        let mut all = all.into_iter();
        let sql = match all.next() {
            Some(Value::Text(sql)) => sql,
            _ => String::new(),
        };
        Request { sql, values: all.skip(1).collect() }
    }
}

fn behind_headers(packet: &[u8]) -> Fields<'_> {
    let mut fields = Fields(packet);
    let len = fields.number(4) as usize;
    fields.take(len.saturating_sub(4));
    fields
}

fn parameter(fields: &mut Fields<'_>) -> Value {
    match fields.number(1) {
        // Text, and bytes.
        kind @ (0xe7 | 0xa5) => {
            let max = fields.number(2);
            fields.take(if kind == 0xe7 { 5 } else { 0 });
            let bytes = if max == 0xffff { in_parts(fields) } else { sized(fields) };
            match bytes {
                None => Value::Null,
                Some(bytes) if kind == 0xe7 => Value::Text(text(&bytes)),
                Some(bytes) => Value::Blob(bytes),
            }
        }
        0x6d => {
            fields.take(1);
            let len = fields.number(1) as usize;
            if len == 0 { Value::Null } else { Value::Real(f64::from_bits(fields.number(len))) }
        }
        0x26 => {
            fields.take(1);
            let len = fields.number(1) as usize;
            if len == 0 { Value::Null } else { Value::Integer(fields.number(len) as i64) }
        }
        _ => Value::Null,
    }
}

fn sized(fields: &mut Fields<'_>) -> Option<Vec<u8>> {
    let len = fields.number(2);
    (len != 0xffff).then(|| fields.take(len as usize).to_vec())
}

fn in_parts(fields: &mut Fields<'_>) -> Option<Vec<u8>> {
    if fields.number(8) == u64::MAX {
        return None;
    }
    let mut bytes = Vec::new();
    loop {
        match fields.number(4) as usize {
            0 => return Some(bytes),
            len => bytes.extend(fields.take(len)),
        }
    }
}

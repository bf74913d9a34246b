//! The whole result each time: what was added or has changed, and what is gone.

use std::collections::{BTreeMap, HashSet};

use tokio::sync::mpsc::{Receiver, channel};
use weir_event::{Fault, Record, Records, Value, write_json};

use super::connection::Connection;
use super::key::{self, Key};
use super::row::{Columns, Row};
use super::{Settings, fault, statement};
use crate::hash::hash;
use crate::kept;
use crate::reader::{Pulled, Sink};

/// Rows of a snapshot; each is remembered.
const ROWS_MAX: usize = 50_000;
const VERSION: i64 = 1;

/// Reads everything in one statement, stores what differs from the last time.
pub async fn pull<S: Sink>(
    settings: &Settings,
    key: &[String],
    connection: &mut Connection,
    state: Option<&str>,
    sink: &S,
) -> Result<Pulled, Fault> {
    let columns = super::columns(settings, connection).await?;
    let known = match state {
        Some(text) => Known::from_text(text).map_err(|why| fault::bad_state(settings, why))?,
        None => Known::default(),
    };
    // Under another key the rows that are known say nothing.
    let known = if known.key == key { known } else { Known { key: key.to_vec(), ..Known::default() } };
    let mut snapshot =
        Snapshot { settings, known, present: HashSet::new(), records: Records::default(), pulled: Pulled::default() };
    let (sender, rows) = channel(1);
    let whole = statement::whole(settings);
    let (read, taken) = futures::join!(connection.scan(&whole, &columns, sender), snapshot.take(rows, sink));
    taken?;
    read?;
    snapshot.finish(&columns, sink).await?;
    Ok(snapshot.pulled)
}

/// Rows of the last snapshot, and of the one that is being read as far as it has come.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    /// The columns that name a row.
    key: Vec<String>,
    /// A row's name to what it held.
    rows: BTreeMap<String, u128>,
}

struct Snapshot<'s> {
    settings: &'s Settings,
    known: Known,
    present: HashSet<String>,
    records: Records,
    pulled: Pulled,
}

impl Snapshot<'_> {
    async fn take<S: Sink>(&mut self, mut rows: Receiver<Vec<Row>>, sink: &S) -> Result<(), Fault> {
        while let Some(part) = rows.recv().await {
            for row in part {
                self.pulled.received += 1;
                if self.present.len() >= ROWS_MAX {
                    return Err(fault::snapshot_too_large(self.settings, ROWS_MAX));
                }
                self.look(&row)?;
                self.commit_full(sink).await?;
            }
        }
        Ok(())
    }

    fn look(&mut self, row: &Row) -> Result<(), Fault> {
        let hash = hash(row.json.as_bytes());
        let name = if row.key.is_empty() { self.nameless(hash) } else { key::to_text(&row.key) };
        if !self.present.insert(name.clone()) {
            return Err(fault::key_twice(self.settings, &name));
        }
        if self.known.rows.insert(name, hash) == Some(hash) {
            self.pulled.duplicates += 1;
        } else {
            self.push(&row.json);
        }
        Ok(())
    }

    /// The name of a row without a key: what it holds, and the how manieth of its kind it is.
    fn nameless(&self, hash: u128) -> String {
        let numbers = 0..ROWS_MAX;
        let mut names = numbers.map(|number| format!("{hash:032x}.{number}"));
        names.find(|name| !self.present.contains(name)).unwrap_or_default()
    }

    fn push(&mut self, json: &str) {
        self.records.push(json.as_bytes());
        self.pulled.committed += 1;
    }

    async fn commit_full<S: Sink>(&mut self, sink: &S) -> Result<(), Fault> {
        if !self.records.is_full() {
            return Ok(());
        }
        sink.commit(std::mem::take(&mut self.records), self.known.to_text()).await
    }

    /// The result has been read to its end: rows that did not come are gone.
    async fn finish<S: Sink>(&mut self, columns: &Columns, sink: &S) -> Result<(), Fault> {
        let gone: Vec<String> = self.known.rows.keys().filter(|name| !self.present.contains(*name)).cloned().collect();
        for name in &gone {
            self.known.rows.remove(name);
            if let Some(record) = removed(name, columns) {
                self.push(&record);
                self.commit_full(sink).await?;
            }
        }
        if self.records.is_empty() && gone.is_empty() {
            return Ok(());
        }
        sink.commit(std::mem::take(&mut self.records), self.known.to_text()).await
    }
}

/// Says which row is gone; nothing can be said of one without a key.
fn removed(name: &str, columns: &Columns) -> Option<String> {
    let Ok(Value::Array(values)) = weir_parse::json::to_value(name) else { return None };
    let mut record = Record::new();
    record.set("removed", Value::Bool(true));
    for (column, value) in columns.keys().zip(values) {
        let value = match Key::from_value(&value)? {
            Key::Null => Value::Null,
            Key::Long(number) => Value::Long(number),
            Key::Double(number) => Value::Double(number),
            Key::Text(text) => Value::owned(text),
            Key::Bytes(bytes) => Value::Binary(bytes.into()),
        };
        record.set(column.name.clone(), value);
    }
    let mut text = String::new();
    write_json(&Value::Record(record), &mut text);
    Some(text)
}

impl Known {
    fn to_text(&self) -> String {
        let mut out = kept::begin(VERSION);
        out.set("key", Value::Array(self.key.iter().cloned().map(Value::owned).collect()));
        let mut rows = Record::new();
        for (name, hash) in &self.rows {
            rows.push_new(name.clone(), Value::owned(format!("{hash:032x}")));
        }
        out.set("rows", Value::Record(rows));
        kept::write(out)
    }

    fn from_text(text: &str) -> Result<Known, String> {
        let record = kept::read(text, VERSION)?;
        // A position of another mode: begin anew.
        let (Some(Value::Array(key)), Some(Value::Record(rows))) = (record.get("key"), record.get("rows")) else {
            return Ok(Known::default());
        };
        let key = key.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>();
        let row =
            |(name, hash): (&str, &Value)| Some((name.to_owned(), u128::from_str_radix(hash.as_str()?, 16).ok()?));
        Ok(Known {
            key: key.ok_or("`key` is not a list of names")?,
            rows: rows.iter().map(row).collect::<Option<_>>().ok_or("`rows` is not a list of rows")?,
        })
    }
}

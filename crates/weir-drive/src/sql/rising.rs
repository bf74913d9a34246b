//! Rows at or behind the last one, page by page, in order.
//!
//! The last place is asked for again each time and its rows are known one by one. So no column needs to be unique, rows that come late
//! to the last place are found, and nothing is stored twice.

use std::collections::HashMap;

use tokio::sync::mpsc::{Receiver, channel};
use weir_event::{Fault, Record, Records, Value};

use super::connection::Connection;
use super::key::Key;
use super::row::Row;
use super::settings::Rising;
use super::statement::page;
use super::{Database, Settings, fault};
use crate::hash::hash;
use crate::kept;
use crate::reader::{Pulled, Sink};

/// Rows of one place that are remembered.
const EQUAL_MAX: usize = 10_000;
const VERSION: i64 = 1;

/// Asks for page after page until one is not full.
pub async fn pull<S: Sink>(
    settings: &Settings,
    rising: &Rising,
    connection: &mut Connection,
    state: Option<&str>,
    sink: &S,
) -> Result<Pulled, Fault> {
    let columns = super::columns(settings, connection).await?;
    let mut place = Place::begin(settings, rising, state)?;
    let mut pulled = Pulled::default();
    loop {
        let limit = settings.page_rows as usize + place.count();
        let statement = page(settings, rising, &columns, &place.at, limit);
        let (sender, rows) = channel(1);
        let (read, taken) = futures::join!(
            connection.scan(&statement, &columns, sender),
            take(settings, &mut place, &mut pulled, rows, sink)
        );
        let taken = taken?;
        read?;
        if taken < limit {
            return Ok(pulled);
        }
    }
}

/// Commits the rows of a page that are new. Returns how many rows the page had.
async fn take<S: Sink>(
    settings: &Settings,
    place: &mut Place,
    pulled: &mut Pulled,
    mut rows: Receiver<Vec<Row>>,
    sink: &S,
) -> Result<usize, Fault> {
    let mut records = Records::default();
    let mut taken = 0;
    place.ask_again();
    while let Some(part) = rows.recv().await {
        taken += part.len();
        for row in part {
            pulled.received += 1;
            if !place.pass(&row) {
                pulled.duplicates += 1;
                continue;
            }
            if place.count() > EQUAL_MAX {
                return Err(fault::too_many_equal(settings, EQUAL_MAX));
            }
            records.push(row.json.as_bytes());
            pulled.committed += 1;
            if records.is_full() {
                sink.commit(std::mem::take(&mut records), place.to_text()).await?;
            }
        }
    }
    if !records.is_empty() {
        sink.commit(records, place.to_text()).await?;
    }
    Ok(taken)
}

/// Where the last row stood.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    columns: Vec<String>,
    at: Vec<Key>,
    /// Rows of this place that are stored: what they are, and how often.
    stored: HashMap<u128, u32>,
    /// Those that have not come again on this page.
    expected: HashMap<u128, u32>,
}

impl Place {
    /// The stored place; where the settings say to begin when there is none, or when it is one in another order.
    fn begin(settings: &Settings, rising: &Rising, state: Option<&str>) -> Result<Place, Fault> {
        let stored = state.map(Place::from_text).transpose().map_err(|why| fault::bad_state(settings, why))?;
        if let Some(place) = stored.filter(|place| place.columns == rising.columns) {
            return Ok(place);
        }
        let typed = |text: &String| match settings.database {
            Database::Sqlite(_) => Key::guess(text),
            _ => Key::Text(text.clone()),
        };
        Ok(Place {
            columns: rising.columns.clone(),
            at: rising.start.iter().map(typed).collect(),
            stored: HashMap::new(),
            expected: HashMap::new(),
        })
    }

    fn count(&self) -> usize {
        self.stored.values().map(|&count| count as usize).sum()
    }

    /// The next rows begin with those of this place.
    fn ask_again(&mut self) {
        self.expected.clone_from(&self.stored);
    }

    /// Moves to a row. False when it is stored already.
    fn pass(&mut self, row: &Row) -> bool {
        let hash = hash(row.json.as_bytes());
        let same = self.at.len() == row.key.len() && self.at.iter().zip(&row.key).all(|(a, b)| a.may_equal(b));
        if same {
            if let Some(count) = self.expected.get_mut(&hash).filter(|count| **count > 0) {
                *count -= 1;
                return false;
            }
        } else {
            self.stored.clear();
            self.expected.clear();
        }
        self.at.clone_from(&row.key);
        *self.stored.entry(hash).or_default() += 1;
        true
    }

    fn to_text(&self) -> String {
        let mut out = kept::begin(VERSION);
        out.set("rising", Value::Array(self.columns.iter().cloned().map(Value::owned).collect()));
        out.set("at", Value::Array(self.at.iter().map(Key::to_value).collect()));
        let mut stored = Record::new();
        for (hash, count) in &self.stored {
            stored.push_new(format!("{hash:032x}"), Value::Long(i64::from(*count)));
        }
        out.set("stored", Value::Record(stored));
        kept::write(out)
    }

    fn from_text(text: &str) -> Result<Place, String> {
        let record = kept::read(text, VERSION)?;
        let columns = list(&record, "rising")?.iter().map(|name| name.as_str().map(str::to_owned));
        let at = list(&record, "at")?.iter().map(Key::from_value);
        let Some(Value::Record(stored)) = record.get("stored") else { return Err("`stored` is missing".to_owned()) };
        let count = |(hash, count): (&str, &Value)| match count {
            Value::Long(count) => Some((u128::from_str_radix(hash, 16).ok()?, u32::try_from(*count).ok()?)),
            _ => None,
        };
        Ok(Place {
            columns: columns.collect::<Option<_>>().ok_or("`rising` is not a list of names")?,
            at: at.collect::<Option<_>>().ok_or("`at` is not a list of values")?,
            stored: stored.iter().map(count).collect::<Option<_>>().ok_or("`stored` is not a list of rows")?,
            expected: HashMap::new(),
        })
    }
}

fn list<'r, 't>(record: &'r Record<'t>, name: &str) -> Result<&'r [Value<'t>], String> {
    match record.get(name) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(format!("`{name}` is not a list")),
    }
}

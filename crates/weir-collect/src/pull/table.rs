//! A snapshot as a lookup table: gathered while its pages come, handed over when it is whole.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use weir_event::{Fault, Record, Value, write_json};

use crate::digest;
use crate::fault;
use crate::manifest::{LookupRule, Merge};
use crate::path::plain;
use crate::slot::{Scope, Unfilled};
use crate::world::Lookup;

/// Bytes of one lookup table; a larger list is refused.
const BYTES_MAX: usize = 64 << 20;

/// The rows so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Rows that nothing is added to any more.
    rows: String,
    count: usize,
    /// Rows that later ones with the same key are merged into, in the order in which they came, and where each is.
    keyed: Vec<Record<'static>>,
    places: HashMap<String, usize>,
    /// Place, column and value of what the lists of these rows hold.
    listed: HashSet<u128>,
    /// Of the rows that are kept as records.
    bytes: usize,
}

impl Table {
    /// The row of a record, as it is stored.
    pub fn add(&mut self, rule: &LookupRule, record: &str, scope: &Scope<'_>) -> Result<(), Unfilled> {
        if rule.columns.is_empty() && rule.key.is_none() {
            self.write(record);
            return Ok(());
        }
        let Ok(value @ Value::Record(_)) = weir_parse::json::to_value(record) else { return Ok(()) };
        let row = row(rule, value.into_owned(), scope)?;
        let key = rule.key.as_ref().map(|key| row.get(key).map(plain).unwrap_or_default());
        let Some(key) = key else {
            self.write(&text(row));
            return Ok(());
        };
        self.bytes += record.len();
        let place = *self.places.entry(key).or_insert(self.keyed.len());
        if place == self.keyed.len() {
            self.keyed.push(Record::new());
        }
        self.merge(rule, place, row);
        Ok(())
    }

    /// What a row adds to the one at `place`. The work is that of the row alone, however long the lists there have become.
    fn merge(&mut self, rule: &LookupRule, place: usize, later: Record<'static>) {
        let Table { keyed, listed, .. } = self;
        let row = &mut keyed[place];
        for (name, value) in later {
            let how = rule.merge.iter().find(|(column, _)| *column == *name).map(|(_, how)| *how);
            let mut is_new = |value: &Value<'_>| {
                let mut text = String::new();
                write_json(value, &mut text);
                listed.insert(digest::identity(&[&place.to_le_bytes(), name.as_bytes(), text.as_bytes()]))
            };
            match (row.get_mut(&name), how, value) {
                (Some(Value::Array(all)), Some(Merge::List), Value::Array(items)) => {
                    all.extend(items.into_iter().filter(|item| is_new(item)));
                }
                (None, Some(Merge::List), Value::Array(items)) => {
                    row.set(name.clone(), Value::Array(items.into_iter().filter(|item| is_new(item)).collect()));
                }
                (None, _, value) => row.set(name, value),
                (Some(_), None, _) => {}
                (Some(have), Some(how), value) => {
                    if replaces(how, have, &value) {
                        *have = value;
                    }
                }
            }
        }
    }

    /// A fault when the table is larger than one may be.
    pub fn check(&self, at: &str) -> Result<(), Fault> {
        if self.rows.len() + self.bytes > BYTES_MAX { Err(fault::lookup_too_large(at, BYTES_MAX)) } else { Ok(()) }
    }

    /// The whole table.
    pub fn named(&mut self, name: &str) -> Lookup {
        let Table { keyed, .. } = self;
        for row in std::mem::take(keyed) {
            self.write(&text(row));
        }
        let Table { rows, count, .. } = std::mem::take(self);
        Lookup { name: name.to_owned(), rows, count }
    }

    fn write(&mut self, row: &str) {
        self.rows.push_str(row);
        self.rows.push('\n');
        self.count += 1;
    }
}

/// The columns of a record; empty texts are nothing.
fn row(rule: &LookupRule, record: Value<'static>, scope: &Scope<'_>) -> Result<Record<'static>, Unfilled> {
    let is_empty = |value: &Value<'_>| value.is_null() || value.as_str().is_some_and(str::is_empty);
    let record = match record {
        Value::Record(members) => {
            members.into_iter().filter(|(_, value)| !is_empty(value)).collect::<Record<'static>>()
        }
        _ => Record::new(),
    };
    let mut row = record;
    if !rule.columns.is_empty() {
        let record = Value::Record(std::mem::take(&mut row));
        let scope = Scope { record: &record, ..*scope };
        for (name, column) in &rule.columns {
            if let Some(value) = column.value(&scope)?.filter(|value| !is_empty(value)) {
                row.set(name.clone(), value);
            }
        }
    }
    for (name, _) in rule.merge.iter().filter(|(_, how)| *how == Merge::List) {
        let values = row.remove(name).map(|value| if let Value::Array(items) = value { items } else { vec![value] });
        row.set(name.clone(), Value::Array(values.unwrap_or_default()));
    }
    Ok(row)
}

/// Whether the value of a later row is the one that stays.
fn replaces(how: Merge, have: &Value<'_>, value: &Value<'_>) -> bool {
    match how {
        Merge::List => false,
        Merge::Any => *value == Value::Bool(true),
        Merge::Least => compare(value, have) == Ordering::Less,
        Merge::Most => compare(value, have) == Ordering::Greater,
    }
}

/// Numbers and times by their value, everything else as text.
fn compare(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    let number = |value: &Value<'_>| match value {
        Value::Long(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        Value::Timestamp(time) => Some(time.0 as f64),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => plain(a).cmp(&plain(b)),
    }
}

fn text(row: Record<'static>) -> String {
    let mut out = String::new();
    write_json(&Value::Record(row), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use weir_event::Timestamp;

    use super::*;

    #[test]
    fn rows_of_one_key_become_one_however_many_there_are() {
        let merge = [("names", Merge::List), ("bad", Merge::Any), ("first", Merge::Least), ("last", Merge::Most)];
        let rule = LookupRule {
            name: "t".to_owned(),
            columns: Vec::new(),
            key: Some("id".to_owned()),
            merge: merge.map(|(name, how)| (name.to_owned(), how)).to_vec(),
        };
        let config = Record::new();
        let scope = Scope::new(&config, Timestamp(0));
        let mut table = Table::default();
        for number in 0..50_000 {
            let (name, bad) = (number % 25_000, number == 7);
            let row = format!(
                r#"{{"id":"k","kept":{number},"names":["n{name}"],"bad":{bad},"first":{number},"last":{number}}}"#
            );
            table.add(&rule, &row, &scope).unwrap();
            table.add(&rule, r#"{"id":"other","names":[1,"1",1]}"#, &scope).unwrap();
        }
        let lookup = table.named("t");
        assert_eq!(lookup.count, 2);
        let rows: Vec<&str> = lookup.rows.lines().collect();
        assert_eq!(rows[1], r#"{"id":"other","names":[1,"1"]}"#);
        let Ok(Value::Record(row)) = weir_parse::json::to_value(rows[0]) else { panic!("no record") };
        let Some(Value::Array(names)) = row.get("names") else { panic!("no list") };
        assert_eq!(names.len(), 25_000);
        let others = ["kept", "bad", "first", "last"].map(|name| row.get(name).map(plain).unwrap());
        assert_eq!(others, ["0", "true", "0", "49999"]);
    }
}

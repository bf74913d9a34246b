//! A snapshot as a lookup table: gathered while its pages come, handed over when it is whole.

use std::cmp::Ordering;
use std::collections::HashMap;

use weir_event::{Fault, Record, Value, write_json};

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
        match self.places.get(&key) {
            Some(place) => merge(rule, &mut self.keyed[*place], row),
            None => {
                self.places.insert(key, self.keyed.len());
                self.keyed.push(row);
            }
        }
        Ok(())
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

/// What a later row of the same key adds.
fn merge(rule: &LookupRule, row: &mut Record<'static>, later: Record<'static>) {
    for (name, value) in later {
        let how = rule.merge.iter().find(|(column, _)| *column == *name).map(|(_, how)| *how);
        let merged = match (row.get(&name), how) {
            (None, _) => value,
            (Some(_), None) => continue,
            (Some(have), Some(how)) => merged(how, have, value),
        };
        row.set(name, merged);
    }
}

fn merged(how: Merge, have: &Value<'static>, value: Value<'static>) -> Value<'static> {
    match (how, have, value) {
        (Merge::List, Value::Array(have), Value::Array(later)) => {
            let mut all = have.clone();
            later.into_iter().for_each(|value| {
                if !all.contains(&value) {
                    all.push(value);
                }
            });
            Value::Array(all)
        }
        (Merge::Any, have, value) => Value::Bool(*have == Value::Bool(true) || value == Value::Bool(true)),
        (Merge::Least, have, value) if compare(&value, have) == Ordering::Less => value,
        (Merge::Most, have, value) if compare(&value, have) == Ordering::Greater => value,
        (_, have, _) => have.clone(),
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

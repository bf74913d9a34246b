//! Rows as JSON objects, and the values that place them.

use weir_event::{Fault, write_json_string};

use super::key::Key;
use super::{Mode, Settings, fault};

/// Bytes of rows that are handed on at once, and their number.
const PART_BYTES: usize = 256 << 10;
const PART_ROWS: usize = 500;

/// A column as the database names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    /// Its type in the words of the database.
    pub kind: String,
}

/// The columns of a query.
#[derive(Clone, Debug)]
pub struct Columns {
    all: Vec<Column>,
    /// `"name":` of each.
    heads: Vec<String>,
    /// Indexes of the columns that order or name rows.
    keys: Vec<usize>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    pub json: String,
    pub key: Vec<Key>,
}

/// The values of one row of a database.
pub trait Cells {
    /// Appends column `index` as JSON.
    fn write(&self, index: usize, out: &mut String);

    fn key(&self, index: usize) -> Key;
}

/// Rows on their way, so many that handing them on costs little.
#[derive(Debug, Default)]
pub struct Part {
    pub rows: Vec<Row>,
    bytes: usize,
}

impl Part {
    pub fn push(&mut self, row: Row) {
        self.bytes += row.json.len();
        self.rows.push(row);
    }

    pub fn is_full(&self) -> bool {
        self.bytes >= PART_BYTES || self.rows.len() >= PART_ROWS
    }

    pub fn take(&mut self) -> Vec<Row> {
        std::mem::take(self).rows
    }
}

impl Columns {
    /// Finds the columns that the mode names. Two of one name are a fault: one of them would be lost.
    pub fn new(settings: &Settings, all: Vec<Column>) -> Result<Columns, Fault> {
        for (index, column) in all.iter().enumerate() {
            if all[..index].iter().any(|other| other.name == column.name) {
                return Err(fault::column_twice(settings, &column.name));
            }
        }
        let find = |name: &String| {
            let known = || all.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
            let found = all.iter().position(|column| column.name == *name);
            found.ok_or_else(|| fault::no_column(settings, name, &known()))
        };
        let named = match &settings.mode {
            Mode::Rising(rising) => &rising.columns,
            Mode::Snapshot { key } => key,
        };
        let keys = named.iter().map(find).collect::<Result<_, _>>()?;
        let head = |column: &Column| {
            let mut head = String::new();
            write_json_string(&column.name, &mut head);
            head.push(':');
            head
        };
        Ok(Columns { heads: all.iter().map(head).collect(), keys, all })
    }

    pub fn all(&self) -> &[Column] {
        &self.all
    }

    /// The columns that order or name rows.
    pub fn keys(&self) -> impl Iterator<Item = &Column> {
        self.keys.iter().map(|&index| &self.all[index])
    }

    pub fn row(&self, cells: &impl Cells) -> Row {
        let mut json = String::with_capacity(self.all.len() * 24);
        json.push('{');
        for (index, head) in self.heads.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(head);
            cells.write(index, &mut json);
        }
        json.push('}');
        Row { json, key: self.keys.iter().map(|&index| cells.key(index)).collect() }
    }
}

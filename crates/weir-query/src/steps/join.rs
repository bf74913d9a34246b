//! Rows paired with those of a side that is held in memory.

use std::collections::HashMap;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array, UInt64Array};
use arrow::compute::{concat_batches, take};
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use weir_event::{Record, Value};

use super::{Step, Work, keys};
use crate::Form;
use crate::cells::{Cells, CellsBuilder, nulls};
use crate::columns::{Column, schema_of};
use crate::expr::{Ready, column_at};
use crate::gather::batch_with;

/// Rows of one batch that a join makes. Each row may pair with all of the other side, so pairs are made batch by batch.
const ROWS_MAX: usize = 8_192;

#[derive(Clone, Debug)]
pub enum JoinKind {
    Inner,
    LeftOuter,
    Outer,
    /// Each left row once, with the first match or nulls.
    First,
    /// Each left row once, with its matches as an array of records of these members.
    Nested {
        alias: String,
        members: Vec<Column>,
    },
    /// Each left row once, with the first match as a record of these members.
    FirstRecord {
        alias: String,
        members: Vec<Column>,
    },
}

#[derive(Debug)]
pub struct Join {
    pub kind: JoinKind,
    pub left_keys: Vec<Ready>,
    pub right: Vec<RecordBatch>,
    /// The keys, then what is handed out.
    pub right_columns: Vec<Column>,
    pub keys: usize,
    pub after: Vec<Column>,
}

impl Work for Join {
    fn name(&self) -> &'static str {
        "join"
    }

    fn detail(&self) -> String {
        format!("with {} records in memory", self.right.iter().map(RecordBatch::num_rows).sum::<usize>())
    }

    fn start(&self, _: &TaskContext) -> Result<Box<dyn Step>> {
        let right = concat_batches(&schema_of(&self.right_columns), &self.right)?;
        let key_of = |at| column_at(&self.right_columns, at);
        let right_keys: Vec<Ready> = (0..self.keys).map(key_of).collect();
        let mut by_key: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut lists: Vec<Vec<u32>> = Vec::new();
        keys::each(&right_keys, &right, |row, key, has_null| {
            if has_null {
                return;
            }
            let list = *by_key.entry(key.to_vec()).or_insert_with(|| {
                lists.push(Vec::new());
                lists.len() - 1
            });
            lists[list].push(row as u32);
        })?;
        let columns = self.right_columns[self.keys..].to_vec();
        let matched = vec![false; right.num_rows()];
        let side = Side { by_key, lists, columns, arrays: right.columns()[self.keys..].to_vec() };
        let (kind, left_keys, after) = (self.kind.clone(), self.left_keys.clone(), self.after.clone());
        Ok(Box::new(Joining { kind, left_keys, side, matched, after, waiting: None }))
    }
}

/// The side in memory.
struct Side {
    /// Which list has the rows of a key.
    by_key: HashMap<Vec<u8>, usize>,
    lists: Vec<Vec<u32>>,
    columns: Vec<Column>,
    arrays: Vec<ArrayRef>,
}

impl Side {
    /// The rows of a key.
    fn of_key(&self, key: &[u8]) -> Option<&[u32]> {
        self.by_key.get(key).map(|list| &*self.lists[*list])
    }
}

struct Joining {
    kind: JoinKind,
    left_keys: Vec<Ready>,
    side: Side,
    matched: Vec<bool>,
    after: Vec<Column>,
    waiting: Option<Waiting>,
}

/// A batch of the left whose pairs are not all made.
struct Waiting {
    batch: RecordBatch,
    /// The rows that give any, and the lists of those they pair with.
    rows: Vec<(u64, Option<usize>)>,
    /// How many of `rows` are done, and how many of the next one's list.
    done: usize,
    within: usize,
}

impl Step for Joining {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        if let JoinKind::Nested { members, .. } | JoinKind::FirstRecord { members, .. } = &self.kind {
            let nested = self.nested(&batch, members)?;
            let arrays = batch.columns().iter().cloned().chain([nested]).collect();
            return Ok(vec![batch_with(schema_of(&self.after), arrays, batch.num_rows())?]);
        }
        let (is_inner, by_key) = (matches!(self.kind, JoinKind::Inner), &self.side.by_key);
        let mut rows = Vec::with_capacity(batch.num_rows());
        keys::each(&self.left_keys, &batch, |row, key, has_null| {
            let list = if has_null { None } else { by_key.get(key).copied() };
            if list.is_some() || !is_inner {
                rows.push((row as u64, list));
            }
        })?;
        self.waiting = Some(Waiting { batch, rows, done: 0, within: 0 });
        Ok(self.rest()?.into_iter().collect())
    }

    fn rest(&mut self) -> Result<Option<RecordBatch>> {
        let Some(mut waiting) = self.waiting.take() else { return Ok(None) };
        let (left, right) = self.pairs(&mut waiting);
        if left.is_empty() {
            return Ok(None);
        }
        let (left, right) = (UInt64Array::from(left), UInt32Array::from(right));
        let mut arrays = Vec::with_capacity(self.after.len());
        for array in waiting.batch.columns() {
            arrays.push(take(array, &left, None)?);
        }
        for array in &self.side.arrays {
            arrays.push(take(array, &right, None)?);
        }
        self.waiting = Some(waiting);
        Ok(Some(batch_with(schema_of(&self.after), arrays, left.len())?))
    }

    /// The right rows that nothing matched.
    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        if !matches!(self.kind, JoinKind::Outer) {
            return Ok(Vec::new());
        }
        let rows: Vec<u32> = (0..self.matched.len() as u32).filter(|&row| !self.matched[row as usize]).collect();
        let left = self.after.len() - self.side.arrays.len();
        let mut arrays: Vec<ArrayRef> =
            self.after[..left].iter().map(|column| nulls(column.form, rows.len())).collect();
        let rows = UInt32Array::from(rows);
        for array in &self.side.arrays {
            arrays.push(take(array, &rows, None)?);
        }
        Ok(vec![batch_with(schema_of(&self.after), arrays, rows.len())?])
    }
}

impl Joining {
    /// The next pairs: rows of the left, and of the right where there are any.
    fn pairs(&mut self, waiting: &mut Waiting) -> (Vec<u64>, Vec<Option<u32>>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        let most = if matches!(self.kind, JoinKind::First) { 1 } else { usize::MAX };
        while left.len() < ROWS_MAX
            && let Some(&(row, list)) = waiting.rows.get(waiting.done)
        {
            let others = list.map_or(&[][..], |list| &self.side.lists[list]);
            let others = &others[..others.len().min(most)];
            let next = &others[waiting.within..others.len().min(waiting.within + ROWS_MAX - left.len())];
            for &other in next {
                left.push(row);
                right.push(Some(other));
                self.matched[other as usize] = true;
            }
            if others.is_empty() {
                left.push(row);
                right.push(None);
            }
            waiting.within += next.len();
            if waiting.within == others.len() {
                (waiting.done, waiting.within) = (waiting.done + 1, 0);
            }
        }
        (left, right)
    }

    fn nested(&self, batch: &RecordBatch, members: &[Column]) -> Result<ArrayRef> {
        let side = &self.side;
        let first = matches!(self.kind, JoinKind::FirstRecord { .. });
        let cells: Vec<Cells> =
            side.columns.iter().zip(&side.arrays).map(|(column, array)| Cells::new(column.form, array)).collect();
        let record = |&row: &u32| {
            let named =
                members.iter().zip(&cells).map(|(member, cells)| (member.name.as_str(), cells.get(row as usize)));
            Value::Record(named.filter(|(_, value)| !value.is_null()).collect::<Record>())
        };
        let mut column = CellsBuilder::new(Form::Dynamic, batch.num_rows());
        keys::each(&self.left_keys, batch, |_, key, has_null| match side.of_key(key).filter(|_| !has_null) {
            Some(rows) if first => column.push(&rows.first().map_or(Value::Null, record)),
            Some(rows) => column.push(&Value::Array(rows.iter().map(record).collect())),
            None => column.push(&Value::Null),
        })?;
        Ok(column.finish())
    }
}

//! Values of a record's neighbours: `window`.

use std::collections::HashMap;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use datafusion_execution::memory_pool::{MemoryConsumer, MemoryReservation};
use weir_event::Value;

use super::{Step, Work, keys};
use crate::aggregate::{Aggregate, Tally};
use crate::cells::{Cells, CellsBuilder};
use crate::expr::Ready;
use crate::{Form, dynamic, fault};

/// What is computed for each record.
#[derive(Clone, Debug)]
pub enum Look {
    RowNumber,
    Rank,
    DenseRank,
    /// The value so many places behind (negative: before), or the default.
    At(i64, Value<'static>),
    First,
    Last,
    /// How many values so far are not null.
    Count,
    Running(Aggregate),
}

/// One call of a window function.
#[derive(Clone, Debug)]
pub struct Call {
    pub look: Look,
    /// What is looked at; functions of places have none.
    pub input: Option<Ready>,
}

impl Look {
    /// The form of its results.
    pub fn form(&self) -> Form {
        match self {
            Look::RowNumber | Look::Rank | Look::DenseRank | Look::Count => Form::Long,
            _ => Form::Dynamic,
        }
    }
}

/// Adds a column for each call, behind the others.
#[derive(Clone, Debug)]
pub struct Window {
    pub by: Vec<Ready>,
    /// Keys, and whether they go down.
    pub sort: Vec<(Ready, bool)>,
    pub calls: Vec<Call>,
    pub schema: SchemaRef,
}

impl Work for Window {
    fn name(&self) -> &'static str {
        "window"
    }

    fn detail(&self) -> String {
        format!("{} functions", self.calls.len())
    }

    fn start(&self, context: &TaskContext) -> Result<Box<dyn Step>> {
        let memory = MemoryConsumer::new("window").register(context.memory_pool());
        Ok(Box::new(Holding {
            window: self.clone(),
            batches: Vec::new(),
            places: HashMap::new(),
            groups: Vec::new(),
            memory,
        }))
    }
}

/// All records, and which belong together.
struct Holding {
    window: Window,
    batches: Vec<RecordBatch>,
    places: HashMap<Box<[u8]>, usize>,
    groups: Vec<Vec<Place>>,
    memory: MemoryReservation,
}

/// A record: its batch, its row, and what it is sorted by. Null sorts last either way.
struct Place {
    batch: u32,
    row: u32,
    order: Vec<Option<Box<[u8]>>>,
}

impl Step for Holding {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let sorted: Vec<ArrayRef> =
            self.window.sort.iter().map(|(ready, _)| keys::column(ready, &batch)).collect::<Result<_>>()?;
        let sorted: Vec<Cells> =
            self.window.sort.iter().zip(&sorted).map(|((ready, _), array)| Cells::new(ready.form, array)).collect();
        let (places, groups, number) = (&mut self.places, &mut self.groups, self.batches.len() as u32);
        let mut bytes = batch.get_array_memory_size();
        keys::each(&self.window.by, &batch, |row, key, _| {
            let order = sorted.iter().map(|cells| sort_key(&cells.get(row))).collect::<Vec<_>>();
            bytes += size_of::<Place>() + order.iter().flatten().map(|key| key.len() + 16).sum::<usize>();
            let at = places.get(key).copied().unwrap_or_else(|| {
                bytes += key.len() + 64;
                groups.push(Vec::new());
                places.insert(key.into(), groups.len() - 1);
                groups.len() - 1
            });
            groups[at].push(Place { batch: number, row: row as u32, order });
        })?;
        self.memory.try_grow(bytes)?;
        self.batches.push(batch);
        Ok(Vec::new())
    }

    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        let mut groups = std::mem::take(&mut self.groups);
        let down: Vec<bool> = self.window.sort.iter().map(|(_, down)| *down).collect();
        for group in &mut groups {
            group.sort_by(|a, b| compare(a, b, &down));
        }
        let mut columns = vec![Vec::new(); self.batches.len()];
        for call in &self.window.calls {
            for (columns, array) in columns.iter_mut().zip(self.column(call, &groups)?) {
                columns.push(array);
            }
        }
        let schema = &self.window.schema;
        let whole = |(batch, more): (&RecordBatch, Vec<ArrayRef>)| {
            RecordBatch::try_new(schema.clone(), batch.columns().iter().cloned().chain(more).collect())
        };
        Ok(self.batches.iter().zip(columns).map(whole).collect::<std::result::Result<_, _>>()?)
    }
}

fn sort_key(value: &Value<'_>) -> Option<Box<[u8]>> {
    let mut key = Vec::new();
    (!value.is_null()).then(|| {
        dynamic::encode_key(value, &mut key);
        key.into()
    })
}

fn compare(a: &Place, b: &Place, down: &[bool]) -> std::cmp::Ordering {
    use std::cmp::Ordering::{Equal, Greater, Less};
    for ((a, b), down) in a.order.iter().zip(&b.order).zip(down) {
        let order = match (a, b) {
            (None, None) => Equal,
            (None, Some(_)) => Greater,
            (Some(_), None) => Less,
            (Some(a), Some(b)) if *down => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
        };
        if order != Equal {
            return order;
        }
    }
    Equal
}

impl Holding {
    /// The results of one call, by batch.
    fn column(&self, call: &Call, groups: &[Vec<Place>]) -> Result<Vec<ArrayRef>> {
        let inputs: Vec<Option<ArrayRef>> = self
            .batches
            .iter()
            .map(|batch| call.input.as_ref().map(|input| keys::column(input, batch)).transpose())
            .collect::<Result<_>>()?;
        let form = call.input.as_ref().map_or(Form::Dynamic, |input| input.form);
        let cells: Vec<Cells> =
            inputs.iter().map(|input| input.as_ref().map_or(Cells::Missing, |array| Cells::new(form, array))).collect();
        let mut results: Vec<Vec<Value>> =
            self.batches.iter().map(|batch| vec![Value::Null; batch.num_rows()]).collect();
        for group in groups {
            let value = |at: usize| cells[group[at].batch as usize].get(group[at].row as usize);
            let mut running = Running::of(&call.look);
            for (at, place) in group.iter().enumerate() {
                let new = at == 0 || group[at - 1].order != place.order;
                let result = running.next(&call.look, at, new, group.len(), &value)?;
                results[place.batch as usize][place.row as usize] = result;
            }
        }
        let column = |values: &Vec<Value>| {
            let mut column = CellsBuilder::new(call.look.form(), values.len());
            values.iter().for_each(|value| column.push(value));
            column.finish()
        };
        Ok(results.iter().map(column).collect())
    }
}

/// What is carried from record to record of a group.
struct Running {
    rank: i64,
    dense: i64,
    count: i64,
    tally: Option<Box<dyn Tally>>,
}

impl Running {
    fn of(look: &Look) -> Running {
        let tally = if let Look::Running(aggregate) = look { Some(aggregate.start()) } else { None };
        Running { rank: 0, dense: 0, count: 0, tally }
    }

    /// The result for record `at` of `length`; `new` when its sort keys differ from those before.
    fn next<'v>(
        &mut self,
        look: &Look,
        at: usize,
        new: bool,
        length: usize,
        value: &dyn Fn(usize) -> Value<'v>,
    ) -> Result<Value<'v>> {
        if new {
            self.rank = at as i64 + 1;
            self.dense += 1;
        }
        Ok(match look {
            Look::RowNumber => Value::Long(at as i64 + 1),
            Look::Rank => Value::Long(self.rank),
            Look::DenseRank => Value::Long(self.dense),
            Look::At(offset, default) => {
                let there = (at as i64).checked_add(*offset).and_then(|there| usize::try_from(there).ok());
                there.filter(|&there| there < length).map_or_else(|| default.clone(), value)
            }
            Look::First => value(0),
            Look::Last => value(length - 1),
            Look::Count => {
                self.count += i64::from(!value(at).is_null());
                Value::Long(self.count)
            }
            Look::Running(_) => match &mut self.tally {
                Some(tally) => {
                    tally.add(&[value(at)]);
                    tally.result().map_err(|fault| fault::outside("window", fault))?
                }
                None => Value::Null,
            },
        })
    }
}

//! Groups by slot to arrays over all slots.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use datafusion_execution::memory_pool::{MemoryConsumer, MemoryReservation};
use weir_event::{Duration, Record, Timeframe, Timestamp, Value};

use super::slot::WHOLE;
use super::{Grid, Step, Work};
use crate::cells::Cells;
use crate::columns::Column;
use crate::{dynamic, fault, gather};

/// Series of one query.
const SERIES_MAX: usize = 10_000;

/// One aggregation of a `makeTimeseries`.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    /// The number of the aggregate; `None` for `start()` and `end()`.
    pub column: Option<usize>,
    /// `end()` instead of `start()`.
    pub end: bool,
    /// What an empty slot holds.
    pub default: Value<'static>,
    /// One value over the whole range instead of one per slot.
    pub scalar: bool,
    /// Values are per this many nanoseconds.
    pub rate: Option<i64>,
}

/// Input columns: the group keys, the slot, the aggregates.
#[derive(Clone, Debug)]
pub struct Series {
    pub grid: Grid,
    pub keys: usize,
    pub lines: Vec<Line>,
    /// An empty input gives one record of empty slots.
    pub nonempty: bool,
    pub before: Vec<Column>,
    pub after: Vec<Column>,
}

impl Work for Series {
    fn name(&self) -> &'static str {
        "makeTimeseries"
    }

    fn detail(&self) -> String {
        format!("{} slots of {} s", self.grid.slots, self.grid.interval / 1_000_000_000)
    }

    fn start(&self, context: &TaskContext) -> Result<Box<dyn Step>> {
        let memory = MemoryConsumer::new("makeTimeseries").register(context.memory_pool());
        Ok(Box::new(Drawing { series: Arc::new(self.clone()), places: HashMap::new(), groups: Vec::new(), memory }))
    }
}

struct Drawing {
    series: Arc<Series>,
    /// Where the group of a key is.
    places: HashMap<Vec<u8>, usize>,
    groups: Vec<Group>,
    memory: MemoryReservation,
}

struct Group {
    keys: Vec<Value<'static>>,
    /// Values by line, then by slot.
    values: Vec<Vec<Value<'static>>>,
    totals: Vec<Value<'static>>,
}

impl Step for Drawing {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let series = self.series.clone();
        let cells: Vec<Cells> =
            series.before.iter().zip(batch.columns()).map(|(column, array)| Cells::new(column.form, array)).collect();
        for row in 0..batch.num_rows() {
            let Value::Long(slot) = cells[series.keys].get(row) else { continue };
            let at = self.group(cells[..series.keys].iter().map(|cells| cells.get(row)).collect())?;
            let group = &mut self.groups[at];
            for (line, of) in series.lines.iter().enumerate() {
                let Some(column) = of.column else { continue };
                let value = cells[series.keys + 1 + column].get(row).into_owned();
                match usize::try_from(slot) {
                    Ok(slot) if slot < series.grid.slots => group.values[line][slot] = value,
                    _ if slot == WHOLE => group.totals[line] = value,
                    _ => {}
                }
            }
        }
        Ok(Vec::new())
    }

    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        if self.groups.is_empty() && self.series.nonempty {
            self.group(vec![Value::Null; self.series.keys])?;
        }
        let records: Vec<Record> =
            std::mem::take(&mut self.groups).into_iter().map(|group| self.series.record(group)).collect();
        Ok(if records.is_empty() { Vec::new() } else { vec![gather::batch_of(&records, &self.series.after)?] })
    }
}

impl Drawing {
    /// The place of the group of a key, new if need be.
    fn group(&mut self, keys: Vec<Value<'_>>) -> Result<usize> {
        let mut key = Vec::new();
        dynamic::encode_key(&Value::Array(keys.clone()), &mut key);
        if let Some(&at) = self.places.get(&key) {
            return Ok(at);
        }
        if self.groups.len() >= SERIES_MAX {
            return Err(fault::outside("makeTimeseries", fault::too_many("makeTimeseries", "series", SERIES_MAX)));
        }
        let lines = self.series.lines.len();
        let values = vec![vec![Value::Null; self.series.grid.slots]; lines];
        self.memory.try_grow(lines * self.series.grid.slots * size_of::<Value>() + key.len())?;
        let keys = keys.into_iter().map(Value::into_owned).collect();
        self.groups.push(Group { keys, values, totals: vec![Value::Null; lines] });
        self.places.insert(key, self.groups.len() - 1);
        Ok(self.groups.len() - 1)
    }
}

impl Series {
    fn record(&self, group: Group) -> Record<'static> {
        let grid = &self.grid;
        let end = grid.start + grid.interval * grid.slots as i64;
        let timeframe = Timeframe { start: Timestamp(grid.start), end: Timestamp(end) };
        let mut values = vec![Value::Timeframe(timeframe), Value::Duration(Duration(grid.interval))];
        values.extend(group.keys);
        for ((line, slots), total) in self.lines.iter().zip(group.values).zip(group.totals) {
            values.push(self.line(line, slots, total));
        }
        let named = self.after.iter().zip(values);
        named.map(|(column, value)| (column.name.clone(), value)).collect()
    }

    fn line(&self, line: &Line, slots: Vec<Value<'static>>, total: Value<'static>) -> Value<'static> {
        let grid = &self.grid;
        if line.column.is_none() {
            let edge = |slot: usize| {
                Value::Timestamp(Timestamp(grid.start + grid.interval * (slot as i64 + i64::from(line.end))))
            };
            return Value::Array((0..grid.slots).map(edge).collect());
        }
        if line.scalar {
            return rated(or_default(total, &line.default), line.rate, grid.interval * grid.slots as i64);
        }
        let value = |value| rated(or_default(value, &line.default), line.rate, grid.interval);
        Value::Array(slots.into_iter().map(value).collect())
    }
}

fn or_default(value: Value<'static>, default: &Value<'static>) -> Value<'static> {
    if value.is_null() { default.clone() } else { value }
}

/// A value per slot as a value per `rate` nanoseconds.
fn rated(value: Value<'static>, rate: Option<i64>, interval: i64) -> Value<'static> {
    let Some(rate) = rate else { return value };
    let factor = rate as f64 / interval as f64;
    match value {
        Value::Long(count) => Value::Double(count as f64 * factor),
        Value::Double(number) => Value::Double(number * factor),
        other => other,
    }
}

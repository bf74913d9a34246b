//! The slot of time that a row falls into.

use arrow::array::{Int64Array, RecordBatch, UInt64Array};
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use weir_event::Value;

use super::{Step, Work, keys};
use crate::cells::Cells;
use crate::expr::Ready;
use crate::gather::take_rows;

/// Equal slots of time, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    pub start: i64,
    pub interval: i64,
    pub slots: usize,
    /// The span that was asked for, half-open; rows outside are ignored.
    pub from: i64,
    pub to: i64,
}

/// The slot number of rows that count for the whole range.
pub const WHOLE: i64 = -1;

/// What of a row is time.
#[derive(Clone, Debug)]
pub enum Time {
    Point(Ready),
    /// A timeframe: the row counts in each slot that it touches.
    Span(Ready),
}

/// Writes the slot's number into a column and repeats rows that fall into several.
#[derive(Clone, Debug)]
pub struct SlotOf {
    pub grid: Grid,
    pub time: Time,
    pub slot: usize,
    /// Each row is repeated once more for the whole range.
    pub totals: bool,
}

impl Grid {
    fn slot(&self, nanos: i64) -> i64 {
        (nanos.saturating_sub(self.start)).div_euclid(self.interval)
    }
}

impl Work for SlotOf {
    fn name(&self) -> &'static str {
        "slots of time"
    }

    fn start(&self, _: &TaskContext) -> Result<Box<dyn Step>> {
        Ok(Box::new(self.clone()))
    }
}

impl Step for SlotOf {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let (Time::Point(ready) | Time::Span(ready)) = &self.time;
        let times = keys::column(ready, &batch)?;
        let cells = Cells::new(ready.form, &times);
        let (mut rows, mut slots) = (Vec::new(), Vec::new());
        for row in 0..batch.num_rows() {
            let before = rows.len();
            for slot in self.slots_of(cells.get(row)) {
                rows.push(row as u64);
                slots.push(slot);
            }
            if self.totals && rows.len() > before {
                rows.push(row as u64);
                slots.push(WHOLE);
            }
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let taken = take_rows(&batch, &UInt64Array::from(rows))?;
        let mut arrays = taken.columns().to_vec();
        arrays[self.slot] = std::sync::Arc::new(Int64Array::from(slots));
        Ok(vec![RecordBatch::try_new(taken.schema(), arrays)?])
    }
}

impl SlotOf {
    fn slots_of(&self, value: Value<'_>) -> std::ops::Range<i64> {
        let grid = &self.grid;
        match value {
            Value::Timestamp(at) if at.0 >= grid.from && at.0 < grid.to => {
                let slot = grid.slot(at.0);
                slot..slot + 1
            }
            Value::Timeframe(frame) if frame.start.0 < grid.to && frame.end.0 >= grid.from => {
                let last = grid.slot((frame.end.0 - 1).max(frame.start.0).min(grid.to - 1));
                grid.slot(frame.start.0.max(grid.from))..last + 1
            }
            _ => 0..0,
        }
    }
}

//! Conditions that come true one after the other within a time: `sequence`.

use std::collections::HashMap;
use std::rc::Rc;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use datafusion_execution::memory_pool::{MemoryConsumer, MemoryReservation};
use weir_event::{Record, Timeframe, Timestamp, Value};

use super::{Step, Work, keys};
use crate::cells::Cells;
use crate::columns::Column;
use crate::expr::Ready;
use crate::{gather, record, scan};

/// Gives one record for each chain of records, in order of time and of equal keys, that fulfil the conditions one by one.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Truths, in order.
    pub conditions: Vec<Ready>,
    pub by: Vec<Ready>,
    pub time: Ready,
    /// The last record comes at most so many nanoseconds after the first.
    pub within: i64,
    pub before: Vec<Column>,
    /// The keys, the timeframe, then a record for each condition.
    pub after: Vec<Column>,
}

impl Work for Sequence {
    fn name(&self) -> &'static str {
        "sequence"
    }

    fn detail(&self) -> String {
        format!("of {} within {} s", self.conditions.len(), self.within / 1_000_000_000)
    }

    fn start(&self, context: &TaskContext) -> Result<Box<dyn Step>> {
        let memory = MemoryConsumer::new("sequence").register(context.memory_pool());
        Ok(Box::new(Holding { sequence: self.clone(), batches: Vec::new(), events: Vec::new(), memory }))
    }
}

/// The records that fulfil any condition.
struct Holding {
    sequence: Sequence,
    batches: Vec<RecordBatch>,
    events: Vec<Event>,
    memory: MemoryReservation,
}

/// One record that is kept.
struct Event {
    time: i64,
    key: Box<[u8]>,
    batch: usize,
    row: usize,
    /// The conditions that it fulfils, a bit for each.
    fulfils: u32,
}

impl Step for Holding {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let fulfilled: Vec<BooleanArray> = self
            .sequence
            .conditions
            .iter()
            .map(|condition| scan::truths(&keys::column(condition, &batch)?))
            .collect::<Result<_>>()?;
        let times = keys::column(&self.sequence.time, &batch)?;
        let times = Cells::new(self.sequence.time.form, &times);
        let fulfils = |row: usize| {
            let bits = fulfilled.iter().enumerate().filter(|(_, truths)| truths.value(row));
            bits.fold(0u32, |bits, (at, _)| bits | 1 << at)
        };
        let kept: Vec<bool> = (0..batch.num_rows())
            .map(|row| fulfils(row) != 0 && matches!(times.get(row), Value::Timestamp(_)))
            .collect();
        let (number, events) = (self.batches.len(), &mut self.events);
        let (mut row_of_kept, mut bytes) = (0, 0);
        keys::each(&self.sequence.by, &batch, |row, key, _| {
            if let Value::Timestamp(time) = times.get(row)
                && kept[row]
            {
                bytes += size_of::<Event>() + key.len();
                events.push(Event {
                    time: time.0,
                    key: key.into(),
                    batch: number,
                    row: row_of_kept,
                    fulfils: fulfils(row),
                });
                row_of_kept += 1;
            }
        })?;
        let batch = filter_record_batch(&batch, &BooleanArray::from(kept))?;
        self.memory.try_grow(bytes + batch.get_array_memory_size())?;
        self.batches.push(batch);
        Ok(Vec::new())
    }

    fn finish(&mut self) -> Result<Vec<RecordBatch>> {
        let mut events = std::mem::take(&mut self.events);
        events.sort_by_key(|event| event.time);
        let steps = self.sequence.conditions.len();
        let mut open: HashMap<&[u8], Vec<Option<Rc<Link>>>> = HashMap::new();
        let mut records = Vec::new();
        for (at, event) in events.iter().enumerate() {
            let chains = open.entry(&event.key).or_insert_with(|| vec![None; steps]);
            if let Some(chain) = lengthen(chains, at, event, self.sequence.within) {
                records.push(self.record(&chain.events(), &events)?);
            }
        }
        Ok(if records.is_empty() { Vec::new() } else { vec![gather::batch_of(&records, &self.sequence.after)?] })
    }
}

/// A record in a chain, and what comes before it.
struct Link {
    event: usize,
    first_time: i64,
    before: Option<Rc<Link>>,
}

impl Link {
    /// The records of the chain, first to last.
    fn events(&self) -> Vec<usize> {
        let mut events = vec![self.event];
        let mut link = &self.before;
        while let Some(before) = link {
            events.push(before.event);
            link = &before.before;
        }
        events.reverse();
        events
    }
}

/// Adds a record to the chains of its key: for each condition the newest chain that has come so far is kept. A chain that is
/// complete is given back, and the key begins anew.
fn lengthen(chains: &mut [Option<Rc<Link>>], at: usize, event: &Event, within: i64) -> Option<Rc<Link>> {
    // From the last condition to the first, so that one record is never two steps of a chain.
    for step in (0..chains.len()).rev().filter(|step| event.fulfils & 1 << step != 0) {
        let before = if step == 0 { None } else { chains[step - 1].clone() };
        let first_time = match &before {
            Some(before) if event.time.saturating_sub(before.first_time) <= within => before.first_time,
            None if step == 0 => event.time,
            _ => continue,
        };
        chains[step] = Some(Rc::new(Link { event: at, first_time, before }));
    }
    let complete = chains.last_mut().and_then(Option::take)?;
    chains.fill(None);
    Some(complete)
}

impl Holding {
    fn record(&self, chain: &[usize], events: &[Event]) -> Result<Record<'static>> {
        let whole = |at: &usize| {
            let event = &events[*at];
            let one = self.batches[event.batch].slice(event.row, 1);
            record::records(&one, &self.sequence.before).pop().unwrap_or_default()
        };
        let (first, last) = (&events[chain[0]], &events[chain[chain.len() - 1]]);
        let frame = Timeframe { start: Timestamp(first.time), end: Timestamp(last.time) };
        let mut values = Vec::with_capacity(self.sequence.after.len());
        let row = self.batches[first.batch].slice(first.row, 1);
        for key in &self.sequence.by {
            let array = keys::column(key, &row)?;
            values.push(Cells::new(key.form, &array).get(0).into_owned());
        }
        values.push(Value::Timeframe(frame));
        values.extend(chain.iter().map(|at| Value::Record(whole(at))));
        Ok(self.sequence.after.iter().zip(values).map(|(column, value)| (column.name.clone(), value)).collect())
    }
}

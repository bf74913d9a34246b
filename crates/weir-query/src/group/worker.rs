//! The groups of one partition.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use datafusion_common::Result;
use datafusion_execution::memory_pool::MemoryReservation;

use super::lane::Lane;
use super::{Shared, codes, pairs};
use crate::expr::Ready;

/// What a worker has counted so far.
pub(super) struct Worker {
    shared: Arc<Shared>,
    codes: Vec<codes::Worker>,
    pairs: Vec<pairs::Worker>,
    pub lanes: Vec<Lane>,
    /// Rows of each group.
    pub rows: Vec<i64>,
    memory: MemoryReservation,
    groups: Vec<u32>,
    scratch: Vec<u32>,
}

impl Worker {
    pub fn new(shared: Arc<Shared>, memory: MemoryReservation) -> Worker {
        Worker {
            codes: shared.codes.iter().map(|codes| codes::Worker::new(codes.clone())).collect(),
            pairs: shared.pairs.iter().map(|pairs| pairs::Worker::new(pairs.clone())).collect(),
            lanes: shared.ways.iter().map(|way| way.start()).collect(),
            rows: Vec::new(),
            memory,
            groups: Vec::new(),
            scratch: Vec::new(),
            shared,
        }
    }

    pub fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        self.number(batch)?;
        let most = self.groups.iter().max().map_or(0, |&most| most as usize + 1);
        if self.rows.len() < most {
            // Doubling spares a copy for each new group.
            self.rows.resize(most.max(self.rows.len() * 2), 0);
        }
        self.groups.iter().for_each(|&group| self.rows[group as usize] += 1);
        let parts = &self.shared.group.parts;
        for (lane, part) in self.lanes.iter_mut().zip(parts) {
            let arguments = part.inputs.iter().map(|input| value(input, batch)).collect::<Result<Vec<_>>>()?;
            lane.add(&self.groups, self.rows.len(), &arguments)?;
        }
        self.memory.try_resize(self.size())
    }

    /// The group of each row.
    fn number(&mut self, batch: &RecordBatch) -> Result<()> {
        self.groups.clear();
        let keys = &self.shared.group.keys;
        let Some((first, others)) = keys.split_first() else {
            self.groups.resize(batch.num_rows(), 0);
            return Ok(());
        };
        self.codes[0].codes(&value(first, batch)?, &mut self.groups)?;
        for ((key, codes), pairs) in others.iter().zip(&mut self.codes[1..]).zip(&mut self.pairs) {
            codes.codes(&value(key, batch)?, &mut self.scratch)?;
            pairs.join(&mut self.groups, &self.scratch);
        }
        Ok(())
    }

    pub fn end(&mut self) {
        self.lanes.iter_mut().for_each(Lane::end);
    }

    /// Adds what a later worker has counted.
    pub fn merge(&mut self, other: Worker) {
        if self.rows.len() < other.rows.len() {
            self.rows.resize(other.rows.len(), 0);
        }
        self.rows.iter_mut().zip(&other.rows).for_each(|(mine, theirs)| *mine += theirs);
        self.lanes.iter_mut().zip(other.lanes).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// Bytes held, those that all workers share among them.
    fn size(&self) -> usize {
        self.codes.iter().map(codes::Worker::size).sum::<usize>()
            + self.pairs.iter().map(pairs::Worker::size).sum::<usize>()
            + self.lanes.iter().map(Lane::size).sum::<usize>()
            + self.rows.capacity() * 8
            + self.shared.size_each()
    }
}

fn value(ready: &Ready, batch: &RecordBatch) -> Result<ArrayRef> {
    ready.expr.evaluate(batch)?.into_array(batch.num_rows())
}

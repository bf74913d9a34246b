//! Pieces of work that the cores take one by one, so that none waits for the slowest.

use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use datafusion::common::Result;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

use super::system::Origin;
use super::{Footers, Request, Totals, group};
use crate::tables::Segment;

/// What is left to read.
#[derive(Debug)]
pub(super) struct Queue {
    units: Mutex<VecDeque<Unit>>,
}

#[derive(Debug)]
enum Unit {
    Batch(RecordBatch),
    Segment(Segment),
    Group(Group),
}

/// One row group of an open segment.
#[derive(Debug)]
pub(super) struct Group {
    /// Opened by each reader for itself: copies of one handle share its position.
    pub path: Arc<Path>,
    pub footer: ArrowReaderMetadata,
    pub index: usize,
    pub origin: Arc<Origin>,
}

/// One piece of work.
#[derive(Debug)]
pub(super) enum Piece {
    Batch(RecordBatch),
    Group(Group),
}

impl Queue {
    pub fn new(request: &Request) -> Self {
        let batches = request.snapshot.memory.iter().cloned().map(Unit::Batch);
        let segments = request.snapshot.segments.iter().cloned().map(Unit::Segment);
        Queue { units: Mutex::new(batches.chain(segments).collect()) }
    }

    /// The next piece. A segment is opened under the lock, because the others would have nothing to do meanwhile.
    pub fn next(&self, request: &Request) -> Result<Option<Piece>> {
        let mut units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match units.pop_front() {
                None => return Ok(None),
                Some(Unit::Batch(batch)) => return Ok(Some(Piece::Batch(batch))),
                Some(Unit::Group(group)) => return Ok(Some(Piece::Group(group))),
                Some(Unit::Segment(segment)) => {
                    for group in groups(request, &segment)?.into_iter().rev() {
                        units.push_front(Unit::Group(group));
                    }
                }
            }
        }
    }
}

/// The row groups of a segment that may hold wanted rows. A segment that retention removed meanwhile has none.
fn groups(request: &Request, segment: &Segment) -> Result<Vec<Group>> {
    let file = match File::open(&segment.path) {
        Ok(file) => file,
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => {
            request.totals.cut("a segment was removed by retention while the query ran");
            return Ok(Vec::new());
        }
        Err(error) => return Err(error.into()),
    };
    let footer = Footers::typed(&request.footers.of(&segment.path, &file)?, &request.words(), &request.views())?;
    Totals::add(&request.totals.segments, 1);
    let all = footer.metadata().num_row_groups();
    let mut keep = Vec::with_capacity(all);
    for index in 0..all {
        match group::excluded_by(segment, &footer, index, &request.checks) {
            Some(why) => request.totals.skip(why),
            None => keep.push(index),
        }
    }
    Totals::add(&request.totals.groups, keep.len() as u64);
    let (path, origin): (Arc<Path>, _) = (segment.path.as_path().into(), Arc::new(Origin::of(segment)));
    let group = |index| Group { path: path.clone(), footer: footer.clone(), index, origin: origin.clone() };
    Ok(keep.into_iter().map(group).collect())
}

//! Pieces of work that the cores take one by one, so that none waits for the slowest.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion_common::Result;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use weir_store::InMemory;

use super::pruned::{Left, asks_index, left};
use super::system::Origin;
use super::{Footers, Request, Totals};
use crate::tables::Segment;

/// What is left to read.
#[derive(Debug)]
pub(super) struct Queue {
    units: Mutex<VecDeque<Unit>>,
}

#[derive(Debug)]
enum Unit {
    Batch(InMemory),
    Segment(Segment),
    Group(Group),
}

/// One row group of an open segment.
#[derive(Debug)]
pub(super) struct Group {
    /// Opened by each reader for itself: copies of one handle share its position.
    pub path: Arc<Path>,
    /// With the types that the query wants.
    pub footer: ArrowReaderMetadata,
    /// With the types of the file.
    pub plain: ArrowReaderMetadata,
    pub index: usize,
    /// The blocks whose rows may be wanted; `None`: all.
    pub blocks: Option<Vec<Range<usize>>>,
    pub origin: Arc<Origin>,
}

/// One piece of work.
#[derive(Debug)]
pub(super) enum Piece {
    Batch(InMemory),
    Group(Group),
}

impl Queue {
    pub fn new(request: &Request) -> Self {
        let batches = request.snapshot.memory.iter().cloned().map(Unit::Batch);
        let segments = request.snapshot.segments.iter().cloned().map(Unit::Segment);
        Queue { units: Mutex::new(batches.chain(segments).collect()) }
    }

    /// Puts the newest events first, or the oldest. Those in memory are the newest.
    pub fn sort(&self, newest_first: bool) {
        let mut units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        let times = |unit: &Unit| match unit {
            Unit::Segment(segment) => segment.times.map_or((i64::MIN, i64::MIN), |(first, last)| (first.0, last.0)),
            Unit::Batch(_) | Unit::Group(_) => (i64::MAX, i64::MAX),
        };
        match newest_first {
            true => units.make_contiguous().sort_by_key(|unit| Reverse(times(unit).1)),
            false => units.make_contiguous().sort_by_key(|unit| times(unit).0),
        }
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
    let plain = request.footers.of(&segment.path, &file)?;
    let footer = Footers::typed(&plain, &request.words(), &request.views())?;
    Totals::add(&request.totals.segments, 1);
    let asked = request.checks.iter().any(asks_index);
    let index = segment.stored.as_ref().filter(|_| asked).and_then(|stored| stored.lookup());
    let (path, origin): (Arc<Path>, _) = (segment.path.as_path().into(), Arc::new(Origin::of(segment)));
    let mut groups = Vec::new();
    for number in 0..footer.metadata().num_row_groups() {
        match left(index.as_ref(), &footer, number, &request.checks) {
            Left::Nothing(why) => request.totals.skip(why),
            Left::Rows(blocks) => {
                let (path, footer, plain) = (path.clone(), footer.clone(), plain.clone());
                groups.push(Group { path, footer, plain, index: number, blocks, origin: origin.clone() });
            }
        }
    }
    Ok(groups)
}

//! One aggregate over all groups of one worker.

use arrow::array::{ArrayRef, ArrowPrimitiveType, AsArray, Float64Array, Int64Array, PrimitiveArray};
use arrow::datatypes::{DurationNanosecondType, Float64Type, Int64Type, TimestampNanosecondType};
use datafusion_common::{DataFusionError, Result};
use std::sync::Arc;

use super::codes::{self, Codes};
use super::distinct::{self, Seen};
use crate::aggregate::{Aggregate, Tally};
use crate::cells::{Cells, CellsBuilder};
use crate::{Form, fault};

/// How an aggregate is computed: where its values are of one known kind over plain numbers, else value by value.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// The number of rows, which is counted anyway.
    Rows,
    RowsWhereTrue,
    /// Over doubles.
    Sum,
    Mean,
    /// Of longs, times or durations.
    Least(Form),
    Greatest(Form),
    Distinct(Arc<Codes>, Arc<Seen>),
    Tally(Aggregate, Vec<Form>, Form),
}

/// What a worker has counted.
pub(super) enum Lane {
    Rows,
    RowsWhereTrue(Vec<i64>),
    Sum(Vec<f64>, Vec<u64>),
    Mean(Vec<f64>, Vec<u64>),
    Extreme { form: Form, greatest: bool, best: Vec<Option<i64>> },
    Distinct { codes: codes::Worker, seen: distinct::Worker, scratch: Vec<u32>, shared: Arc<Seen> },
    Tally { aggregate: Aggregate, arguments: Vec<Form>, form: Form, tallies: Vec<Option<Box<dyn Tally>>>, bytes: usize },
}

impl Way {
    pub fn start(&self) -> Lane {
        match self {
            Way::Rows => Lane::Rows,
            Way::RowsWhereTrue => Lane::RowsWhereTrue(Vec::new()),
            Way::Sum => Lane::Sum(Vec::new(), Vec::new()),
            Way::Mean => Lane::Mean(Vec::new(), Vec::new()),
            Way::Least(form) => Lane::Extreme { form: *form, greatest: false, best: Vec::new() },
            Way::Greatest(form) => Lane::Extreme { form: *form, greatest: true, best: Vec::new() },
            Way::Distinct(codes, seen) => Lane::Distinct {
                codes: codes::Worker::new(codes.clone()),
                seen: distinct::Worker::new(seen.clone()),
                scratch: Vec::new(),
                shared: seen.clone(),
            },
            Way::Tally(aggregate, arguments, form) => Lane::Tally {
                aggregate: aggregate.clone(),
                arguments: arguments.clone(),
                form: *form,
                tallies: Vec::new(),
                bytes: 0,
            },
        }
    }
}

impl Lane {
    /// Takes a batch: the group of each row, of `count` groups so far, and the arguments.
    pub fn add(&mut self, groups: &[u32], count: usize, arguments: &[ArrayRef]) -> Result<()> {
        match self {
            Lane::Rows => {}
            Lane::RowsWhereTrue(counts) => {
                counts.resize(count, 0);
                let truths = arguments.first().and_then(|array| array.as_boolean_opt()).ok_or_else(wrong)?;
                for (&group, truth) in groups.iter().zip(truths) {
                    counts[group as usize] += i64::from(truth == Some(true));
                }
            }
            Lane::Sum(sums, seen) | Lane::Mean(sums, seen) => {
                sums.resize(count, 0.0);
                seen.resize(count, 0);
                let numbers =
                    arguments.first().and_then(|array| array.as_primitive_opt::<Float64Type>()).ok_or_else(wrong)?;
                for (&group, number) in groups.iter().zip(numbers) {
                    if let Some(number) = number {
                        sums[group as usize] += number;
                        seen[group as usize] += 1;
                    }
                }
            }
            Lane::Extreme { form, greatest, best } => {
                best.resize(count, None);
                let array = arguments.first().ok_or_else(wrong)?;
                match form {
                    Form::Timestamp => extreme::<TimestampNanosecondType>(groups, array, *greatest, best)?,
                    Form::Duration => extreme::<DurationNanosecondType>(groups, array, *greatest, best)?,
                    _ => extreme::<Int64Type>(groups, array, *greatest, best)?,
                }
            }
            Lane::Distinct { codes, seen, scratch, .. } => {
                codes.codes(arguments.first().ok_or_else(wrong)?, scratch)?;
                seen.add(groups, scratch);
            }
            Lane::Tally { aggregate, arguments: forms, tallies, bytes, .. } => {
                tallies.resize_with(count, || None);
                let cells: Vec<Cells> =
                    forms.iter().zip(arguments).map(|(&form, array)| Cells::new(form, array)).collect();
                let mut values = Vec::with_capacity(cells.len());
                for (row, &group) in groups.iter().enumerate() {
                    values.clear();
                    values.extend(cells.iter().map(|cells| cells.get(row)));
                    let tally = tallies[group as usize].get_or_insert_with(|| {
                        *bytes += TALLY_BYTES;
                        aggregate.start()
                    });
                    let before = tally.bytes();
                    tally.add(&values);
                    *bytes = (*bytes + tally.bytes()).saturating_sub(before);
                }
            }
        }
        Ok(())
    }

    /// No batch comes any more.
    pub fn end(&mut self) {
        if let Lane::Distinct { seen, .. } = self {
            seen.finish();
        }
    }

    /// Adds what a later worker has counted.
    pub fn merge(&mut self, other: Lane) {
        match (self, other) {
            (Lane::RowsWhereTrue(counts), Lane::RowsWhereTrue(more)) => add_all(counts, more, |count, n| *count += n),
            (Lane::Sum(sums, seen), Lane::Sum(more, times)) | (Lane::Mean(sums, seen), Lane::Mean(more, times)) => {
                add_all(sums, more, |sum, n| *sum += n);
                add_all(seen, times, |count, n| *count += n);
            }
            (Lane::Extreme { greatest, best, .. }, Lane::Extreme { best: more, .. }) => {
                let greatest = *greatest;
                add_all(best, more, |best, value| offer(best, value, greatest));
            }
            (Lane::Tally { tallies, .. }, Lane::Tally { tallies: more, .. }) => {
                add_all(tallies, more, |have, other| match (have.as_mut(), other) {
                    (Some(have), Some(mut other)) => have.merge(other.state()),
                    (None, Some(other)) => *have = Some(other),
                    (_, None) => {}
                });
            }
            _ => {}
        }
    }

    /// The results of the groups in `wanted`; `rows` are their numbers of rows.
    pub fn results(&mut self, wanted: &[u32], rows: &[i64]) -> Result<ArrayRef> {
        let groups = rows.len();
        let each = || wanted.iter().map(|&group| group as usize);
        Ok(match self {
            Lane::Rows => Arc::new(each().map(|group| Some(rows[group])).collect::<Int64Array>()),
            Lane::RowsWhereTrue(counts) => {
                counts.resize(groups, 0);
                Arc::new(each().map(|group| Some(counts[group])).collect::<Int64Array>())
            }
            Lane::Sum(sums, seen) => {
                sums.resize(groups, 0.0);
                seen.resize(groups, 0);
                Arc::new(each().map(|group| (seen[group] > 0).then(|| sums[group])).collect::<Float64Array>())
            }
            Lane::Mean(sums, seen) => {
                sums.resize(groups, 0.0);
                seen.resize(groups, 0);
                let mean = |group: usize| (seen[group] > 0).then(|| sums[group] / seen[group] as f64);
                Arc::new(each().map(mean).collect::<Float64Array>())
            }
            Lane::Extreme { form, best, .. } => {
                best.resize(groups, None);
                let best: Int64Array = each().map(|group| best[group]).collect();
                arrow::compute::cast(&best, &form.data_type())?
            }
            Lane::Distinct { shared, .. } => {
                let counts = shared.counts(groups);
                if counts.iter().any(|&count| count > EXACT_MAX) {
                    let fault = fault::too_many("countDistinctExact", "different values", EXACT_MAX as usize);
                    return Err(fault::outside("summarize", fault.hint("use countDistinct, which estimates")));
                }
                Arc::new(each().map(|group| Some(counts[group])).collect::<Int64Array>())
            }
            Lane::Tally { aggregate, form, tallies, .. } => {
                tallies.resize_with(groups, || None);
                let mut column = CellsBuilder::new(*form, wanted.len());
                for group in each() {
                    let tally = tallies[group].get_or_insert_with(|| aggregate.start());
                    column.push(&tally.result().map_err(|fault| fault::outside("summarize", fault))?);
                }
                column.finish()
            }
        })
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        match self {
            Lane::Rows => 0,
            Lane::RowsWhereTrue(counts) => counts.capacity() * 8,
            Lane::Sum(sums, _) | Lane::Mean(sums, _) => sums.capacity() * 16,
            Lane::Extreme { best, .. } => best.capacity() * 16,
            Lane::Distinct { codes, .. } => codes.size(),
            Lane::Tally { tallies, bytes, .. } => bytes + tallies.capacity() * 16,
        }
    }
}

/// Bytes of a tally beside what it says itself.
const TALLY_BYTES: usize = 64;
/// Different values that `countDistinctExact` counts at most.
const EXACT_MAX: i64 = 1_000_000;

fn extreme<T: ArrowPrimitiveType<Native = i64>>(
    groups: &[u32],
    array: &ArrayRef,
    greatest: bool,
    best: &mut [Option<i64>],
) -> Result<()> {
    let numbers: &PrimitiveArray<T> = array.as_primitive_opt::<T>().ok_or_else(wrong)?;
    for (&group, number) in groups.iter().zip(numbers) {
        offer(&mut best[group as usize], number, greatest);
    }
    Ok(())
}

fn offer(best: &mut Option<i64>, value: Option<i64>, greatest: bool) {
    if let Some(value) = value {
        let better = best.is_none_or(|best| if greatest { value > best } else { value < best });
        if better {
            *best = Some(value);
        }
    }
}

/// `add` for each place; the shorter list ends in what nothing is added to.
fn add_all<T>(mine: &mut Vec<T>, mut theirs: Vec<T>, add: impl Fn(&mut T, T)) {
    let more = if theirs.len() > mine.len() { theirs.split_off(mine.len()) } else { Vec::new() };
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| add(mine, theirs));
    mine.extend(more);
}

fn wrong() -> DataFusionError {
    DataFusionError::Internal("an aggregate got a column of another form".into())
}

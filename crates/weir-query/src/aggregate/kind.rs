//! Which aggregate, with its settings.

use super::Tally;
use super::collect::{Collect, Take};
use super::distinct::{Estimate, Exact};
use super::extremes::{Extreme, Take as TakeBy};
use super::moments::{Correlation, Variance};
use super::per_index::PerIndex;
use super::percentile::{Percentiles, Rank};
use super::sums::{Count, Sum};

#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    Count,
    CountIf,
    Sum,
    Avg,
    Min,
    Max,
    TakeAny,
    TakeFirst,
    TakeLast,
    TakeMin,
    TakeMax,
    CountDistinctExact,
    CountDistinctApprox {
        precision: u32,
    },
    CollectArray {
        most: usize,
        flat: bool,
    },
    CollectDistinct {
        most: usize,
        flat: bool,
    },
    /// Points from 0 to 100; with `list` the result is an array.
    Percentile {
        points: Vec<f64>,
        list: bool,
        samples: bool,
    },
    PercentRank,
    Variance,
    Stddev,
    Correlation,
    /// The aggregate of each index of arrays.
    PerIndex(Box<Aggregate>),
}

impl Aggregate {
    /// A fresh count of one group.
    pub fn start(&self) -> Box<dyn Tally> {
        match self {
            Aggregate::Count => Box::new(Count::all()),
            Aggregate::CountIf => Box::new(Count::of_true()),
            Aggregate::Sum => Box::new(Sum::total()),
            Aggregate::Avg => Box::new(Sum::mean()),
            Aggregate::Min => Box::new(Extreme::least()),
            Aggregate::Max => Box::new(Extreme::greatest()),
            Aggregate::TakeAny | Aggregate::TakeFirst => Box::new(Take::first()),
            Aggregate::TakeLast => Box::new(Take::last()),
            Aggregate::TakeMin => Box::new(TakeBy::least()),
            Aggregate::TakeMax => Box::new(TakeBy::greatest()),
            Aggregate::CountDistinctExact => Box::new(Exact::default()),
            Aggregate::CountDistinctApprox { precision } => Box::new(Estimate::new(*precision)),
            Aggregate::CollectArray { most, flat } => Box::new(Collect::all(*most, *flat)),
            Aggregate::CollectDistinct { most, flat } => Box::new(Collect::distinct(*most, *flat)),
            Aggregate::Percentile { points, list, samples } => {
                Box::new(Percentiles::new(points.clone(), *list, *samples))
            }
            Aggregate::PercentRank => Box::new(Rank::default()),
            Aggregate::Variance => Box::new(Variance::squared()),
            Aggregate::Stddev => Box::new(Variance::deviation()),
            Aggregate::Correlation => Box::new(Correlation::default()),
            Aggregate::PerIndex(inner) => Box::new(PerIndex::new((**inner).clone())),
        }
    }

    /// Counts records and nothing of them.
    pub fn counts_records(&self) -> bool {
        matches!(self, Aggregate::Count | Aggregate::CountIf)
    }

    /// The form of every result; `None` when it depends on the values.
    pub fn form(&self) -> Option<crate::Form> {
        match self {
            Aggregate::Count
            | Aggregate::CountIf
            | Aggregate::CountDistinctExact
            | Aggregate::CountDistinctApprox { .. } => Some(crate::Form::Long),
            Aggregate::Variance | Aggregate::Stddev | Aggregate::Correlation | Aggregate::PercentRank => {
                Some(crate::Form::Double)
            }
            _ => None,
        }
    }
}

//! Percentiles: exact for small groups, from a histogram with buckets of about one percent for large ones.

use std::collections::BTreeMap;

use weir_event::{Duration, Fault, Timestamp, Value};

use super::{Tally, number, parts};

/// Values of a group that are kept as they are.
const EXACT_MAX: usize = 16_384;
/// Ratio of neighbouring bucket bounds.
const GROWTH: f64 = 1.01;

/// Weighted numbers, in value order once looked at.
#[derive(Debug, Default)]
struct Sample {
    values: Vec<(f64, f64)>,
    /// Weight by bucket, when there are too many values.
    buckets: BTreeMap<i64, f64>,
    kind: Kind,
}

/// What the numbers stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Kind {
    #[default]
    Nothing,
    Number,
    Boolean,
    Timestamp,
    Duration,
    Mixed,
}

const KINDS: [Kind; 6] = [Kind::Nothing, Kind::Number, Kind::Boolean, Kind::Timestamp, Kind::Duration, Kind::Mixed];

impl Sample {
    fn is(&mut self, kind: Kind) {
        match self.kind {
            Kind::Nothing => self.kind = kind,
            have if have != kind && kind != Kind::Nothing => self.kind = Kind::Mixed,
            _ => {}
        }
    }

    fn add(&mut self, value: &Value<'_>, weight: f64) {
        let (kind, number) = match value {
            Value::Null => return,
            Value::Bool(v) => (Kind::Boolean, f64::from(u8::from(*v))),
            Value::Timestamp(v) => (Kind::Timestamp, v.0 as f64),
            Value::Duration(v) => (Kind::Duration, v.0 as f64),
            value => match number(value) {
                Some(number) => (Kind::Number, number),
                None => (Kind::Mixed, f64::NAN),
            },
        };
        self.is(kind);
        self.put(number, weight);
    }

    fn put(&mut self, number: f64, weight: f64) {
        if number.is_nan() || weight.is_nan() || weight <= 0.0 {
            return;
        }
        if self.buckets.is_empty() && self.values.len() < EXACT_MAX {
            return self.values.push((number, weight));
        }
        for (number, weight) in std::mem::take(&mut self.values).into_iter().chain([(number, weight)]) {
            *self.buckets.entry(bucket(number)).or_default() += weight;
        }
    }

    /// Numbers and weights in order.
    fn sorted(&mut self) -> Vec<(f64, f64)> {
        if !self.buckets.is_empty() {
            return self.buckets.iter().map(|(&index, &weight)| (middle(index), weight)).collect();
        }
        self.values.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.values.clone()
    }

    fn state(&mut self) -> Value<'static> {
        let kind = KINDS.iter().position(|&kind| kind == self.kind).unwrap_or(0) as i64;
        let flat = |pairs: Vec<(f64, f64)>| {
            Value::Array(pairs.into_iter().flat_map(|(a, b)| [Value::Double(a), Value::Double(b)]).collect())
        };
        let buckets = self.buckets.iter().map(|(&index, &weight)| (index as f64, weight)).collect();
        Value::Array(vec![Value::Long(kind), flat(std::mem::take(&mut self.values)), flat(buckets)])
    }

    fn merge(&mut self, state: Value<'_>) {
        let [Value::Long(kind), Value::Array(values), Value::Array(buckets)] = &parts(state)[..] else { return };
        self.is(KINDS.get(*kind as usize).copied().unwrap_or_default());
        let pairs = |flat: &[Value<'_>]| -> Vec<(f64, f64)> {
            flat.chunks_exact(2).filter_map(|pair| Some((number(&pair[0])?, number(&pair[1])?))).collect()
        };
        let incoming = pairs(buckets);
        if !incoming.is_empty() {
            for (number, weight) in std::mem::take(&mut self.values) {
                *self.buckets.entry(bucket(number)).or_default() += weight;
            }
        }
        for (index, weight) in incoming {
            *self.buckets.entry(index as i64).or_default() += weight;
        }
        pairs(values).into_iter().for_each(|(number, weight)| self.put(number, weight));
    }

    fn value(&self, number: f64) -> Value<'static> {
        match self.kind {
            Kind::Nothing | Kind::Mixed => Value::Null,
            Kind::Number => Value::Double(number),
            Kind::Boolean => Value::Bool(number >= 0.5),
            Kind::Timestamp => Value::Timestamp(Timestamp(number.round() as i64)),
            Kind::Duration => Value::Duration(Duration(number.round() as i64)),
        }
    }

    fn bytes(&self) -> usize {
        self.values.capacity() * 16 + self.buckets.len() * 32
    }
}

/// Zero is bucket 0; the sign is the sign of the bucket.
fn bucket(number: f64) -> i64 {
    const OFFSET: i64 = 1 << 20;
    let size = number.abs();
    if size < 1e-300 {
        return 0;
    }
    let index = (size.min(1e300).ln() / GROWTH.ln()).floor() as i64 + OFFSET;
    if number < 0.0 { -index } else { index }
}

fn middle(bucket: i64) -> f64 {
    const OFFSET: i64 = 1 << 20;
    if bucket == 0 {
        return 0.0;
    }
    let size = GROWTH.powf((bucket.abs() - OFFSET) as f64 + 0.5);
    if bucket < 0 { -size } else { size }
}

/// The number at `point` (0 to 100), interpolated between neighbours as spreadsheets do. A number of weight 3 counts like three of
/// weight 1; with weights below 1 the least of them is what counts once.
fn at(sorted: &[(f64, f64)], point: f64) -> Option<f64> {
    let last = sorted.last()?;
    let once = sorted.iter().map(|(_, weight)| *weight).fold(1.0, f64::min);
    let total: f64 = sorted.iter().map(|(_, weight)| weight / once).sum();
    let wanted = (total - 1.0).max(0.0) * (point / 100.0).clamp(0.0, 1.0);
    let mut before = 0.0;
    for pair in sorted.windows(2) {
        let ((low, weight), (high, _)) = (pair[0], pair[1]);
        let last_of_low = before + weight / once - 1.0;
        if wanted < last_of_low + 1.0 {
            return Some(low + (high - low) * (wanted - last_of_low).max(0.0));
        }
        before = last_of_low + 1.0;
    }
    Some(last.0)
}

#[derive(Debug)]
pub(super) struct Percentiles {
    points: Vec<f64>,
    list: bool,
    /// The argument is an array of samples.
    samples: bool,
    sample: Sample,
}

impl Percentiles {
    pub fn new(points: Vec<f64>, list: bool, samples: bool) -> Self {
        Percentiles { points, list, samples, sample: Sample::default() }
    }
}

impl Tally for Percentiles {
    fn add(&mut self, arguments: &[Value<'_>]) {
        let weight = arguments.get(1).map_or(Some(1.0), number).unwrap_or(1.0);
        match arguments.first() {
            Some(Value::Array(items)) if self.samples => items.iter().for_each(|item| self.sample.add(item, weight)),
            Some(value) => self.sample.add(value, weight),
            None => {}
        }
    }

    fn state(&mut self) -> Value<'static> {
        self.sample.state()
    }

    fn merge(&mut self, state: Value<'_>) {
        self.sample.merge(state);
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        let sorted = self.sample.sorted();
        let value = |&point: &f64| at(&sorted, point).map_or(Value::Null, |number| self.sample.value(number));
        Ok(match self.list {
            true => Value::Array(self.points.iter().map(value).collect()),
            false => self.points.first().map_or(Value::Null, value),
        })
    }

    fn bytes(&self) -> usize {
        self.sample.bytes()
    }
}

/// The fraction of values below a value.
#[derive(Debug, Default)]
pub(super) struct Rank {
    sample: Sample,
    value: Value<'static>,
}

impl Tally for Rank {
    fn add(&mut self, arguments: &[Value<'_>]) {
        if let [value, than, ..] = arguments {
            self.sample.add(value, 1.0);
            if self.value.is_null() {
                self.value = than.clone().into_owned();
            }
        }
    }

    fn state(&mut self) -> Value<'static> {
        Value::Array(vec![self.sample.state(), self.value.clone()])
    }

    fn merge(&mut self, state: Value<'_>) {
        let mut parts = parts(state).into_iter();
        self.sample.merge(parts.next().unwrap_or_default());
        if self.value.is_null() {
            self.value = parts.next().unwrap_or_default().into_owned();
        }
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        let mut than = Sample::default();
        than.add(&self.value, 1.0);
        let Some(&(than_number, _)) = than.values.first().filter(|_| than.kind == self.sample.kind) else {
            return Ok(Value::Null);
        };
        let sorted = self.sample.sorted();
        let total: f64 = sorted.iter().map(|(_, weight)| weight).sum();
        let below: f64 = sorted.iter().filter(|(number, _)| *number < than_number).map(|(_, weight)| weight).sum();
        Ok(if total > 0.0 { Value::Double(below / total) } else { Value::Null })
    }

    fn bytes(&self) -> usize {
        self.sample.bytes()
    }
}

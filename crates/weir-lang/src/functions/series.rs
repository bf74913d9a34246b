//! Arrays as rows of measurements.

use weir_event::{Duration, Timestamp, Value};

use crate::{arithmetic, compare};

/// Elements of one moving window.
pub const WINDOW_MAX: i64 = 60;

#[derive(Clone, Copy)]
pub enum Window {
    Average,
    Greatest,
    Least,
    Sum,
}

/// The numbers of an array, nulls among them. `None` when an element is neither.
fn numbers(items: &[Value]) -> Option<Vec<Option<f64>>> {
    items
        .iter()
        .map(|item| match item {
            Value::Null => Some(None),
            item => super::number(item).map(Some),
        })
        .collect()
}

pub fn cumulative<'r>(items: &[Value<'r>]) -> Option<Value<'r>> {
    let mut sum = None;
    let sums = numbers(items)?.into_iter().map(|number| {
        if let Some(number) = number {
            sum = Some(sum.unwrap_or(0.0) + number);
        }
        sum.map_or(Value::Null, Value::Double)
    });
    Some(Value::Array(sums.collect()))
}

pub fn difference<'r>(items: &[Value<'r>]) -> Value<'r> {
    let first = items.iter().take(1).map(|_| Value::Null);
    let rest = items.windows(2).map(|pair| arithmetic::subtract(&pair[1], &pair[0]).unwrap_or_default());
    Value::Array(first.chain(rest).collect())
}

pub fn delta<'r>(items: &[Value<'r>]) -> Value<'r> {
    let given: Vec<Value> = items.iter().filter(|item| !item.is_null()).cloned().collect();
    let Value::Array(mut differences) = difference(&given) else { return Value::Null };
    for difference in &mut differences {
        match difference {
            Value::Long(number) => *number = (*number).max(0),
            Value::Double(number) => *number = number.max(0.0),
            Value::Duration(length) => *length = Duration(length.0.max(0)),
            _ => {}
        }
    }
    Value::Array(differences)
}

/// Over the element and those before it, `size` in all; nulls do not count.
pub fn moving<'r>(items: &[Value<'r>], size: i64, window: Window) -> Option<Value<'r>> {
    let size = usize::try_from(size).ok().filter(|_| (1..=WINDOW_MAX).contains(&size))?;
    let numbers = numbers(items)?;
    let of_window = |end: usize| {
        let given: Vec<f64> =
            numbers[(end + 1).saturating_sub(size)..=end].iter().filter_map(|number| *number).collect();
        if given.is_empty() {
            return Value::Null;
        }
        let sum = given.iter().sum::<f64>();
        Value::Double(match window {
            Window::Average => sum / given.len() as f64,
            Window::Sum => sum,
            Window::Greatest => given.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Window::Least => given.iter().copied().fold(f64::INFINITY, f64::min),
        })
    };
    Some(Value::Array((0..numbers.len()).map(of_window).collect()))
}

/// Between the two nearest elements in proportion; numbers give a double. `None` for elements of several types, and of types that
/// have no middle.
pub fn percentile<'r>(items: Vec<Value<'r>>, percent: f64) -> Option<Value<'r>> {
    let mut items: Vec<Value> = items.into_iter().filter(|item| !item.is_null()).collect();
    items.sort_by(compare::order);
    if !same_kind(items.first()?, items.last()?) || !(0.0..=100.0).contains(&percent) {
        return None;
    }
    let place = percent / 100.0 * (items.len() - 1) as f64;
    let (below, above) = (&items[place.floor() as usize], &items[place.ceil() as usize]);
    let part = place.fract();
    let between = |a: i64, b: i64| a.saturating_add(((b as f64 - a as f64) * part) as i64);
    Some(match (below, above) {
        (Value::Bool(below), _) => Value::Bool(*below),
        (Value::Timestamp(a), Value::Timestamp(b)) => Value::Timestamp(Timestamp(between(a.0, b.0))),
        (Value::Duration(a), Value::Duration(b)) => Value::Duration(Duration(between(a.0, b.0))),
        (a, b) => {
            let (a, b) = (super::number(a)?, super::number(b)?);
            Value::Double(if a == b { a } else { a + (b - a) * part })
        }
    })
}

fn same_kind(a: &Value, b: &Value) -> bool {
    a.type_name() == b.type_name() || (super::number(a).is_some() && super::number(b).is_some())
}

/// Elements of one forecast.
const HORIZON_MAX: i64 = 600;

/// The next elements on the line of least squares. `None` when there are fewer than two numbers or something else among them.
pub fn forecast<'r>(items: &[Value<'r>], horizon: i64) -> Option<Value<'r>> {
    let horizon = usize::try_from(horizon).ok().filter(|_| (1..=HORIZON_MAX).contains(&horizon))?;
    let points: Vec<(f64, f64)> =
        numbers(items)?.into_iter().enumerate().filter_map(|(at, number)| Some((at as f64, number?))).collect();
    let count = points.len() as f64;
    if points.len() < 2 {
        return None;
    }
    let middle = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x_middle, y_middle) = (middle(|point| point.0), middle(|point| point.1));
    let (mut above, mut below) = (0.0, 0.0);
    for (x, y) in &points {
        above += (x - x_middle) * (y - y_middle);
        below += (x - x_middle) * (x - x_middle);
    }
    let slope = above / below;
    let next = (0..horizon).map(|step| y_middle + slope * ((items.len() + step) as f64 - x_middle));
    Some(Value::Array(
        next.map(|number| if number.is_finite() { Value::Double(number) } else { Value::Null }).collect(),
    ))
}

/// The numbers with every gap filled. `None` when something else is among them.
pub fn impute<'r>(items: &[Value<'r>]) -> Option<Value<'r>> {
    let numbers = numbers(items)?;
    let known: Vec<(usize, f64)> =
        numbers.iter().enumerate().filter_map(|(at, number)| Some((at, (*number)?))).collect();
    let fill = |at: usize| {
        let next = known.partition_point(|(place, _)| *place < at);
        match (next.checked_sub(1).and_then(|before| known.get(before)), known.get(next)) {
            (_, Some((place, number))) if *place == at => Value::Double(*number),
            (Some((a, from)), Some((b, to))) => Value::Double(from + (to - from) * ((at - a) as f64 / (b - a) as f64)),
            (Some((_, number)), None) | (None, Some((_, number))) => Value::Double(*number),
            (None, None) => Value::Null,
        }
    };
    Some(Value::Array((0..numbers.len()).map(fill).collect()))
}

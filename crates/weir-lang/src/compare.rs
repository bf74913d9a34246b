//! Equality and order of values, as operators, sorting and grouping use them.

use std::cmp::Ordering;

use weir_event::{Record, Value};

/// True for equal values. Longs and doubles compare as numbers; values of different types are never equal. Nulls are equal here:
/// operators look for null before they ask.
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Long(a), Value::Double(b)) | (Value::Double(b), Value::Long(a)) => {
            long_and_double(*a, *b) == Some(Ordering::Equal)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Record(a), Value::Record(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

/// The order that `<` and `>` see: only numbers, strings, timestamps, durations and ips of one type have one.
pub fn ordered(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Long(a), Value::Long(b)) => Some(a.cmp(b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Long(a), Value::Double(b)) => long_and_double(*a, *b),
        (Value::Double(a), Value::Long(b)) => long_and_double(*b, *a).map(Ordering::reverse),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Ip(a), Value::Ip(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// The order of sorting, total over all values: boolean, number, binary, string, timestamp, duration, timeframe, uid, ip, array,
/// record, null.
pub fn order(a: &Value, b: &Value) -> Ordering {
    rank(a).cmp(&rank(b)).then_with(|| match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => doubles(*a, *b),
        (Value::Long(a), Value::Double(b)) => long_and_double(*a, *b).unwrap_or(Ordering::Less),
        (Value::Double(a), Value::Long(b)) => long_and_double(*b, *a).map_or(Ordering::Greater, Ordering::reverse),
        (Value::Binary(a), Value::Binary(b)) => a.cmp(b),
        (Value::Timeframe(a), Value::Timeframe(b)) => a.cmp(b),
        (Value::Uid(a), Value::Uid(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => sequence(a.iter().zip(b), a.len(), b.len()),
        (Value::Record(a), Value::Record(b)) => records(a, b),
        _ => ordered(a, b).unwrap_or(Ordering::Equal),
    })
}

/// Order for `desc`: the reverse, but null stays last.
pub fn order_descending(a: &Value, b: &Value) -> Ordering {
    a.is_null().cmp(&b.is_null()).then_with(|| order(b, a))
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::Long(_) | Value::Double(_) => 1,
        Value::Binary(_) => 2,
        Value::Text(_) => 3,
        Value::Timestamp(_) => 4,
        Value::Duration(_) => 5,
        Value::Timeframe(_) => 6,
        Value::Uid(_) => 7,
        Value::Ip(_) => 8,
        Value::Array(_) => 9,
        Value::Record(_) => 10,
        Value::Null => 11,
    }
}

/// `None` when the double is not a number. Exact also where a long has no double.
fn long_and_double(long: i64, double: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    if double >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if double < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = double.trunc();
    Some(long.cmp(&(whole as i64)).then_with(|| 0.0.partial_cmp(&(double - whole)).unwrap_or(Ordering::Equal)))
}

/// Not-a-number after all numbers; both zeros are one.
fn doubles(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

fn sequence<'a, 'v: 'a>(
    pairs: impl Iterator<Item = (&'a Value<'v>, &'a Value<'v>)>,
    a_len: usize,
    b_len: usize,
) -> Ordering {
    let different = pairs.map(|(a, b)| order(a, b)).find(|order| order.is_ne());
    different.unwrap_or_else(|| a_len.cmp(&b_len))
}

fn records(a: &Record, b: &Record) -> Ordering {
    let pairs = a.iter().zip(b.iter());
    let different = pairs.map(|(a, b)| order(a.1, b.1).then_with(|| a.0.cmp(b.0))).find(|order| order.is_ne());
    different.unwrap_or_else(|| a.len().cmp(&b.len()))
}

//! Values against the JSON encoding of the vectors.

use serde_json::Value as Json;
use weir_event::{Record, Timestamp, Value};

/// Options of one vector.
pub struct Tolerance {
    pub time_ms: f64,
    pub number: f64,
    /// Fields whose array elements may come in any order.
    pub unordered: Vec<String>,
}

pub fn record_equals(
    record: &Record,
    expected: &serde_json::Map<String, Json>,
    partial: bool,
    tolerance: &Tolerance,
) -> bool {
    let absent = Value::Null;
    let all = expected.iter().all(|(name, json)| {
        let value = record.get(name).unwrap_or(&absent);
        value_equals(value, json, tolerance, tolerance.unordered.contains(name))
    });
    let known = |(name, value): (&str, &Value)| value.is_null() || expected.contains_key(name);
    all && (partial || record.iter().all(known))
}

pub fn value_equals(value: &Value, json: &Json, tolerance: &Tolerance, unordered: bool) -> bool {
    match (value, json) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(a), Json::Bool(b)) => a == b,
        (Value::Long(a), Json::Number(b)) => near(*a as f64, b.as_f64(), tolerance),
        (Value::Double(a), Json::Number(b)) => near(*a, b.as_f64(), tolerance),
        (Value::Text(a), Json::String(b)) => a == b,
        (Value::Array(a), Json::Array(b)) if unordered => {
            a.len() == b.len() && b.iter().all(|json| a.iter().any(|value| value_equals(value, json, tolerance, false)))
        }
        (Value::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(value, json)| value_equals(value, json, tolerance, false))
        }
        (value, Json::Object(members)) => object_equals(value, members, tolerance),
        _ => false,
    }
}

fn near(a: f64, b: Option<f64>, tolerance: &Tolerance) -> bool {
    b.is_some_and(|b| a == b || (a - b).abs() <= tolerance.number.max(b.abs() * 1e-9))
}

fn object_equals(value: &Value, members: &serde_json::Map<String, Json>, tolerance: &Tolerance) -> bool {
    let wrapped = members.iter().next().filter(|(name, _)| name.starts_with('$') && members.len() == 1);
    let Some((name, inner)) = wrapped else {
        return matches!(value, Value::Record(record) if record_equals(record, members, false, tolerance));
    };
    match (name.as_str(), value) {
        ("$timestamp", Value::Timestamp(at)) => at_equals(*at, inner, tolerance),
        ("$duration_ns", Value::Duration(length)) => inner.as_i64() == Some(length.0),
        ("$timeframe", Value::Timeframe(frame)) => {
            at_equals(frame.start, &inner[0], tolerance) && at_equals(frame.end, &inner[1], tolerance)
        }
        ("$ip", Value::Ip(ip)) => inner.as_str().and_then(|text| text.parse().ok()) == Some(*ip),
        ("$uid", Value::Uid(uid)) => inner.as_str() == Some(&uid.to_string()),
        ("$binary", value @ Value::Binary(_)) => {
            let mut text = String::new();
            weir_event::write_json(value, &mut text);
            inner.as_str() == Some(text.trim_matches('"'))
        }
        ("$any", value) => {
            inner.as_array().is_some_and(|any| any.iter().any(|json| value_equals(value, json, tolerance, false)))
        }
        ("$any_nonnull", value) => !value.is_null(),
        _ => false,
    }
}

fn at_equals(at: Timestamp, json: &Json, tolerance: &Tolerance) -> bool {
    let expected = json.as_str().and_then(Timestamp::parse_rfc3339);
    expected.is_some_and(|expected| (at.0 - expected.0).unsigned_abs() as f64 <= tolerance.time_ms * 1e6)
}

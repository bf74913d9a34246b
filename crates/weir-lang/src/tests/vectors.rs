//! The documented queries of `spec/dql/vectors.jsonl`: all must be read or refused as said; those that look at one record at a time
//! are also run.

use serde_json::Value as Json;
use weir_event::Value;

use super::rows;
use crate::parse_query;

pub fn vectors() -> Vec<Json> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/dql/vectors.jsonl");
    let text = std::fs::read_to_string(path).expect("the vectors");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn every_query_is_read_or_refused_as_said() {
    let mut wrong = Vec::new();
    for vector in vectors() {
        let refused = vector["expected"]["error"] == Json::Bool(true);
        match parse_query(vector["query"].as_str().expect("a query")) {
            Ok(_) if refused => wrong.push(format!("{} is read", vector["id"])),
            Err(fault) if !refused => wrong.push(format!("{}: {fault}", vector["id"])),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn queries_over_single_records_give_what_is_documented() {
    let (mut wrong, mut ran) = (Vec::new(), 0);
    for vector in vectors() {
        let expected = &vector["expected"];
        let Some(records) = expected["records"].as_array() else { continue };
        let query = parse_query(vector["query"].as_str().expect("a query")).expect("it is read");
        let rows = match rows::run(&query) {
            Some(Ok(rows)) => rows,
            Some(Err(fault)) => {
                wrong.push(format!("{}: {fault}", vector["id"]));
                continue;
            }
            None => continue,
        };
        ran += 1;
        let partial = expected["partial"] == Json::Bool(true);
        let tolerance = vector["tol"].as_f64().unwrap_or(1e-12);
        let same = rows.len() == records.len()
            && records.iter().zip(&rows).all(|(want, row)| {
                let named = want.as_object().expect("a record").iter();
                let others = row.iter().filter(|(name, value)| want.get(*name).is_none() && !value.is_null());
                let fits = |(name, want): (&String, &Json)| {
                    let wild =
                        vector["unordered_arrays"].as_array().is_some_and(|names| names.iter().any(|n| n == name));
                    wild || is(row.get(name).unwrap_or(&Value::Null), want, tolerance)
                };
                named.into_iter().all(fits) && (partial || others.count() == 0)
            });
        if !same {
            wrong.push(format!("{}\n  want {}\n  have {:?}", vector["id"], expected["records"], rows));
        }
    }
    assert!(wrong.is_empty(), "{} of {ran} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran > 150, "only {ran} were run");
}

/// Whether a value is what the vector writes.
fn is(have: &Value, want: &Json, tolerance: f64) -> bool {
    match (have, want) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(have), Json::Bool(want)) => have == want,
        (Value::Long(have), Json::Number(want)) if want.is_i64() => Some(*have) == want.as_i64(),
        (Value::Long(_) | Value::Double(_), Json::Number(want)) => {
            let have = crate::functions::number(have).unwrap_or(f64::NAN);
            (have - want.as_f64().unwrap_or(f64::NAN)).abs() <= tolerance.max(have.abs() * 1e-9)
        }
        (Value::Text(have), Json::String(want)) => have == want,
        (Value::Array(have), Json::Array(want)) => {
            have.len() == want.len() && have.iter().zip(want).all(|(have, want)| is(have, want, tolerance))
        }
        (have, Json::Object(want)) => match want.iter().next() {
            Some((wrapper, inner)) if wrapper.starts_with('$') => wrapped(have, wrapper, inner, tolerance),
            _ => match have {
                Value::Record(have) => {
                    want.iter().all(|(name, want)| is(have.get(name).unwrap_or(&Value::Null), want, tolerance))
                }
                _ => false,
            },
        },
        _ => false,
    }
}

fn wrapped(have: &Value, wrapper: &str, want: &Json, tolerance: f64) -> bool {
    let time = |text: &Json| weir_event::Timestamp::parse_rfc3339(text.as_str().unwrap_or_default());
    match (wrapper, have) {
        ("$any", have) => want.as_array().is_some_and(|wants| wants.iter().any(|want| is(have, want, tolerance))),
        ("$any_nonnull", have) => !have.is_null(),
        ("$timestamp", Value::Timestamp(at)) => Some(at.as_millis()) == time(want).map(|at| at.as_millis()),
        ("$duration_ns", Value::Duration(length)) => Some(length.0) == want.as_i64(),
        ("$timeframe", Value::Timeframe(frame)) => {
            Some(frame.start) == time(&want[0]) && Some(frame.end) == time(&want[1])
        }
        ("$ip", Value::Ip(ip)) => want.as_str().and_then(|text| text.parse().ok()) == Some(*ip),
        ("$uid", Value::Uid(uid)) => want.as_str() == Some(uid.to_string().as_str()),
        _ => false,
    }
}

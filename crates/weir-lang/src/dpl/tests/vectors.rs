//! The vectors of `tests-data/dpl.jsonl`: pattern, input and what comes out.

use serde_json::{Map, Value as Json, json};
use weir_event::Timestamp;

use super::super::{PatternOptions, run_mode};

const NOW: &str = "2026-11-21T12:00:00Z";

/// Lines whose expectation contradicts the rules the others follow, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

#[test]
fn vectors() {
    let text = include_str!("../../../tests-data/dpl.jsonl");
    let mut failed = Vec::new();
    let mut count = 0;
    for line in text.lines() {
        let vector: Json = serde_json::from_str(line).expect("the vectors are JSON");
        let id = vector["id"].as_str().expect("a vector has an id");
        count += 1;
        if let Err(says) = check(&vector)
            && EXCEPTIONS.iter().all(|(exception, _)| *exception != id)
        {
            failed.push(format!("{id}: {}\n   {says}", vector["pattern"]));
        }
    }
    assert!(failed.is_empty(), "{} of {count} fail:\n{}", failed.len(), failed.join("\n"));
}

fn check(vector: &Json) -> Result<(), String> {
    let text = |name: &str| vector[name].as_str().unwrap_or_default();
    let options = PatternOptions { now: Timestamp::parse_rfc3339(NOW).expect("a time"), ..PatternOptions::default() };
    let answer = run_mode(text("mode"), text("pattern"), text("input"), text("replacement"), &options);
    let expected = &vector["expected"];
    match (answer, expected) {
        (Err(fault), expected) if expected["error"] == true => {
            let contains = expected["contains"].as_str().unwrap_or_default();
            fault.to_string().contains(contains).then_some(()).ok_or_else(|| format!("another error: {fault}"))
        }
        (Err(fault), _) => Err(fault.to_string()),
        (Ok(_), expected) if expected["error"] == true => Err("compiles".to_owned()),
        (Ok(_), Json::Null) => Ok(()),
        (Ok(answer), expected) => {
            let mut out = String::new();
            weir_event::write_json(&weir_event::Value::Record(answer), &mut out);
            let answer: Json = serde_json::from_str(&out).map_err(|error| error.to_string())?;
            let tolerance_ms = vector["tolerance_ms"].as_i64().unwrap_or(0);
            let same = same(&answer, expected, tolerance_ms);
            if same { Ok(()) } else { Err(format!("expected {expected}\n   got      {answer}")) }
        }
    }
}

fn same(have: &Json, want: &Json, tolerance_ms: i64) -> bool {
    let time = |text: &Json| text.as_str().and_then(Timestamp::parse_rfc3339).map(Timestamp::as_millis);
    match want {
        Json::Object(members) if members.keys().any(|name| name.starts_with('$')) => {
            wrapped(have, members, tolerance_ms, time)
        }
        Json::Object(members) => members.iter().all(|(name, want)| same(&have[name], want, tolerance_ms)),
        Json::Array(items) => have.as_array().is_some_and(|have| {
            have.len() == items.len() && have.iter().zip(items).all(|(have, want)| same(have, want, tolerance_ms))
        }),
        Json::Number(number) => number.as_f64() == have.as_f64(),
        want => want == have,
    }
}

fn wrapped(have: &Json, want: &Map<String, Json>, tolerance_ms: i64, time: impl Fn(&Json) -> Option<i64>) -> bool {
    if let Some(at) = want.get("$timestamp") {
        return time(have).zip(time(at)).is_some_and(|(have, at)| (have - at).abs() <= tolerance_ms);
    }
    if let Some(at) = want.get("$timestamp_noyear") {
        let at = json!(format!("{}-{}Z", &NOW[..4], at.as_str().unwrap_or_default()));
        return time(have).is_some() && time(have) == time(&at);
    }
    if want.contains_key("$ip") {
        let ip = |text: &Json| text.as_str().and_then(|text| text.parse::<std::net::IpAddr>().ok());
        return ip(have).is_some() && ip(have) == ip(&want["$ip"]);
    }
    match want.get("$any") {
        Some(any) => any.as_array().is_some_and(|any| any.iter().any(|want| same(have, want, tolerance_ms))),
        None => want.contains_key("$any_nonnull") && !have.is_null(),
    }
}

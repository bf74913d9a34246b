use serde_json::Value as Json;
use weir_event::{Record, Value};

use super::compare::{Tolerance, record_equals, value_equals};
use super::{NOW, engine, records_of};
use crate::{Engine, FileTables, RunOptions};

/// Vectors that fail today; the list may only shrink.
const FAILING: &[&str] = &[];

#[test]
fn vectors() {
    let engine = engine(FileTables::default());
    let mut wrong = Vec::new();
    for line in include_str!("../../../../spec/dql/vectors.jsonl").lines() {
        let vector: Json = serde_json::from_str(line).expect("the vectors are JSON");
        let id = vector["id"].as_str().unwrap_or_default();
        if let Err(why) = check(&engine, &vector) {
            wrong.push((id.to_owned(), why));
        }
    }
    let new: Vec<_> = wrong.iter().filter(|(id, _)| !FAILING.contains(&id.as_str())).collect();
    let report: Vec<String> = new.iter().map(|(id, why)| format!("{id}: {why}")).collect();
    assert!(new.is_empty(), "{} vectors fail:\n{}", new.len(), report.join("\n"));
    let mended: Vec<_> = FAILING.iter().filter(|id| !wrong.iter().any(|(have, _)| have == *id)).collect();
    assert!(mended.is_empty(), "these pass now, take them off the list: {mended:?}");
}

fn check(engine: &Engine, vector: &Json) -> Result<(), String> {
    let query = vector["query"].as_str().unwrap_or_default();
    let expected = &vector["expected"];
    if expected.is_null() {
        return weir_lang::parse_query(query).map(|_| ()).map_err(|fault| format!("does not parse: {fault}"));
    }
    let plain = RunOptions { strict: true, ..RunOptions::new("acme", NOW) };
    let answer = records_of(engine, query, plain);
    if expected["error"] == Json::Bool(true) {
        let refused = match answer {
            Ok(_) => false,
            Err(fault) => fault.id() != "QUERY-002",
        };
        return if refused { Ok(()) } else { Err("is not refused".into()) };
    }
    let rows = answer.map_err(|fault| fault.to_string())?;
    let shown = || {
        let mut text = String::new();
        rows.iter().for_each(|row| weir_event::write_json(&Value::Record(row.clone()), &mut text));
        format!("{text}\n    instead of {expected}")
    };
    if holds(vector, expected, &rows) { Ok(()) } else { Err(shown()) }
}

fn holds(vector: &Json, expected: &Json, rows: &[Record<'static>]) -> bool {
    let unordered = vector["unordered_arrays"].as_array().into_iter().flatten();
    let tolerance = Tolerance {
        time_ms: vector["tolerance_ms"].as_f64().unwrap_or(0.0),
        number: vector["tol"].as_f64().unwrap_or(0.0),
        unordered: unordered.filter_map(|name| name.as_str().map(str::to_owned)).collect(),
    };
    if let Some(count) = expected["count"].as_u64()
        && rows.len() as u64 != count
    {
        return false;
    }
    let in_order = match vector["field_order"].as_array() {
        Some(order) => {
            rows.iter().all(|row| row.iter().map(|(name, _)| name).eq(order.iter().filter_map(Json::as_str)))
        }
        None => true,
    };
    in_order
        && distinct(expected, rows, &tolerance)
        && one_of(expected, rows, &tolerance)
        && same_rows(expected, rows, &tolerance)
}

fn same_rows(expected: &Json, rows: &[Record<'static>], tolerance: &Tolerance) -> bool {
    let Some(wanted) = expected["records"].as_array() else { return true };
    let partial = expected["partial"] == Json::Bool(true);
    let equal =
        |row: &Record, json: &Json| json.as_object().is_some_and(|json| record_equals(row, json, partial, tolerance));
    if rows.len() != wanted.len() {
        return false;
    }
    if expected["ordered"] != Json::Bool(false) {
        return rows.iter().zip(wanted).all(|(row, json)| equal(row, json));
    }
    let mut left: Vec<&Json> = wanted.iter().collect();
    rows.iter().all(|row| match left.iter().position(|json| equal(row, json)) {
        Some(at) => {
            left.swap_remove(at);
            true
        }
        None => false,
    })
}

fn distinct(expected: &Json, rows: &[Record<'static>], tolerance: &Tolerance) -> bool {
    let fields = expected["distinct"].as_object();
    fields.into_iter().flatten().all(|(name, wanted)| {
        let has = |json: &Json| {
            rows.iter().any(|row| row.get(name).is_some_and(|value| value_equals(value, json, tolerance, false)))
        };
        wanted.as_array().is_some_and(|wanted| wanted.iter().all(has))
    })
}

fn one_of(expected: &Json, rows: &[Record<'static>], tolerance: &Tolerance) -> bool {
    let fields = expected["one_of"].as_object();
    fields.into_iter().flatten().all(|(name, wanted)| {
        let fits = |row: &Record| {
            let value = row.get(name).unwrap_or(&Value::Null);
            wanted.as_array().is_some_and(|any| any.iter().any(|json| value_equals(value, json, tolerance, false)))
        };
        rows.iter().all(fits)
    })
}

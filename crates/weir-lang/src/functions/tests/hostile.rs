//! Every function with every odd value: nothing panics, and what comes out has a type that the table names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::tz::TimeZone;
use weir_event::{Duration, Record, Timeframe, Timestamp, Uid, Value};

use super::super::{Args, Env, Function, ParamKind, Row, all};
use crate::types::Type;

/// Calls of one function with three or more arguments, their values chosen at random.
const RANDOM_CALLS: usize = 3_000;

#[test]
fn no_function_panics_or_gives_another_type() {
    let values = odd_values();
    let env = Env { now: Timestamp(i64::MAX), zone: TimeZone::UTC, zone_name: "UTC".to_owned() };
    let wrong: Vec<String> = all().filter_map(|function| first_wrong(function, &values, &env)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first call that panics or gives a type that the table does not name.
fn first_wrong(function: &Function, values: &[Value<'static>], env: &Env) -> Option<String> {
    let Row::Plain(row) = function.row else { return None };
    choices(function, values.len()).into_iter().find_map(|picks| {
        let mut given: Vec<Value> = picks.iter().map(|pick| values[*pick].clone()).collect();
        let call = || row(&mut Args { values: &mut given, env }).unwrap_or_default();
        let result = catch_unwind(AssertUnwindSafe(call)).map_err(|_| "a panic".to_owned());
        let given = || picks.iter().map(|pick| format!("{:.80}", format!("{:?}", values[*pick]))).collect::<Vec<_>>();
        match result {
            Ok(value) if Type::of(&value).is_none_or(|ty| function.gives.has(ty)) => None,
            Ok(value) => Some(format!("{}{:?} gives {value:?}", function.name, given())),
            Err(panic) => Some(format!("{}{:?} gives {panic}", function.name, given())),
        }
    })
}

/// Which value goes to which argument: all pairs for up to two arguments, a sample for more.
fn choices(function: &Function, count: usize) -> Vec<Vec<usize>> {
    let many = function.takes.iter().any(|param| matches!(param.kind, ParamKind::Many(_)));
    match function.takes.len() + usize::from(many) {
        0 => vec![Vec::new()],
        1 => (0..count).map(|a| vec![a]).collect(),
        2 => (0..count * count).map(|pair| vec![pair / count, pair % count]).collect(),
        wide => {
            let mut seed = 0x9e37_79b9_7f4a_7c15u64;
            let mut next = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) as usize % count
            };
            (0..RANDOM_CALLS).map(|_| (0..wide).map(|_| next()).collect()).collect()
        }
    }
}

fn odd_values() -> Vec<Value<'static>> {
    let mut values = vec![Value::Null, Value::Bool(false), Value::Bool(true)];
    values.extend([0, 1, -1, 2, 60, 63, 64, 1 << 40, i64::MAX, i64::MIN].map(Value::Long));
    let doubles = [0.0, -0.0, 0.5, -1.5, 1e300, -1e300, 9.3e18, f64::MIN_POSITIVE, f64::NAN];
    values.extend(doubles.into_iter().chain([f64::INFINITY, f64::NEG_INFINITY]).map(Value::Double));
    values.extend(TEXTS.iter().map(|text| Value::text(text)));
    values.push(Value::owned("\u{1f600}ä%\\".repeat(60)));
    values.extend([i64::MIN, 0, i64::MAX].map(|at| Value::Timestamp(Timestamp(at))));
    values.extend([i64::MIN, -1, 0, 1, i64::MAX].map(|length| Value::Duration(Duration(length))));
    values.push(Value::Timeframe(Timeframe { start: Timestamp(i64::MIN), end: Timestamp(i64::MAX) }));
    values.push(Value::Ip(IpAddr::V4(Ipv4Addr::BROADCAST)));
    values.push(Value::Ip(IpAddr::V6(Ipv6Addr::from(u128::MAX))));
    values.extend([Uid::Uid64(u64::MAX), Uid::Uid128(u128::MAX), Uid::Uuid(0)].map(Value::Uid));
    values.push(Value::Binary(vec![0, 0xff, b'a'].into()));
    let numbers = [i64::MIN, i64::MAX, 0, -1].map(Value::Long).to_vec();
    let mixed = values.clone();
    values.push(Value::Array(Vec::new()));
    values.push(Value::Array(vec![Value::Array(numbers.clone()), Value::Array(Vec::new()), Value::Null]));
    values.push(Value::Array([i64::MIN, i64::MAX].map(|at| Value::Timestamp(Timestamp(at))).to_vec()));
    values.push(Value::Array([f64::NAN, 1e300, -1e300].map(Value::Double).to_vec()));
    values.push(Value::Array(numbers));
    values.push(Value::Array(mixed));
    values.push(Value::Record(Record::new()));
    let record: Record = [("a", Value::Long(1)), ("", Value::Null)].into_iter().collect();
    values.push(Value::Record(record));
    values
}

const TEXTS: &[&str] = &[
    "",
    "a",
    "*",
    "**",
    "%",
    "%ä",
    "_",
    "\\",
    "\\u",
    "\\xä",
    "ä\u{1f600}x",
    "&#x110000;&;&#ä;",
    "0x",
    "-1",
    "ffffffffffffffffffff",
    "1e999",
    "9223372036854775808",
    "10.0.0.0/33",
    "10.0.0.0/8",
    "::1/129",
    "::ffff:10.0.0.1",
    "{\"a\": [1, {\"b\": \"\\ud83d\\ud83d\"}]}",
    "{[",
    "$.a[99999999999999999999]",
    "$..[",
    "m",
    "descending",
    "Europe/Vienna",
    "+99:99",
    "yyyy-MM-dd''",
    "'",
    "EEEEE SSSSSSSSSSSS VV OOOO",
    "2019-08-01T13:30:00.000000000000Z",
    "0000-00-00",
    "9999-12-31T23:59:59-23:59",
    "2019-08-01/2019-08-02",
    "12:00/",
    "00000000-0000-007b-0000-0000000001c8",
    "====",
];

use super::Aggregate;
use weir_event::{Duration, Value, write_json};

/// The result over the values in one go and over two halves merged must be the same.
#[track_caller]
fn check(aggregate: Aggregate, rows: &[Value], expected: &str) {
    for cut in [0, rows.len() / 2] {
        let (mut first, mut second) = (aggregate.start(), aggregate.start());
        rows[..cut].iter().for_each(|value| first.add(std::slice::from_ref(value)));
        rows[cut..].iter().for_each(|value| second.add(std::slice::from_ref(value)));
        let state = second.state();
        first.merge(state);
        let mut text = String::new();
        write_json(&first.result().unwrap(), &mut text);
        assert_eq!(text, expected, "{aggregate:?} cut at {cut}");
    }
}

fn longs(values: &[i64]) -> Vec<Value<'static>> {
    values.iter().map(|&v| Value::Long(v)).collect()
}

#[test]
fn numbers() {
    let rows = longs(&[2, 3, 7, 7, 1]);
    check(Aggregate::Count, &rows, "5");
    check(Aggregate::Sum, &rows, "20.0");
    check(Aggregate::Avg, &rows, "4.0");
    check(Aggregate::Min, &rows, "1");
    check(Aggregate::Max, &rows, "7");
    check(Aggregate::CountDistinctExact, &rows, "4");
    check(Aggregate::CountDistinctApprox { precision: 14 }, &rows, "4");
    check(Aggregate::Percentile { points: vec![50.0], list: false, samples: false }, &rows, "3.0");
    check(Aggregate::CollectArray { most: 3, flat: false }, &rows, "[2,3,7]");
    check(Aggregate::CollectDistinct { most: 9, flat: false }, &rows, "[2,3,7,1]");
    check(Aggregate::Variance, &longs(&[1, 3]), "1.0");
    check(Aggregate::Sum, &[], "null");
    check(Aggregate::Count, &[], "0");
}

#[test]
fn kinds_that_do_not_mix() {
    let mixed = [Value::Long(2), Value::Duration(Duration(5))];
    check(Aggregate::Sum, &mixed, "null");
    check(Aggregate::Max, &mixed, "null");
    check(Aggregate::TakeMax, &mixed, "5");
    check(Aggregate::Sum, &mixed[1..], "5");
    check(Aggregate::TakeFirst, &[Value::Null, Value::text("a"), Value::text("b")], "\"a\"");
    check(Aggregate::TakeLast, &[Value::text("a"), Value::text("b"), Value::Null], "\"b\"");
}

#[test]
fn each_index_by_itself() {
    let rows = [Value::Array(longs(&[2, 2])), Value::Array(longs(&[7, 1]))];
    check(Aggregate::PerIndex(Box::new(Aggregate::Sum)), &rows, "[9.0,3.0]");
}

#[test]
fn large_groups_are_estimated() {
    let rows = longs(&(0..100_000).collect::<Vec<_>>());
    for aggregate in [
        Aggregate::CountDistinctApprox { precision: 12 },
        Aggregate::Percentile { points: vec![100.0], list: false, samples: false },
    ] {
        let mut tally = aggregate.start();
        rows.iter().for_each(|value| tally.add(std::slice::from_ref(value)));
        let near = super::number(&tally.result().unwrap()).unwrap();
        assert!((90_000.0..110_000.0).contains(&near), "{aggregate:?}: {near}");
    }
}

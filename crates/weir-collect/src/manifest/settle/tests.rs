use std::sync::Arc;

use weir_event::{Timestamp, Value};

use crate::manifest::CursorKind;
use crate::{Manifest, Service, settings};

const TEXT: &str = r#"
weir: connector/1
id: t
version: 1.0.0
title: t
config: {on: {type: bool, default: true}, rate: {type: number, default: 1}, first: {type: string, default: silent}}
http: {base: "https://h.example"}
limits: {local: [{rate: "{{config.rate}}"}, {name: day, per: 1d, max: 9}]}
streams:
  - name: s
    schedule: {every: 1m}
    cursor: {kind: snapshot, baseline: "{{config.first}}"}
    request: {path: /}
    response: {select: [{path: "$"}], explode: {path: "$.m", as: p, when: "{{config.on}}"}}
    paging: {kind: none}
    transform: [flatten: {when: "{{config.on}}"}, expand_dotted: true]
    output: {}
"#;

/// Shapers, changes, silence at first, budgets in nanoseconds.
#[track_caller]
fn check(given: &[(&'static str, Value<'static>)], expect: (usize, usize, bool, [(u64, i64); 2])) {
    let manifest = Arc::new(Manifest::read("t.yaml", TEXT).unwrap());
    let given = given.iter().cloned().collect();
    let settings = settings::check(&manifest, "p", &given, Timestamp(0)).unwrap();
    let service = Service::new(manifest, 0, settings, "p/s".to_owned());
    let stream = service.stream();
    let CursorKind::Snapshot(rule) = &stream.cursor.kind else { panic!() };
    let [first, day] = stream.limits.local.as_slice() else { panic!() };
    let budgets = [(first.max, first.per), (day.max, day.per)];
    assert_eq!((stream.response.shapers.len(), stream.transform.len(), rule.emit.silent_first, budgets), expect);
}

#[test]
fn settings_decide_what_is_done_and_how_often() {
    const S: i64 = 1_000_000_000;
    let day = (9, 86_400 * S);
    check(&[], (1, 2, true, [(1, S), day]));
    check(&[("on", Value::Bool(false)), ("first", Value::text("told"))], (0, 1, false, [(1, S), day]));
    check(&[("rate", Value::Double(0.1))], (1, 2, true, [(1, 10 * S), day]));
    check(&[("rate", Value::Double(2.5))], (1, 2, true, [(3, 1_200_000_000), day]));
    check(&[("rate", Value::Long(0))], (1, 2, true, [(1, 1_000_000 * S), day]));
}

mod schema;

use expect_test::{Expect, expect};
use weir_event::{Record, Timestamp, Value};

use super::Manifest;
use crate::settings;

const HEAD: &str = "weir: connector/1\nid: t\nversion: 1.0.0\ntitle: t\nhttp: {base: \"https://h.example\"}\n";

#[track_caller]
fn check(text: &str, expect: Expect) {
    let answer = Manifest::read("t.yaml", &format!("{HEAD}{text}"));
    expect.assert_eq(&answer.map_or_else(|fault| fault.to_string(), |_| "it is right".to_owned()));
}

fn stream(parts: &str) -> String {
    format!(
        "streams:\n  - {{name: s, schedule: {{every: 1m}}, request: {{path: /}}, response: {{}}, output: {{}}, {parts}}}\n"
    )
}

#[test]
fn mistakes_have_a_place_and_a_hint() {
    check(&stream("cursor: {kind: none}, paging: {kind: none}"), expect!["it is right"]);
    check(
        "streams: []\nstrems: []\n",
        expect![[r#"
        error[COLLECT-902]: unknown key `strems`
          at: t.yaml:7
          hint: did you mean `streams`?"#]],
    );
    check(
        &stream("cursor: {kind: windw}, paging: {kind: none}"),
        expect![[r#"
            error[COLLECT-907]: unknown kind of cursor `windw`
              at: t.yaml:7
              hint: did you mean `window`? known: none, window, high_water, sequence, keyset, walk_back, opaque, snapshot, once"#]],
    );
    check(
        &stream("cursor: {kind: none}"),
        expect![[r#"
        error[COLLECT-904]: `paging` is missing
          at: t.yaml:7
          hint: add `paging:` here"#]],
    );
    check(
        &stream("cursor: {kind: window, start: \"-1d\", step: 5m, lookback: 5m}, paging: {kind: none}"),
        expect![[r#"
        error[COLLECT-908]: `step` is not longer than `lookback`
          at: t.yaml:7
          hint: a window that only looks back never moves on; make `step` longer"#]],
    );
}

const CONFIG: &str = "config:\n  base: {type: url, required: true, schemes: [https]}\n  token: {type: secret, required: true, help: made in the console}\n  \
    size: {type: int, default: 100, min: 1, max: 1000}\n  start: {type: time, default: \"-1d\", min: \"-365d\"}\nstreams: []\n";

/// All faults of settings, one line each.
#[track_caller]
fn settle(given: &[(&'static str, Value<'static>)], expect: Expect) {
    let manifest = Manifest::read("t.yaml", &format!("{HEAD}{CONFIG}")).unwrap();
    let given: Record<'static> = given.iter().cloned().collect();
    let answer = match settings::check(&manifest, "pullers.p", &given, Timestamp(1_767_323_045_000_000_000)) {
        Ok(settings) => format!("{:?}", settings.values.iter().map(|(name, _)| name).collect::<Vec<_>>()),
        Err(faults) => {
            faults.iter().map(|fault| format!("{}: {}", fault.id(), fault.says())).collect::<Vec<_>>().join("\n")
        }
    };
    expect.assert_eq(&answer);
}

#[test]
fn plain_http_is_for_this_machine_alone() {
    let settled = |base: &'static str, expect: Expect| {
        settle(&[("base", Value::text(base)), ("token", Value::text("t"))], expect);
    };
    for base in ["http://127.0.0.1:8080", "http://[::1]:8080/api", "http://localhost", "HTTP://LocalHost:1"] {
        settled(base, expect![[r#"["base", "token", "size", "start"]"#]]);
    }
    for base in ["http://h.example", "http://10.0.0.1", "http://localhost.example", "http://127.0.0.1@h.example"] {
        settled(base, expect!["COLLECT-006: `pullers.p.base` is not an address of https"]);
    }
    settled("ftp://127.0.0.1", expect!["COLLECT-006: `pullers.p.base` is not an address of https"]);
}

#[test]
fn settings_are_completed_or_all_their_faults_are_told() {
    let good = [("base", Value::text("https://h.example")), ("token", Value::text("t"))];
    settle(&good, expect![[r#"["base", "token", "size", "start"]"#]]);
    settle(
        &[
            ("base", Value::text("http://h.example")),
            ("size", Value::Long(0)),
            ("start", Value::text("2030-01-01T00:00:00Z")),
            ("tokn", Value::text("t")),
        ],
        expect![[r#"
            COLLECT-002: unknown setting `tokn`
            COLLECT-006: `pullers.p.base` is not an address of https
            COLLECT-003: `pullers.p.token` is missing or empty
            COLLECT-005: `pullers.p.size` = 0 is outside 1 to 1000
            COLLECT-007: `pullers.p.start` is in the future"#]],
    );
    settle(
        &[
            ("base", Value::text("h.example")),
            ("token", Value::text("t")),
            ("start", Value::text("2020-01-01T00:00:00Z")),
        ],
        expect![[r#"
            COLLECT-006: `pullers.p.base` is not an address
            COLLECT-008: `pullers.p.start` is before what the source keeps"#]],
    );
    settle(
        &[("base", Value::Long(1)), ("token", Value::Long(12_345)), ("size", Value::text("60"))],
        expect![[r#"
            COLLECT-004: `pullers.p.base` must be text, it is a whole number (1)
            COLLECT-004: `pullers.p.token` must be text, it is a whole number
            COLLECT-004: `pullers.p.size` must be a whole number, it is text ("60")"#]],
    );
}

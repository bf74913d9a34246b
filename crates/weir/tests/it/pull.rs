//! kill -9 while pulling from a source that breaks and twists answers: afterwards every id of the source is stored once.

mod source;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use weir_testkit::{HttpDouble, Random};

use self::source::{HOURS, IDS, Source};
use super::process::{Home, Weir};
use super::until::until;

const KILLS: usize = 12;
const CONFIG: &str = "limits: { seal_bytes: 128Ki, seal_age: 100ms }\n";

const MANIFEST: &str = r#"
weir: connector/1
id: double
version: 1.0.0
title: A source of tests
config:
  base_url: {type: url, required: true}
  token: {type: secret, required: true}
  start: {type: time, required: true}
http: {base: "{{config.base_url}}", timeout: 5s}
auth: {kind: headers, headers: {Authorization: "Bearer {{config.token}}"}}
limits:
  server: [{status: [429], header: Retry-After, min: 5ms, max: 1s}]
  retry: {status: [500, 502, 503, 504], transport: true, tries: 20, backoff: {first: 5ms, factor: 1, max: 5ms}}
streams:
  - name: stream
    schedule: {every: 1s}
    cursor: {kind: opaque, from: "$.at"}
    request: {path: /stream, query: {after: "{{cursor.value?}}", page: "{{page.token?}}"}}
    response: {decode: [json], select: [{path: "$.items[*]"}]}
    paging: {kind: token, from: "$.next", max_pages: 1000}
    dedup: {key: ["$.n"], keep: 1d}
    output: {dataset: double.stream}
  - name: numbers
    schedule: {every: 1s}
    cursor: {kind: sequence, field: {path: "$.n", type: int}, start: 0}
    request: {path: /numbers, query: {above: "{{cursor.value}}"}}
    response: {decode: [json], select: [{path: "$[*]"}]}
    paging: {kind: offset, param: skip, size: 100, stop: [empty_page], max_pages: 1000}
    dedup: {key: ["$.n"], keep: 1d}
    output: {dataset: double.numbers}
  - name: hours
    schedule: {every: 1s}
    cursor: {kind: window, start: "{{config.start}}", step: 3h, lag: 1m, lookback: 70m}
    request: {path: /hours, query: {from: "{{window.start | epoch_ms}}", to: "{{window.end | epoch_ms}}"}}
    response: {decode: [json], select: [{path: "$[*]"}]}
    paging: {kind: none}
    dedup: {key: ["$.n"], keep: 30d}
    output: {dataset: double.hours}
"#;

#[test]
fn kills_while_pulling_lose_and_double_nothing() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let start = now / 3_600 * 60 - (HOURS + 2) * 60;
    let source = Arc::new(Source::new(start));
    let double = {
        let source = source.clone();
        HttpDouble::start(move |asked| source.answer(asked)).unwrap()
    };
    let home = Home::with_config(CONFIG);
    home.write("packs/acme/double/puller.yaml", MANIFEST);
    let time = jiff::Timestamp::from_second(start as i64 * 60).unwrap();
    home.write(
        "pullers.yaml",
        &format!(
            "pullers:\n  - name: hq\n    pack: acme/double\n    settings: {{ base_url: '{}', token: s3cret, start: '{time}' }}\n",
            double.url()
        ),
    );
    let mut random = Random::new(now);
    for _ in 0..KILLS {
        let weir = home.start();
        let target = source.asked() + 1 + random.below(12) as u64;
        until("requests", || (source.asked() >= target).then_some(()));
        weir.kill();
    }
    let mut weir = home.start();
    let truth = [("hq/hours", HOURS * 60), ("hq/numbers", IDS), ("hq/stream", IDS)];
    until("everything of the source", || {
        let rows = weir.query("fetch logs | summarize events = count(), by: { weir.source } | sort weir.source");
        (rows == truth.map(|(name, count)| json!({"weir.source": name, "events": count}))).then_some(())
    });
    for (name, count) in truth {
        check(&mut weir, name, count);
    }
    assert!(weir.stop().success());
    home.assert_well();
}

/// Every id is there once, and every event says which pull brought it.
#[track_caller]
fn check(weir: &mut Weir, source: &str, count: u64) {
    let rows = weir.query(&format!("fetch logs | filter weir.source == \"{source}\" | fields n, weir.pull_id"));
    let mut seen: HashMap<u64, u32> = HashMap::new();
    for row in &rows {
        *seen.entry(row["n"].as_u64().unwrap_or_else(|| panic!("no id in {row}"))).or_default() += 1;
        assert!(row["weir.pull_id"].is_string(), "no pull in {row}");
    }
    let doubled: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).take(5).collect();
    assert!(doubled.is_empty(), "{source}: stored more than once: {doubled:?}");
    assert_eq!(seen.len() as u64, count, "{source}");
}

//! kill -9 while pulling from a source that breaks answers: afterwards every id of the source is stored once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use weir_testkit::{Answer, Asked, Ends, HttpDouble, Random};

use super::process::{Home, Weir};
use super::until::until;

const KILLS: usize = 12;
/// Ids behind `/stream` and `/numbers`.
const IDS: u64 = 4_000;
const PAGE: u64 = 100;
/// Hours behind `/hours`, a record for each minute.
const HOURS: u64 = 60;
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
  retry: {status: [500, 503], transport: true, tries: 20, backoff: {first: 5ms, factor: 1, max: 5ms}}
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
    cursor: {kind: window, start: "{{config.start}}", step: 1h, lag: 1m, lookback: 10m}
    request: {path: /hours, query: {from: "{{window.start | epoch_ms}}", to: "{{window.end | epoch_ms}}"}}
    response: {decode: [json], select: [{path: "$[*]"}]}
    paging: {kind: none}
    dedup: {key: ["$.n"], keep: 30d}
    output: {dataset: double.hours}
"#;

/// What the source has, and how often it was asked.
struct Source {
    asked: AtomicU64,
    /// Minute since the epoch of the first record behind `/hours`.
    start: u64,
}

impl Source {
    fn answer(&self, asked: &Asked) -> Answer {
        if asked.header("authorization") != Some("Bearer s3cret") {
            return Answer::new(401, &[], "who are you?");
        }
        let number = |name: &str| asked.param(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        let right = match asked.path() {
            "/stream" => self.stream(number("after").max(number("page"))),
            "/numbers" => Answer::json(records((number("above") + 1 + number("skip")..=IDS).take(PAGE as usize))),
            "/hours" => self.hours(number("from") / 60_000, number("to").div_ceil(60_000)),
            _ => return Answer::new(404, &[], ""),
        };
        // One answer of five breaks in one of several ways.
        match self.asked.fetch_add(1, SeqCst) % 40 {
            3 => Answer::new(500, &[], "oops"),
            8 => right.ends(Ends::Closed),
            13 => right.ends(Ends::Cut),
            18 => Answer::new(429, &[("retry-after", "0")], ""),
            23 => Answer::new(503, &[], ""),
            28 => Answer::new(200, &[("content-type", "text/html")], "<html><title>Sign in</title></html>"),
            33 => Answer { body: right.body[..right.body.len() / 2].to_vec(), ..right },
            38 => Answer::new(429, &[], ""),
            _ => right,
        }
    }

    fn stream(&self, after: u64) -> Answer {
        let to = (after + PAGE).min(IDS);
        let next = if to < IDS { json!(to) } else { Value::Null };
        Answer::json(format!("{{\"items\":{},\"next\":{next},\"at\":{to}}}", records(after + 1..=to)))
    }

    fn hours(&self, from: u64, to: u64) -> Answer {
        Answer::json(records(from.max(self.start)..to.min(self.start + HOURS * 60)))
    }
}

fn records(ids: impl Iterator<Item = u64>) -> String {
    let texts: Vec<String> = ids.map(|n| format!("{{\"n\":{n},\"what\":\"record {n} of a source\"}}")).collect();
    format!("[{}]", texts.join(","))
}

#[test]
fn kills_while_pulling_lose_and_double_nothing() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let start = now / 3_600 * 60 - (HOURS + 2) * 60;
    let source = Arc::new(Source { asked: AtomicU64::new(0), start });
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
        let target = source.asked.load(SeqCst) + 1 + random.below(12) as u64;
        until("requests", || (source.asked.load(SeqCst) >= target).then_some(()));
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

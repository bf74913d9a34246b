//! HTTP intakes: what is posted can be asked for.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::client::{Request, Response};
use super::process::{Home, Weir};
use super::until::until;

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";
const LINES: &str = "text/plain";

/// Posts `body` to a source of its own and asks for `columns` of what is stored; `sort` puts the rows in order.
#[track_caller]
fn check(weir: &mut Weir, source: &str, kind: &str, body: &[u8], columns: &str, expect: &Value) {
    let response = weir.post(&format!("/v1/ingest/{source}"), kind, body);
    let count = expect.as_array().unwrap().len();
    assert_taken(&response, count);
    let query = format!("fetch logs | filter weir.source == \"{source}\" | sort weir.id | fields {columns}");
    assert_eq!(json!(weir.rows(&query, count)), *expect, "{source}");
}

#[track_caller]
fn assert_taken(response: &Response, count: usize) {
    assert_eq!(response.status, 202, "{}", response.text());
    assert_eq!(response.json(), json!({"accepted": count, "rejected": 0}));
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_shape_of_body_is_stored_and_found() {
    let home = Home::new();
    let weir = &mut home.start();
    let one = br#"{"n":1,"who":{"name":"ana"},"src":"192.0.2.1"}"#;
    check(weir, "object", JSON, one, "n, who.name", &json!([{"n": 1, "who.name": "ana"}]));
    let spread = b"\n{\n  \"n\": 1,\n  \"text\": \"a\\nb\"\n}\n";
    check(weir, "spread", JSON, spread, "n, text", &json!([{"n": 1, "text": "a\nb"}]));
    let three = json!([{"n": 1}, {"n": 2}, {"n": 3}]);
    check(weir, "array", JSON, br#" [{"n":1}, {"n":2},{"n":3}] "#, "n", &three);
    check(weir, "ndjson", NDJSON, b"{\"n\":1}\n\n{\"n\":2}\r\n{\"n\":3}", "n", &three);
    let lines = json!([{"content": "first line"}, {"content": "{not json"}, {"content": "third: ü"}]);
    check(weir, "lines", LINES, "first line\n{not json\n\nthird: ü\n".as_bytes(), "content", &lines);
    check(weir, "untold", "application/octet-stream", b"just text", "content", &json!([{"content": "just text"}]));
}

#[test]
fn a_full_queue_refuses_and_says_when_to_come_back() {
    let home = Home::with_config("limits: { queue_bytes: 1Mi }\n");
    let mut weir = home.start();
    let (enough, tcp) = (AtomicBool::new(false), weir.tcp);
    let lines = format!("<13>{}\n", "x".repeat(1_000)).repeat(1_000);
    let post = |weir: &mut Weir| weir.post("/v1/ingest/polite", LINES, "y".repeat(100_000));
    let mut taken = 0;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut sender = TcpStream::connect(tcp).unwrap();
                while !enough.load(Relaxed) {
                    sender.write_all(lines.as_bytes()).unwrap();
                }
            });
        }
        let refused = until("a refusal", || {
            let response = post(&mut weir);
            taken += usize::from(response.status == 202);
            (response.status != 202).then_some(response)
        });
        enough.store(true, Relaxed);
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")), "{}", refused.text());
        assert!(refused.text().contains("the queue is full"), "{}", refused.text());
    });
    until("room in the queue", || (post(&mut weir).status == 202).then_some(()));
    weir.rows("fetch logs | filter weir.source == \"polite\" | fields weir.id", taken + 1);
    assert_eq!(weir.metric("weir_events_dropped_total"), 0.0);
}

#[test]
fn a_compressed_body_is_the_same_body() {
    let home = Home::new();
    let mut weir = home.start();
    let lines: String = (0..5_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
    let token = super::process::bearer(&weir.token);
    let headers = [("authorization", token.as_str()), ("content-encoding", "gzip"), ("content-type", NDJSON)];
    let body = gzip(lines.as_bytes());
    let response = weir.send(&Request { method: "POST", path: "/v1/ingest/packed", headers: &headers, body: &body });
    assert_taken(&response, 5_000);
    let query = "fetch logs | filter weir.source == \"packed\" | summarize events = count(), sum = sum(n)";
    super::until::until_equal(
        "all records of the compressed body",
        json!([{"events": 5_000, "sum": 12_497_500.0}]),
        || json!(weir.query(query)),
    );
}

#[test]
fn the_workflow_path_takes_a_bare_key() {
    let home = Home::new();
    let mut weir = home.start();
    let key = weir.token.clone();
    let mut post = |path: &str, key: &str| {
        let headers = [("authorization", key), ("content-type", JSON)];
        let body = br#"{"alert":"beacon","level":7}"#;
        weir.send(&Request { method: "POST", path, headers: &headers, body })
    };
    assert_taken(&post("/workflow/edr/alerts?tenantId=1&site=lab", &key), 1);
    let missing = post("/workflow/edr/alerts", &key);
    assert_eq!((missing.status, missing.text().contains("tenantId")), (400, true), "{}", missing.text());
    assert_eq!(post("/workflow/edr/alerts?tenantId=2", &key).status, 403);
    assert_eq!(post("/workflow/edr/alerts?tenantId=1", "nonsense").status, 401);
    let rows = weir.rows("fetch logs | filter weir.source == \"edr/alerts\" | fields alert, level, site", 1);
    assert_eq!(rows, [json!({"alert": "beacon", "level": 7, "site": "lab"})]);
}

#[test]
fn the_custom_path_makes_security_events() {
    let home = Home::new();
    let mut weir = home.start();
    let key = format!("Api-Token {}", weir.token);
    let headers = [("authorization", key.as_str()), ("content-type", JSON)];
    let body = br#"[{"event.kind":"SECURITY_EVENT","event.category":"PROBE","n":1},{"event.kind":"OTHER","n":2}]"#;
    let path = "/platform/ingest/custom/events.security/signals";
    let response = weir.send(&Request { method: "POST", path, headers: &headers, body });
    assert_eq!(response.status, 202, "{}", response.text());
    for table in ["security.events", "events"] {
        let query = format!("fetch {table} | filter event.kind == \"SECURITY_EVENT\" | fields event.category, n");
        assert_eq!(weir.rows(&query, 1), [json!({"event.category": "PROBE", "n": 1})], "{table}");
    }
    let path = "/platform/ingest/custom/nowhere/signals";
    assert_eq!(weir.send(&Request { method: "POST", path, headers: &headers, body }).status, 404);
}

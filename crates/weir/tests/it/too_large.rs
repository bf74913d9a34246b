//! Bodies over the limit and decompression bombs: refused before memory grows.

use serde_json::json;

use super::client::{Request, Response};
use super::intake::gzip;
use super::process::{Home, Weir, bearer};

/// Memory that one refused body may cost, over what was used before.
const GROWTH_MAX: u64 = 100 << 20;

/// Refused with 413 and a limit that is named; the process lives, has not grown much, and goes on working.
#[track_caller]
fn check(weir: &mut Weir, send: impl FnOnce(&mut Weir) -> Response) {
    weir.ingest("before", &json!({"n": 1}));
    let (before, _) = weir.memory();
    let response = send(weir);
    let (_, most) = weir.memory();
    assert_eq!(response.status, 413, "{}", response.text());
    let error = response.json()["error"].clone();
    assert!(error["why"].as_str().unwrap().contains(|c: char| c.is_ascii_digit()), "no limit is named: {error}");
    assert!(most.saturating_sub(before) < GROWTH_MAX, "memory grew from {before} to {most} bytes");
    weir.ingest("after", &json!({"n": 1}));
}

fn zipped<'r>(headers: &'r [(&'r str, &'r str)], body: &'r [u8]) -> Request<'r> {
    Request { method: "POST", path: "/v1/ingest/bomb", headers, body }
}

#[test]
fn a_body_that_announces_too_much_is_refused_unread() {
    let home = Home::new();
    check(&mut home.start(), |weir| {
        let token = bearer(&weir.token);
        let headers = [("authorization", token.as_str())];
        weir.connect().announce(&zipped(&headers, b""), 1 << 30).unwrap()
    });
}

#[test]
fn a_body_that_does_not_end_is_refused_at_the_limit() {
    let home = Home::new();
    check(&mut home.start(), |weir| {
        let token = bearer(&weir.token);
        let headers = [("authorization", token.as_str()), ("content-type", "text/plain")];
        let line = [b'x'; 1 << 20];
        weir.connect().pour(&zipped(&headers, &line), 200).unwrap()
    });
}

#[test]
fn a_dense_bomb_is_refused() {
    let home = Home::new();
    check(&mut home.start(), |weir| {
        let member = gzip(&vec![b' '; 4 << 20]);
        let bomb = member.repeat(200);
        send_zipped(weir, &bomb)
    });
}

#[test]
fn a_large_body_in_a_small_one_is_refused() {
    let home = Home::new();
    check(&mut home.start(), |weir| {
        let line =
            |n: u32| format!("{{\"n\":{n},\"action\":\"allowed by the rule that allows what was asked for\"}}\n");
        let lines: String = (0..10_000).map(line).collect();
        let member = gzip(lines.as_bytes());
        let times = (100 << 20) / lines.len();
        // Neither larger than a body may be, nor suspiciously dense.
        assert!(member.len() * times < 16 << 20 && lines.len() / member.len() < 100);
        send_zipped(weir, &member.repeat(times))
    });
}

fn send_zipped(weir: &mut Weir, body: &[u8]) -> Response {
    let token = bearer(&weir.token);
    let headers = [("authorization", token.as_str()), ("content-encoding", "gzip"), ("content-type", "text/plain")];
    weir.connect().send(&zipped(&headers, body)).unwrap()
}

#[test]
fn a_damaged_compressed_body_is_refused_whole() {
    let home = Home::new();
    let mut weir = home.start();
    let mut body = gzip(b"{\"n\":1}\n{\"n\":2}\n");
    body.truncate(body.len() - 6);
    let response = send_zipped(&mut weir, &body);
    assert_eq!(response.status, 400, "{}", response.text());
    assert_eq!(weir.query("fetch logs | filter weir.source == \"bomb\"").len(), 0);
}

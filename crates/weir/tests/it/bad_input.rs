//! Bad input gets a clear error, and nothing good is lost with it.

use serde_json::{Value, json};

use super::client::{Request, Response};
use super::process::{Home, Weir, bearer, run_to_end, weir};

/// Posts a batch that is partly bad; checks which records are refused and that exactly the good ones are stored.
#[track_caller]
fn check(weir: &mut Weir, source: &str, kind: &str, body: &str, bad: &[u64], good: &[u64]) {
    let response = weir.post(&format!("/v1/ingest/{source}"), kind, body);
    assert_eq!(response.status, 202, "{}", response.text());
    let answer = response.json();
    assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(good.len()), &json!(bad.len())), "{answer}");
    let errors = answer["errors"].as_array().unwrap();
    let indexes: Vec<u64> = errors.iter().map(|error| error["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, bad, "{answer}");
    for error in errors {
        assert!(error["id"].is_string() && error["what"].is_string() && error["offset"].is_u64(), "{error}");
    }
    let query = format!("fetch logs | filter weir.source == \"{source}\" | sort n | fields n");
    let stored: Vec<Value> = weir.rows(&query, good.len());
    assert_eq!(stored, good.iter().map(|n| json!({"n": n})).collect::<Vec<_>>());
}

#[test]
fn bad_records_are_named_by_index_and_good_ones_stored() {
    let home = Home::new();
    let weir = &mut home.start();
    check(weir, "comma", "application/json", r#"[{"n":0},{"n":,},{"n":2}]"#, &[1], &[0, 2]);
    check(weir, "scalar", "application/json", r#"[{"n":0},7,"x",{"n":3}]"#, &[1, 2], &[0, 3]);
    check(weir, "unclosed", "application/json", r#"[{"n":0},{"n":1},{"n":2"#, &[2], &[0, 1]);
    check(weir, "lines", "application/x-ndjson", "{\"n\":0}\nnonsense\n{\"n\":2}\n", &[1], &[0, 2]);
    check(weir, "quote", "application/json", r#"[{"n":0},{"n":"1},{"n":2}]"#, &[1], &[0]);
}

#[test]
fn a_body_with_nothing_good_is_refused_with_a_place() {
    let home = Home::new();
    let mut weir = home.start();
    for body in [r#"{"n":"#, "[1,2]", "", "{\"a\":1}trailing"] {
        let response = weir.post("/v1/ingest/none", "application/json", body);
        assert_eq!(response.status, 400, "{body}: {}", response.text());
        let error = response.json()["error"].clone();
        assert!(error["id"].is_string() && !error["what"].as_str().unwrap().is_empty(), "{body}: {error}");
    }
    let response = weir.post("/v1/ingest/none", "image/png", "{}");
    assert_eq!(response.status, 415, "{}", response.text());
    for name in ["..%2f..%2fetc", "A%20B", "rule%2fmine", "%2dx", &"x".repeat(129)] {
        let response = weir.post(&format!("/v1/ingest/{name}"), "application/json", "{}");
        assert_eq!(response.status, 400, "{name}: {}", response.text());
        let error = response.json()["error"].clone();
        assert!(error["id"] == "HTTP-028" && error["why"].as_str().unwrap().contains("128 letters"), "{error}");
    }
    assert_eq!(weir.query("fetch logs | filter weir.source == \"none\"").len(), 0);
}

#[test]
fn tokens_are_asked_for_and_scopes_held() {
    let home = Home::new();
    let mut weir = home.start();
    let (ingest, _) = weir.make_token("default", &["ingest"]);
    let (query, id) = weir.make_token("default", &["query"]);
    assert_error(&ingest_with(&mut weir, None), 401, "");
    assert_error(&ingest_with(&mut weir, Some("weir_nonsense")), 401, "");
    let forged = format!("{}a", &ingest[..ingest.len() - 1]);
    assert_error(
        &ingest_with(&mut weir, Some(&forged).filter(|forged| **forged != ingest).map(String::as_str)),
        401,
        "",
    );
    assert_error(&ingest_with(&mut weir, Some(&query)), 403, "ingest");
    assert_eq!(ingest_with(&mut weir, Some(&ingest)).status, 202);
    assert_error(&query_with(&mut weir, &ingest), 403, "query");
    assert_eq!(query_with(&mut weir, &query).status, 200);
    assert_error(&tokens_with(&mut weir, &query), 403, "admin");

    let all = bearer(&weir.token);
    let path = format!("/v1/tokens/{id}");
    let revoked = weir.send(&Request { method: "DELETE", path: &path, headers: &[("authorization", &all)], body: b"" });
    assert_eq!(revoked.status, 200, "{}", revoked.text());
    assert_error(&query_with(&mut weir, &query), 401, "");
    let listed = weir.get("/v1/tokens").text();
    assert!(listed.contains(&id) && !listed.contains(&query) && !listed.contains(&ingest), "{listed}");
}

/// A method that a path does not take and an address that is no text used to be answered without a word, or with one that is no JSON.
#[test]
fn every_refusal_is_a_fault() {
    let home = Home::with_config("open_sources: false\n");
    let mut weir = home.start();
    let long = format!("{{\"query\":\"{}\"}}", "x".repeat(2 << 20));
    for (method, path, body, status, id) in [
        ("GET", "/v1/query", "", 405, "HTTP-405"),
        ("DELETE", "/v1/tokens", "", 405, "HTTP-405"),
        ("DELETE", "/v1/ingest/a", "", 405, "HTTP-405"),
        ("POST", "/v1/query", &long, 413, "HTTP-413"),
        ("POST", "/v1/tokens", &long, 413, "HTTP-413"),
        ("POST", "/v1/ingest/%ff", "{}", 400, "HTTP-027"),
        ("POST", "/workflow/%ff?tenantId=1", "{}", 400, "HTTP-027"),
        ("DELETE", "/v1/tokens/%ff", "", 400, "HTTP-027"),
        ("GET", "/v1/ledger?from=a&from=b", "", 400, "HTTP-027"),
        ("POST", "/v1/ingest/unlisted", "{}", 404, "HTTP-404"),
        ("POST", "/v1/nothing", "", 404, "HTTP-404"),
        ("GET", "/v1/nothing", "", 404, "HTTP-404"),
        ("POST", "/v1/tokens", "{\"name\":\"a\",\"scopes\":[]}", 400, "AUTH-008"),
        ("POST", "/services/collector/ack?channel=a", &long, 413, "HTTP-413"),
        ("GET", "/services/collector/event", "", 405, "HTTP-405"),
        ("GET", "/_bulk", "", 405, "HTTP-405"),
        ("POST", "/%ff/_bulk", "{}", 400, "HTTP-027"),
        ("GET", "/v1/logs", "", 405, "HTTP-405"),
    ] {
        let token = bearer(&weir.token);
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        let response = weir.send(&Request { method, path, headers: &headers, body: body.as_bytes() });
        assert_eq!(response.status, status, "{method} {path}: {}", response.text());
        let answer = response.json();
        assert_eq!(answer["error"]["id"], id, "{method} {path}: {answer}");
        assert_eq!(response.header("allow").is_some(), status == 405, "{method} {path}");
        let of_protocol = match path {
            "/v1/logs" => &answer["code"],
            _ if path.starts_with("/services") => &answer["text"],
            _ if path.ends_with("_bulk") => &answer["error"]["reason"],
            _ => &answer["error"]["code"],
        };
        assert!(!of_protocol.is_null(), "{method} {path}: {answer}");
    }
}

/// The answer has `status`, an id, and `word` in what it says.
#[track_caller]
fn assert_error(response: &Response, status: u16, word: &str) {
    assert_eq!(response.status, status, "{}", response.text());
    let error = response.json()["error"].clone();
    assert!(error["id"].is_string() && error["what"].as_str().unwrap().contains(word), "{error}");
}

fn ingest_with(weir: &mut Weir, token: Option<&str>) -> Response {
    let bearer = token.map(bearer);
    let headers: Vec<_> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
    weir.send(&Request { method: "POST", path: "/v1/ingest/scoped", headers: &headers, body: b"{\"n\":1}" })
}

fn query_with(weir: &mut Weir, token: &str) -> Response {
    let bearer = bearer(token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    weir.send(&Request { method: "POST", path: "/v1/query", headers: &headers, body: br#"{"query":"fetch logs"}"# })
}

fn tokens_with(weir: &mut Weir, token: &str) -> Response {
    let bearer = bearer(token);
    weir.send(&Request { method: "GET", path: "/v1/tokens", headers: &[("authorization", &bearer)], body: b"" })
}

#[test]
fn an_unknown_key_of_the_configuration_stops_the_start() {
    let home = Home::with_config("sources:\n  - name: edge\n    kind: syslog\n    lisen: 127.0.0.1:0\n");
    let (code, words) = run_to_end(home.command("run"));
    assert_eq!(code, Some(3), "{words}");
    for part in ["lisen", "`listen`", "weir.yaml:4", "CONFIG-"] {
        assert!(words.contains(part), "{part} is missing in: {words}");
    }
    assert!(
        !home.data().exists() && !home.ready_file().exists(),
        "nothing is touched before the configuration is right"
    );
}

#[test]
fn a_second_process_on_the_same_data_is_refused() {
    let home = Home::new();
    let mut weir = home.start();
    let (code, words) = run_to_end(home.command("run"));
    assert_eq!(code, Some(4), "{words}");
    for part in ["STORE-001", &format!("process {}", weir.pid()), "hint:"] {
        assert!(words.contains(part), "{part} is missing in: {words}");
    }
    weir.ingest("still", &json!({"n": 1}));
    weir.rows("fetch logs | filter weir.source == \"still\"", 1);
    let doctor = home.doctor();
    assert_ne!(doctor.status.code(), Some(0), "the doctor does not look into data that are in use");
}

/// The process used to end with a panic.
#[test]
fn a_syslog_port_in_use_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new();
    let mut command = weir();
    command.arg("run").arg("--data").arg(home.data()).args(["--http", "127.0.0.1:0", "--syslog"]);
    command.arg(taken.local_addr().unwrap().to_string());
    let (code, words) = run_to_end(command);
    assert_eq!(code, Some(4), "{words}");
    assert!(words.contains("CLI-003"), "{words}");
}

/// Both used to find nothing and say that all is well; the doctor also left a file in the folder.
#[test]
fn a_folder_or_a_tenant_that_is_not_there_is_said() {
    let home = Home::new();
    let run = |args: &[&str], folder: &std::path::Path| {
        let mut command = weir();
        command.args(args).arg("--data").arg(folder);
        run_to_end(command)
    };
    let plain = home.path().join("plain");
    std::fs::create_dir(&plain).unwrap();
    for folder in [&plain, &home.path().join("missing")] {
        for args in [&["doctor"][..], &["query", "fetch logs"]] {
            let (code, words) = run(args, folder);
            assert!(code == Some(2) && words.contains("CLI-002"), "{args:?}: {code:?} {words}");
        }
    }
    assert_eq!(std::fs::read_dir(&plain).unwrap().count(), 0, "nothing is written to it");
    let mut weir = home.start();
    weir.ingest("some", &json!({"n": 1}));
    assert!(weir.stop().success());
    let (code, words) = run(&["query", "fetch logs", "--tenant", "nope"], &home.data());
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("CLI-029") && words.contains("known tenants: default"), "{words}");
    assert_eq!(run(&["query", "fetch logs", "--tenant", "default"], &home.data()).0, Some(0));
    home.assert_well();
}

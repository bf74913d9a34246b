//! A query with a mistake is answered with the place, a caret and a hint.

use serde_json::json;

use super::process::{Home, Weir};

#[track_caller]
fn check(weir: &mut Weir, query: &str, marked: &str, hint: &str) {
    let response = weir.ask(query);
    assert_eq!(response.status, 400, "{query}: {}", response.text());
    let error = response.json()["error"].clone();
    assert!(error["id"].as_str().unwrap().contains('-'), "{error}");
    let why = error["why"].as_str().unwrap();
    let lines: Vec<&str> = why.lines().collect();
    let caret = lines.iter().position(|line| line.trim_start().starts_with('^'));
    let caret = caret.unwrap_or_else(|| panic!("no caret in: {error:#}"));
    let column = lines[caret].find('^').unwrap();
    assert!(lines[caret - 1][column..].starts_with(marked), "the caret is not under {marked:?}:\n{why}");
    assert!(error["hint"].as_str().unwrap().contains(hint), "{hint} is not in the hint of {error:#}");
}

#[test]
fn typos_are_shown_with_a_caret_and_a_hint() {
    let home = Home::new();
    let weir = &mut home.start();
    check(weir, "fetch logs | fliter n == 1", "fliter", "filter");
    check(weir, "fetch logs\n| filter startWith(content, \"a\")", "startWith", "startsWith");
    check(weir, "fetch logs | sumarize count()", "sumarize", "summarize");
}

#[test]
fn mistakes_of_other_kinds_are_answered_too() {
    let home = Home::new();
    let mut weir = home.start();
    weir.ingest("some", &json!({"n": 1}));
    for query in ["", "fetch", "fetch logs |", "fetch logs | filter (n == 1", "fetch logs | parse content, \"LD:a '\""]
    {
        let response = weir.ask(query);
        assert_eq!(response.status, 400, "{query}: {}", response.text());
        let error = response.json()["error"].clone();
        assert!(error["id"].is_string() && !error["what"].as_str().unwrap().is_empty(), "{query}: {error}");
    }
    for body in ["", "[]", "{\"query\":7}", "{\"query\":\"fetch logs\",\"form\":\"-1h\"}", "{\"query\":"] {
        let response = weir.post("/v1/query", "application/json", body);
        assert_eq!(response.status, 400, "{body}: {}", response.text());
        assert!(response.json()["error"]["id"].is_string(), "{}", response.text());
    }
    weir.rows("fetch logs | filter weir.source == \"some\"", 1);
}

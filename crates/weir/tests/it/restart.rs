//! A clean stop, and what a start finds: events, tokens, the ready file.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::process::Home;
use super::until::until_equal;

#[test]
fn a_clean_stop_keeps_events_and_tokens() {
    let home = Home::new();
    let mut weir = home.start();
    let mode = std::fs::metadata(home.ready_file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the ready file holds a token");
    let (token, _) = weir.make_token("default", &["query"]);
    let records: Vec<_> = (0..500).map(|n| json!({"n": n, "who": format!("user{}", n % 7)})).collect();
    weir.ingest("kept", &json!(records));
    assert!(weir.stop().success());
    home.assert_well();

    let mut weir = home.start();
    weir.token = token;
    let query = "fetch logs | filter weir.source == \"kept\" | summarize events = count(), sum = sum(n), who = countDistinctExact(who)";
    assert_eq!(weir.query(query), [json!({"events": 500, "sum": 124_750.0, "who": 7})]);
}

#[test]
fn the_ledger_balances() {
    let home =
        Home::with_config("routes:\n  - { name: quiet, source: counted, filter: 'level == \"debug\"', drop: true }\n");
    let mut weir = home.start();
    let level = |n: u32| if n.is_multiple_of(4) { "debug" } else { "info" };
    let records: Vec<_> = (0..100).map(|n| json!({"n": n, "level": level(n)})).collect();
    weir.ingest("counted", &json!(records));
    until_equal("received = stored + filtered", json!([100, 75, 25, 0, 0]), || {
        let ledger = weir.get("/v1/ledger").json();
        let mut sums = [0; 5];
        for row in ledger["ledger"].as_array().unwrap().iter().filter(|row| row["source"] == "counted") {
            for (sum, name) in sums.iter_mut().zip(["received", "stored", "filtered", "dead_lettered", "in_flight"]) {
                *sum += row[name].as_u64().unwrap();
            }
        }
        json!(sums)
    });
    assert_eq!(weir.query("fetch logs | filter weir.source == \"counted\"").len(), 75);
    assert_eq!(weir.metric("weir_events_stored_total{tenant=\"default\",source=\"counted\"}"), 75.0);
    assert_eq!(weir.get("/healthz").status, 200);
}

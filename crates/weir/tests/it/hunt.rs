//! The two hunts: resolver records are posted, a rule finds the bad name, and its findings are counted.

use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::{Value, json};

use super::process::{Home, Weir};
use super::until::{until, until_equal};

const HUNT: &str = r#"fetch logs, from: -5m
| filter aws.log_group == "/aws/route53/unguard-secla-demo/resolver-logs"
| parse content, "json{timestamp('yyyy-MM-DDTHH:mm:ssZ'):query_timestamp, string:query_name, ipaddr:srcaddr}(flat=true)"
| parse query_name, "ld* '.'? ( (ld '.' ld):domain '.' eos) "
| filter domain == "tiitha-maliciousdomain.com"
| fields query_timestamp, srcaddr, query_name"#;

const SERIES: &str = r#"fetch events, from: -12h
| filter event.kind == "SECURITY_EVENT"
| makeTimeseries count(), by: { event.category }, interval:1h"#;

const GROUP: &str = "/aws/route53/unguard-secla-demo/resolver-logs";

/// What the resolver writes about one question.
fn record(at: Timestamp, name: &str, from: &str) -> Value {
    json!({
        "version": "1.100000", "account_id": "111122223333", "region": "eu-central-1", "vpc_id": "vpc-0a1b2c3d",
        "query_timestamp": at.to_string(), "query_name": name, "query_type": "A", "query_class": "IN",
        "rcode": "NOERROR", "answers": [{"Rdata": "198.51.100.66", "Type": "A", "Class": "IN"}], "srcaddr": from,
        "srcport": "44474", "transport": "UDP", "srcids": {"instance": "i-0a1b2c3d4e5f"}
    })
}

/// The record as members of the posted object, with the log group beside them.
fn plain(at: Timestamp, name: &str, from: &str, group: &str) -> Value {
    let mut record = record(at, name, from);
    record["log_group"] = group.into();
    record
}

/// The record as text inside an object that carries the log group, as a forwarder sends it.
fn wrapped(at: Timestamp, name: &str, from: &str) -> Value {
    json!({"aws.log_group": GROUP, "content": record(at, name, from).to_string()})
}

/// A whole second, `ago` seconds before now.
fn seconds_ago(ago: i64) -> Timestamp {
    (Timestamp::now() - SignedDuration::from_secs(ago)).round(Unit::Second).unwrap()
}

/// The records of which the hunt finds three, and what it says of them, by time.
fn post_records(weir: &mut Weir) -> Vec<Value> {
    let (first, second, third) = (seconds_ago(90), seconds_ago(60), seconds_ago(30));
    let records = json!([
        plain(first, "c2.tiitha-maliciousdomain.com.", "192.0.2.7", GROUP),
        wrapped(second, "a.b.tiitha-maliciousdomain.com.", "2001:db8::7"),
        wrapped(third, "tiitha-maliciousdomain.com.", "192.0.2.9"),
        plain(first, "www.example.com.", "192.0.2.7", GROUP),
        plain(first, "c2.tiitha-maliciousdomain.com.", "192.0.2.8", "/aws/route53/another/resolver-logs"),
        plain(seconds_ago(3_000), "c2.tiitha-maliciousdomain.com.", "192.0.2.6", GROUP),
        {"aws.log_group": GROUP, "content": "no record of a resolver"},
    ]);
    weir.ingest("resolver", &records);
    let row = |at: Timestamp, from: &str, name: &str| json!({"query_timestamp": at.to_string(), "srcaddr": from, "query_name": name});
    vec![
        row(first, "192.0.2.7", "c2.tiitha-maliciousdomain.com."),
        row(second, "2001:db8::7", "a.b.tiitha-maliciousdomain.com."),
        row(third, "192.0.2.9", "tiitha-maliciousdomain.com."),
    ]
}

/// Rows by time, with times written one way.
fn by_time(mut rows: Vec<Value>) -> Vec<Value> {
    for row in &mut rows {
        let at: Timestamp = row["query_timestamp"].as_str().unwrap_or_else(|| panic!("{row}")).parse().unwrap();
        row["query_timestamp"] = at.to_string().into();
    }
    rows.sort_by_key(|row| row["query_timestamp"].to_string());
    rows
}

/// Findings by category, over all hours.
fn findings(weir: &mut Weir) -> Vec<(String, i64)> {
    let rows = weir.query(SERIES);
    let total = |row: &Value| {
        let counts = row["count()"].as_array().unwrap_or_else(|| panic!("{row}"));
        counts.iter().filter_map(Value::as_i64).sum()
    };
    rows.iter().map(|row| (row["event.category"].as_str().unwrap_or("null").to_owned(), total(row))).collect()
}

#[test]
fn the_hunt_finds_the_bad_name() {
    let home = Home::new();
    let mut weir = home.start();
    let expect = post_records(&mut weir);
    assert_eq!(by_time(weir.rows(HUNT, expect.len())), expect);
}

#[test]
fn a_rule_makes_each_row_of_the_hunt_a_finding_once() {
    let home = Home::new();
    let query: String = HUNT.lines().map(|line| format!("  {line}\n")).collect();
    let add = "add:\n  event.category: DNS_HUNT\n  event.provider: test\n  event.description: \"{srcaddr} asked for {query_name}\"\n";
    home.write("rules/hunt.yaml", &format!("id: test/hunt\ntitle: Bad name\ninterval: 1s\nquery: |\n{query}{add}"));
    let mut weir = home.start();
    // A rule looks at what has arrived, so the record that came late, too old for the hunt by hand, is found as well.
    post_records(&mut weir);
    until_equal("findings", vec![("DNS_HUNT".to_owned(), 4)], || findings(&mut weir));
    let described = "fetch events | filter event.category == \"DNS_HUNT\" | sort event.description \
         | fields event.kind, event.provider, event.description, detection.id";
    let rows = weir.rows(described, 4);
    let description = "192.0.2.7 asked for c2.tiitha-maliciousdomain.com.";
    let expect = json!({"event.kind": "SECURITY_EVENT", "event.provider": "test", "event.description": description, "detection.id": "test/hunt"});
    assert_eq!(rows[1], expect);

    // More arrives, and the process dies: each row is still found once, and those of before are not found again.
    weir.ingest("resolver", &json!([plain(seconds_ago(10), "x.tiitha-maliciousdomain.com.", "192.0.2.7", GROUP)]));
    weir.kill();
    let mut weir = home.start();
    until_equal("the finding of the record of before", vec![("DNS_HUNT".to_owned(), 5)], || findings(&mut weir));
    weir.ingest("resolver", &json!([plain(seconds_ago(5), "y.tiitha-maliciousdomain.com.", "192.0.2.7", GROUP)]));
    until_equal("one more finding", vec![("DNS_HUNT".to_owned(), 6)], || findings(&mut weir));
    let rule = until("the rule to be listed without error", || {
        let rules = weir.get("/v1/rules").json();
        rules["rules"].as_array()?.iter().find(|rule| rule["id"] == "test/hunt").cloned()
    });
    assert!(rule["error"].is_null(), "{rule}");
}

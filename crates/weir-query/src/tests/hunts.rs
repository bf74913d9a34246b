//! Questions as hunters ask them, over records in files.

use std::io::Write;

use expect_test::{Expect, expect};
use weir_event::{Value, write_json};

use super::{engine, records};
use crate::FileTables;

const RESOLVER: &str = concat!(
    r#"{"timestamp":"2024-05-01T11:58:00Z","aws.log_group":"/aws/route53/unguard-secla-demo/resolver-logs","content":"{\"query_timestamp\":\"2024-05-01T11:58:00Z\",\"query_name\":\"www.tiitha-maliciousdomain.com.\",\"srcaddr\":\"10.0.0.7\"}"}"#,
    "\n",
    r#"{"timestamp":"2024-05-01T11:58:10Z","aws.log_group":"/aws/route53/unguard-secla-demo/resolver-logs","content":"{\"query_timestamp\":\"2024-05-01T11:58:10Z\",\"query_name\":\"tiitha\\u002dmaliciousdomain.com.\",\"srcaddr\":\"10.0.0.8\"}"}"#,
    "\n",
    r#"{"timestamp":"2024-05-01T11:58:20Z","aws.log_group":"/aws/route53/unguard-secla-demo/resolver-logs","content":"{\"query_timestamp\":\"2024-05-01T11:58:20Z\",\"query_name\":\"example.com.\",\"srcaddr\":\"10.0.0.9\"}"}"#,
    "\n",
    r#"{"timestamp":"2024-05-01T11:58:30Z","aws.log_group":"other","content":"www.tiitha-maliciousdomain.com."}"#,
    "\n",
    r#"{"timestamp":"2024-05-01T10:58:00Z","aws.log_group":"/aws/route53/unguard-secla-demo/resolver-logs","content":"{\"query_timestamp\":\"2024-05-01T10:58:00Z\",\"query_name\":\"www.tiitha-maliciousdomain.com.\",\"srcaddr\":\"10.0.0.7\"}"}"#,
    "\n",
);

const EVENTS: &str = concat!(
    r#"{"timestamp":"2024-05-01T10:10:00Z","event.kind":"SECURITY_EVENT","event.category":"A"}"#,
    "\n",
    r#"{"timestamp":"2024-05-01T11:20:00Z","event.kind":"SECURITY_EVENT","event.category":"A","extra":1}"#,
    "\n",
    r#"{"timestamp":"2024-05-01T11:30:00Z","event.kind":"SECURITY_EVENT","event.category":"B","extra":"x"}"#,
    "\n",
    r#"{"timestamp":"2024-05-01T11:40:00Z","event.kind":"OTHER","event.category":"B"}"#,
    "\n",
);

#[track_caller]
fn check(query: &str, expected: Expect) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut paths = Vec::new();
    for (name, text) in [("logs.ndjson", RESOLVER), ("events.ndjson", EVENTS)] {
        let path = folder.path().join(name);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("the file is written");
        paths.push(path);
    }
    let tables = FileTables::open(&paths).expect("the files are tables");
    let mut text = String::new();
    match records(&engine(tables), query) {
        Ok(records) => {
            for record in records {
                write_json(&Value::Record(record), &mut text);
                text.push('\n');
            }
        }
        Err(fault) => text = format!("{fault}\n"),
    }
    expected.assert_eq(&text);
}

#[test]
fn a_domain_in_resolver_logs() {
    check(
        r#"fetch logs, from: -5m
| filter aws.log_group == "/aws/route53/unguard-secla-demo/resolver-logs"
| parse content, "json{timestamp('yyyy-MM-DDTHH:mm:ssZ'):query_timestamp, string:query_name, ipaddr:srcaddr}(flat=true)"
| parse query_name, "ld* '.'? ( (ld '.' ld):domain '.' eos) "
| filter domain == "tiitha-maliciousdomain.com"
| fields query_timestamp, srcaddr, query_name"#,
        expect![[r#"
            {"query_timestamp":"2024-05-01T11:58:00Z","srcaddr":"10.0.0.7","query_name":"www.tiitha-maliciousdomain.com."}
            {"query_timestamp":"2024-05-01T11:58:10Z","srcaddr":"10.0.0.8","query_name":"tiitha-maliciousdomain.com."}
        "#]],
    );
}

#[test]
fn security_events_by_hour() {
    check(
        r#"fetch events, from: -12h
| filter event.kind == "SECURITY_EVENT"
| makeTimeseries count(), by: { event.category }, interval:1h"#,
        expect![[r#"
            {"timeframe":{"start":"2024-05-01T00:00:00Z","end":"2024-05-01T12:00:00Z"},"interval":3600000000000,"event.category":"A","count()":[null,null,null,null,null,null,null,null,null,null,1,1]}
            {"timeframe":{"start":"2024-05-01T00:00:00Z","end":"2024-05-01T12:00:00Z"},"interval":3600000000000,"event.category":"B","count()":[null,null,null,null,null,null,null,null,null,null,null,1]}
        "#]],
    );
}

#[test]
fn a_field_of_several_kinds_still_sorts_and_groups() {
    check(
        "fetch events | summarize count(), by: {extra} | sort extra desc",
        expect![[r#"
        {"extra":"x","count()":1}
        {"extra":1,"count()":1}
        {"extra":null,"count()":2}
    "#]],
    );
}

#[test]
fn an_unknown_table_is_named() {
    check(
        "fetch evnts",
        expect![[r#"
        error[QUERY-002]: there is no table `evnts`
          at: line 1, column 1
          because: only tables that are there can be fetched
            fetch evnts
            ^^^^^^^^^^^
          hint: did you mean `events`?
    "#]],
    );
}

#[test]
fn a_limit_stops_the_scan() {
    check(
        "fetch events | limit 1 | fields event.kind",
        expect![[r#"
        {"event.kind":"SECURITY_EVENT"}
    "#]],
    );
}

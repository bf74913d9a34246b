//! Questions over a store: rows in memory, rows in segments, fields of several kinds, fields in the rest.

use std::sync::Arc;

use expect_test::{Expect, expect};
use weir_event::{Batch, Cell, FieldId, Timestamp, Value, write_json};
use weir_store::{Done, OsDisk, Rows, Store, StoreOptions, SystemClock, TableRows};

use super::{NOW, engine, records, records_of};
use crate::{RunOptions, StoreTables};

const SECOND: i64 = 1_000_000_000;
const HUNT: &str = r#"fetch logs, from: -5m
| filter aws.log_group == "/aws/route53/unguard-secla-demo/resolver-logs"
| parse content, "json{timestamp('yyyy-MM-DDTHH:mm:ssZ'):query_timestamp, string:query_name, ipaddr:srcaddr}(flat=true)"
| parse query_name, "ld* '.'? ( (ld '.' ld):domain '.' eos) "
| filter domain == "tiitha-maliciousdomain.com"
| fields query_timestamp, srcaddr, query_name"#;

/// Content, time, other fields.
type Event<'e> = (&'e str, i64, &'e [(&'e str, Value<'e>)]);

fn rows(tenant: &str, table: &str, events: &[Event]) -> TableRows {
    let mut batch = Batch::default();
    for (content, at, fields) in events {
        batch.set_text(FieldId::known("content"), content);
        batch.set(FieldId::known("timestamp"), Cell::Timestamp(Timestamp(*at)));
        for (name, value) in *fields {
            batch.set_value(FieldId::known(name), value.clone());
        }
        batch.end_row();
    }
    table_rows(tenant, table, batch)
}

fn table_rows(tenant: &str, table: &str, batch: Batch) -> TableRows {
    TableRows {
        tenant: tenant.into(),
        table: table.into(),
        bucket: "default".into(),
        source: "test".into(),
        received_at: NOW,
        indexes: None,
        batch,
    }
}

fn put(store: &Store, position: u64, rows: TableRows) {
    store.begin(position);
    store.add(&mut Rows::new(), position, &[rows]);
    store.done(position, Done::default());
}

fn open(folder: &std::path::Path) -> Arc<Store> {
    let options = StoreOptions { seal_age: i64::MAX, compact: false, ..StoreOptions::default() };
    Arc::new(Store::open(folder, Arc::new(OsDisk), Arc::new(SystemClock), options).expect("the store opens"))
}

fn resolver(name: &str, source: &str) -> String {
    format!(r#"{{"query_timestamp":"2024-05-01T11:58:00Z","query_name":"{name}","srcaddr":"{source}"}}"#)
}

/// Three chunks: the first two sealed apart, the third in memory; one event of another tenant.
fn filled(folder: &std::path::Path) -> Arc<Store> {
    let store = open(folder);
    let group = |name: &str| Value::owned(format!("/aws/route53/{name}"));
    let of =
        |name: &str| [("aws.log_group", group(name)), ("vendor.code", Value::Long(7)), ("source.ip", ip("10.0.0.10"))];
    let (bad, plain) = (resolver("www.tiitha-maliciousdomain.com.", "10.0.0.7"), resolver("example.com.", "10.0.0.9"));
    let escaped = resolver(r"www.tiitha\u002d\u006daliciousdomain.com.", "10.0.0.8");
    let at = |seconds: i64| NOW.0 - seconds * SECOND;
    let demo = of("unguard-secla-demo/resolver-logs");
    put(&store, 1, rows("acme", "logs", &[(&bad, at(60), &demo), (&plain, at(61), &demo), (&bad, at(600), &demo)]));
    store.seal().expect("sealed");
    let texts = [("aws.log_group", group("unguard-secla-demo/resolver-logs")), ("vendor.code", Value::text("seven"))];
    put(&store, 2, rows("acme", "logs", &[(&escaped, at(62), &texts)]));
    store.seal().expect("sealed");
    let record = Value::Record([("inner", Value::Long(1))].into_iter().collect());
    let nested = [("vendor.code", record), ("source.ip", ip("10.0.0.9"))];
    put(&store, 3, rows("acme", "logs", &[(&bad, at(5), &of("other")), ("in memory", at(1), &nested)]));
    put(&store, 4, rows("other", "logs", &[("secret of another tenant", at(1), &[])]));
    put(
        &store,
        5,
        rows("acme", "security.events", &[("finding", at(1), &[("event.kind", Value::text("SECURITY_EVENT"))])]),
    );
    store
}

fn ip(text: &str) -> Value<'static> {
    Value::Ip(text.parse().expect("an address"))
}

#[track_caller]
fn check(query: &str, expected: Expect) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = engine(StoreTables(filled(folder.path())));
    let mut lines: Vec<String> = match records(&engine, query) {
        Err(fault) => vec![fault.to_string()],
        Ok(records) => records
            .into_iter()
            .map(|record| {
                let mut line = String::new();
                write_json(&Value::Record(record), &mut line);
                line
            })
            .collect(),
    };
    if !query.contains("sort") {
        lines.sort();
    }
    expected.assert_eq(&lines.into_iter().map(|line| line + "\n").collect::<String>());
}

#[test]
fn the_hunt_finds_plain_and_escaped_names_in_its_window() {
    check(
        HUNT,
        expect![[r#"
        {"query_timestamp":"2024-05-01T11:58:00Z","srcaddr":"10.0.0.7","query_name":"www.tiitha-maliciousdomain.com."}
        {"query_timestamp":"2024-05-01T11:58:00Z","srcaddr":"10.0.0.8","query_name":"www.tiitha-maliciousdomain.com."}
    "#]],
    );
}

#[test]
fn a_field_of_several_kinds_sorts_groups_and_filters() {
    check(
        "fetch logs | sort vendor.code, source.ip | fields vendor.code, source.ip",
        expect![[r#"
        {"vendor.code":7,"source.ip":"10.0.0.10"}
        {"vendor.code":7,"source.ip":"10.0.0.10"}
        {"vendor.code":7,"source.ip":"10.0.0.10"}
        {"vendor.code":7,"source.ip":"10.0.0.10"}
        {"vendor.code":"seven","source.ip":null}
        {"vendor.code":{"inner":1},"source.ip":"10.0.0.9"}
    "#]],
    );
    check(
        "fetch logs | summarize count(), by: {vendor.code} | sort vendor.code",
        expect![[r#"
        {"vendor.code":7,"count()":4}
        {"vendor.code":"seven","count()":1}
        {"vendor.code":{"inner":1},"count()":1}
    "#]],
    );
    check(
        "fetch logs | filter vendor.code == \"seven\" or vendor.code[inner] == 1 | fields content",
        expect![[r#"
        {"content":"in memory"}
        {"content":"{\"query_timestamp\":\"2024-05-01T11:58:00Z\",\"query_name\":\"www.tiitha\\u002d\\u006daliciousdomain.com.\",\"srcaddr\":\"10.0.0.8\"}"}
    "#]],
    );
}

#[test]
fn addresses_compare_and_sort_as_addresses() {
    check(
        "fetch logs | filter source.ip == ip(\"10.0.0.10\") | summarize count()",
        expect![[r#"
        {"count()":4}
    "#]],
    );
    check(
        "fetch logs | summarize n = count(), by: {source.ip} | sort source.ip desc",
        expect![[r#"
        {"source.ip":"10.0.0.10","n":4}
        {"source.ip":"10.0.0.9","n":1}
        {"source.ip":null,"n":1}
    "#]],
    );
}

#[test]
fn no_tenant_sees_another() {
    check("fetch logs | search \"secret\"", expect![[""]]);
}

#[test]
fn events_are_found_under_both_names() {
    check(
        "fetch events | fields content, event.kind",
        expect![[r#"
        {"content":"finding","event.kind":"SECURITY_EVENT"}
    "#]],
    );
}

#[test]
fn search_looks_everywhere() {
    check(
        "fetch logs | search \"example.com\" | fields content",
        expect![[r#"
        {"content":"{\"query_timestamp\":\"2024-05-01T11:58:00Z\",\"query_name\":\"example.com.\",\"srcaddr\":\"10.0.0.9\"}"}
    "#]],
    );
    check(
        "fetch logs | search \"10.0.0.9\" and not \"memory\" | fields content",
        expect![[r#"
        {"content":"{\"query_timestamp\":\"2024-05-01T11:58:00Z\",\"query_name\":\"example.com.\",\"srcaddr\":\"10.0.0.9\"}"}
    "#]],
    );
}

#[test]
fn a_join_pairs_by_value() {
    check(
        "fetch logs | filter isNotNull(source.ip) | lookup [data record(addr = ip(\"10.0.0.9\"), who = \"x\")], sourceField: source.ip, lookupField: addr, fields: {who} | sort source.ip, timestamp | fields source.ip, who",
        expect![[r#"
            {"source.ip":"10.0.0.9","who":"x"}
            {"source.ip":"10.0.0.10","who":null}
            {"source.ip":"10.0.0.10","who":null}
            {"source.ip":"10.0.0.10","who":null}
            {"source.ip":"10.0.0.10","who":null}
        "#]],
    );
}

/// Times the hunt over as many stored events as `WEIR_HUNT_ROWS` says; a small number by default.
#[test]
fn the_hunt_over_many_events() {
    let rows: usize = std::env::var("WEIR_HUNT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(150_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    let mut converter = Rows::new();
    let group = ["/aws/route53/unguard-secla-demo/resolver-logs", "/aws/lambda/checkout", "/aws/eks/cluster"];
    for position in 1..=rows.div_ceil(10_000) as u64 {
        let mut batch = Batch::default();
        for row in 0..10_000.min(rows - (position as usize - 1) * 10_000) {
            let number = (position as usize - 1) * 10_000 + row;
            let name = if number % 100_000 == 77_777 {
                "www.tiitha-maliciousdomain.com.".into()
            } else {
                format!("host{number}.example.com.")
            };
            let at = NOW.0 - (rows - number) as i64 * 240 * SECOND / rows as i64;
            batch.set_text(
                FieldId::known("content"),
                &resolver(&name, &format!("10.{}.{}.7", number % 251, number % 241)),
            );
            batch.set(FieldId::known("timestamp"), Cell::Timestamp(Timestamp(at)));
            batch.set_text(FieldId::known("aws.log_group"), group[number % 3]);
            batch.end_row();
        }
        store.begin(position);
        store.add(&mut converter, position, &[table_rows("acme", "logs", batch)]);
        store.done(position, Done::default());
    }
    store.seal().expect("sealed");
    let engine = engine(StoreTables(store));
    let wanted = (0..rows).filter(|number| number % 100_000 == 77_777 && number % 3 == 0).count();
    assert_eq!(records(&engine, HUNT).expect("the hunt runs").len(), wanted);
    if std::env::var("WEIR_HUNT_ROWS").is_err() {
        return;
    }
    let mut report = String::new();
    for query in [HUNT, COUNT, COUNT_BY, SERIES, DISTINCT, SORT, WORD, PARSE] {
        let times: Vec<u128> = (0..3)
            .map(|_| {
                let start = std::time::Instant::now();
                records(&engine, query).expect("the query runs");
                start.elapsed().as_millis()
            })
            .collect();
        report.push_str(&format!("{times:?} ms: {query}\n"));
    }
    panic!("{rows} rows\n{report}");
}

#[test]
fn of_records_with_thousands_of_rare_fields_those_are_read_that_are_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    let names: Vec<String> = (0..3_000).map(|number| format!("odd.{number:04}")).collect();
    let fields: Vec<[(&str, Value<'_>); 1]> = names.iter().map(|name| [(&**name, Value::Long(7))]).collect();
    let events: Vec<Event<'_>> = fields.iter().map(|fields| ("odd", NOW.0 - SECOND, &fields[..])).collect();
    put(&store, 1, rows("acme", "logs", &events));
    let engine = engine(StoreTables(store));
    let odd = |query: &str| {
        let options = RunOptions { limit: Some(5_000), ..RunOptions::new("acme", NOW) };
        let records = records_of(&engine, query, options).expect("the query runs");
        records
            .iter()
            .flat_map(|record| record.iter())
            .filter(|(name, value)| name.starts_with("odd.") && !value.is_null())
            .count()
    };
    // A few have columns of their own.
    assert!((2_048..2_100).contains(&odd("fetch logs")));
    assert_eq!(odd("fetch logs | filter odd.2999 == 7"), 1);
    assert_eq!(odd("fetch logs | fields odd.2999, odd.0000"), 2);
}

const COUNT: &str = "fetch logs | summarize count()";
const COUNT_BY: &str = "fetch logs | summarize count(), by: {aws.log_group}";
const SERIES: &str = "fetch logs, from: -5m | makeTimeseries count(), by: {aws.log_group}, interval: 1m";
const DISTINCT: &str = "fetch logs | summarize countDistinct(weir.id), max(timestamp), by: {aws.log_group}";
const SORT: &str = "fetch logs | sort timestamp desc | limit 10";
const WORD: &str = "fetch logs | filter matchesPhrase(content, \"tiitha-maliciousdomain.com\") | summarize count()";
const PARSE: &str = "fetch logs | parse content, \"json{string:query_name, ipaddr:srcaddr}(flat=true)\" | summarize count(), by: {srcaddr} | limit 5";

#[test]
fn a_limit_behind_a_sort_keeps_its_order() {
    check(
        "fetch logs | sort timestamp desc | fieldsAdd n = 1 | limit 2 | fields content | summarize c = takeFirst(content), count()",
        expect![[r#"
            {"c":"in memory","count()":2}
        "#]],
    );
}

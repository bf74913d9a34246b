//! Commands and their parameters over literal records.

use expect_test::{Expect, expect};
use weir_event::{Timestamp, Value, write_json};

use super::{NOW, engine, records, records_of};
use crate::{FileTables, RunOptions};

#[track_caller]
pub(super) fn check(query: &str, expected: Expect) {
    let mut text = String::new();
    match records(&engine(FileTables::default()), query) {
        Ok(records) => {
            for record in records {
                write_json(&Value::Record(record), &mut text);
                text.push('\n');
            }
        }
        Err(fault) => text = format!("{}: {}\n", fault.id(), fault.says()),
    }
    expected.assert_eq(&text);
}

#[test]
fn fail_if_ends_with_what_it_is_told() {
    check(
        "data record(a = 1), record(a = 2) | failIf a == 2, concat(\"bad \", a)",
        expect![[r#"
        QUERY-011: bad 2
    "#]],
    );
    check(
        "data record(a = 1) | failIf a == 2, \"two\"",
        expect![[r#"
        {"a":1}
    "#]],
    );
}

#[test]
fn a_weight_counts_a_value_several_times() {
    let both = "data record(a = 1, w = 3), record(a = 10, w = 1) | summarize m = median(a, weight: w), p = percentile(a, 90, weight: w)";
    let spelled = "data record(a = 1), record(a = 1), record(a = 1), record(a = 10) | summarize m = median(a), p = percentile(a, 90)";
    for query in [both, spelled] {
        check(
            query,
            expect![[r#"
                {"m":1.0,"p":7.300000000000002}
            "#]],
        );
    }
    check(
        "data record(a = 1, w = 0.5), record(a = 2, w = 0.5) | summarize m = median(a, weight: w)",
        expect![[r#"
            {"m":1.5}
        "#]],
    );
}

#[test]
fn equal_rows_keep_their_order_when_sorted() {
    let rows: Vec<String> = (0..40).map(|n| format!("record(k = {}, n = {n})", n % 2)).collect();
    for direction in ["asc", "desc"] {
        let query = format!(
            "data {} | sort k {direction} | summarize n = collectArray(n), by: {{k}} | fieldsAdd s = n == arraySort(n) | fields s",
            rows.join(", ")
        );
        check(
            &query,
            expect![[r#"
                {"s":true}
                {"s":true}
            "#]],
        );
    }
}

#[test]
fn lookup_in_an_expression_gives_a_record() {
    let side = "lookup([data record(b = 1, c = 5), record(b = 1, c = 6)], sourceField: a, lookupField: b)";
    check(
        &format!("data record(a = 1), record(a = 7), record() | fieldsAdd x = {side}"),
        expect![[r#"
        {"a":1,"x":{"b":1,"c":5}}
        {"a":7,"x":null}
        {"x":null}
    "#]],
    );
    check(
        &format!("data record(a = 1), record(a = 7) | filter {side}[c] == 5 | fields a"),
        expect![[r#"
        {"a":1}
    "#]],
    );
    check(
        &format!("data record(a = 1), record(a = 7) | summarize n = count(), by: {{k = {side}[c]}}"),
        expect![[r#"
        {"k":5,"n":1}
        {"k":null,"n":1}
    "#]],
    );
}

#[test]
fn search_knows_where_and_how() {
    let rows = "data record(abc = \"Xyz\"), record(d = \"abc\"), record(d = array(\"xyz\"))";
    check(
        &format!("{rows} | search \"xyz\""),
        expect![[r#"
        {"abc":"Xyz"}
        {"d":["xyz"]}
    "#]],
    );
    check(
        &format!("{rows} | search \"xyz\", caseSensitive: true"),
        expect![[r#"
        {"d":["xyz"]}
    "#]],
    );
    check(
        &format!("{rows} | search \"abc\", scope: names"),
        expect![[r#"
        {"abc":"Xyz"}
    "#]],
    );
    check(
        &format!("{rows} | search \"abc\", scope: all"),
        expect![[r#"
        {"abc":"Xyz"}
        {"d":"abc"}
    "#]],
    );
    check(
        &format!("{rows} | search \"abc\", scope: everything"),
        expect![[r#"
            DQL-014: `scope` of `search` takes one of all, names, values
        "#]],
    );
}

#[test]
fn words_and_numbers_out_of_range_are_refused() {
    check(
        "data record(k = 1) | join [data record(k = 1)], on: k, executionOrder: never",
        expect![[r#"
            DQL-014: `executionOrder` of `join` takes one of auto, leftFirst, rightFirst
        "#]],
    );
    check(
        "data record(timestamp = now(), v = 1) | makeTimeseries sum(v), spread: timeframe(from: -1h)",
        expect![[r#"
        QUERY-001: `spread:` counts records: only count() and countIf() can be used with it
    "#]],
    );
    check(
        "load \"../secret\"",
        expect![[r#"
        QUERY-001: the name of a lookup table is letters, digits and `-_./`
    "#]],
    );
    check("load \"/lookups/hosts\"", expect![[""]]);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/dql/vectors.jsonl");
    let engine = engine(FileTables::open(&[file.into()]).expect("a file"));
    assert_eq!(records(&engine, "load \"/lookups/hosts\"").expect_err("another table").id(), "QUERY-010");
    assert!(!records(&engine, "load \"/lookups/vectors\"").expect("the file").is_empty());
}

#[test]
fn a_fault_of_a_command_shows_where() {
    let engine = engine(FileTables::default());
    let fault = records(&engine, "data record(a = 1)\n| summarize a, count()").expect_err("`a` is no group");
    assert_eq!(fault.place(), "line 2, column 13");
    assert!(fault.cause().contains('^'), "{}", fault.cause());
}

#[test]
fn a_window_looks_at_neighbours() {
    let rows = "data record(u = \"a\", t = 3, v = 5), record(u = \"b\", t = 1, v = 7), record(u = \"a\", t = 1, v = 2), \
                record(u = \"a\", t = 3)";
    check(
        &format!(
            "{rows} | window n = rowNumber(), r = rank(), d = denseRank(), l = lag(v, default: 0), by: {{u}}, sort: {{t}}"
        ),
        expect![[r#"
            {"u":"a","t":3,"v":5,"n":2,"r":2,"d":2,"l":2}
            {"u":"b","t":1,"v":7,"n":1,"r":1,"d":1,"l":0}
            {"u":"a","t":1,"v":2,"n":1,"r":1,"d":1,"l":0}
            {"u":"a","t":3,"n":3,"r":2,"d":2,"l":5}
        "#]],
    );
    check(
        &format!(
            "{rows} | window s = runningSum(v) * 2, c = runningCount(v), m = runningMax(v), f = firstValue(v), x = lead(v), by: {{u}}, sort: {{t desc}}"
        ),
        expect![[r#"
            {"u":"a","t":3,"v":5,"s":10.0,"c":1,"m":5,"f":5,"x":null}
            {"u":"b","t":1,"v":7,"s":14.0,"c":1,"m":7,"f":7,"x":null}
            {"u":"a","t":1,"v":2,"s":14.0,"c":2,"m":5,"f":5,"x":null}
            {"u":"a","t":3,"s":10.0,"c":1,"m":5,"f":5,"x":2}
        "#]],
    );
    check("data record(a = 1) | filter a > 1 | window n = rowNumber()", expect![[""]]);
}

#[test]
fn a_sequence_is_a_chain_by_key_within_a_time() {
    let at = |seconds: u32, user: &str, what: &str| {
        format!("record(timestamp = now() - {seconds}s, user = \"{user}\", what = \"{what}\")")
    };
    let rows = [
        at(90, "a", "fail"),
        at(80, "a", "fail"),
        at(70, "b", "fail"),
        at(60, "a", "login"),
        at(50, "b", "other"),
        at(5, "b", "login"),
        at(4, "a", "login"),
    ];
    let rows = format!("data {}", rows.join(", "));
    let steps = "bad = what == \"fail\", good = what == \"login\", by: {user}";
    check(
        &format!("{rows} | sequence {steps}, within: 30s"),
        expect![[r#"
        {"user":"a","timeframe":{"start":"2024-05-01T11:58:40Z","end":"2024-05-01T11:59:00Z"},"bad":{"timestamp":"2024-05-01T11:58:40Z","user":"a","what":"fail"},"good":{"timestamp":"2024-05-01T11:59:00Z","user":"a","what":"login"}}
    "#]],
    );
    check(
        &format!("{rows} | sequence {steps}, within: 2m | fields user, good[what]"),
        expect![[r#"
        {"user":"a","good[what]":"login"}
        {"user":"b","good[what]":"login"}
    "#]],
    );
    check(&format!("{rows} | filter user == \"c\" | sequence {steps}, within: 2m"), expect![[""]]);
}

#[test]
fn parse_says_where_it_stopped() {
    check(
        "data record(a = \"x 1\"), record(a = \"x y\"), record(b = 1) | parse a, \"LD ' ' INT:n\", status: s | fields n, s",
        expect![[r#"
            {"n":1,"s":"matched"}
            {"n":null,"s":"failed at 2: expected a whole number from -2147483648 to 2147483647 for INT:n"}
            {"n":null,"s":null}
        "#]],
    );
}

#[test]
fn records_without_fields_are_records() {
    check(
        "data record(), record() | sort nowhere",
        expect![[r#"
        {}
        {}
    "#]],
    );
    check(
        "data record(), record() | summarize count()",
        expect![[r#"
        {"count()":2}
    "#]],
    );
}

#[test]
fn dedup_keeps_as_many_as_wanted() {
    check(
        "data record(a = 1, b = 1), record(a = 1, b = 2), record(a = 1, b = 3), record(a = 2, b = 4) | dedup a, sort: {b desc}, limit: 2",
        expect![[r#"
            {"a":2,"b":4}
            {"a":1,"b":3}
            {"a":1,"b":2}
        "#]],
    );
}

#[test]
fn a_field_exists_where_the_record_has_it() {
    check(
        "data record(a = false), record(a = \"x\"), record(b = 2) | fields x = exists(a), y = exists(nowhere)",
        expect![[r#"
            {"x":true,"y":false}
            {"x":true,"y":false}
            {"x":false,"y":false}
        "#]],
    );
    check(
        "data record(a = null), record(a = 1), record() | filter exists(a) | sort a | fields a",
        expect![[r#"
            {"a":1}
            {"a":null}
        "#]],
    );
    check(
        "data record(r = record(b = null, c = array(1))), record(r = record(x = 1)), record(r = 5), record() | fields x = exists(r[b]), y = exists(r[c][0]), z = exists(r[c][1])",
        expect![[r#"
            {"x":true,"y":true,"z":false}
            {"x":false,"y":false,"z":false}
            {"x":false,"y":false,"z":false}
            {"x":false,"y":false,"z":false}
        "#]],
    );
    check(
        "data record(a = null, b = 1) | append [data record(b = 2)] | fieldsAdd c = a | fields x = exists(a), y = exists(b), z = exists(c)",
        expect![[r#"
            {"x":true,"y":true,"z":true}
            {"x":false,"y":true,"z":true}
        "#]],
    );
}

#[test]
fn what_happens_now_belongs_to_the_series_that_end_now() {
    let now = Timestamp(NOW.0 + 1_500_000_000);
    let query = "data record(timestamp = now()), record(timestamp = now() + 1s) | makeTimeseries n = count() | fields n = arraySum(n)";
    let records = records_of(&engine(FileTables::default()), query, RunOptions::new("acme", now)).expect("an answer");
    assert_eq!(records[0].get("n"), Some(&Value::Double(1.0)));
}

#[test]
fn many_filters_keep_what_all_of_them_keep() {
    let filters: String = (0..300).map(|n| format!(" | filter a != {n}")).collect();
    check(
        &format!("data record(a = 5), record(a = 299), record(a = 300), record() {filters}"),
        expect![[r#"
            {"a":300}
        "#]],
    );
}

#[test]
fn what_multiplies_rows_gives_them_batch_by_batch() {
    let list: String = (0..100).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    // A thousand rows on each side pair to a million, and one on each side is alone.
    let numbers = format!("splitString(\"{list}\", \",\")");
    let rows = format!(
        "data record(a = {numbers}, b = array(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), k = 1) | expand a | expand b | append [data record(a = \"alone\")]"
    );
    for (kind, count) in [("inner", 1_000_000), ("leftOuter", 1_000_001), ("outer", 1_000_002)] {
        let join = format!("{rows} | join [{rows}], on: {{k}}, kind: {kind} | summarize n = count()");
        let records = records(&engine(FileTables::default()), &join).expect("an answer");
        assert_eq!(records[0].get("n"), Some(&Value::Long(count)), "{kind}");
    }
}

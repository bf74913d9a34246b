//! Commands and their parameters over literal records.

use expect_test::{Expect, expect};
use weir_event::{Value, write_json};

use super::{engine, records};
use crate::FileTables;

#[track_caller]
fn check(query: &str, expected: Expect) {
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
    check("data record(a = 1), record(a = 2) | failIf a == 2, concat(\"bad \", a)", expect![[r#"
        QUERY-011: bad 2
    "#]]);
    check("data record(a = 1) | failIf a == 2, \"two\"", expect![[r#"
        {"a":1}
    "#]]);
}

#[test]
fn lookup_in_an_expression_gives_a_record() {
    let side = "lookup([data record(b = 1, c = 5), record(b = 1, c = 6)], sourceField: a, lookupField: b)";
    check(&format!("data record(a = 1), record(a = 7), record() | fieldsAdd x = {side}"), expect![[r#"
        {"a":1,"x":{"b":1,"c":5}}
        {"a":7,"x":null}
        {"x":null}
    "#]]);
    check(&format!("data record(a = 1), record(a = 7) | filter {side}[c] == 5 | fields a"), expect![[r#"
        {"a":1}
    "#]]);
    check(&format!("data record(a = 1), record(a = 7) | summarize n = count(), by: {{k = {side}[c]}}"), expect![[r#"
        {"k":5,"n":1}
        {"k":null,"n":1}
    "#]]);
}

#[test]
fn search_knows_where_and_how() {
    let rows = "data record(abc = \"Xyz\"), record(d = \"abc\"), record(d = array(\"xyz\"))";
    check(&format!("{rows} | search \"xyz\""), expect![[r#"
        {"abc":"Xyz"}
        {"d":["xyz"]}
    "#]]);
    check(&format!("{rows} | search \"xyz\", caseSensitive: true"), expect![[r#"
        {"d":["xyz"]}
    "#]]);
    check(&format!("{rows} | search \"abc\", scope: names"), expect![[r#"
        {"abc":"Xyz"}
    "#]]);
    check(&format!("{rows} | search \"abc\", scope: all"), expect![[r#"
        {"abc":"Xyz"}
        {"d":"abc"}
    "#]]);
    check(&format!("{rows} | search \"abc\", scope: everything"), expect![[r#"
        QUERY-001: `scope:` is all, names or values
    "#]]);
}

#[test]
fn words_and_numbers_out_of_range_are_refused() {
    check("data record(k = 1) | join [data record(k = 1)], on: k, executionOrder: never", expect![[r#"
        QUERY-001: `executionOrder:` is one of auto, leftfirst, rightfirst
    "#]]);
    check("data record(timestamp = now(), v = 1) | makeTimeseries sum(v), spread: timeframe(from: -1h)", expect![[r#"
        QUERY-001: `spread:` counts records: only count() and countIf() can be used with it
    "#]]);
    check("load \"../secret\"", expect![[r#"
        QUERY-001: the name of a lookup table is letters, digits and `-_./`
    "#]]);
    check("load \"/lookups/hosts\"", expect![[r#"
        QUERY-010: there is no lookup table `hosts`
    "#]]);
}

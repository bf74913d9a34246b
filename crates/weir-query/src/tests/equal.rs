//! What is equal is one group, one key and one place in an order; what is shown stays what it was.

use expect_test::expect;

use super::commands::check;

#[test]
fn a_key_keeps_its_type() {
    check(
        "data record(x = 5.0), record(x = 5.0) | summarize n = count(), by: { x } | fieldsAdd half = x / 2, t = type(x)",
        expect![[r#"
            {"x":5.0,"n":2,"half":2.5,"t":"double"}
        "#]],
    );
    check(
        "data record(x = 5.0, y = \"a\") | summarize n = count(), by: { k = array(x, 1), y }",
        expect![[r#"
        {"k":[5.0,1],"y":"a","n":1}
    "#]],
    );
    check(
        "data record(x = 7.0), record(x = -0.0), record(x = 0.0) | summarize n = count(), by: { b = bin(x, 2.0) } | sort b | fieldsAdd b / 4",
        expect![[r#"
            {"b":0.0,"n":2,"b / 4":0.0}
            {"b":6.0,"n":1,"b / 4":1.5}
        "#]],
    );
    check(
        "data record(timestamp = now() - 10m, x = 5.0) | makeTimeseries n = count(), by: { x }, interval: 2h | fields half = x / 2",
        expect![[r#"
            {"half":2.5}
        "#]],
    );
    check(
        "data record(x = 5.0), record(x = 5.0) | fieldsSummary x | fields values",
        expect![[r#"
        {"values":[{"value":5.0,"count":2}]}
    "#]],
    );
}

#[test]
fn of_equal_keys_the_least_is_shown() {
    let mixed = "data record(x = 1.0), record(x = 1), record(x = \"a\"), record(x = 2.0)";
    check(
        &format!("{mixed} | summarize n = count(), by: {{ x }} | sort x | fieldsAdd t = type(x)"),
        expect![[r#"
        {"x":1,"n":2,"t":"long"}
        {"x":2.0,"n":1,"t":"double"}
        {"x":"a","n":1,"t":"string"}
    "#]],
    );
    check(
        &format!("{mixed} | fieldsSummary x | fields values"),
        expect![[r#"
        {"values":[{"value":1,"count":2},{"value":2.0,"count":1},{"value":"a","count":1}]}
    "#]],
    );
}

#[test]
fn the_order_of_members_makes_no_other_record() {
    let turned = "data record(r = record(a = 1, b = 2)), record(r = record(b = 2.0, a = 1))";
    check(
        &format!("{turned} | summarize n = count(), by: {{ r }}"),
        expect![[r#"
        {"r":{"a":1,"b":2},"n":2}
    "#]],
    );
    check(
        &format!("{turned} | dedup r"),
        expect![[r#"
        {"r":{"a":1,"b":2}}
    "#]],
    );
    check(
        &format!("{turned} | summarize countDistinctExact(r)"),
        expect![[r#"
        {"countDistinctExact(r)":1}
    "#]],
    );
    check(
        &format!("{turned} | join [{turned}], on: {{ r }} | summarize n = count()"),
        expect![[r#"
        {"n":4}
    "#]],
    );
}

#[test]
fn equal_numbers_are_one_place_in_an_order() {
    check(
        "data record(a = 1, b = 2), record(a = 1.0, b = 1) | sort a, b | fields b",
        expect![[r#"
        {"b":1}
        {"b":2}
    "#]],
    );
    check(
        "data record(a = 1.0, b = 1), record(a = 1, b = 2) | sort a | fields b",
        expect![[r#"
        {"b":1}
        {"b":2}
    "#]],
    );
    check(
        "data record(a = 0.0, b = 2), record(a = -0.0, b = 1) | sort a desc, b | fields b",
        expect![[r#"
        {"b":1}
        {"b":2}
    "#]],
    );
    check(
        "data record(a = array(1), b = 2), record(a = array(1.0), b = 1) | sort a, b | fields b",
        expect![[r#"
        {"b":1}
        {"b":2}
    "#]],
    );
}

#[test]
fn texts_have_one_order_everywhere() {
    let texts = "data record(s = \"\u{1f600}\"), record(s = \"\u{ffff}\")";
    check(
        &format!("{texts} | fields whole = s > \"\u{e000}\", each = if(true, s > \"\u{e000}\")"),
        expect![[r#"
            {"whole":true,"each":true}
            {"whole":true,"each":true}
        "#]],
    );
    check(
        &format!(
            "{texts} | summarize a = arrayMax(collectArray(s)) == max(s), b = arrayFirst(arraySort(collectArray(s))) == min(s)"
        ),
        expect![[r#"
            {"a":true,"b":true}
        "#]],
    );
}

#[test]
fn records_without_fields_are_records() {
    check(
        "data record(), record() | dedup a",
        expect![[r#"
        {}
    "#]],
    );
    check(
        "data record(), record() | dedup 1 | summarize count()",
        expect![[r#"
        {"count()":1}
    "#]],
    );
    check(
        "data record(a = 1) | fieldsKeep zz | fieldsFlatten zz | summarize count()",
        expect![[r#"
        {"count()":1}
    "#]],
    );
    check(
        "data record() | join [data record()], on: { a }, kind: outer | summarize count()",
        expect![[r#"
        {"count()":2}
    "#]],
    );
    check(
        "data record() | lookup [data record()], lookupField: a | summarize count()",
        expect![[r#"
        {"count()":1}
    "#]],
    );
    check(
        "data record() | parse \"a\", \"'a'\" | summarize count()",
        expect![[r#"
        {"count()":1}
    "#]],
    );
}

#[test]
fn nothing_of_an_order_is_nothing() {
    check("data record(a = 1) | sort a | limit 0", expect![""]);
    check(
        "data record(a = 2), record(a = 1) | sort a | fieldsAdd b = a | limit 5 | limit 0 | summarize count()",
        expect![[r#"
        {"count()":0}
    "#]],
    );
    check(
        "data record(a = 1) | append [data record(a = 2) | sort a | limit 0]",
        expect![[r#"
        {"a":1}
    "#]],
    );
}

#[test]
fn what_stands_beside_an_aggregation_must_be_a_group() {
    check(
        "data record(v = 1) | summarize x = v + count()",
        expect![[r#"
        QUERY-001: `v` stands beside an aggregation and is neither one nor a group
    "#]],
    );
    check(
        "data record(v = 1) | summarize x = v + count(), by: { v }",
        expect![[r#"
        {"v":1,"x":2}
    "#]],
    );
    check(
        "data record(v = 1) | summarize x = 2 * count() + sum(v)",
        expect![[r#"
        {"x":3.0}
    "#]],
    );
}

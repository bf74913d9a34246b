use expect_test::{Expect, expect};
use weir_event::{Record, Value};

use super::{Format, write};

#[track_caller]
fn check(format: Format, rows: &[&[(&str, Value<'static>)]], expect: Expect) {
    let records: Vec<Record> =
        rows.iter().map(|row| row.iter().map(|(name, value)| (name.to_string(), value.clone())).collect()).collect();
    let mut out = Vec::new();
    write(format, &records, &mut out).unwrap();
    expect.assert_eq(&String::from_utf8(out).unwrap());
}

fn text(text: &'static str) -> Value<'static> {
    Value::text(text)
}

#[test]
fn tables_neutralise_what_steers_a_terminal() {
    check(
        Format::Table,
        &[
            &[("name", text("plain")), ("count", Value::Long(12))],
            &[("name", text("red \u{1b}[31m\nline")), ("count", Value::Long(3))],
        ],
        expect![[r#"
            name                 count
            ───────────────────  ─────
            plain                   12
            red \u{1b}[31m⏎line      3
        "#]],
    );
    check(Format::Table, &[], expect![""]);
}

#[test]
fn csv_is_safe_in_a_spreadsheet() {
    check(
        Format::Csv,
        &[
            &[("a", text("=1+1")), ("b", text("-5")), ("c", text("say \"hi\", all"))],
            &[("a", Value::Long(-5)), ("b", Value::Null)],
        ],
        expect![[r#"
            a,b,c
            '=1+1,-5,"say ""hi"", all"
            -5,,
        "#]],
    );
}

#[test]
fn json_is_one_array_and_ndjson_one_object_a_line() {
    let rows: &[&[(&str, Value<'static>)]] = &[&[("a", Value::Long(1))], &[("a", Value::Null)]];
    check(
        Format::Ndjson,
        rows,
        expect![[r#"
        {"a":1}
        {"a":null}
    "#]],
    );
    check(
        Format::Json,
        rows,
        expect![[r#"
        [
        {"a":1},
        {"a":null}
        ]
    "#]],
    );
    check(Format::Json, &[], expect!["[]\n"]);
}

#[test]
fn charts_draw_bars_and_lines() {
    check(
        Format::Chart,
        &[&[("who", text("a")), ("count()", Value::Long(40))], &[("who", text("bcd")), ("count()", Value::Long(10))]],
        expect![[r#"
            a   │████████████████████████████████████████████████████████████ 40
            bcd │███████████████ 10
        "#]],
    );
    let points = Value::Array(vec![Value::Long(0), Value::Long(4), Value::Null, Value::Long(8)]);
    check(
        Format::Chart,
        &[&[("count()", points), ("who", text("a"))]],
        expect![[r#"
            count() a
            8 │   █
              │   █
              │   █
              │   █
              │ █ █
              │ █ █
              │ █ █
            0 │ █ █
              └────
               

        "#]],
    );
    check(Format::Chart, &[], expect!["no rows\n"]);
}

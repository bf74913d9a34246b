use expect_test::{Expect, expect};
use weir_event::{Record, Timestamp, Value, write_json};

use super::{Page, Scope, Slotted, Window};

/// 2026-01-02T03:04:05.678Z
const NOW: Timestamp = Timestamp(1_767_323_045_678_000_000);

#[track_caller]
fn check(text: &str, expect: Expect) {
    let config: Record<'static> = [
        ("name", Value::text("a \"b\"/c")),
        ("size", Value::Long(5)),
        ("list", Value::Array(vec![Value::text("x"), Value::text("y")])),
        ("empty", Value::Null),
    ]
    .into_iter()
    .collect();
    let page = Page { token: Value::text("t"), number: 2, offset: 40, size: 20, ..Page::default() };
    let window = Window { start: Timestamp(NOW.0 - 3_600_000_000_000), end: NOW };
    let scope = Scope { window: Some(window), page: &page, ..Scope::new(&config, NOW) };
    let answer = match Slotted::parse(text) {
        Err(says) => says,
        Ok(slotted) => match slotted.value(&scope) {
            Ok(Some(value)) => {
                let mut out = String::new();
                write_json(&value, &mut out);
                out
            }
            Ok(None) => "left out".to_owned(),
            Err(unfilled) => format!("{}: {}", unfilled.slot, unfilled.says),
        },
    };
    expect.assert_eq(&answer);
}

#[test]
fn a_slot_alone_keeps_its_type() {
    check("{{config.size}}", expect!["5"]);
    check("{{page.offset}}", expect!["40"]);
    check("{{config.list}}", expect![[r#"["x","y"]"#]]);
    check("n={{config.size}}", expect![[r#""n=5""#]]);
}

#[test]
fn times_are_written_as_sources_want_them() {
    check("{{now | epoch_s}}", expect!["1767323045"]);
    check("{{window.start | epoch_ms}}", expect!["1767319445678"]);
    check("{{now | iso8601}}", expect![[r#""2026-01-02T03:04:05.678Z""#]]);
    check("{{now | iso8601_s}}", expect![[r#""2026-01-02T03:04:05Z""#]]);
    check("{{now | floor('1m') | iso8601_s}}", expect![[r#""2026-01-02T03:04:00Z""#]]);
    check(
        "{{now | minus('1h') | in_zone('Europe/Berlin') | strftime('%Y/%m/%d %H:%M')}}",
        expect![[r#""2026/01/02 03:04""#]],
    );
}

#[test]
fn text_is_quoted_for_where_it_goes() {
    check("{{config.name | path}}", expect![[r#""a%20%22b%22%2Fc""#]]);
    check("name:{{config.name | lucene_string}}", expect![[r#""name:\"a \\\"b\\\"/c\"""#]]);
    check("{{config.list | join(',')}}", expect![[r#""x,y""#]]);
    check("{{config.name | upper | substr(0, 1)}}", expect![[r#""A""#]]);
    check("{{config.name | base64}}", expect![[r#""YSAiYiIvYw==""#]]);
}

#[test]
fn empty_slots_are_left_out_or_refused() {
    check("{{config.empty?}}", expect!["left out"]);
    check("a{{config.empty?}}b", expect!["left out"]);
    check("{{config.empty}}", expect!["config.empty: it is empty"]);
    check("{{config.none | default('d')}}", expect![[r#""d""#]]);
    check("{{config.none | default(page.token)}}", expect![[r#""t""#]]);
}

#[test]
fn mistakes_name_the_nearest_word() {
    check(
        "{{confg.x}}",
        expect![
            "unknown scope `confg` in `{{confg.x}}`; known: config, now, window, cursor, page, vars, parent, record, part, request, auth"
        ],
    );
    check("{{now | epoch_sec}}", expect!["unknown filter `epoch_sec`; did you mean `epoch_s`?"]);
    check("{{now", expect!["`{{` is not closed in `{{now`"]);
    check("{{now | plus()}}", expect!["`plus` takes 1 arguments, 0 are given"]);
    check("{{config.size | plus('x')}}", expect!["config.size: `x` is not a length of time such as 5m"]);
}

#[test]
fn what_cannot_be_read_is_nothing() {
    check("{{config.size | text | number}}", expect!["5"]);
    check("{{config.name? | number}}", expect!["left out"]);
    check("{{config.name? | time}}", expect!["left out"]);
    check("{{now | epoch_s | time}}", expect![[r#""2026-01-02T03:04:05Z""#]]);
}

#[test]
fn texts_are_cut_at_a_word() {
    check("{{config.name | from('b')}}", expect![[r#""b\"/c""#]]);
    check("{{config.name | until('b')}}", expect![[r#""a \"""#]]);
    check("{{config.name | from('z')}}", expect![[r#""a \"b\"/c""#]]);
    check("{{config.name | until('z')}}", expect![[r#""""#]]);
}

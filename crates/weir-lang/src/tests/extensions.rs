//! weir's own forms: what they give, and that strict mode refuses each with a way around.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use weir_event::{Record, Value};

use super::rows;
use crate::{ReadOptions, parse_expr, parse_query, read_query, text_form};

const STRICT: ReadOptions = ReadOptions { strict: true, parameters: None };

#[track_caller]
fn gives(expr: &str, want: &str) {
    let tree = parse_expr(expr).unwrap_or_else(|fault| panic!("{fault}"));
    let value = rows::eval(&tree, &Record::new()).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(if value.is_null() { "null".to_owned() } else { text_form(&value) }, want, "{expr}");
}

#[track_caller]
fn refuses(query: &str, expect: Expect) {
    expect.assert_eq(&parse_query(query).expect_err("it is refused").to_string());
}

#[test]
fn arrays_in_brackets() {
    gives("[1, \"a\", null]", "[1, a, null]");
    gives("[]", "[]");
    gives("[[1], [2, 3]][1][0]", "2");
    gives("in(2, [1, 2])", "true");
    gives("2 in (1, 2) and not 3 in (1, 2)", "true");
    gives("iCollectArray([1, 2][] * 2)", "[2, 4]");
}

#[test]
fn a_list_behind_in_stays_refused() {
    refuses(
        "fetch logs | filter a in [\"x\", b]",
        expect![[r#"
            error[DQL-017]: `in [...]` takes a sub-query, not a list
              at: line 1, column 26
              because: this part cannot stay as it is
                fetch logs | filter a in ["x", b]
                                         ^
              hint: write `in(field, {"a", "b"})` for a list of values, or weir's own `field in ("a", "b")`"#]],
    );
}

#[test]
fn case_takes_the_first_that_holds() {
    gives("case when 1 > 2 then \"a\" when 2 > 1 then \"b\" else \"c\" end", "b");
    gives("case when null then 1 end", "null");
    gives("case 3 when 1 then \"one\" when 3 then \"three\" end", "three");
    gives("concat(case when true then \"x\" end, \"y\")", "xy");
    parse_query("fetch logs | filter case == 1 and `when` == case").expect("a field called case");
    refuses(
        "fetch logs | fieldsAdd x = case when a then 1",
        expect![[r#"
            error[DQL-006]: expected `end`, found the end of the query
              at: line 1, column 46
              because: this part cannot stay as it is
                fetch logs | fieldsAdd x = case when a then 1
                                                             ^"#]],
    );
}

#[test]
fn let_names_an_expression() {
    let query = "let least = 2, twice = $least * 2 | data record(a = 1), record(a = 5) | filter a > $twice | fields b = $least + a";
    let rows = rows::run(&parse_query(query).expect("it is read")).expect("rows").expect("no fault");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get("b"), Some(&Value::Long(7)));
    parse_query("fetch logs | append [let x = 1 | fetch events | filter a == $x]").expect("within brackets");
    let doubled = (1..40).map(|n| format!("x{n} = $x{} + $x{}", n - 1, n - 1)).collect::<Vec<_>>().join(", ");
    let fault = parse_query(&format!("let x0 = 1, {doubled} | fetch logs")).expect_err("too large");
    assert_eq!(fault.id(), "DQL-025");
}

#[test]
fn parameters_are_bound_or_named() {
    let values = BTreeMap::from([("user".to_owned(), Value::text("ana")), ("most".to_owned(), Value::Long(1))]);
    let options = ReadOptions { strict: true, parameters: Some(&values) };
    let query = "data record(u = \"ana\"), record(u = \"bob\") | filter u == $user | limit $most";
    let rows = rows::run(&read_query(query, &options).expect("it is read")).expect("rows").expect("no fault");
    assert_eq!(rows.len(), 1);
    let fault = read_query("fetch logs | filter u == $usr", &options).expect_err("no such parameter");
    assert_eq!((fault.id(), fault.fix()), ("DQL-019", "did you mean `$user`?"));
    parse_query("fetch logs | filter u == $usr | limit $n").expect("left in the tree");
}

#[test]
fn strict_mode_refuses_each_with_a_way_around() {
    for (query, hint) in [
        ("data record(a = [1])", "write `array(a, b)`"),
        ("fetch logs | filter a in (1, 2)", "write `in(x, a, b)`"),
        ("fetch logs | fieldsAdd b = case when a then 1 end", "write `if(a, x, else: if(b, y, else: z))`"),
        ("let a = 1 | fetch logs", "write the expression itself, or add a field with fieldsAdd"),
        ("fetch logs | filter containsRegex(content, \"x\")", "write a DPL pattern, or plain functions of strings"),
        (
            "fetch logs | window n = rowNumber()",
            "collect the group with `collectArray` and look at its neighbours with `iIndex()`",
        ),
        (
            "fetch logs | sequence a = x == 1, b = x == 2, by: {u}, within: 5m",
            "join the records with themselves: `join [...], on: {key}`, then compare their times",
        ),
        ("fetch logs | parse content, \"INT:a\", status: s", "look at a field of the pattern: `isNull(field)`"),
    ] {
        parse_query(query).unwrap_or_else(|fault| panic!("{query}: {fault}"));
        let fault = read_query(query, &STRICT).expect_err(query);
        assert_eq!((fault.id(), fault.fix()), ("DQL-018", hint), "{query}");
    }
    read_query("fetch logs | filter matchesRegex(content, \"x.*\")", &STRICT).expect("it is documented");
}

#[test]
fn window_and_sequence_are_checked() {
    parse_query("fetch logs | window n = rowNumber(), d = a - lag(a, offset: 2), by: {u}, sort: {timestamp desc}")
        .expect("read");
    refuses(
        "fetch logs | window n = a + 1",
        expect![[r#"
            error[DQL-016]: this looks at no neighbour
              at: line 1, column 21
              because: this part cannot stay as it is
                fetch logs | window n = a + 1
                                    ^^^^^^^^^
              hint: add it with fieldsAdd, or use rowNumber(), lag(...) or their like"#]],
    );
    refuses(
        "fetch logs | filter lag(a) > 1",
        expect![[r#"
            error[DQL-016]: `lag` looks at neighbouring records, which is not possible here
              at: line 1, column 21
              because: this part cannot stay as it is
                fetch logs | filter lag(a) > 1
                                    ^^^^^^
              hint: use it in the command window, then use the result"#]],
    );
    refuses(
        "fetch logs | sequence a = x == 1, y == 2, within: 1m",
        expect![[r#"
            error[DQL-014]: `argument` of `sequence` takes `name = condition` for each step
              at: line 1, column 35
              because: this part cannot stay as it is
                fetch logs | sequence a = x == 1, y == 2, within: 1m
                                                  ^^^^^^"#]],
    );
}

#[test]
fn a_wrong_regular_expression_is_shown() {
    refuses(
        "fetch logs | filter containsRegex(content, \"a(b\")",
        expect![[r#"
            error[DQL-024]: this is not a regular expression: unclosed group
              at: line 1, column 44
              because: this part cannot stay as it is
                fetch logs | filter containsRegex(content, "a(b")
                                                           ^^^^^
              hint: look-around and back references do not exist here: they cannot be matched in linear time"#]],
    );
}

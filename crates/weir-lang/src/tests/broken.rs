//! Queries that are wrong, and what is said about them.

use expect_test::{Expect, expect};

use crate::{normalise, parse_expr, parse_query};

#[track_caller]
fn check(query: &str, expect: Expect) {
    expect.assert_eq(&parse_query(query).expect_err("it is refused").to_string());
}

#[test]
fn an_unknown_word_gets_the_nearest_known_one() {
    check(
        "fetch logs | fliter a == 1",
        expect![[r#"
            error[DQL-008]: there is no command `fliter`
              at: line 1, column 14
              because: this part cannot stay as it is
                fetch logs | fliter a == 1
                             ^^^^^^
              hint: did you mean `filter`?"#]],
    );
    check(
        "fetch logs | filter contians(a, \"b\")",
        expect![[r#"
            error[DQL-009]: there is no function `contians`
              at: line 1, column 21
              because: this part cannot stay as it is
                fetch logs | filter contians(a, "b")
                                    ^^^^^^^^
              hint: did you mean `contains`?"#]],
    );
    check(
        "fetch logs\n| fieldsAdd x = contains(a, \"b\", casesensitiv: true)",
        expect![[r#"
            error[DQL-010]: `contains` has no parameter `casesensitiv`
              at: line 2, column 34
              because: this part cannot stay as it is
                | fieldsAdd x = contains(a, "b", casesensitiv: true)
                                                 ^^^^^^^^^^^^^^^^^^
              hint: did you mean `caseSensitive`?"#]],
    );
    check(
        "fetch logs, form: -2h",
        expect![[r#"
            error[DQL-010]: `fetch` has no parameter `form`
              at: line 1, column 13
              because: this part cannot stay as it is
                fetch logs, form: -2h
                            ^^^^^^^^^
              hint: did you mean `from`?"#]],
    );
}

#[test]
fn one_equals_sign_is_no_comparison() {
    check(
        "fetch logs | filter a = 1",
        expect![[r#"
        error[DQL-016]: a condition sets no field
          at: line 1, column 21
          because: this part cannot stay as it is
            fetch logs | filter a = 1
                                ^^^^^
          hint: compare with `==`"#]],
    );
}

#[test]
fn a_missing_part_is_named() {
    check(
        "fetch logs | filter",
        expect![[r#"
            error[DQL-011]: `filter` needs an expression
              at: line 1, column 14
              because: this part cannot stay as it is
                fetch logs | filter
                             ^^^^^^"#]],
    );
    check(
        "fetch logs | filter a ==",
        expect![[r#"
            error[DQL-006]: expected an expression, found the end of the query
              at: line 1, column 25
              because: this part cannot stay as it is
                fetch logs | filter a ==
                                        ^"#]],
    );
    check(
        "fetch logs | summarize",
        expect![[r#"
            error[DQL-011]: `summarize` needs an aggregation or `by:`
              at: line 1, column 14
              because: this part cannot stay as it is
                fetch logs | summarize
                             ^^^^^^^^^"#]],
    );
    check(
        "fetch logs | filter contains(a)",
        expect![[r#"
            error[DQL-011]: `contains` needs `substring`
              at: line 1, column 21
              because: this part cannot stay as it is
                fetch logs | filter contains(a)
                                    ^^^^^^^^^^^"#]],
    );
    check(
        "fetch logs | filter a == \"x",
        expect![[r#"
            error[DQL-003]: the string that begins here does not end
              at: line 1, column 26
              because: this part cannot stay as it is
                fetch logs | filter a == "x
                                         ^"#]],
    );
}

#[test]
fn habits_of_other_languages_get_a_hint() {
    check(
        "fetch logs | filter a in [\"b\"]",
        expect![[r#"
            error[DQL-017]: `in [...]` takes a sub-query, not a list
              at: line 1, column 26
              because: this part cannot stay as it is
                fetch logs | filter a in ["b"]
                                         ^
              hint: write `in(field, {"a", "b"})` for a list of values, or weir's own `field in ("a", "b")`"#]],
    );
    check(
        "fetch logs | fieldsAdd substring(a, 1, 2)",
        expect![[r#"
            error[DQL-012]: too many arguments for `substring`
              at: line 1, column 37
              because: this part cannot stay as it is
                fetch logs | fieldsAdd substring(a, 1, 2)
                                                    ^
              hint: optional parameters are named: write `from: ...`"#]],
    );
    check(
        "filter a == 1",
        expect![[r#"
            error[DQL-016]: a query does not begin with `filter`
              at: line 1, column 1
              because: this part cannot stay as it is
                filter a == 1
                ^^^^^^
              hint: begin with `fetch logs`, or with `data record(...)` for records of your own"#]],
    );
    check(
        "fetch logs | filter count() > 1",
        expect![[r#"
            error[DQL-016]: `count` aggregates records, which is not possible here
              at: line 1, column 21
              because: this part cannot stay as it is
                fetch logs | filter count() > 1
                                    ^^^^^^^
              hint: aggregate in summarize or makeTimeseries, then use the result"#]],
    );
    check(
        "fetch logs | summarize a",
        expect![[r#"
            error[DQL-016]: this is no aggregation
              at: line 1, column 24
              because: this part cannot stay as it is
                fetch logs | summarize a
                                       ^
              hint: wrap it in takeAny(...) or collectArray(...), or group by it with `by: {...}`"#]],
    );
    check(
        "fetch logs | filter at > now() - 5x",
        expect![[r#"
            error[DQL-005]: `x` is not a unit of time
              at: line 1, column 34
              because: this part cannot stay as it is
                fetch logs | filter at > now() - 5x
                                                 ^^
              hint: units are ns us ms s m h d w M q y; `m` is minutes, `M` is months"#]],
    );
}

#[test]
fn a_pattern_is_checked_with_the_query() {
    check(
        "fetch logs | parse content, \"INTT:n\"",
        expect![[r#"
        error[DPL-002]: The parsing pattern is invalid. Named pattern element 'INTT' is not valid
          at: the pattern at line 1, column 29, its line 1, column 1
          because: the pattern stops making sense here
          INTT:n
          ^^^^
          hint: did you mean INT? Text to match literally belongs in quotes"#]],
    );
}

#[test]
fn hostile_queries_are_refused_in_bounded_stack() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(100_000),
        "not ".repeat(100_000),
        "a[".repeat(100_000),
        "if(".repeat(100_000),
        format!("{}1", "1 + ".repeat(100_000)),
        format!("a{}", "[b]".repeat(100_000)),
        format!("data record() | append [{}", "data record() | append [".repeat(10_000)),
        "\u{0}\u{1}é\u{10ffff}".to_owned(),
        "@".to_owned(),
        "now()@9223372036854775807h".to_owned(),
        "9".repeat(100),
        "x".repeat(2 << 20),
    ] {
        let short: String = text.chars().take(20).collect();
        assert!(parse_expr(&text).is_err(), "{short}");
        assert!(parse_query(&format!("fetch logs | filter {text}")).is_err(), "{short}");
    }
}

#[test]
fn more_than_a_thousand_commands_are_refused() {
    let query = |count| format!("fetch logs{}", " | filter a == 1".repeat(count));
    parse_query(&query(999)).expect("a thousand commands");
    assert_eq!(parse_query(&query(1_000)).expect_err("one too many").id(), "DQL-026");
    let nested = format!("fetch logs{}", " | append [fetch logs | limit 1]".repeat(334));
    assert_eq!(parse_query(&nested).expect_err("sub-queries count").id(), "DQL-026");
}

#[test]
fn a_thousand_alternatives_are_not_too_many() {
    let terms: Vec<String> = (0..5_000).map(|n| format!("a == {n}")).collect();
    let expr = parse_expr(&terms.join(" or ")).expect("it is read");
    assert!(expr.height() < 20);
}

#[test]
fn every_prefix_and_every_cut_is_read_or_refused() {
    let query = "fetch logs, from: -2h@h | filter a.b[c][] ~ \"x*\" and not in(`d e`, {1, 0x2f}) // c\n | fieldsAdd r = record(a = 1M, b = \"\"\"raw\"\"\")";
    for at in 0..=query.len() {
        let _ = parse_query(&query[..at]);
        let _ = parse_query(&query[at..]);
    }
}

#[test]
fn the_normal_form_is_stable() {
    for (text, normal) in [
        ("COUNTIF( a>2 )", "countIf(a > 2)"),
        ("collectArray(a ,maxLength : 3,expand:false)", "collectArray(a, maxLength:3, expand:FALSE)"),
        ("a+-1", "a + -1"),
        ("- a * ( b+1 )", "-a * (b + 1)"),
        ("x [ 0 ] [ name ] []", "x[0][name][]"),
        ("now( )-2h @h", "now() - 2h@h"),
        ("NOT isNull(a)AND b", "not isNull(a) and b"),
        ("bin(duration,100ms)", "bin(duration, 100ms)"),
        ("by:{a,b}", "by:{a, b}"),
        ("none .0[a]", "none . 0 [a]"),
    ] {
        let once = normalise(text).expect("tokens");
        assert_eq!(once, normal);
        assert_eq!(normalise(&once).expect("tokens"), once);
    }
}

#[test]
fn habits_of_other_languages_are_answered() {
    let cases = [
        ("fetch logs | where a == 1", "conditions are written `filter ...`"),
        ("fetch logs | stats count() by a", "groups are counted by `summarize count(), by: {field}`"),
        ("fetch logs | summarize count() by a", "groups are named after a comma: `, by: {field}`"),
        (
            "fetch logs | summarize count(), by a",
            "fields follow the command at once: `sort a desc, b`; groups are `by: {field}`",
        ),
        ("fetch logs | sort by a", "fields follow the command at once: `sort a desc, b`; groups are `by: {field}`"),
        ("fetch logs | sort a descending", "the order of a key is `asc` or `desc`: `sort field desc`"),
        ("fetch logs | fields a b", "arguments are parted by commas, commands by `|`"),
        ("fetch logs | summarize total count()", "arguments are parted by commas, commands by `|`"),
        ("fetch logs, from: -2h to: -1h", "a comma stands in front of it: `, to: ...`"),
        ("fetch logs from: -2h", "a comma stands in front of it: `, from: ...`"),
        ("fetch logs | dedup a sort: {b}", "a comma stands in front of it: `, sort: ...`"),
        ("fetch logs | join [fetch events] on a", "keys are named after a comma: `, on: {field}`"),
        ("fetch logs | lookup [fetch events], on: a", "the keys are `sourceField: a, lookupField: b`"),
        ("fetch logs | parse content \"INT:a\"", "arguments are parted by commas, commands by `|`"),
        ("fetch logs | parse content, LD:a", "a pattern stands in quotes: `parse content, \"LD ':' INT:n\"`"),
        ("fetch logs, last: 2h", "`from: -2h` begins two hours ago, `to: -1h` ends an hour ago"),
        (
            "fetch logs | summarize count(distinct a)",
            "different values are counted by `countDistinct(field)`, and `dedup {field}` keeps one record of each",
        ),
        ("fetch logs | filter isnull a", "a function is called with parentheses: `isNull(...)`"),
        (
            "fetch logs | filter a not in [fetch b]",
            "`not` stands in front: `not in(field, \"a\")`, `not field in [...]`",
        ),
        (
            "fetch logs | fieldsAdd x = a ?? b",
            "`if(condition, a, else: b)` chooses, `coalesce(a, b)` takes the first that is not null",
        ),
        ("fetch logs | fieldsAdd x = a ** 2", "a power is written `power(a, b)`"),
        ("fetch logs | fieldsAdd x = if(a then b)", "a choice is a function: `if(condition, value, else: other)`"),
        (
            "fetch logs | fieldsAdd x = a[0].b",
            "members stand in brackets, `field[name][0]`; texts are put together with `concat(a, b)`",
        ),
        (
            "fetch logs | fieldsAdd x = formatTimestamp(timestamp, \"yyyy\")",
            "optional parameters are named: write `format: ...`",
        ),
        ("fetch logs | fieldsAdd x = now() - 2 h", "a length of time is one word: `30s`, `5m`, `2h`, `1d`, `1w`"),
        ("fetch logs from -2h", "a comma stands in front of it: `, from: ...`"),
        ("fetch logs | fieldsAdd x = now() - 2", "a length of time has a unit: `2h`, `5m`"),
        (
            "fetch logs | filter @timestamp > 1",
            "units are ns us ms s m h d w w0 to w7 M q y; a name that begins with `@` stands in backticks",
        ),
        ("data record(a: 1)", "a name is followed by `=`: `name = value`"),
        ("data {a: 1}", "a name is followed by `=`: `name = value`"),
        ("data [{\"a\": 1}]", "a record is written `record(a = 1)`, JSON `data json: \"\"\"{...}\"\"\"`"),
        ("fetch logs | append [fetch events x]", "arguments are parted by commas, commands by `|`"),
        (
            "fetch logs | parse content, \"\\\\d+:a\"",
            "a pattern is no regular expression: write DIGIT, [a-z]+ or LD, and text to match in quotes",
        ),
        ("fetch logs | parse content, \"'a' | 'b'\"", "alternatives stand in parentheses: ('a' | 'b')"),
        ("fetch logs | fields a as b", "a name stands before what it names: `name = expression`"),
        ("fetch logs | filter a == 1 && b == 2", "`and` is a word"),
        ("fetch logs | filter a == 1 || b == 2", "`or` is a word, and one `|` parts commands"),
        ("fetch logs | filter !a", "`not` is a word; `!=` compares"),
        ("fetch logs | filter a is null", "`isNull(field)` and `isNotNull(field)` test for nothing"),
        ("fetch logs | fieldsAdd b = len(a)", "`stringLength(text)`, or `arraySize(array)`"),
        ("logs | filter a", "a table is read by `fetch`"),
    ];
    for (query, hint) in cases {
        let says = parse_query(query).expect_err(query).to_string();
        assert!(says.ends_with(&format!("hint: {hint}")), "{query}\n{says}");
    }
}

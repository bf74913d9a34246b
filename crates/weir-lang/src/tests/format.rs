//! The formatter and the printer.

use expect_test::{Expect, expect};

use super::vectors::vectors;
use crate::parse_query;
use crate::tools::{format, print};

#[track_caller]
fn check(text: &str, expect: Expect) {
    let once = format(text).expect("it has tokens");
    expect.assert_eq(&once);
    assert_eq!(format(&once).expect("it has tokens"), once, "a second time");
}

#[test]
fn one_pipe_a_line() {
    check(
        "FETCH logs,from:-2h|filter  Contains(content,\"x\")AND a==1|fieldsKeep dt.*,a|limit 5",
        expect![[r#"
            fetch logs, from: -2h
            | filter contains(content, "x") and a == 1
            | fieldsKeep dt.*, a
            | limit 5
        "#]],
    );
    check("", expect![""]);
    check(
        "fetch",
        expect![[r#"
        fetch
    "#]],
    );
}

#[test]
fn long_commands_take_several_lines() {
    check(
        "fetch logs | summarize {failures = countIf(event.outcome == \"failure\"), successes = countIf(event.outcome == \"success\"), users = countDistinctExact(user.name)}, by: {host.name, source.ip} | filter failures > 10 and successes > 0 or users > 100 and (host.name == \"aaaaaaaaaaaaaaaaaaaaaaaa\" or host.name == \"b\")",
        expect![[r#"
            fetch logs
            | summarize {
                  failures = countIf(event.outcome == "failure"),
                  successes = countIf(event.outcome == "success"),
                  users = countDistinctExact(user.name)
                },
                by: {host.name, source.ip}
            | filter failures > 10
                and successes > 0
                or users > 100
                and (host.name == "aaaaaaaaaaaaaaaaaaaaaaaa" or host.name == "b")
        "#]],
    );
}

#[test]
fn sub_queries_are_indented() {
    check(
        "fetch logs | lookup [fetch events | filter a == 1 | fields id, name], sourceField: id, lookupField: id | append [fetch events]",
        expect![[r#"
            fetch logs
            | lookup [
                  fetch events
                  | filter a == 1
                  | fields id, name
                ],
                sourceField: id,
                lookupField: id
            | append [fetch events]
        "#]],
    );
}

#[test]
fn comments_stay_where_they_belong() {
    check(
        "// what this is for\nfetch logs // all of them\n| // only the bad\nfilter a == 1 /* one */ and b == 2 // both\n\n  // the end\n| fields a, // first\n b // second\n// done",
        expect![[r#"
            // what this is for
            fetch logs // all of them
            // only the bad
            | filter a == 1 /* one */
                and b == 2 // both
            // the end
            | fields a, // first
                b // second
            // done
        "#]],
    );
}

#[test]
fn formatting_and_printing_keep_the_meaning() {
    for vector in vectors() {
        let text = vector["query"].as_str().expect("a query");
        let Ok(query) = parse_query(text) else { continue };
        let printed = print(&query);
        let formatted = format(text).expect("it has tokens");
        assert_eq!(format(&formatted).expect("it has tokens"), formatted, "{text}");
        for other in [&printed, &formatted] {
            let again = parse_query(other).unwrap_or_else(|fault| panic!("{other}\n{fault}"));
            assert_eq!(print(&again), printed, "{text}");
        }
    }
}

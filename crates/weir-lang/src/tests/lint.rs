//! Hints about queries that are legal and hardly meant.

use crate::parse_query;
use crate::tools::{Known, lint};
use crate::types::Type;

fn known() -> Known {
    let field = |name: &str, ty| (name.to_owned(), Some(ty));
    Known {
        tables: vec!["logs".to_owned(), "events".to_owned()],
        fields: vec![
            field("content", Type::Text),
            field("host.name", Type::Text),
            field("status", Type::Long),
            field("source.ip", Type::Ip),
            field("tags", Type::Array),
        ],
    }
}

/// Id, the text it is about, and the hint.
type Hint = (&'static str, &'static str, &'static str);

/// A query, and what is said about it.
const CASES: &[(&str, &[Hint])] = &[
    ("fetch logs | filter status >= 400 and host.name == \"a\" | sort status desc | limit 5", &[]),
    ("fetch log", &[("unknown-table", "log", "did you mean `logs`?")]),
    ("fetch logs | filter hostname == \"a\"", &[("unknown-field", "hostname", "did you mean `host.name`?")]),
    ("fetch logs | fields a = 1 | filter b == 2", &[("unknown-field", "b", "did you mean `a`?")]),
    ("fetch logs | parse content, \"INT:n\" | filter n > 1 and m > 1", &[("unknown-field", "m", "did you mean `n`?")]),
    ("fetch logs | summarize c = count(), by: {host.name} | filter c > 1 and `host.name` == \"a\"", &[]),
    ("fetch logs | filter exists(nowhere)", &[]),
    ("data record(a = 1) | filter a == 2 | append [data record(b = 1)] | filter b == 1", &[]),
    (
        "fetch logs | filter status == \"404\"",
        &[("never-true", "status == \"404\"", "convert the string with `toLong(...)`")],
    ),
    (
        "fetch logs | filter source.ip != \"a\"",
        &[("useless-step", "source.ip != \"a\"", "convert the string with `toIp(...)`")],
    ),
    ("fetch logs | filter status == null", &[("never-true", "status == null", "write `isNull(...)`")]),
    (
        "fetch logs | filter status == 1 and status == 2",
        &[("never-true", "status == 2", "use `or`, or `in(field, a, b)`")],
    ),
    (
        "fetch logs | filter status > 5 | sort status | filter status < 5",
        &[("never-true", "status < 5", "use `or`, or `in(field, a, b)`")],
    ),
    ("fetch logs | filter status > 5 | fieldsAdd status = 1 | filter status < 5", &[]),
    (
        "fetch logs | filter 5 >= status and status == 7",
        &[("never-true", "status == 7", "use `or`, or `in(field, a, b)`")],
    ),
    (
        "fetch logs | filter tags[] == \"x\"",
        &[("never-true", "tags[] == \"x\"", "ask for any element with `iAny(...)`")],
    ),
    ("fetch logs | filter host.name", &[("never-true", "host.name", "compare it with something")]),
    ("fetch logs | filter tags > 1", &[("never-true", "tags > 1", "")]),
    ("fetch logs | sort status | summarize count()", &[("useless-step", "sort status", "sort behind it")]),
    ("fetch logs | fields a = 1, b = 2, a = 3", &[("duplicate-field", "a = 1", "give one of them another name")]),
    ("fetch logs | sort status | summarize takeFirst(content)", &[]),
    ("fetch logs | fieldsAdd x = 1 | fields content", &[("useless-step", "x = 1", "")]),
    (
        "fetch logs | limit 5 | sort status",
        &[("limit-before-sort", "limit 5", "put `limit` behind `sort` for the first in order")],
    ),
    ("fetch logs | fieldsAdd x = status | search \"a\"", &[("late-search", "search \"a\"", "search first")]),
    ("fetch logs | filter status > 1 | filter status > 1", &[("useless-step", "filter status > 1", "remove one")]),
    (
        "fetch logs | fieldsAdd n = entityName(host.name)",
        &[("always-null", "entityName(host.name)", "use the names that the records carry")],
    ),
    (
        "fetch logs | lookup [fetch evnts | fields id], sourceField: status, lookupField: id | filter lookup.id == 1",
        &[("unknown-table", "evnts", "did you mean `events`?"), ("unknown-field", "id", "")],
    ),
];

#[test]
fn odd_queries_get_a_hint() {
    let mut wrong = Vec::new();
    for (query, want) in CASES {
        let tree = parse_query(query).unwrap_or_else(|fault| panic!("{query}: {fault}"));
        let have = lint(&tree, &known());
        let have: Vec<_> = have
            .iter()
            .map(|lint| (lint.id, &query[lint.span.start as usize..lint.span.end as usize], lint.hint.as_str()))
            .collect();
        if have != *want {
            wrong.push(format!("{query}\n  want {want:?}\n  have {have:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_said_of_what_is_not_known() {
    let tree = parse_query("fetch anything | filter whatever == 1").expect("it is read");
    assert_eq!(lint(&tree, &Known::default()), []);
}

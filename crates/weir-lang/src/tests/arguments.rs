//! What commands and functions say about arguments they do not take.

use crate::parse_query;

/// Queries that are refused: what is said, and the hint.
const REFUSED: &[(&str, &str, &str)] = &[
    ("fetch logs, samplingRato: 10", "`fetch` has no parameter `samplingRato`", "did you mean `samplingRatio`?"),
    (
        "fetch logs, from: true",
        "`from` of `fetch` takes a timestamp such as \"2024-01-31T00:00:00Z\", or a duration from now such as -2h",
        "",
    ),
    ("fetch logs, scanLimitGBytes: \"x\"", "`scanLimitGBytes` of `fetch` takes a whole number, -1 or more", ""),
    ("fetch logs, from: -1h, FROM: -2h", "`from` is given twice", ""),
    (
        "data json: \"[1]\"",
        "the text is not a JSON object or an array of objects",
        "a raw string needs no escapes: data json: \"\"\"[{\"a\": 1}]\"\"\"",
    ),
    ("data 1", "`argument` of `data` takes `record(...)`", ""),
    ("fetch logs | fields a desc", "`asc` and `desc` stand behind what is sorted by", "order the records with `sort`"),
    (
        "fetch logs | sort {a, direcktion: \"descending\"}",
        "`a group in braces` has no parameter `direcktion`",
        "did you mean `direction`?",
    ),
    (
        "fetch logs | sort a, direction: \"down\"",
        "`direction` of `sort` takes one of ascending, descending, asc, desc",
        "",
    ),
    ("fetch logs | expand a, limit: 0", "`limit` of `expand` takes a whole number, 1 or more", ""),
    (
        "fetch logs | makeTimeseries count(), interval: 1M",
        "`interval` of `makeTimeseries` takes a duration such as 5m",
        "",
    ),
    (
        "fetch logs | makeTimeseries collectArray(a)",
        "`collectArray` makes no series",
        "aggregate groups with summarize, or make the series of a number",
    ),
    ("fetch logs | summarize start()", "`start` belongs to the slots of a series", "use it in makeTimeseries"),
    ("fetch logs | summarize count(default: 0)", "`count` has no parameter `default`", ""),
    ("fetch logs | summarize count(a)", "too many arguments for `count`", ""),
    ("fetch logs | summarize p = percentile(a, 101)", "`percentile` of `percentile` takes a number from 0 to 100", ""),
    (
        "fetch logs | join [fetch events], on: {a > b}",
        "`on` of `join` takes fields, or equalities such as `left[a] == right[b]`",
        "",
    ),
    (
        "fetch logs | join [fetch events], on: {a}, kind: full",
        "`kind` of `join` takes one of inner, leftOuter, outer",
        "",
    ),
    ("fetch logs | lookup [fetch events], sourceField: a", "`lookup` needs `lookupField:`", ""),
    (
        "fetch logs | search contains(content, \"x\")",
        "a search is made of texts and comparisons",
        "write `search \"text\"`, `search field ~ \"text\"` or `search field == value`; other conditions go into `filter`",
    ),
    ("fetch logs | filter condition: a, condition: b", "`condition` is given twice", ""),
    ("fetch logs | fields true = 1", "`true` is a word of the language", "as a name it stands in backticks: `true`"),
    (
        "fetch logs | fields x = \"a\" + \"b\"",
        "`+` does not work on string and string",
        "put texts together with `concat(a, b)`",
    ),
    ("fetch logs | fields x = -\"a\"", "`-` does not work on string", ""),
    ("fetch logs | fields x = now() * 2", "`*` does not work on timestamp and long", ""),
    (
        "fetch logs | fields x = getHour(timestamp, timezone: \"Mars/Base\")",
        "there is no time zone `Mars/Base`",
        "name a place such as `Europe/Vienna`, or an offset such as `+02:00`",
    ),
    (
        "fetch logs | fields x = arraySort(a, direction: \"up\")",
        "`direction` of `arraySort` takes \"ascending\" or \"descending\"",
        "",
    ),
    (
        "fetch logs | fields x = exists(a + 1)",
        "`field` of `exists` takes the name of a field, or of a member such as `field[name]`",
        "",
    ),
    (
        "fetch logs | fields x = {a, b}",
        "braces only group, so they are no value for `x`",
        "make an array with `array(a, b)`, or a record with `record(a = 1)`",
    ),
    (
        "fetch logs | filter iAny(a == 1)",
        "`expression` of `iAny` takes an iterative expression, such as `array[] > 1`",
        "",
    ),
    (
        "fetch logs | fieldsAdd n = iIndex() + 1",
        "`iIndex` is the place in an array, and nothing goes through one here",
        "use it beside `array[]`, as in `iCollectArray(array[] * iIndex())`",
    ),
    ("fetch logs | fields x = duration(a, \"w\")", "`unit` of `duration` takes one of ns, us, ms, s, m, h, d", ""),
    (
        "fetch logs | fields x = arrayMovingAvg(a, 61)",
        "`windowSize` of `arrayMovingAvg` takes a number from 1 to 60",
        "",
    ),
    (
        "fetch logs | fields x = arrayPercentile(a, 101)",
        "`percentile` of `arrayPercentile` takes a number from 0 to 100",
        "",
    ),
    (
        "fetch logs | fields x = jsonPath(content, \"$.a[\")",
        "`jsonPath` of `jsonPath` takes a path such as \"$.a[0]['b c']\"",
        "",
    ),
    (
        "fetch logs | filter matchesPhrase(content, \"a**b\")",
        "`phrase` of `matchesPhrase` takes at most 64 wildcards, none next to another, and 4096 bytes",
        "",
    ),
    (
        "fetch logs | filter matchesValue(content, \"a\", wildcard: \"%%\")",
        "`wildcard` of `matchesValue` takes one character",
        "",
    ),
    (
        "fetch logs | search content ~ \"**\" or \"x\"",
        "`term` of `a search` takes at most 64 wildcards, none next to another, and 4096 bytes",
        "",
    ),
    (
        "fetch logs | search \"x**\"",
        "`term` of `a search` takes at most 64 wildcards, none next to another, and 4096 bytes",
        "",
    ),
    (
        "fetch logs | fields x = parse(a, \"INT:n\", baseTime: timestamp)",
        "`baseTime` of `parse` takes a timestamp that is the same for every record",
        "",
    ),
    (
        "fetch logs | fields x = lookup(a, lookupField: b)",
        "`lookupTable` of `lookup` takes a sub-query in brackets",
        "",
    ),
    ("fetch logs | fields x = lookup([fetch events], sourceField: b)", "`lookup` needs `lookupField`", ""),
    (
        "fetch logs | fields x = bin(timestamp, 1M)",
        "`interval` of `bin` takes a length that is the same everywhere; months and years begin with `@M`, `@q`, `@y`",
        "",
    ),
    ("fetch logs | append [fetchh events]", "there is no command `fetchh`", "did you mean `fetch`?"),
    ("fetch logs | filter stringLength(a)", "`condition` of `filter` takes a condition, not long", ""),
    ("fetch logs | filterOut \"a\"", "`condition` of `filterOut` takes a condition, not string", ""),
    ("fetch logs | filter a and 5", "`and` does not work on long", "it joins conditions"),
    ("fetch logs | fields x = not \"a\"", "`not` does not work on string", "it turns a condition round"),
    (
        "fetch logs | fields x = \"a\"@h",
        "`@` does not work on string",
        "it rounds down a timestamp, or a duration from now",
    ),
    (
        "fetch logs | makeTimeseries a = sum(b) / count()",
        "a series is one aggregation",
        "compute with the series behind it: `fieldsAdd x = a[] / b[]`",
    ),
    ("fetch logs | filter a == $", "`$` means nothing here", "a parameter of the query is written `$name`"),
];

#[test]
fn arguments_that_do_not_fit_are_refused() {
    let mut wrong = Vec::new();
    for (query, says, hint) in REFUSED {
        match parse_query(query) {
            Ok(_) => wrong.push(format!("{query}: is read")),
            Err(fault) if fault.says() != *says || fault.fix() != *hint => wrong.push(format!("{query}: {fault}")),
            Err(fault) if !fault.cause().contains('^') => wrong.push(format!("{query}: no caret")),
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn parameters_have_any_case_and_any_place() {
    for query in [
        "fetch dataObject: logs, FROM: -1h",
        "fetch logs | filter condition: a == 1",
        "fetch logs | parse PATTERN: \"INT:a\", content",
        "fetch logs | parse pattern: \"INT:a\", expression: content, baseTime: now()",
        "fetch logs | sort a, direction: \"descending\", b, direction: \"ascending\"",
        "fetch logs | sort {a, direction: \"descending\"}, {b, direction: \"descending\"}",
        "fetch logs | dedup a, sort: {timestamp desc}, limit: 5",
        "fetch logs | summarize BY: {a}, count()",
        "fetch logs | filter contains(content, \"a\", casesensitive: false)",
        "fetch logs | join [fetch events], on: left[a] == right[b] and left[c] == right[d]",
        "fetch logs | search \"a\" and not status >= 400",
        "fetch logs, from: now()-1M+2w, to: \"2024-01-01T00:00:00Z\"",
        "timeseries count(dt.host.cpu, filter: host == \"a\"), by: {host}",
        "timeseries avg(dt.host.cpu), filter: {startsWith(host, \"a\")}, interval: {5m}",
        "fetch logs | fields a = timeframe(from: -1M)",
    ] {
        parse_query(query).unwrap_or_else(|fault| panic!("{query}: {fault}"));
    }
}

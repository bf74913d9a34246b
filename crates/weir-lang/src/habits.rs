//! What people write who know another query language, and how it is said here. Only hints come from this: nothing is understood differently.

/// How to say what a command of another language says.
pub(crate) fn command(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "where" | "having" => "conditions are written `filter ...`",
        "stats" | "aggregate" | "group" | "groupby" | "count" | "tstats" | "chart" => {
            "groups are counted by `summarize count(), by: {field}`"
        }
        "head" | "take" | "top" | "tail" => {
            "`limit n` keeps the first records, `sort field desc | limit n` the largest"
        }
        "extend" | "eval" | "set" | "mutate" => "fields are added by `fieldsAdd name = ...`",
        "project" | "select" | "table" | "keep" => "begin with `fetch logs`; fields are chosen by `fields a, b`",
        "drop" => "fields are removed by `fieldsRemove a, b`",
        "rename" => "fields are renamed by `fieldsRename new = old`",
        "order" | "orderby" | "arrange" => "records are put in order by `sort field desc`",
        "union" => "records are added by `append [fetch ...]`",
        "mvexpand" | "unnest" | "explode" => "an array is taken apart by `expand field`",
        "distinct" | "uniq" | "unique" => "`dedup {field}` keeps one record of each",
        "timechart" | "bucket" | "bin" => "records are counted over time by `makeTimeseries count(), interval: 5m`",
        "rex" | "grok" | "extract" | "regex" => "texts are taken apart by `parse field, \"PATTERN\"`",
        "from" | "source" | "index" => "a query begins with `fetch logs` or another table",
        "logs" | "events" | "bizevents" | "spans" => "a table is read by `fetch`",
        "find" | "grep" => "`search \"word\"` looks in all fields",
        _ => return None,
    })
}

/// How to say what a function of another language says.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "len" | "length" | "strlen" => "`stringLength(text)`, or `arraySize(array)`",
        "tolower" | "lcase" => "`lower(text)`",
        "toupper" | "ucase" => "`upper(text)`",
        "substr" | "mid" => "`substring(text, from: 0, to: 5)`",
        "strcat" => "`concat(a, b)`",
        "split" => "`splitString(text, \",\")`",
        "replace" => "`replaceString(text, \"old\", \"new\")`",
        "iff" | "iif" | "case" => "`if(condition, a, else: b)`",
        "ifnull" | "nvl" => "`coalesce(a, b)`",
        "isempty" | "isnotempty" => "`isNull(field)` and `isNotNull(field)`",
        "dcount" | "dc" | "estdc" | "uniq" => "`countDistinct(field)`",
        "arg_max" | "arg_min" | "latest" | "earliest" | "first" | "last" => {
            "`takeFirst(field)` and `takeLast(field)` behind a `sort`, or `takeMax(field)`"
        }
        "values" | "list" | "make_list" | "array_agg" => "`collectArray(field)`",
        "make_set" | "collect_set" => "`collectDistinct(field)`",
        "mvcount" | "array_length" | "cardinality" => "`arraySize(array)`",
        "cidrmatch" | "ipv4_is_in_range" | "cidr_match" => "`ipIn(field, \"10.0.0.0/8\")`",
        "strftime" | "format_datetime" | "date_format" => "`formatTimestamp(timestamp, format: \"yyyy-MM-dd\")`",
        "date_trunc" | "startofday" | "startofhour" | "floor_time" => {
            "`timestamp@d`, `timestamp@h`, or `bin(timestamp, 5m)`"
        }
        "ago" => "`now() - 5m`",
        "perc" | "p50" | "p90" | "p95" | "p99" => "`percentile(field, 95)`",
        "regex" | "rlike" | "regexp_like" | "match" => {
            "`matchesPattern(text, \"PATTERN\")`, or `matchesValue(text, \"a*\")`"
        }
        _ => return None,
    })
}

/// How long something takes.
pub(crate) const LENGTHS: &str = "a length of time is one word: `30s`, `5m`, `2h`, `1d`, `1w`";

/// How to go on where `found` cannot stand.
pub(crate) fn word(found: &str) -> Option<&'static str> {
    Some(match found.to_ascii_lowercase().as_str() {
        "by" => "groups are named after a comma: `, by: {field}`",
        "as" => "a name stands before what it names: `name = expression`",
        "like" | "contains" | "startswith" | "endswith" | "matches" | "has" | "rlike" => {
            "a test is called with what it tests: `contains(field, \"text\")`; `field ~ \"word\"` looks for a word"
        }
        "between" => "write both ends: `x >= a and x <= b`",
        "is" => "`isNull(field)` and `isNotNull(field)` test for nothing",
        "sec" | "second" | "seconds" | "minute" | "minutes" | "hour" | "hours" | "day" | "days" | "week" | "weeks" => {
            LENGTHS
        }
        "where" => "a condition is a command of its own: `| filter ...`",
        "|" => "`or` is a word, and one `|` parts commands",
        "descending" | "ascending" => "the order of a key is `asc` or `desc`: `sort field desc`",
        "not" => "`not` stands in front: `not in(field, \"a\")`, `not field in [...]`",
        "on" => "keys are named after a comma: `, on: {field}`",
        "then" => "a choice is a function: `if(condition, value, else: other)`",
        "?" => "`if(condition, a, else: b)` chooses, `coalesce(a, b)` takes the first that is not null",
        "." => "members stand in brackets, `field[name][0]`; texts are put together with `concat(a, b)`",
        "*" => "`count()` takes nothing, and all fields are there without naming them",
        "~" => "`field ~ \"word*\"` looks for words; whole texts: `matchesValue(field, \"a*\")`, `matchesPattern(...)`",
        _ => return None,
    })
}

/// How to say what a word in front of something unexpected says elsewhere.
pub(crate) fn behind(before: &str) -> Option<&'static str> {
    Some(match before.to_ascii_lowercase().as_str() {
        "distinct" => {
            "different values are counted by `countDistinct(field)`, and `dedup {field}` keeps one record of each"
        }
        "by" => "fields follow the command at once: `sort a desc, b`; groups are `by: {field}`",
        _ => return None,
    })
}

/// How to give what a parameter of another language gives.
pub(crate) fn parameter(name: &str, of: &str) -> Option<&'static str> {
    Some(match (of, name.to_ascii_lowercase().as_str()) {
        ("record" | "array" | "a group in braces", _) => "a name is followed by `=`: `name = value`",
        ("fetch", "last" | "since" | "earliest" | "span" | "range" | "time" | "latest" | "start" | "end") => {
            "`from: -2h` begins two hours ago, `to: -1h` ends an hour ago"
        }
        ("lookup", "on" | "key" | "by") => "the keys are `sourceField: a, lookupField: b`",
        ("join" | "joinNested", "key" | "by" | "using") => "the keys are `on: {a, b}`, or `on: {left[a] == right[b]}`",
        ("parse", _) => "a pattern stands in quotes: `parse content, \"LD ':' INT:n\"`",
        _ => return None,
    })
}

/// How to say what a sign says elsewhere.
pub(crate) fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "`and` is a word",
        '!' => "`not` is a word; `!=` compares",
        '^' => "`power(a, b)`, or `xor` between conditions",
        '$' => "a parameter of the query is written `$name`",
        '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => "texts stand in straight quotes: \"...\"",
        _ => return None,
    })
}

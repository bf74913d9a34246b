//! A source of numbers, as the tests of what stands around pulling need one.

use serde_json::{Value, json};
use weir_testkit::{Answer, Asked};

/// Numbers in an answer.
const PAGE: usize = 20;

/// Its manifest; `settings` are those beside its address, `auth` is how it is logged in to.
pub fn manifest(settings: &str, auth: &str) -> String {
    format!(
        r#"
weir: connector/1
id: double
version: 1.0.0
title: A source of tests
config:
  base_url: {{type: url, required: true}}
{settings}
http: {{base: "{{{{config.base_url}}}}", timeout: 5s}}
auth: {auth}
streams:
  - name: numbers
    schedule: {{every: 1s}}
    cursor: {{kind: sequence, field: {{path: "$.n", type: int}}, start: 0}}
    request: {{path: /numbers, query: {{above: "{{{{cursor.value}}}}"}}}}
    response: {{decode: [json], select: [{{path: "$[*]"}}]}}
    paging: {{kind: none}}
    output: {{dataset: double.numbers}}
"#
    )
}

/// The numbers that are asked for, of those up to `last`.
pub fn answer(asked: &Asked, last: u64) -> Answer {
    let above: u64 = asked.param("above").and_then(|text| text.parse().ok()).unwrap_or(0);
    let numbers: Vec<Value> = (above + 1..=last).take(PAGE).map(|n| json!({"n": n})).collect();
    Answer::json(Value::Array(numbers).to_string())
}

use expect_test::{Expect, expect};
use weir_event::{Record, Timestamp, Value};
use weir_yaml::Node;

use super::apply;
use crate::fault;
use crate::manifest::Transform;
use crate::path::plain;
use crate::slot::Scope;

#[track_caller]
fn check(change: &str, record: &str, expect: Expect) {
    let node = &Node::read("t.yaml", change, &fault::MANIFEST).unwrap()[0];
    let config: Record<'static> = [("key", Value::text("k"))].into_iter().collect();
    let answer = Transform::read(node).map(|change| {
        let value = weir_parse::json::to_value(record).unwrap();
        plain(&apply(&change, value, &Scope::new(&config, Timestamp(0))).unwrap())
    });
    expect.assert_eq(&answer.unwrap_or_else(|fault| fault.to_string()));
}

#[test]
fn names_are_joined_taken_apart_changed_and_removed() {
    let record = r#"{"a":{"b":{"c":1},"d":[{"e":2}]},"f.g":3,"f":4}"#;
    check("{flatten: {}}", record, expect![[r#"{"a.b.c":1,"a.d":[{"e":2}],"f.g":3,"f":4}"#]]);
    check("{flatten: {separator: _, depth: 1}}", record, expect![[r#"{"a_b":{"c":1},"a_d":[{"e":2}],"f.g":3,"f":4}"#]]);
    check(
        "{expand_dotted: true}",
        r#"{"a.b":1,"a.c.d":2,"x":{"y":1},"x.y":2,".z":3}"#,
        expect![[r#"{"x":{"y":1},"a":{"b":1,"c":{"d":2}},"x.y":2,".z":3}"#]],
    );
    check("{expand_dotted: true}", r#"{"s.ip":1,"s":{"port":2}}"#, expect![[r#"{"s":{"port":2,"ip":1}}"#]]);
    check("{rename: {a: b}}", r#"{"a":1,"b":2}"#, expect![[r#"{"a":1,"b":2}"#]]);
    check("{rename: {f: h}}", record, expect![[r#"{"a":{"b":{"c":1},"d":[{"e":2}]},"f.g":3,"h":4}"#]]);
    check("{remove: [\"$.a.b\", \"$.f\"]}", record, expect![[r#"{"a":{"d":[{"e":2}]},"f.g":3}"#]]);
    check(
        "{null_if: {values: [na, \"\"], paths: [\"$.x[*]\"]}}",
        r#"{"x":["na","","b"]}"#,
        expect![[r#"{"x":[null,null,"b"]}"#]],
    );
}

#[test]
fn what_is_hidden_is_not_stored() {
    let record =
        r#"{"user":"ana","ips":["192.0.2.17","2001:db8::17","x"],"card":"4111111111111111","n":{"user":"bo"}}"#;
    check(
        "{redact: [{path: \"$..user\", do: drop}]}",
        record,
        expect![[
            r#"{"user":null,"ips":["192.0.2.17","2001:db8::17","x"],"card":"4111111111111111","n":{"user":null}}"#
        ]],
    );
    check(
        "{redact: [{path: \"$.user\", do: hash, key: \"{{config.key}}\"}, {path: \"$.n\", do: replace}]}",
        record,
        expect![[
            r#"{"user":"9f5856f8ed63364f12a5b366e021ea2a","ips":["192.0.2.17","2001:db8::17","x"],"card":"4111111111111111","n":{"user":"***"}}"#
        ]],
    );
    check(
        "{redact: [{path: \"$.card\", do: mask, keep_last: 4}, {path: \"$.ips\", do: ip, keep_bits: 24}]}",
        record,
        expect![[
            r#"{"user":"ana","ips":["192.0.2.0","2001:d00::","***"],"card":"************1111","n":{"user":"bo"}}"#
        ]],
    );
    check(
        "{redact: [{path: \"$.a\", do: hide}]}",
        record,
        expect![[r#"
        error[COLLECT-907]: unknown redaction `hide`
          at: t.yaml:1
          hint: known: drop, replace, hash, mask, ip"#]],
    );
}

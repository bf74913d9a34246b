use weir_event::{Record, Timestamp};
use weir_yaml::Node;

use super::changed;
use crate::fault;
use crate::manifest::{Redaction, Transform};
use crate::path::plain;
use crate::slot::Scope;

#[track_caller]
fn check(change: &str, redact: &str, record: &str, expect: &str) {
    let read = |text: &str| Node::read("t.yaml", text, &fault::MANIFEST).unwrap().remove(0);
    let change = Transform::read(&read(change)).unwrap();
    let redactions = Redaction::read_list(&read(redact)).unwrap();
    let config = Record::new();
    let value = weir_parse::json::to_value(record).unwrap();
    let changed = changed(&[change], &redactions, value, &Scope::new(&config, Timestamp(0))).unwrap();
    assert_eq!(plain(&changed), expect);
}

#[test]
fn what_is_hidden_stays_hidden_when_names_are_joined() {
    let record = r#"{"user":{"mail":"ana@example.com"}}"#;
    let hidden = r#"{"user.mail":"***"}"#;
    check("{flatten: {}}", "[{path: $.user.mail, do: replace}]", record, hidden);
    check("{flatten: {}}", "[{path: \"$['user.mail']\", do: replace}]", record, hidden);
    check("{flatten: {}}", "[{path: $.user, do: replace}]", record, hidden);
    check("{rename: {user: who}}", "[{path: $.who.mail, do: replace}]", record, r#"{"who":{"mail":"***"}}"#);
}

//! The schema for editors knows what the reader knows, and refuses what it refuses.

mod validate;

use std::collections::BTreeSet;
use std::path::Path;

use weir_event::Value;
use weir_yaml::Node;

use super::HEAD;
use crate::fault;
use crate::manifest::{KEYS, MANIFEST_SCHEMA, Manifest, errors, request, response, setting, stream, test};
use validate::faults;

fn schema() -> Value<'static> {
    weir_parse::json::to_value(MANIFEST_SCHEMA).unwrap()
}

fn member<'v>(value: &'v Value<'static>, name: &str) -> &'v Value<'static> {
    let Value::Record(record) = value else { panic!("{value:?} has no members") };
    record.get(name).unwrap_or_else(|| panic!("no `{name}`"))
}

/// What a manifest says, without what the schema does not say of it.
fn document(name: &str, text: &str) -> Value<'static> {
    setting::value(&Node::read(name, text, &fault::MANIFEST).unwrap()[0].data)
}

#[track_caller]
fn keys(def: &str, known: &[&str]) {
    let schema = schema();
    let at = if def.is_empty() { &schema } else { member(member(&schema, "$defs"), def) };
    let Value::Record(properties) = member(at, "properties") else { panic!("`{def}` has no properties") };
    let names: BTreeSet<&str> = properties.iter().map(|(name, _)| name).collect();
    assert_eq!(names, known.iter().copied().collect(), "{def}");
}

#[test]
fn the_schema_knows_every_key() {
    keys("", KEYS);
    keys("stream", stream::KEYS);
    keys("http", stream::HTTP_KEYS);
    keys("request", request::KEYS);
    keys("response", response::KEYS);
    keys("setting", setting::KEYS);
    keys("test", test::KEYS);
}

/// A word of the manifest where its schema names one.
#[track_caller]
fn right(text: &str) {
    let text = format!("{HEAD}{text}");
    let read = Manifest::read("t.yaml", &text);
    assert!(read.is_ok(), "{text}\n{}", read.unwrap_err());
    assert_eq!(faults(&schema(), &document("t.yaml", &text)), Vec::<String>::new(), "{text}");
}

/// What neither the reader nor the schema takes.
#[track_caller]
fn wrong(text: &str) {
    let text = format!("{HEAD}{text}");
    assert!(Manifest::read("t.yaml", &text).is_err(), "read: {text}");
    assert_ne!(faults(&schema(), &document("t.yaml", &text)), Vec::<String>::new(), "by the schema: {text}");
}

fn with(parts: &str) -> String {
    let have = |key: &str| parts.contains(&format!("{key}: "));
    let defaults = [
        ("schedule", "{every: 1m}"),
        ("cursor", "{kind: none}"),
        ("request", "{path: /}"),
        ("response", "{}"),
        ("paging", "{kind: none}"),
        ("output", "{}"),
    ];
    let rest: Vec<String> =
        defaults.iter().filter(|(key, _)| !have(key)).map(|(key, value)| format!("{key}: {value}")).collect();
    format!("streams:\n  - {{name: s, {}, {parts}}}\n", rest.join(", "))
}

#[test]
fn every_action_of_an_error_is_known() {
    for (word, _) in errors::ACTIONS {
        right(&with(&format!("errors: [{{when: {{status: 400}}, do: {word}}}]")));
    }
    wrong(&with("errors: [{when: {status: 400}, do: explode}]"));
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    right(&with("dedup: {key: [$.id]}"));
    wrong("streams: []\nstrems: []\n");
    wrong("streams: []\nconfig: {a: {type: txt}}\n");
    wrong("streams: []\nconfig: {a: {required: true}}\n");
    wrong("streams: []\nauth: {kind: magic}\n");
    wrong("streams: []\nauth: {kind: basic, user: u}\n");
    wrong("streams: []\nauth: {kind: signature, algorithm: md5, key: k, message: m}\n");
    wrong("streams: []\nlimits: {local: [{per: 1s}]}\n");
    wrong("streams: []\nlimits: {retry: {backoff: {first: 1}}}\n");
    for parts in [
        "schedule: {every: 5}",
        "schedule: {}",
        "cursor: {kind: windw}",
        "cursor: {kind: window}",
        "cursor: {kind: window, start: -1d, field: $.x}",
        "cursor: {kind: window, start: -1d, concurrency: 17}",
        "cursor: {kind: high_water, start: -1d, field: x}",
        "cursor: {kind: snapshot, emit: [add]}",
        "cursor: {kind: opaque, from: {cookie: x}}",
        "cursor: {kind: once}",
        "paging: {kind: pages}",
        "paging: {kind: token}",
        "paging: {kind: none, param: x}",
        "paging: {kind: scroll, from: $.id}",
        "paging: {kind: offset, stop: [empty]}",
        "request: {}",
        "request: {path: /, url: x}",
        "request: {path: /, body: {}, form: {}}",
        "request: {path: /, pth: /}",
        "response: {decode: [yaml]}",
        "response: {decode: [{zip: a.json}]}",
        "response: {select: [{path: items}]}",
        "response: {explode: {path: $.a}}",
        "foreach: {key: $.id}",
        "job: {poll: {request: {path: /}, done: {$.x: y}}}",
        "detail: {into: x}",
        "dedup: {keys: [$.id]}",
        "transform: [{flaten: {}}]",
        "transform: [{redact: [{path: $.x, do: hide}]}]",
        "output: {tabel: x}",
        "output: {lookup: a/b}, cursor: {kind: snapshot}",
        "before: [{capture: {id: $.id}}]",
        "trigger: {request: {path: /}}",
    ] {
        wrong(&with(parts));
    }
}

/// Every manifest of the repository, and those of the engine's own tests.
#[test]
fn manifests_are_right_by_the_schema() {
    let (schema, mut mistakes, mut count) = (schema(), Vec::new(), 0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("../../packs"), root.join("src/fixture/flows")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.display().to_string();
            if entry.is_dir() {
                folders.push(entry);
            } else if name.ends_with("puller.yaml") || name.contains("/flows/") {
                let found = faults(&schema, &document(&name, &std::fs::read_to_string(&entry).unwrap()));
                mistakes.extend(found.into_iter().map(|says| format!("{name}: {says}")));
                count += 1;
            }
        }
    }
    assert!(count > 50 && mistakes.is_empty(), "{count} manifests: {}", mistakes.join("\n"));
}

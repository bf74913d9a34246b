//! The schema for editors knows what the loader knows.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::map::{ARTIFACT_WORDS, CONVERT_WORDS};
use crate::pack::{PACK_SCHEMA, clause, load, reader};

fn schema() -> Value {
    serde_json::from_str(PACK_SCHEMA).unwrap()
}

#[track_caller]
fn check(pointer: &str, known: &[&str]) {
    let schema = schema();
    let names: BTreeSet<&str> = match schema.pointer(pointer).unwrap() {
        Value::Object(members) => members.keys().map(String::as_str).collect(),
        list => list.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect(),
    };
    assert_eq!(names, known.iter().copied().collect::<BTreeSet<_>>(), "{pointer}");
}

#[test]
fn the_schema_knows_every_key() {
    check("/properties", load::KEYS);
    check("/$defs/clause/properties", clause::KEYS);
    check("/$defs/case/properties", load::CASE_KEYS);
    let with = |more: &[&'static str]| [&reader::FORM_KEYS[..], more].concat();
    check("/$defs/read/properties", &with(reader::READ_KEYS));
    check("/$defs/again/properties", &with(reader::STEP_KEYS));
    check("/$defs/target/properties/as/enum", &CONVERT_WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>());
    check("/$defs/artifact/oneOf/0/enum", ARTIFACT_WORDS);
}

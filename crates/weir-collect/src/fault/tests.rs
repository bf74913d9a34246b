use std::collections::BTreeSet;

use super::class_of;

const SOURCE: &str = include_str!("../fault.rs");
const PAGE: &str = include_str!("../../../../spec/connectors/errors.md");

/// Ids of the source, each with the number of the functions that make it.
fn ids() -> BTreeSet<&'static str> {
    let ids = SOURCE.match_indices("\"COLLECT-").map(|(at, _)| &SOURCE[at + 9..at + 12]);
    ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).collect()
}

#[test]
fn every_id_is_documented_and_every_documented_id_exists() {
    let rows = PAGE.split("## From the ids").next().unwrap().lines();
    let documented: BTreeSet<&str> = rows
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(|word| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    assert_eq!(ids(), documented);
}

#[test]
fn an_id_belongs_to_one_fault() {
    for id in ids() {
        let made = SOURCE.matches(&format!("Fault::new(\"COLLECT-{id}\"")).count();
        assert!(made <= 1, "COLLECT-{id} is made by {made} functions");
    }
}

#[test]
fn classes_keep_their_meaning() {
    let class = |id: &str| class_of(id);
    assert_eq!(class("COLLECT-003"), "InitVariablesError");
    assert_eq!(class("COLLECT-101"), "SetupError");
    assert_eq!(class("COLLECT-208"), "PullError");
    assert_eq!(class("COLLECT-202"), "ApiError");
    assert_eq!(class("COLLECT-501"), "PullError");
}

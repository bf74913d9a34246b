use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use weir_event::{Timestamp, Value};

use super::{bad_state, class_of, clocks_differ, state_reset};
use crate::state::State;

const SOURCE: &str = include_str!("../fault.rs");
const PAGE: &str = include_str!("../../../../spec/connectors/errors.md");
const UNUSED: &str = "## Numbers that are not used";

/// Numbers of the ids that stand in a source as texts of their own.
fn ids(source: &str) -> BTreeSet<String> {
    let numbers = source.match_indices("\"COLLECT-").filter_map(|(at, _)| source.get(at + 9..at + 13));
    let numbers = numbers.filter_map(|text| text.strip_suffix('"'));
    numbers.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect()
}

/// The ids of all crates, but not those that tests alone name.
fn emitted() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path().join("src")).collect();
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(path).unwrap();
                found.extend(ids(text.split("#[cfg(test)]\nmod tests {").next().unwrap()));
            }
        }
    }
    found
}

/// The first cells of the rows of a part of the page.
fn documented(part: &str) -> BTreeSet<String> {
    let cells = part.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    cells.filter(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned).collect()
}

#[test]
fn every_id_is_documented_and_every_documented_id_exists() {
    let page = PAGE.split("## From the ids").next().unwrap();
    let (used, unused) = page.split_once(UNUSED).unwrap();
    assert_eq!(emitted(), documented(used));
    let both: Vec<_> = documented(unused).intersection(&emitted()).cloned().collect();
    assert!(both.is_empty(), "{both:?} are said not to be used");
}

#[test]
fn an_id_belongs_to_one_fault() {
    for id in ids(SOURCE) {
        let made = SOURCE.matches(&format!("Fault::new(\"COLLECT-{id}\"")).count();
        assert!(made <= 1, "COLLECT-{id} is made by {made} functions");
    }
}

#[test]
fn classes_keep_their_meaning() {
    let class = |id: &str| class_of(id).unwrap();
    assert_eq!(class("COLLECT-003"), "InitVariablesError");
    assert_eq!(class("COLLECT-101"), "SetupError");
    assert_eq!(class("COLLECT-208"), "PullError");
    assert_eq!(class("COLLECT-202"), "ApiError");
    assert_eq!(class("COLLECT-501"), "PullError");
    assert_eq!(class_of("LOG-003"), None);
}

/// The page names every class, and the ids it gives to each are those of the function.
#[test]
fn classes_are_documented() {
    for id in emitted() {
        let class = class_of(&format!("COLLECT-{id}")).unwrap();
        let row = PAGE.lines().find(|line| line.starts_with(&format!("| `{class}`"))).unwrap();
        let family = format!("{}nn", &id[..1]);
        assert!(row.contains(&family) || row.contains(&id), "{id} is a {class}: {row}");
    }
}

#[test]
fn cursors_are_shown_as_people_read_them() {
    let time = |seconds: i64| Value::Timestamp(Timestamp(seconds * 1_000_000_000));
    let cursors = [
        (String::new(), time(1_767_225_600)),
        ("eu".to_owned(), Value::Array(vec![Value::text("token"), time(1_767_225_660)])),
        ("us".to_owned(), Value::Long(7)),
    ];
    let state = State { cursors: cursors.into_iter().collect(), ..State::default() };
    let hint = "dropped: 0 known records, cursor 2026-01-01T00:00:00Z, eu [token, 2026-01-01T00:01:00Z], us 7; what the source gives again \
                is stored again";
    assert_eq!(state_reset("p/s", "a", "b", &state).fix(), hint);
    assert!(state_reset("p/s", "a", "b", &State::default()).fix().contains("cursor none;"));
    assert!(bad_state("p/s", "x").fix().ends_with("stored again"));
}

#[test]
fn a_difference_of_clocks_is_told_where_it_is_known() {
    assert_eq!(clocks_differ("p/s", Some(-90), "").says(), "this clock and the source's differ by -90 s");
    let said = clocks_differ("p/s", None, "RequestExpired");
    assert_eq!((said.says(), said.cause()), ("this clock and the source's differ", "RequestExpired"));
}

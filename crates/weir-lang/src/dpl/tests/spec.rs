//! The examples of `spec/dpl/*.md`: a `pattern` block, then pairs of `input` and `expect`.
//!
//! `pattern MODE` chooses the mode, else it is `parse`; `replace` takes its replacement behind the mode, and `strict` is `parse` without
//! extensions. `input` is taken without its last line feed; `input json` is a string with the escapes of JSON. `WEIR_SPEC=dpl/lines` runs one page, `UPDATE_EXPECT=1` fills empty `expect` blocks.

use std::path::{Path, PathBuf};

use weir_event::{Timestamp, Value};

use super::super::{PatternOptions, run_mode};

#[test]
fn spec() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/dpl");
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path()).collect();
    pages.sort();
    let wanted = std::env::var("WEIR_SPEC").unwrap_or_default();
    let mut failures = Vec::new();
    for page in pages.iter().filter(|page| page.with_extension("").ends_with(&wanted) || wanted.is_empty()) {
        let text = std::fs::read_to_string(page).expect("a page is readable");
        let (filled, failed) = run(&text);
        failures.extend(failed.into_iter().map(|says| format!("{}: {says}", page.display())));
        if filled != text && std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(page, filled).expect("a page is writable");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_matcher_has_a_common_an_empty_and_a_hostile_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/dpl");
    let pages = std::fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("an entry").path());
    let examples: Vec<(String, String)> =
        pages.flat_map(|page| examples(&std::fs::read_to_string(page).expect("a page is readable"))).collect();
    let few: Vec<&str> = super::super::names::all_names()
        .chain(super::super::names::extension_names())
        .filter(|name| !super::super::names::is_alias(name))
        .filter(|name| {
            let of_it = || examples.iter().filter(|(pattern, _)| words(pattern).any(|word| word == *name));
            of_it().count() < 3 || !of_it().any(|(_, input)| input.is_empty())
        })
        .collect();
    assert!(few.is_empty(), "{few:?}");
}

/// Every pattern of a page with every input it is tried on.
fn examples(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut pattern = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```").filter(|fence| !fence.is_empty()) else { continue };
        let body = lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
        match fence.split(' ').next() {
            Some("pattern") => pattern = body,
            Some("input") => found.push((pattern.clone(), body)),
            _ => {}
        }
    }
    found
}

fn words(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split(|c: char| !(c.is_ascii_alphanumeric() || "_@".contains(c)))
}

/// Runs a page: the page with empty expectations filled, and what failed.
fn run(page: &str) -> (String, Vec<String>) {
    let mut filled = String::new();
    let mut failed = Vec::new();
    let (mut mode, mut pattern, mut input) = (String::new(), String::new(), String::new());
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        filled.push_str(line);
        filled.push('\n');
        let Some(fence) = line.strip_prefix("```").filter(|fence| !fence.is_empty()) else { continue };
        let body = lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
        let mut shown = body.clone();
        match fence.split_once(' ').unwrap_or((fence, "parse")) {
            ("pattern", chosen) => (mode, pattern) = (chosen.to_owned(), body),
            ("input", "json") => input = serde_json::from_str(&body).expect("a string in JSON"),
            ("input", _) => input = body,
            ("expect", _) => {
                let answer = answer(&mode, &pattern, &input);
                if body.is_empty() {
                    shown = answer;
                } else if body != answer {
                    failed.push(format!("{pattern}\n on {input:?}\n expected {body}\n got      {answer}"));
                }
            }
            _ => {}
        }
        if !shown.is_empty() {
            filled.push_str(&shown);
            filled.push('\n');
        }
        filled.push_str("```\n");
    }
    (filled, failed)
}

fn answer(mode: &str, pattern: &str, input: &str) -> String {
    let (mode, replacement) = mode.split_once(' ').unwrap_or((mode, ""));
    let now = Timestamp::parse_rfc3339("2026-11-21T12:00:00Z").expect("a time");
    let strict = mode == "strict";
    let mode = if strict { "parse" } else { mode };
    let options = PatternOptions { now, strict, ..PatternOptions::default() };
    let answer = match run_mode(mode, pattern, input, replacement, &options) {
        Ok(answer) => answer,
        Err(fault) => return fault.to_string(),
    };
    if answer.get("match") == Some(&Value::Bool(false)) {
        return "no match".to_owned();
    }
    let name = if answer.get("fields").is_some() {
        "fields"
    } else if answer.get("all").is_some() {
        "all"
    } else {
        "value"
    };
    let mut out = String::new();
    weir_event::write_json(answer.get(name).unwrap_or(&Value::Null), &mut out);
    out
}

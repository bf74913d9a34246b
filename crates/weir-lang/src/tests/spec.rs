//! The reference in `spec/dql/*.md`: every `query` block is run and gives its `expect` block; `error` blocks are what is said about a
//! wrong one. Queries over more than one record at a time are run by the query engine's tests. `WEIR_SPEC=dql/operators` runs one
//! file; `UPDATE_EXPECT=1` fills empty blocks.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use weir_event::{Value, write_json};

use super::rows;
use crate::commands::COMMANDS;
use crate::{functions, parse_query};

#[test]
fn spec() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/dql"));
    let filter = std::env::var("WEIR_SPEC").unwrap_or_default();
    let only = filter.strip_prefix("dql/").unwrap_or("");
    let mut wrong = String::new();
    let mut ran = 0;
    for path in pages(&folder) {
        let name = path.strip_prefix(&folder).unwrap_or(&path).with_extension("").to_string_lossy().into_owned();
        if only.is_empty() || name == only {
            ran += page(&path, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(ran > 0 || !only.is_empty());
}

#[test]
fn every_command_and_aggregation_has_a_common_an_empty_and_a_hostile_example() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/dql"));
    let texts = pages(&folder).into_iter().map(|path| std::fs::read_to_string(path).expect("a page"));
    let text: String = texts.map(|text| format!("{text}\n")).collect();
    let shown = |name: &str| {
        let section = text.split("\n## ").find(|section| section.lines().next() == Some(name));
        section.is_some_and(|section| section.matches("\n```query\n").count() >= 3)
    };
    let commands = COMMANDS.iter().map(|spec| spec.name);
    let aggregations = functions::all().filter(|function| function.is_aggregate()).map(|function| function.name);
    let few: Vec<&str> = commands.chain(aggregations).filter(|name| !shown(name)).collect();
    assert!(few.is_empty(), "{few:?}");
    let used = |name: &str| text.matches(&format!("{name}(")).count() >= 3;
    let few: Vec<&str> =
        functions::all().filter(|one| one.is_window()).map(|one| one.name).filter(|name| !used(name)).collect();
    assert!(few.is_empty(), "{few:?}");
}

/// The pages in a folder and below, in order; those of functions are compared with their table elsewhere.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.is_dir() && !path.ends_with("functions") {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn page(path: &PathBuf, wrong: &mut String) -> usize {
    let text = std::fs::read_to_string(path).expect("a page");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut out = String::new();
    let (mut have, mut ran) = (None, 0);
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let block = block.join("\n");
        let mut shown = block.clone();
        match kind {
            "query" => have = answer(&block),
            "expect" | "error" => {
                let Some(have) = &have else {
                    let _ = writeln!(out, "{}{}```", shown, if shown.is_empty() { "" } else { "\n" });
                    continue;
                };
                ran += 1;
                if block.is_empty() && update {
                    shown = have.clone();
                } else if block != *have {
                    let _ = writeln!(wrong, "{}:{}\nwant {block}\nhave {have}\n", path.display(), number + 1);
                }
            }
            _ => {}
        }
        let _ = writeln!(out, "{}{}```", shown, if shown.is_empty() { "" } else { "\n" });
    }
    if update && out != text {
        std::fs::write(path, out).expect("a page");
    }
    ran
}

/// The records as JSON, or the fault. `None` for a query that needs more than one record at a time.
fn answer(query: &str) -> Option<String> {
    let rows = match parse_query(query) {
        Ok(query) => rows::run(&query)?,
        Err(fault) => Err(fault),
    };
    Some(match rows {
        Err(fault) => fault.to_string(),
        Ok(rows) => {
            let lines = rows.into_iter().map(|row| {
                let mut line = String::new();
                write_json(&Value::Record(row), &mut line);
                line
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    })
}

//! The reference in `spec/dql/**/*.md`, run: every `query` block gives its `expect` block, or says what its `error` block shows.
//! `WEIR_SPEC=dql/commands` runs one file; `UPDATE_EXPECT=1` fills empty blocks.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_event::{Timestamp, Value, write_json};

use crate::{Engine, EngineOptions, FileTables, RunOptions};

/// The present of the reference: 2024-06-01T12:00:00Z.
const NOW: Timestamp = Timestamp(1_717_243_200_000_000_000);

#[test]
fn spec() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime starts");
    let engine = Engine::new(Arc::new(FileTables::default()), EngineOptions { cores: 2, ..EngineOptions::default() });
    let answer = |query: &str| runtime.block_on(answer(&engine, query));
    let filter = std::env::var("WEIR_SPEC").unwrap_or_default();
    let mut wrong = String::new();
    for path in pages(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/dql"))) {
        if path.with_extension("").ends_with(&filter) {
            page(&path, &answer, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// All pages of a folder and its folders.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the reference") {
        let path = entry.expect("a file").path();
        match path.is_dir() {
            true => found.extend(pages(&path)),
            false if path.extension().is_some_and(|extension| extension == "md") => found.push(path),
            false => {}
        }
    }
    found.sort();
    found
}

fn page(path: &Path, answer: &dyn Fn(&str) -> String, wrong: &mut String) {
    let text = std::fs::read_to_string(path).expect("a page");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let (mut out, mut have) = (String::new(), String::new());
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let _ = writeln!(out, "{line}");
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let mut block = block.join("\n");
        match kind {
            "query" => have = answer(&block),
            "expect" | "error" if block.is_empty() && update => block.clone_from(&have),
            "expect" | "error" if block != have => {
                let _ = writeln!(wrong, "{}:{}\nwant {block}\nhave {have}\n", path.display(), number + 1);
            }
            _ => {}
        }
        let _ = writeln!(out, "{block}{}```", if block.is_empty() { "" } else { "\n" });
    }
    if update && out != text {
        std::fs::write(path, out).expect("a page");
    }
}

async fn answer(engine: &Engine, query: &str) -> String {
    let mut lines = Vec::new();
    let mut answer = match engine.run(query, &RunOptions::new("acme", NOW)).await {
        Ok(answer) => answer,
        Err(fault) => return fault.to_string(),
    };
    while let Some(batch) = answer.next().await {
        match batch {
            Ok(batch) => lines.extend(answer.records(&batch).into_iter().map(|record| {
                let mut line = String::new();
                write_json(&Value::Record(record), &mut line);
                line
            })),
            Err(fault) => return fault.to_string(),
        }
    }
    lines.join("\n")
}

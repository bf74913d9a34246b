//! A query that needs more memory than it may have ends with the name of the command that did.

use std::sync::Arc;

use super::records;
use crate::{Engine, EngineOptions, FileTables};

#[track_caller]
fn check(command: &str, names: &str) {
    let options = EngineOptions { cores: 2, memory_bytes_max: 64 << 10, ..EngineOptions::default() };
    let engine = Engine::new(Arc::new(FileTables::default()), options);
    let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let list = numbers.join(",");
    // 40,000 records out of a literal one.
    let rows = format!(
        "data record(x = splitString(\"{list}\", \",\"), y = splitString(\"{list}\", \",\")) \
         | expand x | expand y | fieldsAdd key = concat(x, \"-\", y, \"-and-some-more-text\")"
    );
    let answer = records(&engine, &format!("{rows} | {command}")).map(|records| records.len());
    let fault = answer.expect_err("64 KiB are too few");
    assert_eq!(fault.id(), "QUERY-004", "{fault}");
    assert!(fault.says().contains(&format!("`{names}`")), "{command}: {fault}");
    let column = rows.chars().count() + 4;
    assert_eq!(fault.place(), format!("line 1, column {column}"), "{command}: {fault}");
}

#[test]
fn the_command_is_named() {
    check("summarize count(), by: {key}", "summarize");
    check("summarize countDistinctExact(key)", "summarize");
    check("summarize collectArray(key)", "summarize");
    check("dedup key", "dedup");
    check("fieldsSummary key", "fieldsSummary");
    check("window n = rowNumber()", "window");
    check("sequence a = isNotNull(x), b = x == \"none\", by: {y}, within: 1h, time: now()", "sequence");
}

//! Files that grow, are renamed, cut and replaced.

use std::fs;
use std::io::Write;
use std::path::Path;

use weir_collect::Told;
use weir_drive::ssh::{Settings, Task};

use super::{place, pull, settings};
use crate::sink::Memory;

fn append(file: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(file).expect("opens");
    file.write_all(text.as_bytes()).expect("writes");
}

fn of(pattern: &Path) -> Settings {
    settings(Task::Files(vec![pattern.display().to_string()]))
}

/// Pulls, and says what came.
fn pulled(settings: &Settings, sink: &Memory) -> Vec<String> {
    pull(settings, sink).unwrap_or_else(|fault| panic!("{fault}"));
    sink.take()
}

#[test]
fn whole_lines_come_once() {
    let file = place().join("a.log");
    let (settings, sink) = (of(&file), Memory::default());
    append(&file, "one\ntwo\r\n\nthr");
    assert_eq!(pulled(&settings, &sink), ["one", "two"]);
    assert!(pulled(&settings, &sink).is_empty());
    append(&file, "ee\nfour\n");
    assert_eq!(pulled(&settings, &sink), ["three", "four"]);
    let commits = sink.commits();
    assert!(pulled(&settings, &sink).is_empty());
    assert_eq!(sink.commits(), commits, "nothing new is not worth a record of the log");
}

#[test]
fn a_file_that_is_renamed_is_read_to_its_end() {
    let folder = place();
    let file = folder.join("a.log");
    let (settings, sink) = (of(&file), Memory::default());
    append(&file, "one\n");
    assert_eq!(pulled(&settings, &sink), ["one"]);
    append(&file, "two\nlast");
    fs::rename(&file, folder.join("a.log.1")).expect("renames");
    assert!(pulled(&settings, &sink).is_empty(), "no file for a moment");
    append(&file, "three\n");
    assert_eq!(pulled(&settings, &sink), ["two", "last", "three"]);
    append(&file, "four\n");
    assert_eq!(pulled(&settings, &sink), ["four"]);
}

#[test]
fn a_file_that_is_copied_and_cut_is_read_to_its_end() {
    let folder = place();
    let file = folder.join("a.log");
    let (settings, sink) = (of(&file), Memory::default());
    append(&file, "one\ntwo\n");
    assert_eq!(pulled(&settings, &sink).len(), 2);
    append(&file, "three\n");
    fs::copy(&file, folder.join("a.log-20261014")).expect("copies");
    fs::write(&file, "").expect("cuts");
    append(&file, "four\n");
    assert_eq!(pulled(&settings, &sink), ["three", "four"]);
}

#[test]
fn a_new_file_as_long_as_the_old_one_is_not_taken_for_it() {
    let file = place().join("a.log");
    let (settings, sink) = (of(&file), Memory::default());
    append(&file, "one\ntwo\n");
    assert_eq!(pulled(&settings, &sink).len(), 2);
    fs::write(&file, "red\nsix\nten\n").expect("writes");
    assert_eq!(pulled(&settings, &sink), ["red", "six", "ten"]);
    let told = sink.told();
    assert!(matches!(&told[..], [Told::Note(note)] if note.contains("behind byte 8")), "{told:?}");
}

#[test]
fn files_with_the_same_start_are_told_apart() {
    let file = place().join("a.log");
    let (settings, sink) = (of(&file), Memory::default());
    let header = "#".repeat(3_000);
    append(&file, &format!("{header}\none\n"));
    assert_eq!(pulled(&settings, &sink)[1], "one");
    fs::write(&file, format!("{header}\nsix\nten\n")).expect("writes");
    assert_eq!(pulled(&settings, &sink)[1..], ["six", "ten"]);
}

#[test]
fn a_star_stands_for_many_files() {
    let folder = place();
    append(&folder.join("b.log"), "b1\n");
    append(&folder.join("a.log"), "a1\n");
    append(&folder.join("c.txt"), "c1\n");
    let (settings, sink) = (of(&folder.join("*.log")), Memory::default());
    assert_eq!(pulled(&settings, &sink), ["a1", "b1"]);
    append(&folder.join("d.log"), "d1\n");
    append(&folder.join("a.log"), "a2\n");
    assert_eq!(pulled(&settings, &sink), ["a2", "d1"]);
}

#[test]
fn large_files_survive_a_log_that_fails() {
    let file = place().join("a.log");
    let lines: Vec<String> = (0..40_000).map(|number| format!("{number} {}", "x".repeat(number % 90))).collect();
    append(&file, &format!("{}\n", lines.join("\n")));
    for commits in 0..4 {
        let (settings, sink) = (of(&file), Memory::default());
        sink.fail_after(Some(commits));
        pull(&settings, &sink).expect_err("the disk is gone");
        sink.fail_after(None);
        assert!(pulled(&settings, &sink) == lines, "after {commits} commits");
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = place();
    let fault = pull(&of(&folder.join("nowhere.log")), &Memory::default()).expect_err("is not there");
    assert_eq!(fault.id(), "SSH-010", "{fault}");
    let fault = pull(&of(&folder.join("none").join("*.log")), &Memory::default()).expect_err("is not there");
    assert_eq!(fault.id(), "SSH-010", "{fault}");
}

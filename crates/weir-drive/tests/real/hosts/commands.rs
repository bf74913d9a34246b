//! What commands print.

use weir_drive::ssh::{Command, Task};
use weir_event::Duration;

use super::{place, pull, settings};
use crate::sink::Memory;

fn command(text: &str) -> Task {
    Task::Command(Command { text: text.to_owned(), first: None, cursor: None })
}

#[test]
fn lines_that_were_not_there_before() {
    let file = place().join("output");
    let settings = settings(command(&format!("cat {}", file.display())));
    let sink = Memory::default();
    for (output, expected) in [
        ("a\nb\n", vec!["a", "b"]),
        ("a\nb\n", vec![]),
        ("b\nb\nc\n", vec!["b", "c"]),
        ("c\n\nrest", vec!["rest"]),
        ("a\n", vec!["a"]),
    ] {
        std::fs::write(&file, output).expect("writes");
        pull(&settings, &sink).expect("pulls");
        assert_eq!(sink.take(), expected, "{output:?}");
    }
}

#[test]
fn a_cursor_says_where_to_go_on() {
    let file = place().join("journal");
    let path = file.display();
    let print = format!("awk -F'\"' -v from={{cursor}} 'seen {{print}} $4 == from {{seen = 1}}' {path}");
    let task = Command { text: print, first: Some(format!("cat {path}")), cursor: Some("__CURSOR".to_owned()) };
    let settings = settings(Task::Command(task));
    let line = |number: usize| format!("{{\"__CURSOR\":\"s={number};i='x' y\",\"n\":{number}}}\n");
    let sink = Memory::default();
    let mut all = Vec::new();
    for until in [3, 3, 7] {
        let text: String = (0..until).map(line).collect();
        std::fs::write(&file, text).expect("writes");
        pull(&settings, &sink).expect("pulls");
        all.extend(sink.take());
    }
    let expected: Vec<String> = (0..7).map(|number| line(number).trim_end().to_owned()).collect();
    assert_eq!(all, expected);
}

#[test]
fn output_larger_than_a_chunk_comes_whole() {
    let numbers = "seq 1 25000";
    let sink = Memory::default();
    sink.fail_after(Some(1));
    pull(&settings(command(numbers)), &sink).expect_err("the disk is gone");
    sink.fail_after(None);
    pull(&settings(command(numbers)), &sink).expect("pulls");
    let records = sink.take();
    assert_eq!((records.len(), &*records[0], &*records[24_999]), (25_000, "1", "25000"));
}

#[test]
fn commands_that_fail_say_so() {
    for (text, id, says) in [
        ("echo half; echo gone wrong >&2; exit 3", "SSH-013", "gone wrong"),
        ("exit 3", "SSH-013", "exit code 3"),
        ("kill -9 $$", "SSH-013", "signal"),
        ("seq 1 60000", "SSH-015", "50000"),
    ] {
        let fault = pull(&settings(command(text)), &Memory::default()).expect_err("fails");
        assert_eq!(fault.id(), id, "{fault}");
        assert!(fault.to_string().contains(says), "{fault}");
    }
}

#[test]
fn silence_ends() {
    let mut settings = settings(command("echo a; sleep 60"));
    settings.timeout = Duration(2_000_000_000);
    assert_eq!(pull(&settings, &Memory::default()).expect_err("ends").id(), "SSH-008");
}

#[test]
fn lines_without_the_cursor_are_refused() {
    let task = Command { text: "echo plain".to_owned(), first: None, cursor: Some("c".to_owned()) };
    let fault = pull(&settings(Task::Command(task)), &Memory::default()).expect_err("is refused");
    assert_eq!((fault.id(), fault.cause()), ("SSH-014", "plain"));
}

use super::*;

static IDS: Ids = Ids {
    not_yaml: "T-001",
    too_large: "T-002",
    unknown_key: "T-003",
    wrong_type: "T-004",
    missing: "T-005",
    too_deep: "T-006",
};

fn read(text: &str) -> Node {
    Node::read("f", text, &IDS).unwrap().remove(0)
}

/// Where a place in the text of `q` is in the file.
#[track_caller]
fn check(text: &str, (line, column): (usize, usize), place: &str) {
    let node = read(text);
    let passage = node.map(&["a", "q"]).unwrap().need("q").unwrap().passage().unwrap();
    assert_eq!(passage.place(line, column), place, "{text}");
}

#[test]
fn a_place_in_a_text_is_found_in_its_file() {
    check("a: 1\nq: fetch logs\n", (1, 7), "f:2, column 10");
    check("q: 'fetch logs'\n", (1, 1), "f:1, column 5");
    check("{ a: 1, q: \"fetch\" }\n", (1, 2), "f:1, column 14");
    check("q: |\n  fetch logs\n  | filter x\na: 1\n", (2, 3), "f:3, column 5");
    check("q: |-\n\n  fetch\n\n  | x\n", (4, 1), "f:5, column 3");
    check("q: |2\n    deep\n  x\n", (1, 3), "f:2, column 5");
    check("q:\n  fetch\n", (1, 1), "f:2, column 3");
    check("q: >\n  one line\n", (1, 5), "f:2, column 7");
    check("# é\r\nq: 'é x'\r\n", (1, 3), "f:2, column 7");
}

#[test]
fn of_a_text_that_is_not_written_as_it_reads_the_begin_is_known() {
    check("q: >\n  fetch logs\n  | filter x\n", (1, 14), "f:2, line 1, column 14 of the text");
    check("q: fetch logs\n  | filter x\n", (1, 14), "f:1, line 1, column 14 of the text");
    check("q: \"a\\tb\"\n", (1, 3), "f:1, line 1, column 3 of the text");
    check("q: !!str 5\n", (1, 1), "f:1, line 1, column 1 of the text");
}

#[test]
fn what_is_empty_is_called_so() {
    for (text, found) in
        [("q: []", "an empty list"), ("q: {}", "an empty map"), ("q: ''", "empty text"), ("q:", "nothing")]
    {
        let node = read(text);
        let fault = node.map(&["q"]).unwrap().need("q").unwrap().wrong("a list of names");
        assert_eq!(fault.says(), format!("expected a list of names, found {found}"));
        assert_eq!((fault.place(), fault.fix()), ("f:1", "write a list of names"));
    }
}

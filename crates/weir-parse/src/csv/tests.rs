use super::read;

#[track_caller]
fn check(line: &str, expect: &[&str]) {
    let mut values = Vec::new();
    read(line, b',', &mut |index, value| {
        assert_eq!(index, values.len());
        values.push(value.into_owned());
    });
    assert_eq!(values, expect);
}

#[test]
fn values_are_split_and_unquoted() {
    check("a,b,c", &["a", "b", "c"]);
    check("", &[""]);
    check("a,,", &["a", "", ""]);
    check("1,\"two, and \"\"half\"\"\",3\r\n", &["1", "two, and \"half\"", "3"]);
    check("\"a\"b,c", &["ab", "c"]);
    check("x,\"never closed, so", &["x", "\"never closed, so"]);
    check("é,\"ü\"", &["é", "ü"]);
}

#[track_caller]
fn check_words(line: &str, expect: &[&str]) {
    let mut values = Vec::new();
    super::read_words(line, &mut |_, value| values.push(value.into_owned()));
    assert_eq!(values, expect);
}

#[test]
fn values_between_blanks_keep_what_is_marked_together() {
    check_words("a  b\tc", &["a", "b", "c"]);
    check_words("- [06/Feb/2026:00:00:38 +0000] x", &["-", "06/Feb/2026:00:00:38 +0000", "x"]);
    check_words(r#"1 "GET /a HTTP/1.1" "say \"hi\" now" """#, &["1", "GET /a HTTP/1.1", "say \"hi\" now", ""]);
    check_words(r#""never closed "#, &["\"never", "closed"]);
    check_words("[a b", &["[a", "b"]);
    check_words("", &[]);
}

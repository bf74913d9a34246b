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

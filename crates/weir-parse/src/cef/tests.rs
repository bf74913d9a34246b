use super::*;

#[track_caller]
fn check(line: &str, expect: &str) {
    let cef = read(line).unwrap();
    let mut pairs = Pairs::default();
    pairs.read(cef.extension, &Quirks::default());
    let mut shown = String::new();
    for pair in pairs.iter(cef.extension) {
        shown += &format!("{}={:?} ", pair.key, pair.value());
    }
    for note in cef.notes.and(pairs.notes).iter() {
        shown += &format!("+{note} ");
    }
    assert_eq!(shown.trim_end(), expect);
}

#[test]
fn values_end_before_the_next_key() {
    check("CEF:0|a|b|1|c|n|5|x=1 y=a b=c z", r#"x="1" y="a" b="c z""#);
    check("CEF:0|a|b|1|c|n|5|x=a\\\\=b y=", r#"x="a\\=b" y="" +unescaped_equals"#);
    check(
        "CEF:0|a|b|1|c|n|5|x=\"a y=1\" z=\"q\" w=\"open",
        r#"x="\"a y=1\"" z="\"q\"" w="\"open" +quoted_value +unescaped_equals"#,
    );
    check("CEF:0|a|b|1|c|n|5|x=\\\\srv\\new\\r", r#"x="\\\\srv\\new\\r" +raw_backslashes"#);
    check("CEF:0|a|b|1|c|n|5|m=1\\n2\\r3\\|4 m=5", r#"m="1\n2\r3\\|4" m="5" +duplicate_key +unknown_escape"#);
    check("CEF:2|a||1|c|n|5", "+empty_header_field +missing_final_pipe +unknown_version");
    check("CEF:0|a|b|1|c|n|05|\t a=1\tb=2\u{20}", r#"a="1" b="2""#);
}

#[test]
fn text_without_a_marker_is_refused() {
    for line in ["", "CEF:", "CEF:x|a", "aCEF:0|a|", "CEF:0.|a", "CEF:0 |a"] {
        assert_eq!(read(line), None, "{line}");
    }
    assert!(read("CEF:1.2|a|b").is_some_and(|cef| cef.is_truncated() && cef.version == 1 && cef.fields == 2));
}

#[test]
fn many_keys_are_told_apart() {
    let unique: Vec<String> = (0..500).map(|number| format!("k{number}=v")).collect();
    let mut pairs = Pairs::default();
    pairs.read(&unique.join(" "), &Quirks::default());
    assert_eq!((pairs.len(), pairs.notes.is_empty()), (500, true));
    pairs.read(&(unique.join(" ") + " k7=w"), &Quirks::default());
    assert!(pairs.notes.has(Notes::DUPLICATE_KEY));
}

#[test]
fn a_megabyte_of_hostile_text_is_read() {
    let keys = ["smac", "dvc", "groups.*"].map(str::to_owned).to_vec();
    let quirks = [Quirks::default(), Quirks { colon_keys: keys.clone(), glued_keys: keys }];
    for unit in
        ["a=", "a= ", " a=\"", "a=\\", "\\", "=", "a=\" ", "smac:", " dvc:", "1groups.1=", "aaaa", "a=X:\\", "\\\\h"]
    {
        let text = unit.repeat((1 << 20) / unit.len());
        for quirks in &quirks {
            Pairs::default().read(&text, quirks);
        }
    }
    assert_eq!(read(&"CEF:".repeat(1 << 18)), None);
    assert_eq!(read(&"CEF:1".repeat(1 << 18)), None);
}

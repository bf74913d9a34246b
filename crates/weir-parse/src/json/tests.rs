use weir_event::{Value, write_json};

use super::*;

#[track_caller]
fn check_flat(text: &str, expect: &str) {
    let mut out = String::new();
    let result = read(text, &mut |path, value| {
        out.push_str(path);
        out.push('=');
        write_json(&value, &mut out);
        out.push('\n');
    });
    if let Err(error) = result {
        out.push_str(&format!("{} at {}\n", error.what, error.at));
    }
    assert_eq!(out, expect);
}

#[test]
fn objects_become_dotted_paths() {
    check_flat(
        r#" {"a":{"b":1,"c":{"d":"x"}},"list":[1,{"k":null}],"e":{},"t":true,"f":-1.5e3,"big":123456789012345678901} "#,
        "a.b=1\na.c.d=\"x\"\nlist=[1,{\"k\":null}]\ne={}\nt=true\nf=-1500.0\nbig=1.2345678901234568e20\n",
    );
    check_flat(r#"{"a":1,"b":2,"a":3}"#, "a=1\nb=2\na=3\n");
    check_flat("{}", "");
    check_flat("[1]", "the text is not an object at 0\n");
    check_flat(r#"{"a":1,"#, "a=1\na member's name in quotes is missing at 7\n");
    check_flat(r#"{"a":01}"#, "a number is not well formed at 5\n");
    check_flat(r#"{"a":1} x"#, "a=1\nsomething follows the value at 8\n");
}

#[test]
fn what_senders_without_a_library_write_is_read_by_the_parser_only() {
    let text = r#"{"zeros":-00.50,"code":007,"none": ,"list":[1,,2],"end":}"#;
    let mut found = Vec::new();
    let read = Flattener::lenient().read(text, &mut |path, value| found.push(format!("{}={value:?}", path.text())));
    assert_eq!(read, Ok(()));
    assert_eq!(
        found,
        ["zeros=Double(-0.5)", "code=Long(7)", "none=Null", "list=Array([Long(1), Null, Long(2)])", "end=Null"]
    );
    assert!(super::read(text, &mut |_, _| {}).is_err() && to_value(text).is_err());
}

#[test]
fn a_text_that_was_cut_is_told_from_a_wrong_one() {
    let whole = r#"{"a":"x\"y","b":[1,{"c":-1.5e3}],"d":true,"e":null}"#;
    for end in 1..whole.len() {
        let error = read(&whole[..end], &mut |_, _| {}).unwrap_err();
        assert!(error.cut, "{} {}", &whole[..end], error.what);
    }
    for wrong in [r#"{"a":x"#, r#"{"a":tru}"#, r#"{"a" 1"#, r#"{"a":"\x"}"#, r#"{"a":1} x"#, r#"{"a":01}"#, r#"{a:1"#] {
        assert!(!read(wrong, &mut |_, _| {}).unwrap_err().cut, "{wrong}");
    }
}

#[track_caller]
fn check_value(text: &str, expect: Result<&str, usize>) {
    let found = to_value(text).map(|value| {
        let mut out = String::new();
        write_json(&value, &mut out);
        out
    });
    assert_eq!(found.as_deref().map_err(|error| error.at), expect);
}

#[test]
fn values_and_escapes() {
    check_value(r#""a\"b\\\/\n\t\u00e9\ud83d\ude00\ud800""#, Ok("\"a\\\"b\\\\/\\n\\té😀\u{fffd}\""));
    check_value(r#""\u12""#, Err(1));
    check_value(r#""\x""#, Err(1));
    check_value(r#""open"#, Err(0));
    check_value(r#"{"a":1,"b":[true,false,null],"a":{"c":-0.5}}"#, Ok(r#"{"a":{"c":-0.5},"b":[true,false,null]}"#));
    check_value("9223372036854775807", Ok("9223372036854775807"));
    check_value("\u{feff}[]", Ok("[]"));
    check_value("nul", Err(0));
    check_value("-", Err(0));
    check_value("1.", Err(0));
    check_value("", Err(0));
}

#[test]
fn plain_text_is_borrowed() {
    let Ok(Value::Text(std::borrow::Cow::Borrowed("ada"))) = to_value("\"ada\"") else {
        panic!("text without escapes must not be copied");
    };
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(to_value(&nested(64)).is_ok());
    assert!(to_value(&nested(65)).is_err());
    assert!(to_value(&"[".repeat(1 << 20)).is_err());
    assert!(validate(nested(65).as_bytes()).is_err());
    assert!(read(&"{\"a\":".repeat(1 << 17), &mut |_, _| {}).is_err());
}

#[track_caller]
fn check_split(body: &[u8], elements: &[&str], error: Option<usize>) {
    let split = split_array(body).unwrap();
    let shown: Vec<String> = split
        .elements
        .iter()
        .map(|element| match element {
            Ok(range) => String::from_utf8_lossy(&body[range.clone()]).into_owned(),
            Err(bad) => format!("bad {} at {}", String::from_utf8_lossy(&body[bad.range.clone()]), bad.error.at),
        })
        .collect();
    assert_eq!(shown, elements);
    assert_eq!(split.error.map(|error| error.at), error);
}

#[test]
fn one_bad_element_does_not_cost_the_others() {
    check_split(br#" [ {"a":1} , {"b":[1,2]},3 ] "#, &[r#"{"a":1}"#, r#"{"b":[1,2]}"#, "3"], None);
    check_split(b"[]", &[], None);
    check_split(br#"[{"a":1},{"b":},{"c":3}]"#, &[r#"{"a":1}"#, r#"bad {"b":} at 14"#, r#"{"c":3}"#], None);
    check_split(br#"[{"a":1} {"b":2},{"c":3}]"#, &[r#"bad {"a":1} {"b":2} at 9"#, r#"{"c":3}"#], None);
    check_split(b"[{\"a\":\"\xff\"},{\"c\":3}]", &["bad {\"a\":\"\u{fffd}\"} at 7", r#"{"c":3}"#], None);
    check_split(br#"[{"a":1},{"b":2"#, &[r#"{"a":1}"#, r#"bad {"b":2 at 15"#], Some(15));
    check_split(br#"[{"a":1}"#, &[r#"bad {"a":1} at 8"#], Some(8));
    check_split(br#"[1,]"#, &["1", "bad  at 3"], None);
    check_split(br#"[1]x"#, &["1"], Some(3));
    assert!(split_array(b"{}").is_err());
}

#[track_caller]
fn check_values(body: &[u8], expect: &[&str]) {
    let shown = split_values(body).into_iter().map(|value| match value {
        Ok(range) => String::from_utf8_lossy(&body[range]).into_owned(),
        Err(bad) => format!("bad {} at {}", String::from_utf8_lossy(&body[bad.range]), bad.error.at),
    });
    assert_eq!(shown.collect::<Vec<_>>(), expect);
}

#[test]
fn values_stand_one_after_the_other() {
    check_values(b"", &[]);
    check_values(b" \n", &[]);
    check_values(br#"{"a":"}{"}{"b":1}  [2] 3"#, &[r#"{"a":"}{"}"#, r#"{"b":1}"#, "[2]", "3"]);
    check_values(br#"{"a":1},{"b":2}"#, &[r#"{"a":1}"#, r#"bad ,{"b":2} at 7"#]);
    check_values(br#"{"a":1}{"b":}{"c":3}"#, &[r#"{"a":1}"#, r#"bad {"b":}{"c":3} at 12"#]);
    check_values(b"{\"a\":\"\xff\"}{\"b\":1}", &["bad {\"a\":\"\u{fffd}\"} at 6", r#"{"b":1}"#]);
    check_values(b"{}\0{}", &["{}", "bad \0{} at 2"]);
}

#[test]
fn there_may_not_be_too_many_values() {
    let max = weir_event::limits::BODY_RECORDS_MAX;
    let is_bad = |values: &[Result<std::ops::Range<usize>, BadElement>]| values.last().is_some_and(Result::is_err);
    let values = split_values("{}".repeat(max).as_bytes());
    assert_eq!((values.len(), is_bad(&values)), (max, false));
    let values = split_values("{}".repeat(max + 2).as_bytes());
    assert_eq!((values.len(), is_bad(&values)), (max + 1, true));
    let array = |count: usize| split_array(format!("[{}0]", "0,".repeat(count - 1)).as_bytes()).unwrap();
    assert_eq!((array(max).elements.len(), array(max).error), (max, None));
    let split = array(max + 3);
    assert_eq!((split.elements.len(), split.error.is_some()), (max + 1, true));
}

#[test]
fn the_outermost_value_is_told() {
    assert_eq!(validate(b" {\"a\":[1]} "), Ok(Top::Object));
    assert_eq!(validate(b"[]"), Ok(Top::Array));
    assert_eq!(validate(b"1"), Ok(Top::Other));
    assert_eq!(validate(b"{\"a\":1}}").map_err(|error| error.at), Err(7));
    assert_eq!(validate(b"\xff").map_err(|error| error.to_fault().id()), Err("PARSE-002"));
}

#[test]
fn tens_of_thousands_of_members_are_read() {
    let names: Vec<String> = (0..60_000).map(|number| format!("\"k{number}\":1")).collect();
    let same = vec!["\"k59999\":1"; 60_000];
    let text = format!("{{{},{}}}", names.join(","), same.join(","));
    assert!(to_value(&text).is_ok());
    assert_eq!(read(&text, &mut |_, _| {}), Ok(()));
}

#[test]
fn the_object_of_a_member_as_it_stands() {
    let text = r#" {"a": {"b":1}, "c" : { "d": [1, {"a":2}] } , "e":"{}"}"#;
    assert_eq!(object_of(text, "a"), Some(r#"{"b":1}"#));
    assert_eq!(object_of(text, "c"), Some(r#"{ "d": [1, {"a":2}] }"#));
    assert_eq!(["d", "e", "f"].map(|name| object_of(text, name)), [None; 3]);
    assert_eq!(object_of(r#"{"a":1,"c":{"d":"x"#, "c"), Some(r#"{"d":"x"#));
    assert_eq!(object_of(r#"{"c":{"d":"x"},"e":{"f"#, "c"), Some(r#"{"d":"x"}"#));
    assert_eq!(object_of(r#"{"c":{},"c":{"d":1}}"#, "c"), Some(r#"{"d":1}"#));
    assert_eq!([r#"{"c":{},"c":1}"#, r#"{"c":{"d":01x}}"#].map(|text| object_of(text, "c")), [None; 2]);
    assert_eq!(["", "x", "[{\"a\":{}}]", "{\"a\"", "{}"].map(|text| object_of(text, "a")), [None; 5]);
}

#[test]
fn members_as_they_stand() {
    let members = |text: &'static str| {
        let mut found = Vec::new();
        let read = super::members(text, &mut |name, value| found.push(format!("{name}={value}")));
        (found.join(" "), read.map_err(|error| error.at))
    };
    assert_eq!(
        members(r#" {"a" : {"b": 1 } ,"c\u0064":"x,y","a":[1, 2]} "#),
        (r#"a={"b": 1 } cd="x,y" a=[1, 2]"#.into(), Ok(()))
    );
    assert_eq!(members(r#"{"a":1,"b":{"c":}}"#), (r#"a=1 b={"c":}}"#.into(), Err(16)));
    assert_eq!(members("{}"), (String::new(), Ok(())));
    assert_eq!(members("[1]"), (String::new(), Err(0)));
    assert_eq!(members("{} x"), (String::new(), Err(3)));
}

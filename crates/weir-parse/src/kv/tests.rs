use super::*;

#[track_caller]
fn check(text: &str, options: KvOptions, expect: &[(&str, &str)]) {
    let mut pairs = Vec::new();
    read(text, &options, &mut |key, value| pairs.push((key.to_owned(), value.into_owned())));
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(pairs, expect);
}

#[track_caller]
fn check_detected(text: &str, expect: &[(&str, &str)]) {
    check(text, KvOptions::detect(text, b'='), expect);
}

#[test]
fn blanks_separate() {
    check_detected(
        "date=2024-05-01 devname=\"FG 100\" msg=\"say \\\"hi\\\" now\" srcip=192.0.2.1 empty= url=http://x/?a=1&b=2",
        &[
            ("date", "2024-05-01"),
            ("devname", "FG 100"),
            ("msg", "say \"hi\" now"),
            ("srcip", "192.0.2.1"),
            ("empty", ""),
            ("url", "http://x/?a=1&b=2"),
        ],
    );
    check_detected("a=one two three b='x y'\tc=3", &[("a", "one two three"), ("b", "x y"), ("c", "3")]);
    check_detected("path=\"C:\\dir\\\" user=\"ada\"", &[("path", "C:\\dir\\"), ("user", "ada")]);
    check_detected("a=\"never closed b=2", &[("a", "\"never closed"), ("b", "2")]);
    check_detected("", &[]);
    check_detected("no pairs here", &[]);
}

#[test]
fn other_separators() {
    check_detected("a=\"1\",b=\"2, 3\",c=4", &[("a", "1"), ("b", "2, 3"), ("c", "4")]);
    check_detected("a=x, y, z, b=2, c=3", &[("a", "x, y, z"), ("b", "2"), ("c", "3")]);
    check(
        "a=1^^b=2^^c=^^",
        KvOptions { separator: b'^', ..KvOptions::default() },
        &[("a", "1"), ("b", "2"), ("c", "")],
    );
    check_detected("a=1|b=two words|c=", &[("a", "1"), ("b", "two words"), ("c", "")]);
    let colon = KvOptions { assign: b':', separator: b',', ..KvOptions::default() };
    check("Name: Ada Byron, Time: 10:00:00, Id: 7", colon, &[("Name", "Ada Byron"), ("Time", "10:00:00"), ("Id", "7")]);
    let checkpoint = KvOptions { assign: b':', separator: b';', ..KvOptions::default() };
    check(
        "action:\"Drop\"; src:\"192.0.2.9\"; n:1",
        checkpoint,
        &[("action", "Drop"), ("src", "192.0.2.9"), ("n", "1")],
    );
}

#[test]
fn what_is_odd_is_noted() {
    let kv = read("alert from x: a=1 a=2", &KvOptions::default(), &mut |_, _| {});
    assert_eq!((kv.unparsed, kv.pairs), ("alert from x:", 2));
    assert_eq!(kv.notes.iter().collect::<Vec<_>>(), ["duplicate_key", "leading_text"]);
}

#[test]
fn a_megabyte_of_hostile_text_is_read() {
    for unit in ["a=", "a= ", "a=\" ", "a='\" ", "a=\"\\\" "] {
        let text = unit.repeat((1 << 20) / unit.len());
        read(&text, &KvOptions::default(), &mut |_, _| {});
    }
}

#[test]
fn a_bracket_may_close_behind_the_last_pair() {
    check_detected("say [id@1 a=\"b\" c=\"d e\"] ", &[("a", "b"), ("c", "d e")]);
}

#[test]
fn keys_of_several_words() {
    let comma = KvOptions { assign: b'=', separator: b',', blanks_in_keys: true };
    check(
        "Device IP Address=192.0.2.3, User-Name=ana, b, (x) y=1, NAS Port=\"2, 3\", Other (x)=4",
        comma,
        &[
            ("Device IP Address", "192.0.2.3"),
            ("User-Name", "ana, b, (x) y=1"),
            ("NAS Port", "2, 3"),
            ("Other (x)", "4"),
        ],
    );
    let colon = KvOptions { assign: b':', separator: b',', blanks_in_keys: true };
    check(
        "Event Type: Threat Found, IP Address: (192.0.2.1, 192.0.2.2), At: 10:00:00, User: ana",
        colon,
        &[
            ("Event Type", "Threat Found"),
            ("IP Address", "(192.0.2.1, 192.0.2.2)"),
            ("At", "10:00:00"),
            ("User", "ana"),
        ],
    );
}

#[test]
fn curly_quotes_are_no_part_of_a_value() {
    check_detected("a=“x y ” b=”1” c=”open d=5", &[("a", "x y"), ("b", "1"), ("c", "”open"), ("d", "5")]);
}

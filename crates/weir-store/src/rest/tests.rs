use weir_event::{Duration, Record, Timeframe, Timestamp, Uid, Value};

use super::{decode, decode_value, encode, encode_value, get};

#[track_caller]
fn check(value: Value<'_>, text: &str) {
    let mut out = String::new();
    encode_value(&value, &mut out);
    assert_eq!(out, text);
    assert_eq!(decode_value(&out), Some(value));
}

#[test]
fn every_type_comes_back() {
    check(Value::Null, "null");
    check(Value::Bool(true), "true");
    check(Value::Long(i64::MIN), "-9223372036854775808");
    check(Value::Double(2.0), "2.0");
    check(Value::Double(-1e300), "-1e300");
    check(Value::Double(f64::INFINITY), r#"{"$double":"inf"}"#);
    check(Value::text("a\"\\\n\u{1}é"), r#""a\"\\\n\u0001é""#);
    check(Value::Timestamp(Timestamp(-5)), r#"{"$timestamp":-5}"#);
    check(Value::Duration(Duration(7)), r#"{"$duration":7}"#);
    check(Value::Ip("2001:db8::1".parse().unwrap()), r#"{"$ip":"2001:db8::1"}"#);
    check(Value::Uid(Uid::Uuid(255)), r#"{"$uuid":"ff"}"#);
    check(Value::Uid(Uid::Uid64(255)), r#"{"$uid64":"ff"}"#);
    check(Value::Binary(b"weir!"[..].into()), r#"{"$binary":"d2VpciE="}"#);
    check(Value::Timeframe(Timeframe { start: Timestamp(1), end: Timestamp(2) }), r#"{"$timeframe":[1,2]}"#);
    check(Value::Array(vec![]), "[]");
    check(Value::Array(vec![Value::Long(1), Value::text("b")]), r#"[1,"b"]"#);
}

#[test]
fn records_that_look_like_types_stay_records() {
    let lying: Record = [("$ip", Value::text("192.0.2.1"))].into_iter().collect();
    check(Value::Record(lying), r#"{"$record":{"$ip":"192.0.2.1"}}"#);
    let twice: Record = [("$record", Value::Record(Record::new()))].into_iter().collect();
    check(Value::Record(twice), r#"{"$record":{"$record":{}}}"#);
    let plain: Record = [("a", Value::Long(1)), ("$b", Value::Null)].into_iter().collect();
    check(Value::Record(plain), r#"{"a":1,"$b":null}"#);
    let first: Record = [("$record", Value::Long(1)), ("b", Value::Null)].into_iter().collect();
    check(Value::Record(first), r#"{"$record":{"$record":1,"b":null}}"#);
}

#[test]
fn a_member_is_found_without_the_others() {
    let row: Record = [
        ("deep", Value::Array(vec![Value::text("]},\"x\":1"), Value::Record(Record::new())])),
        ("x", Value::Long(2)),
        ("$ip", Value::text("not an address")),
    ]
    .into_iter()
    .collect();
    let text = encode(&row);
    assert_eq!(get(&text, "x"), Some(Value::Long(2)));
    assert_eq!(get(&text, "$ip"), Some(Value::text("not an address")));
    assert_eq!(get(&text, "y"), None);
    assert_eq!(decode(&text), Some(row));
}

#[test]
fn damaged_text_is_refused_without_a_panic() {
    let row = encode(&[("a", Value::Array(vec![Value::text("é\\u"), Value::Double(f64::NAN)]))].into_iter().collect());
    for end in 0..row.len() {
        if let Some(cut) = row.get(..end) {
            assert_eq!(decode(cut), None);
            let _ = get(cut, "b");
        }
    }
    let deep = "[".repeat(100_000);
    assert_eq!(decode_value(&deep), None);
    assert_eq!(decode_value("\"\\u00\""), None);
    assert_eq!(decode_value("\"\\é\""), None);
}

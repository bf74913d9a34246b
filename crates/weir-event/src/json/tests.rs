use super::*;
use crate::{Duration, FieldId, Record, Timestamp};

fn on_a_line(write: impl FnOnce(&mut JsonLine)) -> String {
    let mut line = JsonLine::default();
    line.plain("1234567");
    line.clear();
    write(&mut line);
    String::from_utf8(line.bytes().to_vec()).unwrap()
}

#[track_caller]
fn check_same(value: Value<'_>) {
    let mut expect = String::new();
    write_json(&value, &mut expect);
    let out = on_a_line(|line| match value {
        Value::Long(number) => line.long(number),
        Value::Ip(address) => line.ip(address),
        Value::Timestamp(at) => line.timestamp(at),
        other => line.value(&other),
    });
    assert_eq!(out, expect);
}

#[test]
fn a_line_writes_what_values_write() {
    for number in [0, 7, -10, 99, 100, 12_345, i64::MIN, i64::MAX] {
        check_same(Value::Long(number));
        check_same(Value::Timestamp(Timestamp(number)));
    }
    for address in ["0.10.100.255", "9.99.200.1", "255.255.255.255", "2001:db8::1"] {
        check_same(Value::Ip(address.parse().unwrap()));
    }
    for length in 0..40 {
        check_same(Value::owned("x".repeat(length)));
        check_same(Value::owned("\n".repeat(length)));
    }
    check_same(Value::Array(vec![Value::Null, Value::text("a\"")]));
}

#[test]
fn members_are_written_the_same_the_second_time() {
    let long = "long.".repeat(12);
    let fields = ["source.ip", &long, "a\"b"].map(FieldId::known);
    let mut line = JsonLine::default();
    for _ in 0..2 {
        line.clear();
        line.plain("{");
        for (field, number) in fields.into_iter().zip([1, -22, 333]) {
            line.key(field);
            line.long(number);
        }
        let expect = format!("{{\"source.ip\":1,\"{long}\":-22,\"a\\\"b\":333");
        assert_eq!(std::str::from_utf8(line.bytes()), Ok(&*expect));
    }
}

/// Every character at every place of a word, alone and among others.
#[test]
fn escapes_are_found_wherever_they_are() {
    for code in (0..0x100).filter_map(char::from_u32) {
        for before in 0..18 {
            let text = "é".repeat(before % 3) + &"x".repeat(before) + &code.to_string() + "tail of text";
            let mut out = String::new();
            write_json_string(&text, &mut out);
            assert_eq!(on_a_line(|line| line.string(&text)), out);
            for behind in ["", "\"", "much more text, so that a block of it is there"] {
                let whole = format!("\"{text}{behind}");
                assert_eq!(on_a_line(|line| line.piece(&whole, 1..1 + text.len())), out);
            }
            let escaped = code < ' ' || code == '"' || code == '\\';
            assert_eq!(out.contains('\\'), escaped, "{out}");
            assert_eq!(out.len() == text.len() + 2, !escaped, "{out}");
        }
    }
    let mut out = String::new();
    for number in [0, -1, i64::MIN, i64::MAX, 10] {
        write_json(&Value::Long(number), &mut out);
    }
    assert_eq!(out, "0-1-9223372036854775808922337203685477580710");
    out.clear();
    for address in ["0.10.100.255", "9.99.200.1", "2001:db8::1"] {
        write_ip(address.parse().unwrap(), &mut out);
    }
    assert_eq!(out, "0.10.100.2559.99.200.12001:db8::1");
}

#[test]
fn every_type_has_its_form() {
    let mut record = Record::new();
    record.set("text", Value::text("a\"b\\\u{1}\né"));
    record.set("double", Value::Double(1e300));
    record.set("whole", Value::Double(2.0));
    record.set("nan", Value::Double(f64::NAN));
    record.set("at", Value::Timestamp(Timestamp(1_500_000_000)));
    record.set("for", Value::Duration(Duration(-5)));
    record.set("ip", Value::Ip("::1".parse().unwrap()));
    record.set("bytes", Value::Binary(b"weir!"[..].into()));
    record.set("list", Value::Array(vec![Value::Null, Value::Bool(true), Value::Long(-1)]));
    let mut out = String::new();
    write_json(&Value::Record(record), &mut out);
    assert_eq!(
        out,
        r#"{"text":"a\"b\\\u0001\né","double":1e300,"whole":2.0,"nan":null,"at":"1970-01-01T00:00:01.500Z","for":-5,"ip":"::1","bytes":"d2VpciE=","list":[null,true,-1]}"#
    );
}

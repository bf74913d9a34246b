use super::{decode, encode, encode_key};
use weir_event::{Duration, Record, Timeframe, Timestamp, Uid, Value};

fn bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode(value, &mut out);
    out
}

fn key(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode_key(value, &mut out);
    out
}

/// One value of every kind and the edges of each, in the sort order of the language.
fn ladder() -> Vec<Value<'static>> {
    let mut record = Record::new();
    record.set("a\0b", Value::text("x\0"));
    record.set("n", Value::Null);
    vec![
        Value::Bool(false),
        Value::Bool(true),
        Value::Double(f64::NEG_INFINITY),
        Value::Long(i64::MIN),
        Value::Double(-1.5),
        Value::Long(-1),
        Value::Long(0),
        Value::Long(1),
        Value::Double(1.0),
        Value::Double(1.5),
        Value::Long((1 << 53) + 1),
        Value::Long((1 << 53) + 2),
        Value::Long(i64::MAX - 1),
        Value::Long(i64::MAX),
        Value::Double(f64::INFINITY),
        Value::Binary(vec![0, 1].into()),
        Value::text(""),
        Value::text("Z"),
        Value::text("a"),
        Value::text("a\0"),
        Value::text("aa"),
        Value::Timestamp(Timestamp(-1)),
        Value::Timestamp(Timestamp(5)),
        Value::Duration(Duration(-5)),
        Value::Timeframe(Timeframe { start: Timestamp(1), end: Timestamp(2) }),
        Value::Uid(Uid::Uuid(7)),
        Value::Ip("10.0.0.2".parse().unwrap()),
        Value::Ip("10.0.0.10".parse().unwrap()),
        Value::Ip("::1".parse().unwrap()),
        Value::Array(vec![]),
        Value::Array(vec![Value::Long(0)]),
        Value::Array(vec![Value::Long(0), Value::text("a\0b")]),
        Value::Array(vec![Value::text("a")]),
        Value::Array(vec![Value::Null]),
        Value::Record(record),
    ]
}

#[test]
fn bytes_sort_as_values_do_and_are_read_back() {
    let ladder = ladder();
    for pair in ladder.windows(2) {
        assert!(bytes(&pair[0]) < bytes(&pair[1]), "{pair:?}");
    }
    for value in &ladder {
        assert_eq!(&decode(&bytes(value)), value);
    }
}

#[test]
fn equal_numbers_are_one_key() {
    assert_eq!(key(&Value::Long(1)), key(&Value::Double(1.0)));
    assert_eq!(key(&Value::Double(-0.0)), key(&Value::Long(0)));
    assert_ne!(key(&Value::Long(1)), key(&Value::text("1")));
}

#[test]
fn damaged_bytes_are_null_and_never_panic() {
    for value in ladder() {
        let whole = bytes(&value);
        for cut in 0..whole.len() {
            decode(&whole[..cut]);
            let mut flipped = whole.clone();
            flipped[cut] ^= 0xff;
            decode(&flipped);
        }
    }
}

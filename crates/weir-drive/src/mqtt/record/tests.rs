use super::*;

fn message(payload: &[u8]) -> Publish {
    Publish { topic: "a/b".to_owned(), payload: payload.to_vec(), ..Publish::default() }
}

/// A message of the data exchange layer.
fn wrapped(payload: &[u8]) -> Publish {
    let mut bytes = b"\x00\x02\xa2m1\xa2c1\xa0\x90\x90\xc5".to_vec();
    bytes.extend((payload.len() as u16).to_be_bytes());
    bytes.extend(payload);
    message(&bytes)
}

fn texts(message: &Publish, envelope: Envelope, metadata: Metadata) -> Vec<String> {
    let content = content(message, envelope);
    content.records(metadata).map(|record| String::from_utf8_lossy(&record).into_owned()).collect()
}

#[track_caller]
fn check(payload: &str, expect: &[&str]) {
    assert_eq!(texts(&wrapped(payload.as_bytes()), Envelope::Dxl, Metadata::Left), expect);
}

#[test]
fn events_of_an_array_are_stored_one_by_one() {
    check(r#"[{"id":1}, {"id":2}]"#, &[r#"{"id":1}"#, r#"{"id":2}"#]);
    check("{\"id\":1}\0", &[r#"{"id":1}"#]);
    check("[]", &[]);
    check(" ", &[]);
}

#[test]
fn nothing_of_a_damaged_array_is_lost() {
    check(r#"[{"id":1},{"id""#, &[r#"{"id":1}"#, r#"{"id""#]);
    check(r#"[{"id":1}] and more"#, &[r#"{"id":1}"#, "and more"]);
    check(r#"[{"id":1},{"id":x},{"id":3}]"#, &[r#"{"id":1}"#, r#"{"id":x}"#, r#"{"id":3}"#]);
    check("[1,{}]", &["[1,{}]"]);
    check("no JSON", &["no JSON"]);
}

#[test]
fn what_is_known_of_a_message_stands_beside_its_events() {
    let known = r#"{"mqtt.topic":"a/b","mqtt.qos":0,"mqtt.message_id":"m1","mqtt.client_id":"c1","content":"{}"}"#;
    assert_eq!(texts(&wrapped(b"[{},{}]"), Envelope::Dxl, Metadata::Kept), [known, known]);
    let again = Publish { qos: 1, is_again: true, is_retained: true, ..message(b"\xff1") };
    let expect = "{\"mqtt.topic\":\"a/b\",\"mqtt.qos\":1,\"mqtt.retained\":true,\"mqtt.duplicate\":true,\"mqtt.payload\":\"/zE=\",\"content\":\"\u{fffd}1\"}";
    assert_eq!(texts(&again, Envelope::None, Metadata::Kept), [expect]);
    assert_eq!(texts(&message(b""), Envelope::None, Metadata::Kept), [""; 0]);
}

#[test]
fn what_is_odd_is_named() {
    let odd = |message: &Publish, envelope| content(message, envelope).odd;
    assert_eq!(odd(&wrapped(b"{}"), Envelope::Dxl), None);
    assert_eq!(odd(&message(b"\x00\x00"), Envelope::Dxl), Some(Odd::Other("request")));
    assert_eq!(odd(&message(b"{}"), Envelope::Dxl), Some(Odd::Unopened("its type is not known")));
    assert_eq!(texts(&message(b"{}"), Envelope::Dxl, Metadata::Left), ["{}"]);
    assert_eq!(texts(&message(b"\x00\x00"), Envelope::Dxl, Metadata::Left), [""; 0]);
    assert_eq!(odd(&Publish { missing: 1, ..message(b"{}") }, Envelope::None), Some(Odd::Cut));
    let long = message("x".repeat(weir_event::limits::EVENT_BYTES_MAX + 1).as_bytes());
    assert_eq!(odd(&long, Envelope::None), Some(Odd::Cut));
    assert_eq!(texts(&long, Envelope::None, Metadata::Left)[0].len(), weir_event::limits::EVENT_BYTES_MAX);
}

#[test]
fn a_gap_is_an_event() {
    assert_eq!(
        gap("b:1", Timestamp(1_791_957_731_000_000_000), Timestamp(1_791_957_733_000_000_000), 2),
        r#"{"timestamp":"2026-10-14T06:02:13Z","event.kind":"state","event.action":"mqtt-gap","mqtt.broker":"b:1","mqtt.gap_from":"2026-10-14T06:02:11Z","mqtt.gap_to":"2026-10-14T06:02:13Z","mqtt.gaps":2}"#
    );
}

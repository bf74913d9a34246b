use super::*;

/// A message as a publisher writes it: `kind`, then a payload of up to 255 bytes.
fn message(version: u8, kind: u8, payload: &[u8], behind: &[u8]) -> Vec<u8> {
    let mut bytes = vec![version, kind];
    for text in ["{0b7c}", "{c1}", "{b1}"] {
        bytes.push(0xa0 | text.len() as u8);
        bytes.extend(text.as_bytes());
    }
    bytes.extend(b"\x91\xa4{b2}\x90");
    bytes.extend([0xd9, payload.len() as u8]);
    bytes.extend(payload);
    bytes.extend(behind);
    bytes
}

#[track_caller]
fn payload(bytes: &[u8]) -> &[u8] {
    match open(bytes, 0) {
        Ok(Opened::Event(event)) => event.payload,
        other => panic!("{other:?}"),
    }
}

#[test]
fn events_of_all_versions_are_opened() {
    let json = br#"{"id":1}"#;
    for (version, behind) in [
        (0, &b""[..]),
        (1, b"\x92\xa1k\xa1v"),
        (2, b"\x92\xa1k\xa1v\xa2{}\x91\xa2{}"),
        (3, b"\x90\xc0\x90\xa2{}"),
        (9, b"\xc1\xff\xff\xff anything"),
    ] {
        assert_eq!(payload(&message(version, 2, json, behind)), json, "{version}");
    }
    let bytes = message(0, 2, json, b"");
    let Ok(Opened::Event(event)) = open(&bytes, 0) else { panic!("an event") };
    assert_eq!((event.message, event.client, event.broker), (&b"{0b7c}"[..], &b"{c1}"[..], &b"{b1}"[..]));
}

#[test]
fn one_zero_byte_at_the_end_is_no_part_of_the_payload() {
    assert_eq!(payload(&message(0, 2, b"{}\0", b"")), b"{}");
    assert_eq!(payload(&message(0, 2, b"\0\0", b"")), b"\0");
    assert_eq!(payload(&message(0, 2, b"", b"")), b"");
}

#[test]
fn only_events_are_events() {
    for (kind, name) in [(0, "request"), (1, "response"), (3, "error")] {
        assert_eq!(open(&message(2, kind, b"{}", b""), 0), Ok(Opened::Other(name)));
    }
    assert_eq!(open(&message(2, 4, b"{}", b""), 0), Err("its type is not known"));
}

#[test]
fn no_bytes_are_too_strange() {
    let whole = message(2, 2, br#"[{"id":1},{"id":2}]"#, b"\x90\xc0\x90");
    for at in 0..whole.len() {
        let _ = open(&whole[..at], 0);
        for byte in 0..=255 {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            let _ = open(&bytes, 0);
        }
    }
    for bytes in [&b""[..], br#"{"id":1}"#, b"\x02", b"\x02\x02", &[0x91; 5_000], &[0xff; 5_000]] {
        assert!(open(bytes, 0).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_payload_that_was_cut_is_given_as_far_as_it_is_there() {
    let whole = message(0, 2, br#"[{"id":1},{"id":2}]"#, b"");
    let cut = &whole[..whole.len() - 4];
    assert_eq!(open(cut, 3), Err("it ends too early"));
    let Ok(Opened::Event(event)) = open(cut, 4) else { panic!("an event") };
    assert_eq!(event.payload, br#"[{"id":1},{"id""#);
}

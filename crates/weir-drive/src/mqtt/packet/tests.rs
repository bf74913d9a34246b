use super::*;

/// What the first packet of some bytes is, once all of it is there.
fn read(bytes: &[u8]) -> String {
    match head(bytes) {
        Ok(Some((kind, start, length))) => match bytes.get(start..start + length) {
            Some(body) => decode(kind, body, 0).map_or_else(str::to_owned, |packet| format!("{packet:?}")),
            None => format!("{} bytes more", start + length - bytes.len()),
        },
        Ok(None) => "more".to_owned(),
        Err(why) => why.to_owned(),
    }
}

#[track_caller]
fn check(bytes: &[u8], expect: &str) {
    assert_eq!(read(bytes), expect);
}

#[test]
fn answers_of_a_broker_are_read() {
    check(&[0x20, 2, 1, 0], "Connack { is_session_kept: true, code: 0 }");
    check(&[0x20, 2, 0, 5], "Connack { is_session_kept: false, code: 5 }");
    check(&[0x62, 2, 1, 2], "Pubrel(258)");
    check(&[0x90, 4, 0, 1, 1, 0x80], "Suback { id: 1, granted: [1, 128] }");
    check(&[0xb0, 2, 0, 9], "Unsuback(9)");
    check(&[0xd0, 0], "Pong");
}

#[test]
fn messages_are_read_with_their_flags() {
    let message = |flags: u8, body: &[u8]| {
        let mut bytes = vec![0x30 | flags, body.len() as u8];
        bytes.extend(body);
        let Ok(Some((kind, start, _))) = head(&bytes) else { panic!("a head") };
        decode(kind, &bytes[start..], 0)
    };
    let plain = Publish { topic: "a/b".to_owned(), payload: b"hi".to_vec(), ..Publish::default() };
    assert_eq!(message(0, b"\0\x03a/bhi"), Ok(Packet::Publish(plain)));
    let all = Publish { qos: 2, id: 7, is_again: true, is_retained: true, topic: "a".to_owned(), ..Publish::default() };
    assert_eq!(message(0b1101, b"\0\x01a\0\x07"), Ok(Packet::Publish(all)));
    for (flags, body) in [(6, &b"\0\x01a\0\x07"[..]), (2, b"\0\x01a\0\0"), (2, b"\0\x01a\0"), (0, b"\0\x09a"), (0, b"")]
    {
        assert!(message(flags, body).is_err(), "{flags} {body:?}");
    }
}

#[test]
fn lengths_take_up_to_four_bytes() {
    check(&[0x30], "more");
    check(&[0x30, 0xff, 0xff, 0xff], "more");
    check(&[0x30, 0xff, 0xff, 0xff, 0x7f], "268435455 bytes more");
    check(&[0x30, 0x80, 0x80, 0x80, 0x80], "the length of a packet takes more than four bytes");
    check(&[0xd0, 0x80, 0x00], "Pong");
}

#[test]
fn what_no_broker_sends_is_named() {
    for kind in 0..=255u8 {
        let said = read(&[kind, 3, 0, 1, 2]);
        let is_known = matches!(kind, 0x20 | 0x30..=0x3f | 0x62 | 0x90 | 0xb0 | 0xd0);
        assert_eq!(said.contains("no broker sends"), !is_known, "{kind:#x}: {said}");
    }
    assert_eq!(decode(0x90, &[0, 1, 1], 5), Err("a packet that is no message is too long"));
}

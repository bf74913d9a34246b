//! Brokers that do wrong: each is a list of bytes to send.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use weir_drive::mqtt::Settings;

use super::{Memory, block, fault, read, settings};

const WELCOME: &[u8] = b"\x20\x02\0\0";
const SUBSCRIBED: &[u8] = b"\x90\x03\0\x01\x01";

/// Sends `bytes` to whoever connects, then reads until the other side has said `wanted` bytes, and hangs up. The address.
fn broker(bytes: &'static [u8], wanted: usize) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            // Whoever has had enough hangs up.
            let _ = stream.write_all(bytes);
            let _ = stream.read_exact(&mut vec![0; wanted]);
        }
    });
    address
}

/// The bytes of a login of `settings`, and of its subscription.
const LOGIN: usize = 14 + "weir-bad".len();
const SUBSCRIPTION: usize = 7 + "bad/#".len();

#[track_caller]
fn check(bytes: &'static [u8], wanted: usize, id: &str) {
    let said = fault(&settings("bad", broker(bytes, wanted)));
    assert_eq!(said.id(), id, "{said}");
    assert!(!said.cause().is_empty() && !said.fix().is_empty(), "{said}");
}

#[test]
fn answers_to_the_login_have_their_meaning() {
    check(b"\x20\x02\0\x01", LOGIN, "MQTT-008");
    check(b"\x20\x02\0\x02", LOGIN, "MQTT-002");
    check(b"\x20\x02\0\x03", LOGIN, "MQTT-004");
    check(b"\x20\x02\0\x04", LOGIN, "MQTT-002");
    check(b"\x20\x02\0\x63", LOGIN, "MQTT-008");
    check(b"\xd0\0", LOGIN, "MQTT-008");
    check(b"HTTP/1.1 400 Bad Request\r\n\r\n", LOGIN, "MQTT-008");
    check(b"", LOGIN, "MQTT-004");
}

#[test]
fn nonsense_later_ends_the_connection() {
    for (bytes, id) in [
        (&b"\x90\x03\0\x02\x01"[..], "MQTT-008"),
        (b"\x90\x04\0\x01\x01\x01", "MQTT-008"),
        (b"\x90\x03\0\x01\x80", "MQTT-005"),
        (b"\x20\x02\0\0", "MQTT-008"),
        (b"\x36\x05\0\x01a\0\x01", "MQTT-008"),
        (b"\xff\xff\xff\xff\xff", "MQTT-008"),
    ] {
        check([WELCOME, bytes].concat().leak(), LOGIN + SUBSCRIPTION, id);
    }
    check([WELCOME, SUBSCRIBED].concat().leak(), LOGIN + SUBSCRIPTION, "MQTT-006");
}

#[test]
fn a_broker_that_does_not_answer_any_more_is_left() {
    let bytes = [WELCOME, SUBSCRIBED].concat().leak();
    // It wants more than we ever say.
    let silent = Settings { keep_alive: Duration::from_secs(1), ..settings("bad", broker(bytes, 1_000)) };
    assert_eq!(fault(&silent).id(), "MQTT-006");
}

#[test]
fn what_came_before_the_end_is_stored() {
    let bytes = [WELCOME, SUBSCRIBED, b"\x30\x09\0\x05bad/axy"].concat().leak();
    let (settings, sink) = (settings("bad", broker(bytes, LOGIN)), Memory::default());
    let said = block(read(&settings, &sink, "an end", |_| false)).expect("it ends");
    assert_eq!((said.id(), sink.take()), ("MQTT-006", vec!["xy".to_owned()]), "{said}");
}

#[test]
fn nobody_is_there() {
    let said = fault(&settings("bad", format!("127.0.0.1:{}", weir_testkit::servers::free_port())));
    assert_eq!(said.id(), "MQTT-004", "{said}");
}

#[test]
fn positions_of_others_are_not_read() {
    for state in ["", "{}", "{\"v\":1,\"reader\":\"\",\"offsets\":{}}"] {
        let settings = settings("bad", "127.0.0.1:1".to_owned());
        let said = block(weir_drive::mqtt::run(&settings, Some(state), &Memory::default())).expect_err("is refused");
        assert_eq!(said.id(), "MQTT-007", "{state}");
    }
}

//! A message as the log keeps it: its value, alone or beside what the brokers know of it.

use std::borrow::Cow;

use rdkafka::Message;
use rdkafka::message::{Header, Headers};
use weir_event::{Record, Value, write_json};

use crate::message::{Metadata, text_or_bytes};

/// The bytes that are stored of a message with this value.
pub fn record<'m>(message: &impl Message, value: &'m [u8], metadata: Metadata) -> Cow<'m, [u8]> {
    match metadata {
        Metadata::Left => Cow::Borrowed(value),
        Metadata::Kept => Cow::Owned(with_metadata(message, value).into_bytes()),
    }
}

/// A JSON object whose `content` is the value: the parser reads it as an event inside an event. The time of the message is the event's
/// when the value has none.
fn with_metadata(message: &impl Message, value: &[u8]) -> String {
    let mut out = Record::new();
    out.set("kafka.topic", Value::owned(message.topic().to_owned()));
    out.set("kafka.partition", Value::Long(i64::from(message.partition())));
    out.set("kafka.offset", Value::Long(message.offset()));
    if let Some(key) = message.key() {
        out.set("kafka.key", text_or_bytes(key));
    }
    if let Some(at) = message.timestamp().to_millis().and_then(|millis| millis.checked_mul(1_000_000)) {
        let at = Value::Timestamp(weir_event::Timestamp(at));
        out.set("kafka.timestamp", at.clone());
        out.set("timestamp", at);
    }
    if let Some(headers) = message.headers().map(of_headers).filter(|headers| !headers.is_empty()) {
        out.set("kafka.headers", Value::Record(headers));
    }
    let content = String::from_utf8_lossy(value);
    if let Cow::Owned(_) = content {
        out.set("kafka.value", Value::Binary(value.into()));
    }
    out.set("content", Value::text(&content));
    let mut text = String::with_capacity(value.len() + value.len() / 8 + 256);
    write_json(&Value::Record(out), &mut text);
    text
}

/// Headers by name; those of one name together.
fn of_headers(headers: &impl Headers) -> Record<'static> {
    let mut out = Record::new();
    for Header { key, value } in headers.iter() {
        let value = value.map_or(Value::Null, text_or_bytes);
        let together = match out.get(key) {
            None => value,
            Some(Value::Array(before)) => Value::Array(before.iter().cloned().chain([value]).collect()),
            Some(before) => Value::Array(vec![before.clone(), value]),
        };
        out.set(key.to_owned(), together);
    }
    out
}

#[cfg(test)]
mod tests {
    use rdkafka::message::{OwnedHeaders, OwnedMessage, Timestamp};

    use super::*;

    fn message(value: &[u8], key: Option<&[u8]>, at: Timestamp, headers: Option<OwnedHeaders>) -> String {
        let key = key.map(<[u8]>::to_vec);
        let message = OwnedMessage::new(Some(value.to_vec()), key, "sec".to_owned(), at, 3, 41, headers);
        String::from_utf8(record(&message, value, Metadata::Kept).into_owned()).expect("JSON")
    }

    #[test]
    fn what_the_brokers_know_stands_beside_the_value() {
        let headers = [("tenant", Some("a")), ("tenant", Some("b")), ("none", None)]
            .into_iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value }));
        let whole = message(b"say \"x\"", Some(b"host-1"), Timestamp::CreateTime(1_791_957_731_120), Some(headers));
        let expected = concat!(
            r#"{"kafka.topic":"sec","kafka.partition":3,"kafka.offset":41,"kafka.key":"host-1","#,
            r#""kafka.timestamp":"2026-10-14T06:02:11.120Z","timestamp":"2026-10-14T06:02:11.120Z","#,
            r#""kafka.headers":{"tenant":["a","b"],"none":null},"content":"say \"x\""}"#
        );
        assert_eq!(whole, expected);
        let bare = message(b"\xff1", Some(b"\x00\xff"), Timestamp::NotAvailable, None);
        let expected = concat!(
            r#"{"kafka.topic":"sec","kafka.partition":3,"kafka.offset":41,"kafka.key":"AP8=","#,
            "\"kafka.value\":\"/zE=\",\"content\":\"\u{fffd}1\"}"
        );
        assert_eq!(bare, expected);
    }
}

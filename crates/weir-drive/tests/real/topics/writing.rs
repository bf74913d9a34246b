//! Topics that are written: what a reader of committed messages sees.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use weir_drive::kafka::{Compression, Delivery, Messages, Noted, Server, Span, Target, Writer, Written};
use weir_event::{Fault, Timestamp};

use super::{Memory, block, kafka, read, server, settings, sorted};

/// As tests that read want to be written to.
pub fn target(server: &Server, topic: &str, delivery: Delivery) -> Target {
    Target {
        name: "bus".to_owned(),
        server: server.clone(),
        topic: topic.to_owned(),
        delivery,
        compression: Compression::Zstd,
        message_bytes_max: 1_000_000,
        headers: vec![("weir-tenant".to_owned(), "default".to_owned())],
    }
}

/// Of keys and values.
pub fn messages(all: impl IntoIterator<Item = (Option<String>, String)>) -> Messages {
    let mut messages = Messages::default();
    for (key, value) in all {
        messages.push(key.as_deref(), Timestamp(1_700_000_000_000_000_000), value.as_bytes());
    }
    messages
}

fn numbers(numbers: std::ops::Range<usize>) -> Messages {
    messages(numbers.map(|number| (None, number.to_string())))
}

/// Written by somebody who keeps no position.
pub async fn write_all(server: &Server, topic: &str, messages: Messages) {
    let target = target(server, topic, Delivery::AtLeastOnce);
    let work = move || {
        let (writer, _) = open(&target, "");
        let written = writer.write(&messages, Span { from: 0, next: 0 });
        assert_eq!(written, Ok(Some(Written { sent: messages.len() as u64, too_long: 0 })));
    };
    tokio::task::spawn_blocking(work).await.expect("is written");
}

fn try_open(target: &Target, id: &str) -> Result<(Writer, Option<Noted>), Fault> {
    let never = Arc::new(AtomicBool::new(false));
    Writer::open(target, id, &never).map(|opened| opened.expect("nobody says stop"))
}

fn open(target: &Target, id: &str) -> (Writer, Option<Noted>) {
    try_open(target, id).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn a_writer_finds_the_last_span_that_was_committed() {
    kafka().create("spans", 3);
    let target = target(&server(kafka()), "spans", Delivery::ExactlyOnce);
    let (first, last) = open(&target, "one");
    assert_eq!(last, None);
    let spans = [Span { from: 5, next: 9 }, Span { from: 9, next: 4_000_000_000_000 }];
    for (span, range) in spans.into_iter().zip([0..20, 20..25]) {
        let written = first.write(&numbers(range.clone()), span);
        assert_eq!(written, Ok(Some(Written { sent: range.len() as u64, too_long: 0 })));
    }
    let (second, last) = open(&target, "one");
    assert_eq!(last.map(|last| last.next), Some(spans[1].next));
    // The first one is cut off, and what it writes is never seen.
    let fault = first.write(&numbers(90..95), spans[0]).expect_err("there is another");
    assert_eq!(fault.id(), "KAFKA-011", "{fault}");
    assert!(second.write(&numbers(25..30), Span { from: 1, next: 2 }).is_ok());
    assert_eq!(open(&target, "two").1, None, "others have positions of their own");
    let (settings, sink) = (settings("spans"), Memory::default());
    assert_eq!(block(read(&settings, &sink, 30)), None);
    assert_eq!(sorted(&sink), (0..30).collect::<Vec<_>>());
}

#[test]
fn a_message_that_is_too_long_is_left_out() {
    kafka().create("long", 1);
    for delivery in [Delivery::ExactlyOnce, Delivery::AtLeastOnce] {
        let target = target(&server(kafka()), "long", delivery);
        let (writer, _) = open(&target, "long");
        let values = ["1".to_owned(), "x".repeat(1_000_000), "2".to_owned()];
        let written = writer.write(&messages(values.map(|value| (None, value))), Span { from: 1, next: 2 });
        assert_eq!(written, Ok(Some(Written { sent: 2, too_long: 1 })));
    }
}

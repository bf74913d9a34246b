//! Events that are sent on.

use serde_json::{Value, json};
use weir_testkit::servers::{Kafka, free_port};

use super::process::{Home, Weir, run_to_end, weir};
use super::topics;
use super::until::until;

fn config(brokers: &str, more: &str) -> String {
    format!(
        "outputs:\n  - name: bus\n    kind: kafka\n    {more}\n    kafka: {{ brokers: '{brokers}', topic: events, key: host.name, tls: 'off' }}\n"
    )
}

fn ingest(weir: &mut Weir, source: &str, ids: std::ops::Range<i64>) {
    let record = |id: i64| json!({"id": id, "host.name": format!("host-{}", id % 7), "content": format!("event {id}")});
    weir.ingest(source, &Value::from(ids.map(record).collect::<Vec<_>>()));
}

/// The events behind messages.
fn events(messages: &[String]) -> Vec<Value> {
    let events = messages.iter().map(|message| {
        let message: Value = serde_json::from_str(message).expect(message);
        let mut event: Value = serde_json::from_str(message["content"].as_str().unwrap()).expect("an event");
        event["key"] = message["kafka.key"].clone();
        event
    });
    events.collect()
}

fn ids(messages: &[String]) -> Vec<i64> {
    let mut ids: Vec<i64> = events(messages).iter().filter_map(|event| event["id"].as_i64()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn events_are_sent_once_each_whenever_weir_is_killed() {
    let (home, broker) = (Home::new(), Kafka::open("kafka-output"));
    broker.create("events", 3);
    home.write("weir.yaml", &config(&broker.brokers().concat(), "filter: id >= 0"));
    let mut total = 0;
    for _ in 0..4 {
        let mut weir = home.start();
        // Many small chunks, so that some are sent, some on their way and some not when it ends.
        for _ in 0..40 {
            ingest(&mut weir, "app", total..total + 50);
            total += 50;
        }
        ingest(&mut weir, "app", -3..0);
        until("the first events", || (weir.metric("weir_output_sent_total") > 0.0).then_some(()));
        weir.kill();
    }
    let mut weir = home.start();
    let messages =
        topics::read_to(&broker, "events", |all| ids(all).last() == Some(&(total - 1)) && all.len() as i64 >= total);
    assert_eq!(ids(&messages), (0..total).collect::<Vec<_>>());
    for event in events(&messages) {
        assert_eq!(event["key"], event["host.name"], "{event}");
    }
    check_shape(&mut weir, &messages);
    assert!(weir.stop().success());
    home.assert_well();
    let said = String::from_utf8(home.doctor().stdout).unwrap();
    assert!(said.contains("output bus of default: goes on at position") && said.contains(", 0 chunks wait"), "{said}");
}

/// A message is the event as a query gives it.
#[track_caller]
fn check_shape(weir: &mut Weir, messages: &[String]) {
    let mut event = events(messages).into_iter().find(|event| event["id"] == 77).unwrap();
    event.as_object_mut().unwrap().remove("key");
    let mut row = weir.rows("fetch logs | filter id == 77", 1).remove(0);
    row.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    assert_eq!(event, row);
}

#[test]
fn brokers_that_are_away_hold_nobody_up() {
    let (home, port) = (Home::new(), free_port());
    home.write("weir.yaml", &config(&format!("127.0.0.1:{port}"), "tables: logs"));
    let mut weir = home.start();
    ingest(&mut weir, "app", 0..100);
    weir.rows("fetch logs | filter id >= 0", 100);
    until("waiting chunks", || (weir.metric("weir_output_waiting_chunks") > 0.0).then_some(()));
    // It makes topics that are asked for.
    let broker = Kafka::at("kafka-away", port);
    ingest(&mut weir, "app", 100..200);
    let all = |count: usize| move |all: &[String]| all.len() >= count;
    assert_eq!(ids(&topics::read_to(&broker, "events", all(200))), (0..200).collect::<Vec<_>>());
    // The next one knows nothing of the one before, not even its topics.
    drop(broker);
    until("the end of the broker", || std::net::TcpListener::bind(("127.0.0.1", port)).ok());
    ingest(&mut weir, "app", 200..300);
    let broker = Kafka::at("kafka-back", port);
    assert_eq!(ids(&topics::read_to(&broker, "events", all(100))), (200..300).collect::<Vec<_>>());
    assert!(weir.stop().success());
    home.assert_well();
}

#[test]
fn what_is_wrong_with_an_output_is_found_by_check() {
    let home = Home::new();
    let output = |text: &str| format!("outputs:\n  - {{ name: bus, kind: kafka, {text} }}\n");
    let kafka = |text: &str| output(&format!("kafka: {{ brokers: 'a.example:9092', {text} }}"));
    for (text, expected) in [
        (output("kafak: {}"), "did you mean `kafka`?"),
        (output("tenant: acme, kafka: { brokers: 'a.example:9092', topic: t }"), "there is no tenant `acme`"),
        (output("filter: 'a ==', kafka: { brokers: 'a.example:9092', topic: t }"), "weir.yaml:2"),
        (kafka("key: host"), "`topic` is missing"),
        (kafka("topic: 'a b'"), "expected the name of a topic"),
        (kafka("topic: t, delivery: exactly-onc"), "did you mean `exactly-once`?"),
        (kafka("topic: t, compression: zst"), "did you mean `zstd`?"),
        (kafka("topic: t, message_bytes: 10"), "a number of bytes, 1000 to 1000000000"),
        (kafka("topic: t, login: { mechanism: kerberos, user: u, password: p }"), "unknown mechanism `kerberos`"),
    ] {
        home.write("weir.yaml", &text);
        let mut check = weir();
        check.arg("check").arg(home.path().join("config"));
        let (code, words) = run_to_end(check);
        assert!(code == Some(3) && words.contains(expected), "{text}{code:?} {words}");
    }
}

//! Topics of MQTT in the whole program.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;
use weir_testkit::servers::Mosquitto;

use super::process::{Home, Weir};
use super::until::until;

/// A source of this name, its topics and its quality of service.
fn source(broker: &Mosquitto, name: &str, more: &str) -> String {
    let (broker, topic) = (broker.broker(), format!("{name}/#"));
    format!(
        "  - {{ name: {name}, kind: mqtt, mqtt: {{ brokers: \"{broker}\", topics: \"{topic}\", client_id: weir-{name}, tls: \"off\", {more} }} }}\n"
    )
}

fn rows(weir: &mut Weir, name: &str) -> Vec<Value> {
    weir.query(&format!(
        "fetch logs | filter weir.source == \"{name}\" and id >= 0 | fields id, mqtt.topic | limit 100000"
    ))
}

fn ids(rows: &[Value]) -> Vec<i64> {
    rows.iter().filter_map(|row| row["id"].as_i64()).collect()
}

/// Numbers as messages of both topics.
fn send(broker: &Mosquitto, numbers: Range<i64>) {
    let lines: String = numbers.map(|number| format!("{{\"id\":{number}}}\n")).collect();
    for topic in ["one/a", "two/a"] {
        broker.publish(topic, 2, &lines);
    }
}

#[test]
fn messages_of_mqtt_are_all_stored_whenever_weir_is_killed_and_once_each_with_qos_2() {
    let (home, broker) = (Home::new(), Mosquitto::open("mqtt-weir"));
    let sources = [source(&broker, "one", "qos: 1"), source(&broker, "two", "qos: 2")].concat();
    home.write("weir.yaml", &format!("sources:\n{sources}"));
    // Comes when the broker has the session.
    for topic in ["one/first", "two/first"] {
        broker.retain(topic, b"{\"id\":0}");
    }
    let mut total = 1;
    for _ in 0..3 {
        let mut weir = home.start();
        until("both sessions", || ["one", "two"].iter().all(|name| !rows(&mut weir, name).is_empty()).then_some(()));
        std::thread::scope(|scope| {
            scope.spawn(|| send(&broker, total..total + 1_500));
            // Killed as soon as some of the messages are there: others are stored and not answered, or on their way.
            until("some messages", || (ids(&rows(&mut weir, "two")).last() >= Some(&total)).then_some(()));
            weir.kill();
        });
        total += 1_500;
        send(&broker, total..total + 50);
        total += 50;
    }
    let mut weir = home.start();
    let all: BTreeSet<i64> = (0..total).collect();
    for name in ["one", "two"] {
        until("all messages", || {
            (ids(&rows(&mut weir, name)).into_iter().collect::<BTreeSet<_>>() == all).then_some(())
        });
    }
    let rows = rows(&mut weir, "two");
    assert_eq!(rows.len() as i64, total);
    assert!(rows.iter().any(|row| row["mqtt.topic"] == "two/a"), "{:?}", rows[0]);
    assert!(weir.stop().success());
    home.assert_well();
}

/// A message of a fabric: a header, then events with the byte 0 behind them.
fn wrapped(events: &str) -> Vec<u8> {
    let head = b"\x03\x02\xa4{m1}\xa4{c1}\xa4{b1}\x90\x90\xc5";
    let length = (events.len() as u16 + 1).to_be_bytes();
    [&head[..], &length, events.as_bytes(), b"\0", b"\x92\xa1k\xa1v\xa2{}\x90\xc0"].concat()
}

#[test]
fn threat_events_of_a_fabric_are_taken_out_of_their_envelope_and_read_by_their_pack() {
    let (home, broker) = (Home::new(), Mosquitto::open("mqtt-fabric"));
    let settings = "envelope: dxl, qos: 0, clean_session: true";
    home.write("weir.yaml", &format!("sources:\n{}", source(&broker, "fabric", settings)));
    let event = include_str!("../../../../packs/trellix/dxl/samples/events.log").trim_end();
    broker.retain("fabric/threat/response", &wrapped(&format!("[{event},{event}]")));
    let mut weir = home.start();
    let query = "fetch logs, from: \"2025-03-01T00:00:00Z\" | filter weir.source == \"fabric\" | fields event.dataset, threat.name, mqtt.message_id";
    let rows = weir.rows(query, 2);
    for row in rows {
        assert_eq!(row["event.dataset"], "trellix.dxl", "{row}");
        assert_eq!(row["threat.name"], "Demo-Loader!9F86D081", "{row}");
        assert_eq!(row["mqtt.message_id"], "{m1}", "{row}");
    }
    assert!(weir.stop().success());
    home.assert_well();
}

//! Sources that weir reads where they are.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use weir_testkit::servers::Kafka;

use super::process::{Home, weir};
use super::topics;
use super::until::until;

fn sql(file: &Path, text: &str) {
    let output = Command::new("sqlite3").arg(file).arg(text).output().expect("`cargo xtask test` installs sqlite3");
    assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Rows `from` to `to`, several at each time.
fn insert(file: &Path, from: i64, to: i64) {
    let rows: Vec<String> = (from..to).map(|id| format!("({id}, {}, 'u{id}')", id / 7)).collect();
    sql(file, &format!("INSERT INTO audit VALUES {}", rows.join(",")));
}

fn ids(rows: &[Value]) -> Vec<i64> {
    let mut ids: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn rows_of_a_database_are_stored_once_each_whenever_weir_is_killed() {
    let home = Home::new();
    let file = home.path().join("audit.db");
    sql(&file, "CREATE TABLE audit (id INTEGER, at INTEGER, who TEXT)");
    let settings = format!("{{ driver: sqlite, file: {}, query: SELECT * FROM audit, rising: at }}", file.display());
    home.write("weir.yaml", &format!("sources:\n  - {{ name: hr, kind: sql, every: 1s, sql: {settings} }}\n"));
    let query = "fetch logs | filter weir.source == \"hr\" | fields id";
    let mut total = 0;
    for round in 0..3 {
        let mut weir = home.start();
        insert(&file, total, total + 3_000);
        total += 3_000;
        // Killed as soon as some of the rows are there: others are on their way, and the position with them.
        until("the first rows", || (weir.query(query).len() as i64 > round * 3_000).then_some(()));
        weir.kill();
    }
    let mut weir = home.start();
    let rows = weir.rows(query, total as usize);
    assert_eq!(ids(&rows), (0..total).collect::<Vec<_>>());
    assert!(weir.stop().success());
    home.assert_well();
}

/// Numbers `from` to `to` as messages of a topic.
fn send(broker: &Kafka, topic: &str, numbers: std::ops::Range<i64>) {
    topics::write(
        broker,
        topic,
        numbers.map(|number| (format!("host-{}", number % 7), format!("{{\"id\":{number}}}"))),
    );
}

#[test]
fn messages_of_a_topic_are_stored_once_each_whenever_weir_is_killed() {
    let (home, broker) = (Home::new(), Kafka::open("kafka-weir"));
    broker.create("sec", 3);
    let settings = format!("{{ brokers: \"{}\", group: weir, topics: sec, tls: \"off\" }}", broker.brokers().concat());
    home.write("weir.yaml", &format!("sources:\n  - {{ name: firewalls, kind: kafka, kafka: {settings} }}\n"));
    let query = "fetch logs | filter weir.source == \"firewalls\" | fields id, kafka.topic, kafka.offset";
    let mut total = 0;
    for round in 0..3 {
        let mut weir = home.start();
        send(&broker, "sec", total..total + 2_000);
        total += 2_000;
        // Killed as soon as some of the messages are there: others are on their way, and the position with them.
        until("the first messages", || (weir.query(query).len() as i64 > round * 2_000).then_some(()));
        weir.kill();
    }
    let mut weir = home.start();
    let rows = weir.rows(query, total as usize);
    assert_eq!(ids(&rows), (0..total).collect::<Vec<_>>());
    assert!(rows.iter().all(|row| row["kafka.topic"] == "sec" && row["kafka.offset"].is_i64()), "{:?}", rows[0]);
    assert!(weir.stop().success());
    home.assert_well();
}

/// `weir pull` to its end: what it prints.
#[track_caller]
fn pull(args: &[&str]) -> String {
    let output = weir().arg("pull").args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_reader_starts_over_when_it_is_told_to() {
    let home = Home::new();
    let file = home.path().join("audit.db");
    sql(&file, "CREATE TABLE audit (id INTEGER, at INTEGER, who TEXT)");
    insert(&file, 0, 10);
    let settings = format!("{{ driver: sqlite, file: {}, query: SELECT * FROM audit, rising: id }}", file.display());
    home.write("weir.yaml", &format!("sources:\n  - {{ name: hr, kind: sql, every: 1s, sql: {settings} }}\n"));
    let query = "fetch logs | filter weir.source == \"hr\" | fields id";
    let mut running = home.start();
    running.rows(query, 10);
    let (url, token) = (format!("http://{}", running.http), running.token.clone());
    let at_server = ["hr", "--server", &url, "--token", &token];
    let state = pull(&[&["state"], &at_server[..]].concat());
    assert!(state.contains("hr") && state.contains("\"rising\""), "{state}");
    let preview = pull(&[&["reset"], &at_server[..]].concat());
    assert!(preview.starts_with("hr: would be forgotten: cursors {\"\":"), "{preview}");
    let done = pull(&[&["reset", "--yes"], &at_server[..]].concat());
    assert!(done.starts_with("hr: forgotten: cursors {\"\":"), "{done}");
    running.rows(query, 20);
    assert!(running.stop().success());
    let (config, data) = (home.path().join("config"), home.data());
    let here = ["hr", "--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()];
    assert!(pull(&[&["state", "--json"], &here[..]].concat()).contains("\"doing\":\"stopped\""));
    assert!(pull(&[&["reset"], &here[..]].concat()).starts_with("hr: would be forgotten"));
    assert!(pull(&[&["reset", "--yes"], &here[..]].concat()).starts_with("hr: forgotten"));
    assert!(pull(&[&["reset"], &here[..]].concat()).starts_with("hr: would be forgotten: cursors {},"));
    let mut running = home.start();
    running.rows(query, 30);
    assert!(running.stop().success());
    home.assert_well();
}

//! MQTT, against Mosquitto; against brokers of our own making where a good one would not do wrong.

use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use weir_collect::Told;
use weir_drive::Sink;
use weir_drive::mqtt::{self, Envelope, Metadata, Qos, Session, Settings, Tls};
use weir_event::{Fault, Records, Timestamp};
use weir_testkit::servers::Mosquitto;

use crate::sink::Memory;

mod bad;
mod trust;

/// The longest a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of its own on the topics below `name`.
fn settings(name: &str, broker: String) -> Settings {
    Settings {
        name: "sensors".to_owned(),
        brokers: vec![broker],
        topics: vec![format!("{name}/#")],
        client_id: format!("weir-{name}"),
        login: None,
        tls: Tls::Off,
        session: Session::Kept,
        qos: Qos::AtLeastOnce,
        keep_alive: Duration::from_secs(30),
        envelope: Envelope::None,
        metadata: Metadata::Left,
        message_bytes_max: 1 << 20,
        unacknowledged_max: 1_000,
    }
}

fn block<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{what}"));
}

/// Reads until it is so, or the reading ends. The position is the sink's.
async fn read(settings: &Settings, sink: &Memory, what: &str, is_so: impl Fn(&Memory) -> bool) -> Option<Fault> {
    let state = sink.state();
    tokio::select! {
        ended = mqtt::run(settings, state.as_deref(), sink) => ended.err(),
        () = until(what, || is_so(sink)) => None,
    }
}

/// Reads so many records.
async fn read_all(settings: &Settings, sink: &Memory, count: usize) -> Option<Fault> {
    read(settings, sink, &format!("{count} records"), |sink| sink.count() >= count).await
}

/// Connects for the first time, so that the broker has a session.
async fn subscribe(settings: &Settings, sink: &Memory) {
    let is_subscribed = |sink: &Memory| sink.state().is_some_and(|state| !state.contains("\"topics\":{}"));
    assert_eq!(read(settings, sink, "a subscription", is_subscribed).await, None);
}

/// Why the reading ends, which it must.
fn fault(settings: &Settings) -> Fault {
    block(read(settings, &Memory::default(), "a fault", |_| false)).expect("it ends")
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| format!("{number}\n")).collect()
}

fn sorted(sink: &Memory) -> Vec<usize> {
    let mut numbers: Vec<usize> = sink.take().iter().map(|text| text.parse().expect("a number")).collect();
    numbers.sort_unstable();
    numbers
}

/// A log that is cut off between writing a batch and saying so.
struct CutOff<'m>(&'m Memory);

impl Sink for CutOff<'_> {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn commit(&self, records: Records, state: String) -> Result<(), Fault> {
        let is_last = !records.is_empty();
        self.0.commit(records, state).await?;
        if is_last { std::future::pending().await } else { Ok(()) }
    }

    fn tell(&self, told: Told) {
        self.0.tell(told);
    }
}

#[test]
fn what_comes_while_weir_is_away_is_kept_for_it() {
    let broker = Mosquitto::open("mqtt-kept");
    let (settings, sink) = (settings("kept", broker.broker()), Memory::default());
    block(async {
        subscribe(&settings, &sink).await;
        for round in 0..3 {
            broker.publish("kept/a", 1, &lines(round * 500..round * 500 + 500));
            assert_eq!(read_all(&settings, &sink, round * 500 + 500).await, None);
        }
    });
    assert!(sink.state().is_some_and(|state| state.contains("\"gaps\":0")), "{:?}", sink.state());
    let mut numbers = sorted(&sink);
    // A reading that is broken off may leave its last answers unsaid.
    numbers.dedup();
    assert_eq!(numbers, (0..1_500).collect::<Vec<_>>());
}

#[test]
fn a_log_that_fails_loses_and_doubles_nothing() {
    let broker = Mosquitto::open("mqtt-failing");
    for (name, qos) in [("one", Qos::AtLeastOnce), ("two", Qos::ExactlyOnce)] {
        let (settings, sink) = (Settings { qos, ..settings(name, broker.broker()) }, Memory::default());
        block(async {
            subscribe(&settings, &sink).await;
            for round in 0..3 {
                broker.publish(&format!("{name}/a"), 2, &lines(round * 30..round * 30 + 30));
                sink.fail_after(Some(0));
                let fault = read(&settings, &sink, "a fault", |_| false).await.expect("the disk is gone");
                assert_eq!(fault.id(), "TEST-001", "{fault}");
            }
            sink.fail_after(None);
            assert_eq!(read_all(&settings, &sink, 90).await, None);
        });
        assert_eq!(sorted(&sink), (0..90).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn only_exactly_once_knows_what_was_stored_and_not_answered() {
    let broker = Mosquitto::open("mqtt-cut");
    for (name, qos, times) in [("one", Qos::AtLeastOnce, 2), ("two", Qos::ExactlyOnce, 1)] {
        let settings = Settings { qos, metadata: Metadata::Kept, ..settings(name, broker.broker()) };
        let sink = Memory::default();
        block(async {
            subscribe(&settings, &sink).await;
            broker.publish(&format!("{name}/a"), 2, "first\n");
            let (cut, state) = (CutOff(&sink), sink.state());
            tokio::select! {
                ended = mqtt::run(&settings, state.as_deref(), &cut) => panic!("{ended:?}"),
                () = until("a record", || sink.count() == 1) => {}
            }
            broker.publish(&format!("{name}/a"), 2, "second\n");
            assert_eq!(read_all(&settings, &sink, times + 1).await, None);
        });
        let records = sink.take();
        assert_eq!(records.iter().filter(|record| record.contains("first")).count(), times, "{records:?}");
        assert_eq!(records.iter().filter(|record| record.contains("second")).count(), 1, "{records:?}");
        assert_eq!(records.iter().filter(|record| record.contains("mqtt.duplicate")).count(), times - 1, "{records:?}");
    }
}

#[test]
fn numbers_of_messages_are_forgotten_before_they_are_used_again() {
    let broker = Mosquitto::open("mqtt-numbers");
    let settings = Settings { qos: Qos::ExactlyOnce, unacknowledged_max: 3, ..settings("many", broker.broker()) };
    let sink = Memory::default();
    block(async {
        subscribe(&settings, &sink).await;
        broker.publish("many/a", 2, &lines(0..2_000));
        let is_done =
            |sink: &Memory| sink.count() >= 2_000 && sink.state().is_some_and(|state| state.contains("\"open\":[]"));
        assert_eq!(read(&settings, &sink, "an empty list", is_done).await, None);
    });
    assert_eq!(sorted(&sink), (0..2_000).collect::<Vec<_>>());
}

#[test]
fn what_may_have_been_missed_is_an_event() {
    let broker = Mosquitto::open("mqtt-gap");
    let kept = settings("gap", broker.broker());
    for (settings, gaps) in [
        (Settings { qos: Qos::AtMostOnce, ..kept.clone() }, 1),
        (Settings { session: Session::Clean, client_id: "weir-clean".to_owned(), ..kept.clone() }, 1),
        (Settings { client_id: "weir-kept".to_owned(), ..kept }, 0),
    ] {
        let sink = Memory::default();
        block(async {
            subscribe(&settings, &sink).await;
            let state = sink.state();
            tokio::select! {
                ended = mqtt::run(&settings, state.as_deref(), &sink) => panic!("{ended:?}"),
                () = async {
                    until("a second connection", || sink.commits() > 1 || gaps == 0).await;
                    broker.publish("gap/a", 1, "here\n");
                    until("a message", || sink.count() == gaps + 1).await;
                } => {}
            }
        });
        let records = sink.take();
        assert_eq!(records.iter().filter(|record| record.contains("mqtt-gap")).count(), gaps, "{records:?}");
        assert!(sink.state().is_some_and(|state| state.contains(&format!("\"gaps\":{gaps}"))), "{:?}", sink.state());
    }
}

#[test]
fn topics_follow_the_settings_and_retained_messages_come_once() {
    let broker = Mosquitto::open("mqtt-topics");
    broker.retain("old/a", b"retained");
    let both = Settings { topics: vec!["old/+".to_owned(), "new/#".to_owned()], ..settings("topics", broker.broker()) };
    let fewer = Settings { topics: vec!["new/#".to_owned()], ..both.clone() };
    let sink = Memory::default();
    block(async {
        assert_eq!(read_all(&both, &sink, 1).await, None);
        subscribe(&both, &sink).await;
        let is_fewer = |sink: &Memory| sink.state().is_some_and(|state| state.contains(r##""topics":{"new/#":1}"##));
        assert_eq!(read(&fewer, &sink, "fewer topics", is_fewer).await, None);
        broker.publish("old/a", 1, "left out\n");
        broker.publish("new/b/c", 1, "kept\n");
        assert_eq!(read_all(&fewer, &sink, 2).await, None);
    });
    assert_eq!(sink.take(), ["retained", "kept"]);
}

#[test]
fn events_are_taken_out_of_their_envelope() {
    let broker = Mosquitto::open("mqtt-dxl");
    let settings = Settings { envelope: Envelope::Dxl, ..settings("dxl", broker.broker()) };
    let message = |kind: u8, payload: &[u8]| {
        let head = [&[2, kind][..], b"\xa4{m1}\xa4{c1}\xa4{b1}\x90\x90", &[0xda, 0, payload.len() as u8]].concat();
        [&head[..], payload, b"\x90\xc0\x90"].concat()
    };
    let sink = Memory::default();
    block(async {
        subscribe(&settings, &sink).await;
        for bytes in [&message(2, b"[{\"id\":1},{\"id\":2}]\0")[..], &message(0, b"asks"), b"{\"bare\":true}"] {
            broker.publish_bytes("dxl/a", 1, bytes);
        }
        assert_eq!(read(&settings, &sink, "three records", |sink| sink.count() >= 3).await, None);
    });
    assert_eq!(sink.take(), ["{\"id\":1}", "{\"id\":2}", "{\"bare\":true}"]);
}

#[test]
fn long_messages_are_cut_and_said() {
    let broker = Mosquitto::open("mqtt-long");
    let settings = Settings { message_bytes_max: 1_024, ..settings("long", broker.broker()) };
    let sink = Memory::default();
    block(async {
        subscribe(&settings, &sink).await;
        broker.publish_bytes("long/a", 1, &[b'x'; 300_000]);
        broker.publish("long/a", 1, "short\n");
        assert_eq!(read_all(&settings, &sink, 2).await, None);
    });
    let records = sink.take();
    assert!((1_024..70_000).contains(&records[0].len()) && records[1] == "short", "{}", records[0].len());
    assert!(sink.told().iter().any(|told| matches!(told, Told::Note(note) if note.contains("cut"))));
}

#[test]
fn another_broker_is_tried_when_one_is_away() {
    let (first, second) = (Mosquitto::open("mqtt-first"), Mosquitto::open("mqtt-second"));
    let settings = Settings { brokers: vec![first.broker(), second.broker()], ..settings("over", first.broker()) };
    let sink = Memory::default();
    block(async {
        subscribe(&settings, &sink).await;
        drop(first);
        let broker = second.broker();
        let is_there =
            |sink: &Memory| sink.state().is_some_and(|state| state.contains(&broker) && state.contains("over/#"));
        // The first one takes its time to go.
        while let Some(fault) = read(&settings, &sink, "the second broker", is_there).await {
            assert!(matches!(fault.id(), "MQTT-004" | "MQTT-006"), "{fault}");
        }
        second.publish("over/a", 1, "here\n");
        assert_eq!(read(&settings, &sink, "a message", |sink| sink.count() >= 2).await, None);
    });
    let records = sink.take();
    assert!(records[0].contains("mqtt-gap") && records[1] == "here", "{records:?}");
}

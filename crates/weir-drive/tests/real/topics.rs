//! Topics of Kafka: none missing, none twice.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use weir_drive::kafka::{self, Message, Producer, Server, Settings, Start, Tls};
use weir_event::Fault;

use crate::servers::kafka::{Kafka, kafka, kafka_with_tls};
use crate::sink::Memory;

/// The longest a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

fn server(broker: &Kafka) -> Server {
    Server { brokers: broker.brokers(), tls: Tls::Off, login: None }
}

/// A group of its own on a topic.
fn settings(topic: &str) -> Settings {
    Settings {
        name: "firewalls".to_owned(),
        server: server(kafka()),
        group: format!("weir-{topic}"),
        topics: vec![topic.to_owned()],
        start: Start::Earliest,
    }
}

fn block<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

async fn write(server: &Server, topic: &str, numbers: std::ops::Range<usize>) {
    let producer = Producer::open(server).expect("a producer");
    for number in numbers {
        let (key, value) = (format!("host-{}", number % 5), number.to_string());
        let headers = [("weir-tenant", "default")];
        let message = Message { topic, key: &key, value: value.as_bytes(), headers: &headers };
        producer.send(message).await.unwrap_or_else(|fault| panic!("{fault}"));
    }
}

/// Reads until the sink has so many records, or the reading ends. The position is the sink's.
async fn read(settings: &Settings, sink: &Memory, count: usize) -> Option<Fault> {
    let state = sink.state();
    let enough = async {
        while sink.count() < count {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let work = async {
        tokio::select! {
            ended = kafka::run(settings, state.as_deref(), sink) => ended.err(),
            () = enough => None,
        }
    };
    timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("{} of {count} records", sink.count()))
}

fn sorted(sink: &Memory) -> Vec<usize> {
    let mut numbers: Vec<usize> = sink.take().iter().map(|text| text.parse().expect("a number")).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn messages_come_once_across_restarts() {
    kafka().create("restarts", 3);
    let (settings, sink) = (settings("restarts"), Memory::default());
    block(async {
        write(&settings.server, "restarts", 0..40).await;
        assert_eq!(read(&settings, &sink, 40).await, None);
        write(&settings.server, "restarts", 40..60).await;
        assert_eq!(read(&settings, &sink, 60).await, None);
    });
    assert_eq!(sorted(&sink), (0..60).collect::<Vec<_>>());
}

#[test]
fn what_the_brokers_have_not_noted_is_recognised() {
    kafka().create("unnoted", 2);
    let (first, sink) = (settings("unnoted"), Memory::default());
    block(async {
        write(&first.server, "unnoted", 0..30).await;
        assert_eq!(read(&first, &sink, 30).await, None);
        // A group that has noted nothing reads from the beginning, as after a crash between log and broker.
        let second = Settings { group: "weir-unnoted-2".to_owned(), ..first.clone() };
        write(&first.server, "unnoted", 30..35).await;
        assert_eq!(read(&second, &sink, 35).await, None);
    });
    assert_eq!(sorted(&sink), (0..35).collect::<Vec<_>>());
}

#[test]
fn a_log_that_fails_loses_and_doubles_nothing() {
    kafka().create("failing", 3);
    let (settings, sink) = (settings("failing"), Memory::default());
    block(async {
        for round in 0..4 {
            write(&settings.server, "failing", round * 10..round * 10 + 10).await;
            sink.fail_after(Some(round % 2));
            let fault = read(&settings, &sink, usize::MAX).await.expect("the disk is gone");
            assert_eq!(fault.id(), "TEST-001");
            sink.fail_after(None);
        }
        assert_eq!(read(&settings, &sink, 40).await, None);
    });
    assert_eq!(sorted(&sink), (0..40).collect::<Vec<_>>());
}

#[test]
fn bytes_come_as_they_are() {
    kafka().create("bytes", 1);
    let (settings, sink) = (settings("bytes"), Memory::default());
    let values = ["{\"a\": 1}", "<134>Oct 14 06:02:11 fw %ASA-6-302013: Built", "two\nlines", "ü"];
    block(async {
        let producer = Producer::open(&settings.server).expect("a producer");
        for value in values {
            let message = Message { topic: "bytes", key: "k", value: value.as_bytes(), headers: &[] };
            producer.send(message).await.expect("is taken");
        }
        assert_eq!(read(&settings, &sink, values.len()).await, None);
    });
    assert_eq!(sink.take(), values);
}

#[test]
fn certificates_of_brokers_are_checked() {
    let broker = kafka_with_tls();
    let with = |tls: Tls| Settings { server: Server { tls, ..server(broker) }, ..settings("secret") };
    let own = with(Tls::Verified { ca_file: Some(broker.folder.join("cert.pem")) });
    block(async {
        let fault = read(&with(Tls::Verified { ca_file: None }), &Memory::default(), 1).await.expect("is refused");
        assert_eq!(fault.id(), "KAFKA-003", "{fault}");
        let sink = Memory::default();
        write(&own.server, "secret", 0..3).await;
        assert_eq!(read(&own, &sink, 3).await, None);
        assert_eq!(sorted(&sink), [0, 1, 2]);
    });
}

#[test]
fn positions_of_others_are_not_read() {
    let settings = settings("states");
    for state in ["", "{}", "{\"v\":1,\"rising\":[],\"at\":[],\"stored\":{}}"] {
        let fault = block(kafka::run(&settings, Some(state), &Memory::default())).expect_err("is refused");
        assert_eq!(fault.id(), "KAFKA-007", "{state}");
    }
}

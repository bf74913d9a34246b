//! Topics of Kafka: none missing, none twice.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use weir_drive::kafka::{self, Login, Mechanism, Metadata, Server, Settings, Start, Tls};
use weir_event::Fault;

use weir_testkit::servers::Kafka;

use crate::servers::sasl::{self, User};
use crate::servers::{certificate, tls};
use crate::sink::Memory;

mod writing;

use writing::{messages, write_all};

/// One broker for all tests; each uses topics and groups of its own.
fn kafka() -> &'static Kafka {
    static SERVER: OnceLock<Kafka> = OnceLock::new();
    SERVER.get_or_init(|| Kafka::open("kafka"))
}

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
        metadata: Metadata::Left,
    }
}

fn block<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

async fn write(server: &Server, topic: &str, numbers: std::ops::Range<usize>) {
    let messages = messages(numbers.map(|number| (Some(format!("host-{}", number % 5)), number.to_string())));
    write_all(server, topic, messages).await;
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
        for round in 0..3 {
            write(&settings.server, "failing", round * 10..round * 10 + 10).await;
            sink.fail_after(Some(0));
            let fault = read(&settings, &sink, usize::MAX).await.expect("the disk is gone");
            assert_eq!(fault.id(), "TEST-001");
            sink.fail_after(None);
        }
        assert_eq!(read(&settings, &sink, 30).await, None);
    });
    assert_eq!(sorted(&sink), (0..30).collect::<Vec<_>>());
}

#[test]
fn bytes_come_as_they_are() {
    kafka().create("bytes", 1);
    let (settings, sink) = (settings("bytes"), Memory::default());
    let values = ["{\"a\": 1}", "<134>Oct 14 06:02:11 fw %ASA-6-302013: Built", "two\nlines", "ü"];
    block(async {
        write_all(&settings.server, "bytes", messages(values.map(|value| (None, value.to_owned())))).await;
        assert_eq!(read(&settings, &sink, values.len()).await, None);
    });
    assert_eq!(sink.take(), values);
}

#[test]
fn certificates_of_brokers_are_checked() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let broker = Kafka::behind("kafka-tls", port);
    certificate(&broker.folder);
    tls::front(listener, tls::config(&broker.folder), broker.port);
    broker.create("secret", 1);
    let brokers = vec![format!("127.0.0.1:{port}")];
    let with =
        |tls: Tls| Settings { server: Server { brokers: brokers.clone(), tls, login: None }, ..settings("secret") };
    let own = with(Tls::Verified { ca_file: Some(broker.folder.join("cert.pem")) });
    block(async {
        let fault = read(&with(Tls::Verified { ca_file: None }), &Memory::default(), 1).await.expect("is refused");
        assert_eq!(fault.id(), "KAFKA-003", "{fault}");
        let sink = Memory::default();
        write(&own.server, "secret", 0..3).await;
        assert_eq!(read(&own, &sink, 3).await, None);
        assert_eq!(sorted(&sink), [0, 1, 2]);
        let anyone = Settings { group: "weir-anyone".to_owned(), ..with(Tls::Unverified) };
        assert_eq!(read(&anyone, &Memory::default(), 3).await, None);
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

#[test]
fn members_of_a_group_share_the_partitions() {
    kafka().create("shared", 4);
    let (settings, sinks) = (settings("shared"), [Memory::default(), Memory::default()]);
    let total = || sinks.iter().map(Memory::count).sum::<usize>();
    let until = async |count: usize| {
        while total() < count {
            sleep(Duration::from_millis(20)).await;
        }
    };
    block(async {
        let work = async {
            write(&settings.server, "shared", 0..20).await;
            let first = kafka::run(&settings, None, &sinks[0]);
            tokio::pin!(first);
            tokio::select! {
                ended = &mut first => panic!("{ended:?}"),
                () = until(20) => {}
            }
            // The second one takes some of the partitions over while messages come.
            let second = kafka::run(&settings, None, &sinks[1]);
            let feed = async {
                let mut next = 20;
                while sinks[1].count() == 0 {
                    write(&settings.server, "shared", next..next + 10).await;
                    next += 10;
                    until(next).await;
                }
                next
            };
            let written = tokio::select! {
                ended = &mut first => panic!("{ended:?}"),
                ended = second => panic!("{ended:?}"),
                written = feed => written,
            };
            let mut all: Vec<usize> = sinks.iter().flat_map(sorted).collect();
            all.sort_unstable();
            assert_eq!(all, (0..written).collect::<Vec<_>>());
        };
        timeout(PATIENCE * 2, work).await.unwrap_or_else(|_| panic!("{} records", total()));
    });
}

#[test]
fn what_is_old_is_left_when_told_so() {
    kafka().create("latest", 1);
    let (settings, sink) = (Settings { start: Start::Latest, ..settings("latest") }, Memory::default());
    block(async {
        write(&settings.server, "latest", 0..5).await;
        let feed = async {
            // Until the reader has found the end, what is written is old to it.
            for number in 5.. {
                write(&settings.server, "latest", number..number + 1).await;
                sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            fault = read(&settings, &sink, 3) => assert_eq!(fault, None),
            () = feed => {}
        }
    });
    let numbers = sorted(&sink);
    assert!(numbers[0] >= 5 && numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
}

#[test]
fn key_time_place_and_headers_are_kept() {
    kafka().create("metadata", 1);
    let settings = Settings { metadata: Metadata::Kept, ..settings("metadata") };
    let sink = Memory::default();
    block(async {
        write(&settings.server, "metadata", 7..8).await;
        assert_eq!(read(&settings, &sink, 1).await, None);
    });
    let record = sink.take().pop().expect("a record");
    for part in [
        r#""kafka.topic":"metadata","kafka.partition":0,"kafka.offset":0,"kafka.key":"host-2","#,
        r#""kafka.timestamp":""#,
        r#""kafka.headers":{"weir-tenant":"default"},"content":"7"}"#,
    ] {
        assert!(record.contains(part), "{part} in {record}");
    }
}

#[test]
fn logins_are_made_by_the_mechanism_that_is_told() {
    for (word, mechanism) in [
        ("PLAIN", Mechanism::Plain),
        ("SCRAM-SHA-256", Mechanism::ScramSha256),
        ("SCRAM-SHA-512", Mechanism::ScramSha512),
    ] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let broker = Kafka::behind(&format!("kafka-{word}"), port);
        sasl::front(listener, User { mechanism: word, name: "weir", password: "cut-2-fit" }, broker.port);
        broker.create("users", 1);
        let by = |mechanism, user: &str, password: &str| {
            let login = Login { mechanism, user: user.to_owned(), password: password.to_owned() };
            Settings {
                server: Server { brokers: vec![format!("127.0.0.1:{port}")], tls: Tls::Off, login: Some(login) },
                ..settings("users")
            }
        };
        let right = by(mechanism, "weir", "cut-2-fit");
        block(async {
            let sink = Memory::default();
            write(&right.server, "users", 0..3).await;
            assert_eq!(read(&right, &sink, 3).await, None, "{word}");
            assert_eq!(sorted(&sink), [0, 1, 2], "{word}");
            let other = if mechanism == Mechanism::Plain { Mechanism::ScramSha256 } else { Mechanism::Plain };
            for wrong in
                [by(mechanism, "weir", "cut-3"), by(mechanism, "reed", "cut-2-fit"), by(other, "weir", "cut-2-fit")]
            {
                let fault = read(&wrong, &Memory::default(), 1).await.expect("is refused");
                assert_eq!(fault.id(), "KAFKA-002", "{word}: {fault}");
                assert!(!fault.to_string().contains("cut-"), "{fault}");
            }
        });
    }
}

#[test]
fn logins_are_refused() {
    let broker = Kafka::closed("kafka-closed");
    for mechanism in [Mechanism::Plain, Mechanism::ScramSha256, Mechanism::ScramSha512] {
        let login = Login { mechanism, user: "weir".to_owned(), password: "cut-2-fit".to_owned() };
        let settings = Settings { server: Server { login: Some(login), ..server(&broker) }, ..settings("closed") };
        let fault = block(read(&settings, &Memory::default(), 1)).expect("is refused");
        assert_eq!(fault.id(), "KAFKA-002", "{mechanism:?}: {fault}");
        assert!(!fault.to_string().contains("cut-2-fit"), "{fault}");
    }
}

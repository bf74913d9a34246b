//! Topics of a broker, seen from its other side.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use tokio::sync::Notify;
use weir_drive::kafka::{
    self, Compression, Delivery, Messages, Metadata, Server, Settings, Span, Start, Target, Tls, Writer,
};
use weir_event::{Fault, Records, Timestamp};
use weir_testkit::servers::Kafka;

fn server(broker: &Kafka) -> Server {
    Server { brokers: broker.brokers(), tls: Tls::Off, login: None }
}

/// Writes messages of keys and values.
pub fn write(broker: &Kafka, topic: &str, all: impl Iterator<Item = (String, String)>) {
    let target = Target {
        name: "test".to_owned(),
        server: server(broker),
        topic: topic.to_owned(),
        delivery: Delivery::AtLeastOnce,
        compression: Compression::Off,
        message_bytes_max: 1_000_000,
        headers: Vec::new(),
    };
    let mut messages = Messages::default();
    all.for_each(|(key, value)| messages.push(Some(&key), Timestamp(0), value.as_bytes()));
    let opened = Writer::open(&target, "test", &Arc::new(AtomicBool::new(false)));
    let (writer, _) = opened.unwrap_or_else(|fault| panic!("{fault}")).expect("nobody says stop");
    let written = writer.write(&messages, Span { from: 0, next: 0 }).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(written.map(|written| written.sent), Some(messages.len() as u64));
}

/// What a reader has seen.
#[derive(Default)]
struct Seen {
    values: Mutex<Vec<String>>,
    more: Notify,
}

impl weir_drive::Sink for Seen {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    async fn commit(&self, records: Records, _state: String) -> Result<(), Fault> {
        let mut start = 0;
        for end in &records.ends {
            let text = String::from_utf8_lossy(&records.bytes[start..*end as usize]).into_owned();
            self.values.lock().unwrap().push(text);
            start = *end as usize;
        }
        self.more.notify_one();
        Ok(())
    }

    fn tell(&self, _told: weir_collect::Told) {}
}

/// The committed messages of a topic, read until the last of them holds `last`, each with what the broker knows of it.
pub fn read_to(broker: &Kafka, topic: &str, is_enough: impl Fn(&[String]) -> bool) -> Vec<String> {
    let settings = Settings {
        name: "test".to_owned(),
        server: server(broker),
        group: format!("test-{}", weir_testkit::servers::free_port()),
        topics: vec![topic.to_owned()],
        start: Start::Earliest,
        metadata: Metadata::Kept,
    };
    let seen = Seen::default();
    let enough = async {
        while !is_enough(&seen.values.lock().unwrap()) {
            seen.more.notified().await;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let work = async {
        tokio::select! {
            ended = kafka::run(&settings, None, &seen) => panic!("{ended:?}"),
            () = enough => {}
        }
    };
    let patience = std::time::Duration::from_secs(60);
    let in_time = runtime.block_on(async { tokio::time::timeout(patience, work).await });
    let values = seen.values.into_inner().unwrap();
    assert!(in_time.is_ok(), "{} messages, the last {:?}", values.len(), values.last());
    values
}

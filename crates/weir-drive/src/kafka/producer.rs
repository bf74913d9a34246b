//! Writing to topics.

use std::time::Duration;

use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use weir_event::Fault;

use super::client::config;
use super::{Server, fault};

/// The longest that brokers may take for a message.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Writes messages; each once, and those of a key in order, whatever is tried again meanwhile.
pub struct Producer(FutureProducer);

/// What is written.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    pub topic: &'m str,
    /// Messages of one key are in one partition.
    pub key: &'m str,
    pub value: &'m [u8],
    pub headers: &'m [(&'m str, &'m str)],
}

impl Producer {
    pub fn open(server: &Server) -> Result<Producer, Fault> {
        let mut config = config(server);
        config.set("enable.idempotence", "true").set("acks", "all").set("compression.type", "zstd");
        config.set("message.timeout.ms", TIMEOUT.as_millis().to_string());
        // What waits for brokers; beyond it writers wait.
        config.set("queue.buffering.max.kbytes", "16384");
        config.create().map(Producer).map_err(fault::no_writer)
    }

    /// Returns when all brokers that must have the message have it: its partition and offset.
    pub async fn send(&self, message: Message<'_>) -> Result<(i32, i64), Fault> {
        let headers = message
            .headers
            .iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: Some(*value) }));
        let record = FutureRecord::to(message.topic).key(message.key).payload(message.value).headers(headers);
        let sent = self.0.send(record, TIMEOUT).await;
        sent.map(|sent| (sent.partition, sent.offset)).map_err(|(error, _)| fault::not_written(message.topic, error))
    }
}

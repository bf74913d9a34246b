//! Writing to a topic, on a thread that may wait.
//!
//! Exactly once: messages and the span of the log that they are of are one transaction. The span is kept where groups keep their offsets:
//! `next` as the offset of partition 0, `from` as the word beside it. Whoever opens the writer again is told the last one, and so knows
//! whether a transaction that nobody saw the end of was committed. What an earlier writer left open is aborted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode as Code};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, PurgeConfig};
use rdkafka::{Offset, TopicPartitionList};
use weir_event::Fault;

use super::client::config;
use super::messages::{Message, Messages};
use super::reports::Reports;
use super::{Delivery, Target, ear, fault};

/// The longest that brokers may take for a message.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long brokers that cannot be reached are no fault.
const OUTAGE: Duration = Duration::from_secs(30);
/// Between two looks at whether it is time to stop.
const STEP: Duration = Duration::from_millis(500);
const POLL: Duration = Duration::from_millis(2);
/// What waits for brokers; beyond it the writer waits.
const QUEUE_KIB: &str = "8192";
/// What the library puts around a message.
const AROUND_BYTES: usize = 512;
/// The partition whose offset is the position.
const PLACE: i32 = 0;

/// Positions of the log: from the first one to the one before `next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: u64,
    pub next: u64,
}

/// The last span that the brokers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Some brokers do not keep it.
    pub from: Option<u64>,
    pub next: u64,
}

/// What became of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// All brokers that must have them have them.
    pub sent: u64,
    /// Left out because they are too long.
    pub too_long: u64,
}

/// Writes messages, those of one key in order.
pub struct Writer {
    target: Target,
    producer: BaseProducer<Reports>,
    /// Who the brokers keep the position for; none when they do not.
    group: Option<ConsumerGroupMetadata>,
    stop: Arc<AtomicBool>,
}

impl Writer {
    /// Opens a topic for the writer `id`, of which there is one at a time. `None` when it is time to stop.
    pub fn open(target: &Target, id: &str, stop: &Arc<AtomicBool>) -> Result<Option<(Writer, Option<Noted>)>, Fault> {
        let mut config = config(&target.server);
        config.set("enable.idempotence", "true").set("acks", "all").set("compression.type", target.compression.name());
        config.set("message.timeout.ms", TIMEOUT.as_millis().to_string());
        config.set("message.max.bytes", target.message_bytes_max.to_string());
        config.set("queue.buffering.max.kbytes", QUEUE_KIB);
        let name = format!("weir-{id}");
        if target.delivery == Delivery::ExactlyOnce {
            config.set("transactional.id", &name).set("transaction.timeout.ms", TIMEOUT.as_millis().to_string());
        }
        let made = config.create_with_context(Reports::default());
        let producer = made.map_err(|error| fault::bad_setting(target, error))?;
        let mut writer = Writer { target: target.clone(), producer, group: None, stop: stop.clone() };
        if target.delivery == Delivery::AtLeastOnce {
            return Ok(Some((writer, None)));
        }
        if writer.patiently(|| writer.producer.init_transactions(STEP))?.is_none() {
            return Ok(None);
        }
        let span = writer.join(&name)?;
        Ok(Some((writer, span)))
    }

    /// Asks the brokers for the position of a group.
    fn join(&mut self, name: &str) -> Result<Option<Noted>, Fault> {
        let mut config = config(&self.target.server);
        config.set("group.id", name).set("enable.auto.commit", "false").set("isolation.level", "read_committed");
        let consumer: BaseConsumer = config.create().map_err(|error| fault::bad_setting(&self.target, error))?;
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.target.topic, PLACE);
        let noted = consumer.committed_offsets(list, ear::ANSWER).map_err(|error| self.failure(&error))?;
        self.group = consumer.group_metadata();
        Ok(noted.find_partition(&self.target.topic, PLACE).and_then(|place| {
            let Offset::Offset(next) = place.offset() else { return None };
            Some(Noted { from: ear::word(&place).and_then(|from| from.parse().ok()), next: u64::try_from(next).ok()? })
        }))
    }

    /// Writes all messages of a span; the brokers have them when it returns. `None` when it is time to stop: then nobody knows what of them
    /// is written. After a fault the writer has to be opened again.
    pub fn write(&self, messages: &Messages, span: Span) -> Result<Option<Written>, Fault> {
        let written = self.transact(messages, span);
        if !matches!(written, Ok(Some(_))) && self.group.is_some() {
            self.abort();
        }
        written
    }

    fn transact(&self, messages: &Messages, span: Span) -> Result<Option<Written>, Fault> {
        if self.group.is_some() {
            self.producer.begin_transaction().map_err(|error| self.failure(&error))?;
        }
        let mut written = Written::default();
        for message in messages.iter() {
            match self.is_too_long(&message) {
                true => written.too_long += 1,
                false if self.put(&message)? => written.sent += 1,
                false => return Ok(None),
            }
        }
        while self.producer.in_flight_count() > 0 {
            if self.is_stopped()? {
                return Ok(None);
            }
        }
        if let Some(error) = self.producer.context().take_failed() {
            return Err(self.failure(&error));
        }
        Ok(self.commit(span)?.map(|()| written))
    }

    fn commit(&self, span: Span) -> Result<Option<()>, Fault> {
        let Some(group) = &self.group else { return Ok(Some(())) };
        let mut list = TopicPartitionList::new();
        let mut place = list.add_partition(&self.target.topic, PLACE);
        let next = i64::try_from(span.next).unwrap_or(i64::MAX);
        place.set_offset(Offset::Offset(next)).map_err(|error| self.failure(&error))?;
        place.set_metadata(span.from.to_string());
        if self.patiently(|| self.producer.send_offsets_to_transaction(&list, group, STEP))?.is_none() {
            return Ok(None);
        }
        self.patiently(|| self.producer.commit_transaction(STEP))
    }

    /// What it can do in a short time. The rest is done by whoever opens the writer again, or by the brokers after a minute.
    fn abort(&self) {
        self.producer.purge(PurgeConfig::default().queue().inflight());
        // Messages given up are reported, which has to be taken note of before the transaction ends.
        let _ = self.producer.flush(STEP);
        let _ = self.producer.abort_transaction(STEP);
    }

    fn is_too_long(&self, message: &Message<'_>) -> bool {
        let headers: usize = self.target.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        let bytes = message.value.len() + message.key.map_or(0, <[u8]>::len) + headers;
        bytes + AROUND_BYTES > self.target.message_bytes_max
    }

    /// Gives a message to the library, which has room for it sooner or later. False when it is time to stop.
    fn put(&self, message: &Message<'_>) -> Result<bool, Fault> {
        loop {
            match self.producer.send(self.record(message)) {
                Ok(()) => return Ok(true),
                Err((error, _)) if error.rdkafka_error_code() == Some(Code::QueueFull) => {
                    if self.is_stopped()? {
                        return Ok(false);
                    }
                }
                Err((error, _)) => return Err(self.failure(&error)),
            }
        }
    }

    fn record<'r>(&'r self, message: &'r Message<'_>) -> BaseRecord<'r, [u8], [u8]> {
        let mut record = BaseRecord::to(&self.target.topic).payload(message.value).timestamp(message.millis);
        record.key = message.key;
        if !self.target.headers.is_empty() {
            let headers = OwnedHeaders::new_with_capacity(self.target.headers.len());
            let add =
                |all: OwnedHeaders, (key, value): &(String, String)| all.insert(Header { key, value: Some(value) });
            record.headers = Some(self.target.headers.iter().fold(headers, add));
        }
        record
    }

    /// Lets the library work for a moment. A fault when it cannot go on.
    fn is_stopped(&self) -> Result<bool, Fault> {
        self.producer.poll(POLL);
        self.look_for_trouble(None)?;
        Ok(self.stop.load(Ordering::Relaxed))
    }

    /// Brokers may be away, for a time that is told when the work has waited since then.
    fn look_for_trouble(&self, since: Option<Instant>) -> Result<(), Fault> {
        let is_long = since.is_some_and(|since| since.elapsed() > OUTAGE);
        match self.producer.context().trouble.take() {
            Some((code, reason)) => match fault::lasting(&self.target, code, &reason) {
                Some(fault) => Err(fault),
                None if is_long => Err(fault::not_connected(&self.target, reason)),
                None => Ok(()),
            },
            None if is_long => Err(fault::not_connected(&self.target, "no broker answers")),
            None => Ok(()),
        }
    }

    /// Makes a call again as long as that may help. `None` when it is time to stop.
    fn patiently(&self, call: impl Fn() -> KafkaResult<()>) -> Result<Option<()>, Fault> {
        let since = Instant::now();
        loop {
            let error = match call() {
                Ok(()) => return Ok(Some(())),
                Err(error) => error,
            };
            let may_help = matches!(&error, KafkaError::Transaction(error) if error.is_retriable());
            if !may_help {
                return Err(self.failure(&error));
            }
            if self.is_stopped()? {
                return Ok(None);
            }
            self.look_for_trouble(Some(since))?;
        }
    }

    fn failure(&self, error: &KafkaError) -> Fault {
        let target = &self.target;
        // What ended the client says more than what it then answers.
        let ended = self.producer.client().fatal_error().map(|(code, _)| code);
        match ended.or(error.rdkafka_error_code()) {
            Some(Code::UnsupportedFeature | Code::UnsupportedVersion) => fault::no_transactions(target, error),
            Some(Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch) => fault::fenced(target, error),
            Some(Code::MessageTimedOut | Code::AllBrokersDown | Code::BrokerTransportFailure | Code::Resolve) => {
                fault::not_connected(target, error)
            }
            Some(code) => {
                fault::lasting(target, code, &error.to_string()).unwrap_or_else(|| fault::not_written(target, error))
            }
            None => fault::failed(target, error),
        }
    }
}

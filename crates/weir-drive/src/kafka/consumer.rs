//! One member of a group, on a thread of its own.
//!
//! Partitions come and go only while the thread polls, never while a batch is on its way to the log. So a batch that is stored was ours,
//! and one that is not is forgotten with the partitions: whoever has them next reads it.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;
use weir_event::{Fault, Records};

use super::client::{Ear, config};
use super::position::Position;
use super::{Settings, Start, fault};

/// The longest a message waits for others.
const WAIT: Duration = Duration::from_millis(200);
const POLL: Duration = Duration::from_millis(50);
/// How long brokers that cannot be reached are no fault.
const OUTAGE: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(10);

/// Messages on their way to the log.
pub struct Batch {
    pub records: Records,
    /// The position behind them.
    pub state: String,
    pub notes: Vec<String>,
    /// Says that the log has them.
    pub answer: oneshot::Sender<Result<(), Fault>>,
}

pub struct Reading {
    settings: Settings,
    /// What the log has.
    stored: Position,
    /// What the log will have with the records in hand.
    next: Position,
    records: Records,
    since: Instant,
    notes: Vec<String>,
    /// Partitions that are known to be the ones that were read.
    known: HashSet<(String, i32)>,
    out: Sender<Batch>,
    stop: Arc<AtomicBool>,
    /// Since when no broker answers.
    down: Option<Instant>,
}

impl Reading {
    pub fn new(settings: Settings, position: Position, out: Sender<Batch>, stop: Arc<AtomicBool>) -> Reading {
        Reading {
            settings,
            next: position.clone(),
            stored: position,
            records: Records::default(),
            since: Instant::now(),
            notes: Vec::new(),
            known: HashSet::new(),
            out,
            stop,
            down: None,
        }
    }

    pub fn run(mut self) -> Result<(), Fault> {
        let consumer = self.consumer()?;
        while !self.stop.load(Ordering::Relaxed) {
            let polled = consumer.poll(POLL);
            if consumer.context().take_rebalanced() {
                // What was in hand is not stored. It comes again, here or elsewhere.
                self.records = Records::default();
                self.next = self.stored.clone();
                self.known.clear();
            }
            match polled {
                Some(Ok(message)) => self.take(&message, &consumer),
                Some(Err(error)) => self.complain(&error)?,
                None => {}
            }
            if let Some((code, reason)) = consumer.context().take_trouble() {
                self.trouble(code, &reason)?;
            }
            let is_due = !self.records.is_empty() && self.since.elapsed() >= WAIT;
            if self.records.is_full() || is_due || !self.notes.is_empty() {
                self.hand_over(&consumer)?;
            }
        }
        Ok(())
    }

    fn consumer(&self) -> Result<BaseConsumer<Ear>, Fault> {
        let mut config = config(&self.settings.server);
        config.set("group.id", &self.settings.group).set("enable.auto.commit", "false");
        config.set("enable.auto.offset.store", "false").set("isolation.level", "read_committed");
        config.set("auto.offset.reset", if self.settings.start == Start::Latest { "latest" } else { "earliest" });
        // All messages that wait in the library together, decompressed.
        config.set("queued.max.messages.kbytes", "16384").set("partition.assignment.strategy", "range");
        let consumer: BaseConsumer<Ear> = config
            .create_with_context(Ear::default())
            .map_err(|error| fault::bad_setting(&self.settings, error))?;
        let topics: Vec<&str> = self.settings.topics.iter().map(String::as_str).collect();
        consumer.subscribe(&topics).map_err(|error| fault::bad_setting(&self.settings, error))?;
        Ok(consumer)
    }

    /// Keeps a message, unless the log has it.
    fn take(&mut self, message: &impl Message, consumer: &BaseConsumer<Ear>) {
        self.down = None;
        let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
        match self.next.next(topic, partition) {
            Some(next) if offset < next => {
                if !self.known.insert((topic.to_owned(), partition)) || !is_new(consumer, topic, partition, next) {
                    return;
                }
                self.notes.push(format!("{topic}/{partition} ends before offset {next}: it was made anew"));
            }
            Some(next) if offset > next => self.look_for_gap(consumer, (topic, partition), next),
            _ => {}
        }
        if self.records.is_empty() {
            self.since = Instant::now();
        }
        // A message without a value says that its key is gone.
        if let Some(value) = message.payload() {
            self.records.push(value);
        }
        self.next.set(topic, partition, offset + 1);
    }

    /// Offsets may be left out, by compaction and by transactions. What has expired unread is worth a word.
    fn look_for_gap(&mut self, consumer: &BaseConsumer<Ear>, (topic, partition): (&str, i32), next: i64) {
        if self.stored.next(topic, partition) != Some(next) {
            return;
        }
        if let Ok((low, _)) = consumer.fetch_watermarks(topic, partition, ANSWER)
            && low > next
        {
            self.notes.push(format!("{topic}/{partition} no longer has offsets {next} to {}", low - 1));
        }
    }

    /// Waits until the log has the records in hand, then tells the brokers.
    fn hand_over(&mut self, consumer: &BaseConsumer<Ear>) -> Result<(), Fault> {
        let (answer, answered) = oneshot::channel();
        let records = std::mem::take(&mut self.records);
        let is_empty = records.is_empty();
        let batch = Batch { records, state: self.next.to_text(), notes: std::mem::take(&mut self.notes), answer };
        if self.out.blocking_send(batch).is_err() {
            self.stop.store(true, Ordering::Relaxed);
            return Ok(());
        }
        match answered.blocking_recv() {
            Ok(stored) => stored?,
            Err(_) => {
                self.stop.store(true, Ordering::Relaxed);
                return Ok(());
            }
        }
        if is_empty {
            return Ok(());
        }
        let moved = self.next.since(&self.stored);
        self.stored = self.next.clone();
        let told = moved.list().and_then(|list| consumer.commit(&list, CommitMode::Sync));
        if let Err(error) = told {
            // The position in the log holds; the brokers hear it with the next batch.
            self.notes.push(format!("the brokers have not noted the offsets: {error}"));
        }
        Ok(())
    }

    fn complain(&mut self, error: &KafkaError) -> Result<(), Fault> {
        match error.rdkafka_error_code() {
            Some(code) => self.trouble(code, &error.to_string()),
            None => Err(fault::failed(&self.settings, error)),
        }
    }

    /// Most trouble passes. What does not is a fault.
    fn trouble(&mut self, code: RDKafkaErrorCode, reason: &str) -> Result<(), Fault> {
        use RDKafkaErrorCode as Code;
        let settings = &self.settings;
        match code {
            Code::Authentication | Code::SaslAuthenticationFailed => Err(fault::login_refused(settings, reason)),
            Code::SSL => Err(fault::not_trusted(settings, reason)),
            Code::TopicAuthorizationFailed | Code::GroupAuthorizationFailed | Code::ClusterAuthorizationFailed => {
                Err(fault::not_allowed(settings, reason))
            }
            Code::Fatal | Code::UnsupportedVersion | Code::FencedInstanceId => Err(fault::failed(settings, reason)),
            Code::AllBrokersDown | Code::Resolve | Code::BrokerTransportFailure => {
                let since = *self.down.get_or_insert_with(Instant::now);
                if since.elapsed() < OUTAGE { Ok(()) } else { Err(fault::not_connected(settings, reason)) }
            }
            // Topics that are not there yet, groups that form anew, and the like.
            _ => Ok(()),
        }
    }
}

/// A partition that ends before what was read of it is not the one that was read.
fn is_new(consumer: &BaseConsumer<Ear>, topic: &str, partition: i32, next: i64) -> bool {
    consumer.fetch_watermarks(topic, partition, ANSWER).is_ok_and(|(_, high)| high < next)
}

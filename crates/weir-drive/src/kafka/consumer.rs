//! One member of a group, on a thread of its own.
//!
//! Partitions come and go only while the thread polls, never while a batch is on its way to the log. So a batch that is stored was ours,
//! and one that is not is forgotten with the partitions: whoever has them next reads it. Where a partition begins is the matter of
//! [`Ear`].

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;
use weir_event::{Fault, Records, limits};

use super::client::config;
use super::ear::{ANSWER, Ear};
use super::position::Position;
use super::record::record;
use super::{Settings, fault};
use crate::message::cut;

/// The longest a message waits for others.
const WAIT: Duration = Duration::from_millis(200);
const POLL: Duration = Duration::from_millis(50);
const SESSION: Duration = Duration::from_secs(10);
/// How long brokers that cannot be reached are no fault.
const OUTAGE: Duration = Duration::from_secs(30);

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
    /// What the brokers have been told.
    noted: Position,
    /// What the log will have with the records in hand.
    next: Position,
    records: Records,
    since: Instant,
    notes: Vec<String>,
    /// Messages that were longer than an event may be.
    cut: u64,
    /// It was said that a topic is missing.
    missed: bool,
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
            noted: position.clone(),
            stored: position,
            records: Records::default(),
            since: Instant::now(),
            notes: Vec::new(),
            cut: 0,
            missed: false,
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
            if let Some(begun) = consumer.context().take_rebalanced() {
                // What was in hand is not stored. It comes again, here or elsewhere.
                self.records = Records::default();
                self.next = begun.clone();
                // Offsets of partitions that others have now are not ours to tell.
                self.noted = begun.clone();
                self.stored = begun;
                self.known.clear();
            }
            if let Some(error) = consumer.context().take_failed() {
                return Err(fault::failed(&self.settings, error));
            }
            match polled {
                Some(Ok(message)) => self.take(&message, &consumer),
                Some(Err(error)) => self.complain(&error)?,
                None => {}
            }
            if let Some((code, reason)) = consumer.context().trouble.take() {
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
        // How long the brokers wait for a member that is gone without a word, this one after a crash, before its partitions go on.
        config.set("session.timeout.ms", SESSION.as_millis().to_string());
        config.set("enable.auto.offset.store", "false").set("isolation.level", "read_committed");
        // Where a partition begins is said when it comes. This is for offsets that are gone: what is left of it is read.
        config.set("auto.offset.reset", "earliest");
        // All messages that wait in the library together, decompressed.
        config.set("queued.max.messages.kbytes", "16384").set("partition.assignment.strategy", "range");
        let consumer: BaseConsumer<Ear> = config
            .create_with_context(Ear::new(self.settings.start, self.stored.clone()))
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
            let kept = cut(value);
            self.records.push(&record(message, kept, self.settings.metadata));
            if kept.len() < value.len() {
                self.say_cut(topic, partition, offset);
            }
        }
        self.next.set(topic, partition, offset + 1);
    }

    /// Said less and less often.
    fn say_cut(&mut self, topic: &str, partition: i32, offset: i64) {
        self.cut += 1;
        if self.cut.is_power_of_two() {
            let (count, max) = (self.cut, limits::EVENT_BYTES_MAX);
            self.notes.push(format!("{count} messages were cut at {max} bytes, the last {topic}/{partition} {offset}"));
        }
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
        if !is_empty {
            self.stored = self.next.clone();
            consumer.context().keep(&self.stored);
            self.note(consumer);
        }
        Ok(())
    }

    /// Tells the brokers what the log has. What they do not hear now they hear with the next batch; the log's word counts.
    fn note(&mut self, consumer: &BaseConsumer<Ear>) {
        let moved = self.stored.since(&self.noted);
        match moved.list().and_then(|list| consumer.commit(&list, CommitMode::Sync)) {
            Ok(()) => self.noted = self.stored.clone(),
            Err(error) => self.notes.push(format!("the brokers have not noted the offsets: {error}")),
        }
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
        if let Some(fault) = fault::lasting(settings, code, reason) {
            return Err(fault);
        }
        match code {
            Code::AllBrokersDown | Code::Resolve | Code::BrokerTransportFailure => {
                let since = *self.down.get_or_insert_with(Instant::now);
                if since.elapsed() < OUTAGE { Ok(()) } else { Err(fault::not_connected(settings, reason)) }
            }
            // It may be made later.
            Code::UnknownTopic | Code::UnknownTopicOrPartition => {
                if !std::mem::replace(&mut self.missed, true) {
                    self.notes.push(format!("a topic is not there: {reason}"));
                }
                Ok(())
            }
            // Groups that form anew, and the like.
            _ => Ok(()),
        }
    }
}

/// A partition that ends before what was read of it is not the one that was read.
fn is_new(consumer: &BaseConsumer<Ear>, topic: &str, partition: i32, next: i64) -> bool {
    consumer.fetch_watermarks(topic, partition, ANSWER).is_ok_and(|(_, high)| high < next)
}

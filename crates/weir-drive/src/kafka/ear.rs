//! What the library tells beside its answers, and where partitions begin when it gives them to us.
//!
//! Where the brokers have noted what this weir has told them, the log knows better: it may be ahead, after a crash between the two, or
//! behind, when its folder came from a backup. Where another member was the last to note something, whichever is further counts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::topic_partition_list::{Offset, TopicPartitionListElem};
use rdkafka::types::RDKafkaRespErr;

use super::Start;
use super::position::Position;
use super::trouble::Trouble;

/// The longest that brokers may take to say what they have noted.
pub const ANSWER: Duration = Duration::from_secs(10);

pub struct Ear {
    start: Start,
    /// What the log has.
    stored: Mutex<Position>,
    /// Partitions have come or gone since somebody looked.
    rebalanced: AtomicBool,
    pub trouble: Trouble,
    /// Partitions could not be begun.
    failed: Mutex<Option<KafkaError>>,
}

impl Ear {
    pub fn new(start: Start, stored: Position) -> Ear {
        Ear {
            start,
            stored: Mutex::new(stored),
            rebalanced: AtomicBool::new(false),
            trouble: Trouble::default(),
            failed: Mutex::default(),
        }
    }

    /// The log has this.
    pub fn keep(&self, stored: &Position) {
        lock(&self.stored).clone_from(stored);
    }

    /// What is read next, when partitions have come or gone.
    pub fn take_rebalanced(&self) -> Option<Position> {
        self.rebalanced.swap(false, Ordering::Relaxed).then(|| lock(&self.stored).clone())
    }

    pub fn take_failed(&self) -> Option<KafkaError> {
        lock(&self.failed).take()
    }

    /// Begins each partition where it has to be begun.
    fn assign(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) -> KafkaResult<()> {
        let noted = consumer.committed_offsets(list.clone(), ANSWER)?;
        let mut stored = lock(&self.stored);
        for mut partition in list.elements() {
            let (topic, number) = (partition.topic().to_owned(), partition.partition());
            let place = noted.find_partition(&topic, number);
            let by_us = place.as_ref().is_some_and(|place| is_told_by(place, stored.reader()));
            let place = place.and_then(|place| match place.offset() {
                Offset::Offset(next) => Some(Noted { next, by_us }),
                _ => None,
            });
            match begin(stored.next(&topic, number), place) {
                Some(next) => {
                    stored.set(&topic, number, next);
                    partition.set_offset(Offset::Offset(next))?;
                }
                None if self.start == Start::Latest => partition.set_offset(Offset::End)?,
                None => partition.set_offset(Offset::Beginning)?,
            }
        }
        consumer.assign(list)
    }
}

/// What the brokers keep of a partition.
#[derive(Clone, Copy)]
struct Noted {
    next: i64,
    /// Told by this weir.
    by_us: bool,
}

fn is_told_by(place: &TopicPartitionListElem<'_>, reader: &str) -> bool {
    word(place).as_deref() == Some(reader)
}

/// The word beside an offset. It may be another program's; the library panics over one that is not text.
pub fn word(place: &TopicPartitionListElem<'_>) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| place.metadata().to_owned())).ok()
}

/// The offset to begin at, when anybody knows one.
fn begin(stored: Option<i64>, noted: Option<Noted>) -> Option<i64> {
    match (stored, noted) {
        (Some(stored), Some(noted)) if !noted.by_us => Some(stored.max(noted.next)),
        (Some(stored), _) => Some(stored),
        (None, noted) => noted.map(|noted| noted.next),
    }
}

impl ClientContext for Ear {
    fn log(&self, _level: RDKafkaLogLevel, _facility: &str, _message: &str) {
        // What matters comes as an error as well.
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.trouble.note(&error, reason);
    }
}

impl ConsumerContext for Ear {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, what: RDKafkaRespErr, list: &mut TopicPartitionList) {
        self.rebalanced.store(true, Ordering::Relaxed);
        let done = match what {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => self.assign(consumer, list),
            _ => consumer.unassign(),
        };
        if let Err(error) = done {
            // The library waits for an answer of some kind.
            let _ = consumer.unassign();
            *lock(&self.failed) = Some(error);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_begin_where_nothing_is_lost_or_doubled() {
        let noted = |next, by_us| Some(Noted { next, by_us });
        for (stored, noted, expected, why) in [
            (None, None, None, "nobody has read it"),
            (None, noted(7, false), Some(7), "another member has"),
            (Some(9), None, Some(9), "the brokers have forgotten"),
            (Some(9), noted(7, true), Some(9), "a crash between log and brokers"),
            (Some(5), noted(7, true), Some(5), "a log from a backup"),
            (Some(5), noted(7, false), Some(7), "another member went on"),
            (Some(9), noted(7, false), Some(9), "another member was slower to tell"),
        ] {
            assert_eq!(begin(stored, noted), expected, "{why}");
        }
    }
}

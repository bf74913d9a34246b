//! Which message of each partition comes next, as it is stored with the messages before.

use std::collections::BTreeMap;

use rdkafka::error::KafkaResult;
use rdkafka::{Offset, TopicPartitionList};
use weir_event::{Record, Value};

use crate::kept;

const VERSION: i64 = 1;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position {
    /// Which weir this is the position of: a word that no other has. Brokers are told it with the offsets.
    reader: String,
    /// By topic and partition, the offset that comes next.
    next: BTreeMap<String, BTreeMap<i32, i64>>,
}

impl Position {
    /// Of a reader that has read nothing.
    pub fn new(reader: String) -> Position {
        Position { reader, next: BTreeMap::new() }
    }

    pub fn reader(&self) -> &str {
        &self.reader
    }

    pub fn next(&self, topic: &str, partition: i32) -> Option<i64> {
        self.next.get(topic)?.get(&partition).copied()
    }

    pub fn set(&mut self, topic: &str, partition: i32, next: i64) {
        match self.next.get_mut(topic) {
            Some(partitions) => partitions.insert(partition, next),
            None => self.next.entry(topic.to_owned()).or_default().insert(partition, next),
        };
    }

    /// As the brokers want it.
    pub fn list(&self) -> KafkaResult<TopicPartitionList> {
        let mut list = TopicPartitionList::new();
        for (topic, partition, next) in self.all() {
            let mut place = list.add_partition(topic, partition);
            place.set_offset(Offset::Offset(next))?;
            place.set_metadata(&self.reader);
        }
        Ok(list)
    }

    fn all(&self) -> impl Iterator<Item = (&str, i32, i64)> {
        self.next.iter().flat_map(|(topic, partitions)| {
            partitions.iter().map(move |(partition, next)| (topic.as_str(), *partition, *next))
        })
    }

    /// What differs from `before`.
    pub fn since(&self, before: &Position) -> Position {
        let mut since = Position::new(self.reader.clone());
        for (topic, partition, next) in self.all() {
            if before.next(topic, partition) != Some(next) {
                since.set(topic, partition, next);
            }
        }
        since
    }

    pub fn to_text(&self) -> String {
        let mut offsets = Record::new();
        for (topic, partitions) in &self.next {
            let next = partitions.iter().map(|(partition, next)| (partition.to_string(), Value::Long(*next)));
            offsets.push_new(topic.clone(), Value::Record(next.collect()));
        }
        let mut out = kept::begin(VERSION);
        out.set("reader", Value::text(&self.reader));
        out.set("offsets", Value::Record(offsets));
        kept::write(out)
    }

    pub fn from_text(text: &str) -> Result<Position, String> {
        let record = kept::read(text, VERSION)?;
        let Some(Value::Record(offsets)) = record.get("offsets") else { return Err("`offsets` is missing".to_owned()) };
        let Some(Value::Text(reader)) = record.get("reader") else { return Err("`reader` is missing".to_owned()) };
        let mut position = Position::new(reader.to_string());
        for (topic, partitions) in offsets.iter() {
            let Value::Record(partitions) = partitions else { return Err(format!("`{topic}` is not an object")) };
            for (partition, next) in partitions.iter() {
                let (Ok(partition), Value::Long(next)) = (partition.parse(), next) else {
                    return Err(format!("`{topic}` holds something else than offsets"));
                };
                position.set(topic, partition, *next);
            }
        }
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_comes_back_from_its_text() {
        let mut position = Position::new("4f".to_owned());
        for (topic, partition, next) in [("a", 0, 5), ("a", 11, i64::MAX), ("b \"c\"", 2, 0)] {
            position.set(topic, partition, next);
        }
        assert_eq!(Position::from_text(&position.to_text()), Ok(position.clone()));
        let mut later = position.clone();
        later.set("a", 0, 6);
        assert_eq!(later.since(&position).to_text(), r#"{"v":1,"reader":"4f","offsets":{"a":{"0":6}}}"#);
        for text in ["", "[]", "{}", "{\"v\":1}", "{\"v\":1,\"reader\":\"\",\"offsets\":{\"a\":{\"x\":1}}}"] {
            assert!(Position::from_text(text).is_err(), "{text}");
        }
    }
}

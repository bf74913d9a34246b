//! What the log knows of a session: it is written with the messages, in the same record.

use std::collections::{BTreeMap, BTreeSet};

use weir_event::{Record, Timestamp, Value};

use crate::kept;

const VERSION: i64 = 1;

#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    pub client: String,
    /// Whose session it is.
    pub broker: String,
    /// Topics that are subscribed to, with the quality of service that was granted.
    pub topics: BTreeMap<String, u8>,
    /// The quality of service that they were asked for with; a broker may grant less.
    pub asked: u8,
    /// Messages of QoS 2 that the log has and whose numbers the broker has not given back: they are known when they come again.
    pub open: BTreeSet<u16>,
    /// Until when there certainly was a connection.
    pub seen: Timestamp,
    /// Messages of QoS 0 have come: no broker must keep others like them.
    pub has_unanswered: bool,
    /// How often something may have been missed.
    pub gaps: i64,
}

impl Position {
    /// Of a client that has read nothing.
    pub fn new(client: &str, broker: &str, now: Timestamp) -> Position {
        Position {
            client: client.to_owned(),
            broker: broker.to_owned(),
            topics: BTreeMap::new(),
            asked: 0,
            open: BTreeSet::new(),
            seen: now,
            has_unanswered: false,
            gaps: 0,
        }
    }

    /// A broker begins a new session, or another one than this is the position of.
    pub fn begin_session(&mut self, broker: &str) {
        broker.clone_into(&mut self.broker);
        self.topics.clear();
        self.open.clear();
    }

    /// What is published while there is no connection is missing, in part at least.
    pub fn is_lossy(&self) -> bool {
        self.has_unanswered || self.topics.values().any(|qos| *qos == 0)
    }

    pub fn to_text(&self) -> String {
        let mut topics = Record::new();
        self.topics.iter().for_each(|(topic, qos)| topics.set(topic.clone(), Value::Long(i64::from(*qos))));
        let open = self.open.iter().map(|id| Value::Long(i64::from(*id))).collect();
        let mut out = kept::begin(VERSION);
        out.set("client", Value::text(&self.client));
        out.set("broker", Value::text(&self.broker));
        out.set("topics", Value::Record(topics));
        out.set("asked", Value::Long(i64::from(self.asked)));
        out.set("open", Value::Array(open));
        out.set("seen", Value::owned(self.seen.to_string()));
        out.set("unanswered", Value::Bool(self.has_unanswered));
        out.set("gaps", Value::Long(self.gaps));
        kept::write(out)
    }

    pub fn from_text(text: &str) -> Result<Position, String> {
        let record = kept::read(text, VERSION)?;
        read(&record).ok_or_else(|| "it is not of a session".to_owned())
    }
}

fn read(record: &Record<'_>) -> Option<Position> {
    let text = |key| match record.get(key) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let (Some(Value::Record(topics)), Some(Value::Array(open))) = (record.get("topics"), record.get("open")) else {
        return None;
    };
    let (Some(Value::Bool(has_unanswered)), Some(Value::Long(gaps))) = (record.get("unanswered"), record.get("gaps"))
    else {
        return None;
    };
    Some(Position {
        client: text("client")?,
        broker: text("broker")?,
        topics: topics.iter().map(|(topic, qos)| Some((topic.to_string(), number(qos)?))).collect::<Option<_>>()?,
        asked: number(record.get("asked")?)?,
        open: open.iter().map(number).collect::<Option<_>>()?,
        seen: Timestamp::parse_rfc3339(&text("seen")?)?,
        has_unanswered: *has_unanswered,
        gaps: *gaps,
    })
}

fn number<N: TryFrom<i64>>(value: &Value<'_>) -> Option<N> {
    match value {
        Value::Long(number) => N::try_from(*number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_comes_back_from_its_text() {
        let mut position = Position::new("weir \"1\"", "b:1883", Timestamp(1_791_957_731_120_000_000));
        position.topics.insert("a/+/#".to_owned(), 1);
        position.asked = 2;
        position.open.extend([9, 1, 65_535]);
        (position.has_unanswered, position.gaps) = (true, 3);
        assert_eq!(
            position.to_text(),
            r##"{"v":1,"client":"weir \"1\"","broker":"b:1883","topics":{"a/+/#":1},"asked":2,"open":[1,9,65535],"seen":"2026-10-14T06:02:11.120Z","unanswered":true,"gaps":3}"##
        );
        assert_eq!(Position::from_text(&position.to_text()), Ok(position.clone()));
        for (from, to) in
            [("\"v\":1", "\"v\":2"), ("65535", "65536"), (":1}", ":null}"), ("2026-", "x-"), ("true", "1")]
        {
            let wrong = position.to_text().replace(from, to);
            assert!(Position::from_text(&wrong).is_err(), "{wrong}");
        }
        for text in ["", "[]", "{}", "{\"v\":1}"] {
            assert!(Position::from_text(text).is_err(), "{text}");
        }
    }
}

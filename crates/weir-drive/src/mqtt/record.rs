//! A message as the log keeps it: its events, each alone or beside what is known of the message.

use std::borrow::Cow;
use std::ops::Range;

use weir_event::{Record, Timestamp, Value, write_json};
use weir_parse::json::split_array;

use super::envelope::{self, Event, Opened};
use super::packet::Publish;
use super::settings::Envelope;
use crate::message::{Metadata, cut, text_or_bytes};

/// What a message holds.
pub struct Content<'p> {
    message: &'p Publish,
    header: Option<Event<'p>>,
    payload: &'p [u8],
    /// Where in the payload the events are.
    events: Vec<Range<usize>>,
    pub odd: Option<Odd>,
}

/// What is worth a word.
#[derive(Debug, PartialEq)]
pub enum Odd {
    /// It has not the envelope that it should have, and is stored as it is.
    Unopened(&'static str),
    /// It is of a type that is not stored.
    Other(&'static str),
    /// It is too long.
    Cut,
}

/// Opens a message.
pub fn content(message: &Publish, envelope: Envelope) -> Content<'_> {
    let whole = |odd| Content { message, header: None, payload: &message.payload, events: one(&message.payload), odd };
    let mut content = match envelope {
        Envelope::None => whole(None),
        Envelope::Dxl => match envelope::open(&message.payload, message.missing) {
            Err(why) => whole(Some(Odd::Unopened(why))),
            Ok(Opened::Other(name)) => Content { events: Vec::new(), ..whole(Some(Odd::Other(name))) },
            Ok(Opened::Event(event)) => {
                let (payload, events) = (event.payload, events(event.payload));
                Content { message, header: Some(event), payload, events, odd: None }
            }
        },
    };
    let is_cut = message.missing > 0
        || content.events.iter().any(|range| cut(&content.payload[range.clone()]).len() < range.len());
    if is_cut && content.odd.is_none() {
        content.odd = Some(Odd::Cut);
    }
    content
}

impl Content<'_> {
    /// The bytes that are stored of each event.
    pub fn records(&self, metadata: Metadata) -> impl Iterator<Item = Cow<'_, [u8]>> {
        self.events.iter().map(move |range| {
            let kept = cut(&self.payload[range.clone()]);
            match metadata {
                Metadata::Left => Cow::Borrowed(kept),
                Metadata::Kept => Cow::Owned(self.with_metadata(kept).into_bytes()),
            }
        })
    }

    /// A JSON object whose `content` is the event: the parser reads it as an event inside an event.
    fn with_metadata(&self, event: &[u8]) -> String {
        let mut out = Record::new();
        out.set("mqtt.topic", Value::text(&self.message.topic));
        out.set("mqtt.qos", Value::Long(i64::from(self.message.qos)));
        for (name, is_so) in [("mqtt.retained", self.message.is_retained), ("mqtt.duplicate", self.message.is_again)] {
            if is_so {
                out.set(name, Value::Bool(true));
            }
        }
        if let Some(Event { message, client, broker, .. }) = &self.header {
            for (name, id) in [("mqtt.message_id", message), ("mqtt.client_id", client), ("mqtt.broker_id", broker)] {
                if !id.is_empty() {
                    out.set(name, text_or_bytes(id));
                }
            }
        }
        let content = String::from_utf8_lossy(event);
        if let Cow::Owned(_) = content {
            out.set("mqtt.payload", Value::Binary(event.into()));
        }
        out.set("content", Value::text(&content));
        json(out, event.len() + event.len() / 8 + 256)
    }
}

/// The event that says that others may be missing.
pub fn gap(broker: &str, from: Timestamp, to: Timestamp, number: i64) -> String {
    let mut out = Record::new();
    out.set("timestamp", Value::Timestamp(to));
    out.set("event.kind", Value::text("state"));
    out.set("event.action", Value::text("mqtt-gap"));
    out.set("mqtt.broker", Value::text(broker));
    out.set("mqtt.gap_from", Value::Timestamp(from));
    out.set("mqtt.gap_to", Value::Timestamp(to));
    out.set("mqtt.gaps", Value::Long(number));
    json(out, 256)
}

fn json(record: Record<'_>, capacity: usize) -> String {
    let mut text = String::with_capacity(capacity);
    write_json(&Value::Record(record), &mut text);
    text
}

/// A payload that is one event. An empty one is none: it takes back what was retained.
fn one(payload: &[u8]) -> Vec<Range<usize>> {
    let is_event = !payload.trim_ascii().is_empty();
    is_event.then_some(0..payload.len()).into_iter().collect()
}

/// The objects of an array, damaged ones and what follows the array included; anything else is one event.
fn events(payload: &[u8]) -> Vec<Range<usize>> {
    let Ok(split) = split_array(payload) else { return one(payload) };
    let elements = split.elements.into_iter().map(|element| element.unwrap_or_else(|bad| bad.range));
    let behind = split.error.map(|error| error.at.min(payload.len())..payload.len());
    let ranges: Vec<_> = elements.collect();
    if ranges.iter().any(|range| payload.get(range.start) != Some(&b'{')) {
        return one(payload);
    }
    let is_something = |range: &Range<usize>| !payload[range.clone()].trim_ascii().is_empty();
    ranges.into_iter().chain(behind).filter(is_something).collect()
}

#[cfg(test)]
mod tests;

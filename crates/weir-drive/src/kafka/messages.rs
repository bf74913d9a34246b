//! What is written to a topic at once.

use weir_event::Timestamp;

/// Messages in order, their bytes one after another.
#[derive(Debug, Default)]
pub struct Messages {
    bytes: Vec<u8>,
    ends: Vec<End>,
}

/// Where a message ends; its key lies behind its value.
#[derive(Clone, Copy, Debug)]
struct End {
    value: usize,
    key: Option<usize>,
    millis: i64,
}

/// One message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Message<'m> {
    /// Messages of one key are in one partition.
    pub key: Option<&'m [u8]>,
    pub value: &'m [u8],
    /// Milliseconds since the epoch.
    pub millis: i64,
}

impl Messages {
    pub fn push(&mut self, key: Option<&str>, at: Timestamp, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        let value = self.bytes.len();
        let key = key.map(|key| {
            self.bytes.extend_from_slice(key.as_bytes());
            self.bytes.len()
        });
        self.ends.push(End { value, key, millis: at.0.div_euclid(1_000_000) });
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    pub fn iter(&self) -> impl Iterator<Item = Message<'_>> {
        let starts = [0].into_iter().chain(self.ends.iter().map(|end| end.key.unwrap_or(end.value)));
        starts.zip(&self.ends).map(|(start, end)| Message {
            key: end.key.map(|key| &self.bytes[end.value..key]),
            value: &self.bytes[start..end.value],
            millis: end.millis,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_as_they_were_added() {
        let mut messages = Messages::default();
        let given = [(Some("host"), &b"{\"a\":1}"[..], 7), (None, b"", -1), (Some(""), b"\xff\0", 0)];
        for (key, value, millis) in given {
            messages.push(key, Timestamp(millis * 1_000_000 + 3), value);
        }
        let back: Vec<_> = messages.iter().map(|message| (message.key, message.value, message.millis)).collect();
        assert_eq!(back, given.map(|(key, value, millis)| (key.map(str::as_bytes), value, millis)));
        assert_eq!((messages.len(), messages.bytes()), (3, 13));
        messages.clear();
        assert!(messages.is_empty() && messages.iter().next().is_none());
    }
}

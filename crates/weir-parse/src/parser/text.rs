//! Records as one text.

use std::sync::Arc;

use weir_event::Chunk;

/// A text and where its records are.
pub struct Shared {
    pub text: Arc<str>,
    pub records: Vec<RecordText>,
}

/// One record by bytes of the text.
pub struct RecordText {
    pub start: usize,
    pub end: usize,
    /// Octets that are no UTF-8 were replaced.
    pub repaired: bool,
}

impl Shared {
    /// The text of a chunk. Octets that are no UTF-8 become U+FFFD in the text; the log keeps them as they came.
    pub fn of(chunk: &Chunk) -> Shared {
        let mut start = 0;
        if let Ok(text) = std::str::from_utf8(&chunk.bytes)
            && chunk.ends.iter().all(|&end| text.is_char_boundary(end as usize))
        {
            let records = chunk.ends.iter().map(|&end| {
                let record = RecordText { start, end: end as usize, repaired: false };
                start = end as usize;
                record
            });
            let records = records.collect();
            return Shared { text: text.into(), records };
        }
        let mut text = String::with_capacity(chunk.bytes.len() + 64);
        let mut records = Vec::with_capacity(chunk.len());
        for record in chunk.records() {
            let clean = String::from_utf8_lossy(record);
            let repaired = matches!(clean, std::borrow::Cow::Owned(_));
            records.push(added(&mut text, &clean, repaired));
        }
        Shared { text: text.into(), records }
    }

    /// Lines, at most 2 GiB together.
    pub fn of_lines(lines: &[&str]) -> Shared {
        let mut text = String::with_capacity(lines.iter().map(|line| line.len()).sum());
        let records = lines.iter().map(|line| added(&mut text, line, false)).collect();
        Shared { text: text.into(), records }
    }

    pub fn record(&self, record: &RecordText) -> &str {
        self.text.get(record.start..record.end).unwrap_or_default()
    }
}

fn added(text: &mut String, record: &str, repaired: bool) -> RecordText {
    let start = text.len();
    text.push_str(record);
    RecordText { start, end: text.len(), repaired }
}

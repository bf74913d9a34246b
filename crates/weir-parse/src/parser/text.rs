//! The records of a chunk as text.

use std::sync::Arc;

use weir_event::Chunk;

/// A chunk as text, and where its records are.
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

/// The text of a chunk. Octets that are no UTF-8 become U+FFFD in the text; the log keeps them as they came.
pub fn shared(chunk: &Chunk) -> Shared {
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
        let start = text.len();
        let clean = String::from_utf8_lossy(record);
        text.push_str(&clean);
        records.push(RecordText { start, end: text.len(), repaired: matches!(clean, std::borrow::Cow::Owned(_)) });
    }
    Shared { text: text.into(), records }
}

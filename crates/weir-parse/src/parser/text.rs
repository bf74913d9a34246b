//! Records as one text.

use std::sync::Arc;

use weir_event::Chunk;

/// A text, at most 2 GiB, and where its records are.
pub struct Lines {
    pub(super) text: Arc<String>,
    records: Vec<RecordText>,
}

/// One record by bytes of the text.
struct RecordText {
    start: usize,
    end: usize,
    repaired: bool,
}

impl Lines {
    /// The text of a chunk. Octets that are no UTF-8 become U+FFFD in the text; the log keeps them as they came.
    pub(super) fn of_chunk(chunk: &Chunk) -> Lines {
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
            return Lines { text: Arc::new(text.to_owned()), records };
        }
        let mut text = String::with_capacity(chunk.bytes.len() + 64);
        let mut records = Vec::with_capacity(chunk.len());
        for record in chunk.records() {
            let clean = String::from_utf8_lossy(record);
            let repaired = matches!(clean, std::borrow::Cow::Owned(_));
            records.push(added(&mut text, &clean, repaired));
        }
        Lines { text: Arc::new(text), records }
    }

    /// The first [`lines`] of a text, at most `count`, and the text behind them; `None` when there is none. They are copied to `room`, unless
    /// somebody else holds it too.
    pub(super) fn first_of(text: &str, count: usize, room: Arc<String>) -> (Lines, Option<&str>) {
        let records = lines(text).take(count).map(|line| {
            let start = line.as_ptr() as usize - text.as_ptr() as usize;
            RecordText { start, end: start + line.len(), repaired: false }
        });
        let records: Vec<RecordText> = records.collect();
        let end = records.last().map_or(0, |last| last.end);
        let rest = memchr::memchr(b'\n', &text.as_bytes()[end..]).map(|at| &text[end + at + 1..]);
        (Lines { records, text: copied(&text[..end], room) }, rest)
    }

    /// Lines that stand in different places.
    pub fn of(lines: &[&str]) -> Lines {
        let mut text = String::with_capacity(lines.iter().map(|line| line.len()).sum());
        let records = lines.iter().map(|line| added(&mut text, line, false)).collect();
        Lines { text: Arc::new(text), records }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn text(&self, record: usize) -> &str {
        let place = self.records.get(record).map(|record| record.start..record.end);
        place.and_then(|place| self.text.get(place)).unwrap_or_default()
    }

    /// Octets of the record that are no UTF-8 were replaced.
    pub(super) fn is_repaired(&self, record: usize) -> bool {
        self.records.get(record).is_some_and(|record| record.repaired)
    }
}

/// The lines of a text without their line breaks; none stands behind the last one.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]).map(move |at| {
        let line = &text[start..at];
        start = at + 1;
        line.strip_suffix('\r').unwrap_or(line)
    })
}

fn added(text: &mut String, record: &str, repaired: bool) -> RecordText {
    let start = text.len();
    text.push_str(record);
    RecordText { start, end: text.len(), repaired }
}

/// A text in the memory of one that is no longer needed.
fn copied(text: &str, mut room: Arc<String>) -> Arc<String> {
    let Some(own) = Arc::get_mut(&mut room) else { return Arc::new(text.to_owned()) };
    own.clear();
    if own.capacity() < text.len() {
        *own = String::with_capacity(text.len());
    }
    own.push_str(text);
    room
}

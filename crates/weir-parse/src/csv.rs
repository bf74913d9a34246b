//! One line of separated values.

#[cfg(test)]
mod tests;
mod words;

use std::borrow::Cow;

use crate::note::Notes;
use crate::places;

pub use words::read_words;

/// Hands every value of the line to `sink` with its index. A value that begins with `"` runs to its closing quote (`""` inside
/// stands for one); text between that and the next delimiter stays part of the value. Notes a quote that is never closed:
/// such a value runs to the end of the line.
pub fn read<'t>(line: &'t str, delimiter: u8, sink: &mut dyn FnMut(usize, Cow<'t, str>)) -> Notes {
    let line = line.trim_end_matches(['\r', '\n', '\0']);
    let mut notes = Notes::default();
    let (mut index, mut at) = (0, 0);
    loop {
        let (value, end) = match line.as_bytes().get(at) {
            Some(b'"') => quoted(line, at, delimiter, &mut notes),
            _ => {
                let end = delimiter_at(line, at, delimiter);
                (Cow::Borrowed(&line[at..end]), end)
            }
        };
        sink(index, value);
        if end >= line.len() {
            return notes;
        }
        (index, at) = (index + 1, end + 1);
    }
}

/// The next delimiter, or the end of the line.
fn delimiter_at(line: &str, from: usize, delimiter: u8) -> usize {
    places::first(delimiter, &line.as_bytes()[from..]).map_or(line.len(), |at| from + at)
}

/// The value that opens with a quote at `open`, and the place of the delimiter after it.
fn quoted<'t>(line: &'t str, open: usize, delimiter: u8, notes: &mut Notes) -> (Cow<'t, str>, usize) {
    let bytes = line.as_bytes();
    let (mut at, mut doubled) = (open + 1, false);
    loop {
        let Some(found) = places::first(b'"', &bytes[at..]) else {
            notes.add(Notes::QUOTE_NEVER_CLOSED);
            return (Cow::Borrowed(&line[open..]), line.len());
        };
        at += found + 1;
        if bytes.get(at) != Some(&b'"') {
            break;
        }
        (at, doubled) = (at + 1, true);
    }
    let inner = &line[open + 1..at - 1];
    let end = delimiter_at(line, at, delimiter);
    let tail = &line[at..end];
    if !doubled && tail.is_empty() {
        return (Cow::Borrowed(inner), end);
    }
    (Cow::Owned(inner.replace("\"\"", "\"") + tail), end)
}

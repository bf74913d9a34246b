//! The pairs of an event.

use crate::keys::SeenKeys;
use crate::note::Notes;

/// What reading the pairs showed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Attributes<'a> {
    /// Text before the first pair; empty when there is none.
    pub unparsed: &'a str,
    pub notes: Notes,
}

/// Splits at `delimiter`, each piece at its first `=`. A piece without one belongs to the value before it.
pub(super) fn read<'a>(text: &'a str, delimiter: char, sink: &mut dyn FnMut(&'a str, &'a str)) -> Attributes<'a> {
    let mut reader = Reader { text, sink, seen: SeenKeys::default(), open: None, result: Attributes::default() };
    if delimiter == '\t' && memchr::memchr(b'\t', text.as_bytes()).is_none() && words(text).take(2).count() == 2 {
        reader.result.notes.add(Notes::SPACE_DELIMITED);
        reader.by_words();
    } else {
        reader.by_delimiter(delimiter);
    }
    reader.close();
    if reader.seen.has_duplicates() {
        reader.result.notes.add(Notes::DUPLICATE_KEY);
    }
    reader.result
}

struct Reader<'a, 's> {
    text: &'a str,
    sink: &'s mut dyn FnMut(&'a str, &'a str),
    seen: SeenKeys,
    /// Key and place of the value of the pair that may still grow.
    open: Option<(&'a str, usize, usize)>,
    result: Attributes<'a>,
}

impl<'a> Reader<'a, '_> {
    fn by_delimiter(&mut self, delimiter: char) {
        let mut start = 0;
        while start <= self.text.len() {
            let piece = self.text[start..].split(delimiter).next().unwrap_or("");
            self.piece(start, start + piece.len());
            start += piece.len() + delimiter.len_utf8();
        }
    }

    fn piece(&mut self, start: usize, end: usize) {
        let piece = &self.text[start..end];
        if piece.trim_ascii().is_empty() {
            return;
        }
        match piece.split_once('=').filter(|(key, _)| !key.trim_ascii().is_empty()) {
            Some((key, value)) => {
                self.close();
                self.open = Some((key.trim_ascii(), end - value.len(), end));
            }
            None => self.stray(start, end),
        }
    }

    fn stray(&mut self, start: usize, end: usize) {
        match &mut self.open {
            Some(open) => {
                open.2 = end;
                self.result.notes.add(Notes::STRAY_DELIMITER);
            }
            None => self.leading(start, end),
        }
    }

    /// Text before the first key, all of it when there are several pieces.
    fn leading(&mut self, start: usize, end: usize) {
        let known = self.result.unparsed;
        let start = if known.is_empty() { start } else { known.as_ptr() as usize - self.text.as_ptr() as usize };
        self.result.unparsed = self.text[start..end].trim_ascii();
        self.result.notes.add(Notes::LEADING_TEXT);
    }

    /// Blanks instead of tabs: splits before each `word=`.
    fn by_words(&mut self) {
        let mut starts = words(self.text).peekable();
        if let Some(&(first, _)) = starts.peek()
            && !self.text[..first].trim_ascii().is_empty()
        {
            self.leading(0, first);
        }
        while let Some((start, equals)) = starts.next() {
            let end = starts.peek().map_or(self.text.len(), |(next, _)| *next);
            let value = self.text[equals + 1..end].trim_ascii_end();
            self.close();
            self.open = Some((&self.text[start..equals], equals + 1, equals + 1 + value.len()));
        }
    }

    fn close(&mut self) {
        if let Some((key, start, end)) = self.open.take() {
            self.seen.add(key);
            (self.sink)(key, &self.text[start..end]);
        }
    }
}

/// Places of the words before `=`, at the start or after a blank: where the word begins, where the `=` is.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = text.as_bytes();
    let mut floor = 0;
    memchr::memchr_iter(b'=', bytes).filter_map(move |equals| {
        let from = std::mem::replace(&mut floor, equals + 1);
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let start = equals - bytes[from..equals].iter().rev().take_while(is_word).count();
        let begins = start == 0 || bytes[start - 1] == b' ';
        (start < equals && begins).then_some((start, equals))
    })
}

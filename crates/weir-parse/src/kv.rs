//! Pairs of key and value as many senders write them: `a=1 b="two words"`, `a=1, b=2`, `a:1|b:2`.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::keys::{SeenKeys, bytes_of_keys};
use crate::note::Notes;
use crate::places;

/// How the pairs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KvOptions {
    /// Between key and value: `=` or `:`.
    pub assign: u8,
    /// Between pairs: a blank (which stands for tabs as well), or a character that blanks may follow.
    pub separator: u8,
    /// Keys are all that stands between separator and assign character, blanks and brackets included; for separators other than
    /// a blank.
    pub blanks_in_keys: bool,
}

/// What reading the pairs showed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kv<'t> {
    /// Text before the first key; empty when there is none.
    pub unparsed: &'t str,
    pub pairs: usize,
    pub notes: Notes,
}

impl Default for KvOptions {
    fn default() -> Self {
        KvOptions { assign: b'=', separator: b' ', blanks_in_keys: false }
    }
}

impl KvOptions {
    /// Guesses the separator from what stands between the first two pairs that `assign` makes.
    pub fn detect(text: &str, assign: u8) -> KvOptions {
        let bytes = text.as_bytes();
        let blank = KvOptions { assign, ..KvOptions::default() };
        let Some(first) = places::first(assign, bytes) else {
            return blank;
        };
        let mut from = first + 1;
        if let Some(&quote @ (b'"' | b'\'')) = bytes.get(from) {
            from += 1 + places::first(quote, &bytes[from + 1..]).unwrap_or(0);
        }
        let seconds = memchr::memchr_iter(assign, &bytes[from..]).take(8);
        let separator = seconds.map(|at| from + at).find_map(|at| {
            let key = bytes[from..at].iter().rev().take_while(|byte| is_key_byte(**byte)).count();
            let before = bytes[from..at - key].trim_ascii_end();
            let blanks = before.len() < at - key - from;
            match before.last() {
                _ if key == 0 => None,
                Some(&byte @ (b',' | b';' | b'|' | b'&')) => Some(byte),
                _ => blanks.then_some(b' '),
            }
        });
        KvOptions { separator: separator.unwrap_or(b' '), ..blank }
    }
}

/// Hands every pair to `sink`, in order. A key follows the separator (or begins the text) and stands directly before the
/// assign character; a value runs to the separator before the next key, or to its closing quote. Quotes are removed, and `\"`
/// inside them loses its backslash. Never fails; linear in the length of the text.
pub fn read<'t>(text: &'t str, options: &KvOptions, sink: &mut dyn FnMut(&'t str, Cow<'t, str>)) -> Kv<'t> {
    let mut reader = Reader {
        text,
        options,
        sink,
        seen: SeenKeys::default(),
        open: None,
        close: [None; 2],
        end: text.trim_ascii_end().len(),
        kv: Kv::default(),
    };
    let mut opaque = 0;
    places::of(options.assign, text.as_bytes()).for_each(|at| {
        if at >= opaque
            && let Some(start) = reader.key_start(opaque, at)
        {
            reader.end_value(start);
            reader.begin(start, at);
            opaque = reader.open.map_or(at + 1, |open| open.closing.unwrap_or(at + 1));
        } else {
            opaque = opaque.max(at + 1);
        }
    });
    reader.end_value(text.len());
    if reader.kv.pairs == 0 {
        reader.leading(text.len());
    }
    if reader.seen.has_duplicates() {
        reader.kv.notes.add(Notes::DUPLICATE_KEY);
    }
    reader.kv
}

#[derive(Clone, Copy)]
struct Open<'t> {
    key: &'t str,
    value: usize,
    /// Place of the closing quote.
    closing: Option<usize>,
}

struct Reader<'t, 'o> {
    text: &'t str,
    options: &'o KvOptions,
    sink: &'o mut dyn FnMut(&'t str, Cow<'t, str>),
    seen: SeenKeys,
    open: Option<Open<'t>>,
    /// The next quote of either kind that can close a value, kept so that the search for it never starts over.
    close: [Option<Option<usize>>; 2],
    /// Where the text ends but for blanks.
    end: usize,
    kv: Kv<'t>,
}

impl<'t> Reader<'t, '_> {
    /// Where the key before the assign character at `at` begins; `None` when that is data. Nothing before `floor` is looked at.
    fn key_start(&self, floor: usize, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if self.options.blanks_in_keys {
            return self.long_key_start(floor, at);
        }
        let start = at - bytes[floor..at].iter().rev().take_while(|byte| is_key_byte(**byte)).count();
        (start < at && self.separated(floor, start)).then_some(start)
    }

    /// The same for keys of several words: a separator, the start of the text or a closing quote stands before them.
    fn long_key_start(&self, floor: usize, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let inside = |byte: &&u8| is_key_byte(**byte) || matches!(**byte, b' ' | b'(' | b')');
        let wide = at - bytes[floor..at].iter().rev().take_while(inside).count();
        let before = bytes[floor..wide].last();
        let open = match before {
            Some(byte) => *byte == self.options.separator || matches!(byte, b'"' | b'\'') && self.after_quote(floor),
            None => self.kv.pairs == 0 || self.after_quote(floor),
        };
        let start = wide + bytes[wide..at].iter().take_while(|byte| is_blank(**byte)).count();
        (open && bytes.get(start).is_some_and(u8::is_ascii_alphabetic)).then_some(start)
    }

    fn separated(&self, floor: usize, start: usize) -> bool {
        let before = &self.text.as_bytes()[floor..start];
        match self.options.separator {
            b' ' if start == floor && floor > 0 => matches!(self.text.as_bytes()[floor - 1], b' ' | b'\t'),
            b' ' => before.last().is_none_or(|byte| is_blank(*byte)),
            separator => match before.trim_ascii_end().last() {
                Some(last) => *last == separator || (*last == b'"' || *last == b'\'') && self.after_quote(floor),
                None => self.kv.pairs == 0 || self.after_quote(floor),
            },
        }
    }

    /// True when `floor` is the closing quote of the open value.
    fn after_quote(&self, floor: usize) -> bool {
        self.open.is_some_and(|open| open.closing == Some(floor))
    }

    fn begin(&mut self, start: usize, assign: usize) {
        if self.kv.pairs == 0 {
            self.leading(start);
        }
        self.kv.pairs += 1;
        let key = &self.text[start..assign];
        self.seen.add(key);
        let mut value = assign + 1;
        if self.options.assign == b':' {
            value += self.text.as_bytes()[value..].iter().take_while(|byte| is_blank(**byte)).count();
        }
        let closing = match self.text.as_bytes().get(value) {
            Some(&quote @ (b'"' | b'\'')) => self.closing_quote(quote, value + 1),
            _ => None,
        };
        self.open = Some(Open { key, value, closing });
    }

    fn leading(&mut self, end: usize) {
        self.kv.unparsed = self.text[..end].trim_ascii().trim_end_matches(char::from(self.options.separator));
        if !self.kv.unparsed.is_empty() {
            self.kv.notes.add(Notes::LEADING_TEXT);
        }
    }

    /// Hands out the open pair, which ends before `next`.
    fn end_value(&mut self, next: usize) {
        let Some(open) = self.open.take() else {
            return;
        };
        let value = match open.closing {
            Some(closing) => unquote(&self.text[open.value + 1..closing], self.text.as_bytes()[closing]),
            None => Cow::Borrowed(self.unquoted(open.value, next)),
        };
        (self.sink)(open.key, value);
    }

    fn unquoted(&mut self, start: usize, next: usize) -> &'t str {
        let value = self.text[start.min(next)..next].trim_ascii_end();
        let value = match self.options.separator {
            b' ' => value,
            separator => value.trim_end_matches(char::from(separator)).trim_ascii_end(),
        };
        if value.starts_with('"') {
            self.kv.notes.add(Notes::QUOTE_NEVER_CLOSED);
        }
        uncurled(value)
    }

    /// The first quote from `from` on that can close a value.
    fn closing_quote(&mut self, quote: u8, from: usize) -> Option<usize> {
        let kept = usize::from(quote == b'\'');
        match self.close[kept] {
            Some(None) => return None,
            Some(Some(at)) if at >= from => return Some(at),
            _ => {}
        }
        let quotes = memchr::memchr_iter(quote, &self.text.as_bytes()[from..]);
        let found = quotes.map(|at| from + at).find(|at| self.can_close(*at));
        self.close[kept] = Some(found);
        found
    }

    /// A separator or the end follows, and no backslash stands before, or a key follows all the same.
    fn can_close(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let Some(&after) = bytes.get(at + 1) else {
            return true;
        };
        // A bracket around all pairs may close behind the last.
        let last = after == b']' && at + 2 == self.end;
        if !is_blank(after) && after != self.options.separator && !last {
            return false;
        }
        let escaped = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
        !escaped || self.key_follows(at + 1)
    }

    fn key_follows(&self, at: usize) -> bool {
        let rest = &self.text.as_bytes()[at..];
        let gap = rest.iter().take_while(|byte| is_blank(**byte) || **byte == self.options.separator).count();
        let key = rest[gap..].iter().take_while(|byte| is_key_byte(**byte)).count();
        key > 0 && rest.get(gap + key) == Some(&self.options.assign)
    }
}

/// Removes the backslash of an escaped quote.
fn unquote(raw: &str, quote: u8) -> Cow<'_, str> {
    let quote = char::from(quote);
    if places::first(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let escaped = if quote == '"' { "\\\"" } else { "\\'" };
    match raw.contains(escaped) {
        true => Cow::Owned(raw.replace(escaped, if quote == '"' { "\"" } else { "'" })),
        false => Cow::Borrowed(raw),
    }
}

/// A value without the curly quotes that templates get from word processors.
fn uncurled(value: &str) -> &str {
    const CURLS: [char; 3] = ['\u{201c}', '\u{201d}', '\u{201e}'];
    match value.strip_prefix(CURLS).and_then(|rest| rest.strip_suffix(CURLS)) {
        Some(inner) => inner.trim_ascii(),
        None => value,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_key_byte(byte: u8) -> bool {
    KEY_BYTES[usize::from(byte)]
}

static KEY_BYTES: [bool; 256] = bytes_of_keys(b"_.-/@[]#$");

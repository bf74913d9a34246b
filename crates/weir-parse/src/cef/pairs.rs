//! The pairs of an extension, in one pass from `=` to `=`.

use hashbrown::HashSet;

use super::custom::KeyRole;
use super::value::{Coding, coding};
use crate::course::{Course, Place};
use crate::keys::bytes_of_keys;
use crate::note::Notes;
use crate::places;

/// One pair as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair<'a> {
    pub key: &'a str,
    pub raw: &'a str,
    pub coding: Coding,
    pub(crate) role: KeyRole,
}

/// Habits of a sender that the reader can be told of; empty for the standard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quirks {
    /// Keys that a colon may follow instead of an equals sign.
    pub colon_keys: Vec<String>,
    /// Keys that may be glued to the value before them, so that they are found inside it; `name.*` stands for `name.` and digits.
    pub glued_keys: Vec<String>,
}

/// The pairs of one extension, by place; reusable, so that reading many lines costs no allocation, and keys that come in a usual order
/// are only compared with that.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    spans: Vec<Span>,
    course: Course<Option<Key>>,
    root: Place,
    /// Where the text before the first key ends.
    leading: usize,
    /// A key ends with `Label`.
    labelled: bool,
    pub notes: Notes,
}

/// What is known of a key that came at its place before.
#[derive(Clone, Copy, Debug)]
struct Key {
    role: KeyRole,
    /// It is a key wherever it stands behind a blank.
    usual: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Span {
    key: u32,
    key_end: u32,
    value: u32,
    value_end: u32,
    coding: Coding,
    role: KeyRole,
}

/// Up to so many pairs are compared one by one to find duplicates.
const COMPARED_MAX: usize = 48;

impl Pairs {
    /// Reads `extension` (right-trimmed, at most 4 GiB), forgetting what was read before. Time is linear in its length.
    pub fn read(&mut self, extension: &str, quirks: &Quirks) {
        self.spans.clear();
        self.notes = Notes::default();
        self.labelled = false;
        if self.root == Place::OFF || self.course.is_full() {
            self.course.clear();
            self.root = self.course.root();
        }
        self.course.begin();
        let at = self.root;
        let mut reader =
            Reader { extension, text: extension.as_bytes(), quirks, pairs: self, at, floor: 0, opaque: 0, close: None };
        if quirks.colon_keys.is_empty() {
            places::of(b'=', extension.as_bytes()).for_each(|at| reader.equals(at));
        } else {
            places::of_either(b'=', b':', extension.as_bytes()).for_each(|at| reader.separator(at));
        }
        reader.finish();
        let at = reader.at;
        let leading = self.spans.first().map_or(extension.len(), |span| span.key as usize);
        self.leading = leading;
        if !extension[..leading].trim_ascii().is_empty() {
            self.notes.add(Notes::LEADING_TEXT);
        }
        self.values(extension);
        if self.course.twice(at).unwrap_or_else(|| self.has_duplicates(extension)) {
            self.notes.add(Notes::DUPLICATE_KEY);
        }
    }

    pub fn len(&self) -> usize {
        self.spans.len()
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Some key ends with `Label`.
    pub fn has_labels(&self) -> bool {
        self.labelled
    }

    /// The pairs in order. `extension` is what was read.
    pub fn iter<'a>(&self, extension: &'a str) -> impl Iterator<Item = Pair<'a>> {
        self.spans.iter().map(move |span| Pair {
            key: span.key(extension),
            raw: span.value(extension),
            coding: span.coding,
            role: span.role,
        })
    }

    /// The text before the first key, trimmed; empty when there is none.
    pub fn unparsed<'a>(&self, extension: &'a str) -> &'a str {
        extension.get(..self.leading).unwrap_or_default().trim_ascii()
    }

    fn values(&mut self, extension: &str) {
        let backslash = |from: usize| {
            let rest = extension.as_bytes().get(from..)?;
            places::first(b'\\', rest).map(|at| from + at)
        };
        let mut next = backslash(0);
        for span in &mut self.spans {
            if next.is_some_and(|at| at < span.value as usize) {
                next = backslash(span.value as usize);
            }
            let Some(at) = next else { return };
            if at < span.value_end as usize {
                span.coding = coding(span.value(extension), &mut self.notes);
                next = backslash(span.value_end as usize);
            }
        }
    }

    fn has_duplicates(&self, extension: &str) -> bool {
        if self.spans.len() > COMPARED_MAX {
            let mut seen = HashSet::with_capacity_and_hasher(self.spans.len(), foldhash::fast::RandomState::default());
            return self.spans.iter().any(|span| !seen.insert(span.key(extension)));
        }
        let before = |index: usize| self.spans.iter().take(index).map(|span| span.key(extension));
        self.spans.iter().enumerate().any(|(index, span)| before(index).any(|key| key == span.key(extension)))
    }
}

impl<'a> Pair<'a> {
    /// The value without its escapes.
    #[inline]
    pub fn value(&self) -> std::borrow::Cow<'a, str> {
        match self.coding {
            Coding::Plain => self.raw.into(),
            coding => super::unescape(self.raw, coding),
        }
    }
}

impl Span {
    fn key(self, text: &str) -> &str {
        text.get(self.key as usize..self.key_end as usize).unwrap_or_default()
    }

    fn value(self, text: &str) -> &str {
        text.get(self.value as usize..self.value_end as usize).unwrap_or_default()
    }
}

struct Reader<'r> {
    extension: &'r str,
    /// The same as bytes.
    text: &'r [u8],
    quirks: &'r Quirks,
    pairs: &'r mut Pairs,
    /// Behind the last key.
    at: Place,
    /// No key begins before this.
    floor: usize,
    /// Separators before this belong to a quoted value.
    opaque: usize,
    /// The next quote that can close a value, kept so that the search for it never starts over.
    close: Option<Option<usize>>,
}

impl Reader<'_> {
    fn separator(&mut self, at: usize) {
        if self.text[at] == b'=' {
            return self.equals(at);
        }
        if at < self.opaque {
            return;
        }
        if let Some(start) = self.colon_key(at) {
            self.pairs.notes.add(Notes::COLON_SEPARATOR);
            self.open(start, at);
        }
    }

    fn equals(&mut self, at: usize) {
        if self.is_escaped(at) {
            return;
        }
        if at < self.opaque {
            return self.pairs.notes.add(Notes::UNESCAPED_EQUALS);
        }
        if let Some((place, start)) = self.expected_key(at) {
            self.close_value(start.saturating_sub(1));
            self.pairs.course.pass(place);
            return self.push_at(place, start, at);
        }
        let start = self.word_start(at);
        if self.is_key(start, at) {
            return self.open(start, at);
        }
        if let Some(start) = self.glued_key(at) {
            self.pairs.notes.add(Notes::GLUED_KEY);
            self.close_value(start);
            return self.push(start, at);
        }
        if !self.pairs.spans.is_empty() {
            self.pairs.notes.add(Notes::UNESCAPED_EQUALS);
        }
        self.floor = at + 1;
    }

    /// Ends the value before the key that begins at `start`, and begins the pair.
    fn open(&mut self, start: usize, separator: usize) {
        self.close_value(start.saturating_sub(1));
        self.push(start, separator);
    }

    fn close_value(&mut self, end: usize) {
        if let Some(span) = self.pairs.spans.last_mut() {
            span.value_end = (end as u32).max(span.value);
        }
    }

    fn push(&mut self, start: usize, separator: usize) {
        let place = self.pairs.course.step(self.at, self.extension.get(start..separator).unwrap_or_default());
        self.push_at(place, start, separator);
    }

    /// Begins the pair whose key leads to that place.
    fn push_at(&mut self, place: Place, start: usize, separator: usize) {
        self.at = place;
        let value = separator + 1;
        let role = match self.pairs.course.made(place) {
            Some(Some(key)) => key.role,
            _ => self.learn(start, separator),
        };
        self.pairs.labelled |= role.is_label();
        self.pairs.spans.push(Span {
            key: start as u32,
            key_end: separator as u32,
            value: value as u32,
            value_end: value as u32,
            coding: Coding::Plain,
            role,
        });
        self.floor = value;
        if self.text.get(value) == Some(&b'"')
            && let Some(close) = self.closing_quote(value + 1)
        {
            self.pairs.notes.add(Notes::QUOTED_VALUE);
            self.opaque = close;
            self.floor = close;
        }
    }

    /// What the key says that came at its place for the first time.
    #[cold]
    fn learn(&mut self, start: usize, end: usize) -> KeyRole {
        let key = self.extension.get(start..end).unwrap_or_default();
        let role = KeyRole::of(key);
        let usual = key.bytes().all(is_key_byte) && key.bytes().next().is_some_and(is_first_byte);
        if let Some(known) = self.pairs.course.made(self.at) {
            *known = Some(Key { role, usual });
        }
        role
    }

    /// The key that came here last time when it stands before the separator at `at`, by where it leads and begins. Looking for any key finds
    /// the same, only slower.
    #[inline]
    fn expected_key(&mut self, at: usize) -> Option<(Place, usize)> {
        let (place, length) = self.pairs.course.step_back(self.at, &self.text[self.floor..at])?;
        let start = at - length;
        let usual = matches!(self.pairs.course.made(place), Some(Some(Key { usual: true, .. })));
        (usual && self.after_blank(start)).then_some((place, start))
    }

    fn finish(&mut self) {
        self.close_value(self.text.len());
    }

    /// True when an odd number of backslashes stands before `at`.
    fn is_escaped(&self, at: usize) -> bool {
        if at == 0 || self.text[at - 1] != b'\\' {
            return false;
        }
        let run = self.text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        run % 2 == 1
    }

    /// Where the run of key characters before `at` begins.
    fn word_start(&self, at: usize) -> usize {
        at - self.text[self.floor..at].iter().rev().take_while(|byte| is_key_byte(**byte)).count()
    }

    /// True when `start..at` is a key: at the start or after a blank, and beginning with a letter, digit or underscore.
    fn is_key(&self, start: usize, at: usize) -> bool {
        start < at && is_first_byte(self.text[start]) && self.after_blank(start)
    }

    fn after_blank(&self, start: usize) -> bool {
        match start.checked_sub(1) {
            None => true,
            Some(before) => is_blank(self.text[before]),
        }
    }

    fn colon_key(&self, at: usize) -> Option<usize> {
        let start = self.word_start(at);
        let word = &self.text[start..at];
        let known = self.quirks.colon_keys.iter().any(|key| key.as_bytes() == word);
        (known && self.after_blank(start)).then_some(start)
    }

    /// Where a known key begins that ends at `at`, with something of the value before it; the longest wins.
    fn glued_key(&self, at: usize) -> Option<usize> {
        let value = self.pairs.spans.last()?.value as usize;
        let text = &self.text[value.max(self.floor)..at];
        let length = self.quirks.glued_keys.iter().filter_map(|key| suffix(text, key.as_bytes())).max()?;
        (at - length > value).then_some(at - length)
    }

    /// The first quote from `from` on that the end, or a blank and a key, follows.
    fn closing_quote(&mut self, from: usize) -> Option<usize> {
        match self.close {
            Some(None) => return None,
            Some(Some(at)) if at >= from => return Some(at),
            _ => {}
        }
        let text = self.text;
        let found = memchr::memchr_iter(b'"', &text[from..]).map(|at| from + at).find(|at| self.can_close(at + 1));
        self.close = Some(found);
        found
    }

    fn can_close(&self, after: usize) -> bool {
        match self.text.get(after) {
            None => true,
            Some(&blank) if is_blank(blank) => self.key_follows(after + 1),
            Some(_) => false,
        }
    }

    fn key_follows(&self, start: usize) -> bool {
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| is_key_byte(**byte)).count();
        let separated = match rest.get(length) {
            Some(b'=') => true,
            Some(b':') => self.quirks.colon_keys.iter().any(|key| key.as_bytes() == &rest[..length]),
            _ => false,
        };
        separated && length > 0 && is_first_byte(rest[0])
    }
}

/// Length of `key` when `text` ends with it; a trailing `*` in the key stands for digits.
fn suffix(text: &[u8], key: &[u8]) -> Option<usize> {
    let Some(stem) = key.strip_suffix(b"*") else {
        return text.ends_with(key).then_some(key.len());
    };
    let digits = text.iter().rev().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    let glued = digits > 0 && text[..text.len() - digits].ends_with(stem);
    glued.then_some(stem.len() + digits)
}

/// What stands before a key: events of several lines break between pairs.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_first_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_key_byte(byte: u8) -> bool {
    KEY_BYTES[usize::from(byte)]
}

static KEY_BYTES: [bool; 256] = bytes_of_keys(b"_.[]-");

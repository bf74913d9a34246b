//! A line of JSON that consists of many short pieces.

use std::net::IpAddr;
use std::ops::Range;

use super::escape::{needs_escape, pieces, to_escape};
use super::write_json;
use crate::{FieldId, Timestamp, Value, digits};

/// One line under construction. It writes what [`write_json`] writes, at about a third of the cost for an event of usual fields: a piece
/// is copied eight bytes at a time into room made beforehand, and what needs an escape is looked for in the same pass.
///
/// Keep it to write many lines without allocating.
#[derive(Clone, Debug, Default)]
pub struct JsonLine {
    /// The text is the first `len` bytes; the rest is room.
    bytes: Vec<u8>,
    len: usize,
    /// For values that are seldom.
    other: String,
    /// By field id: how its member begins, see [`JsonLine::key`].
    keys: Vec<Key>,
}

/// `,"source.ip":` in a block, so that it is copied without a loop; no bytes: not known yet, or too long for a block.
#[derive(Clone, Copy, Debug)]
struct Key {
    block: [u8; KEY_BYTES_MAX],
    length: u8,
}

const KEY_BYTES_MAX: usize = 47;

/// Fields whose keys a line remembers; those of higher ids are looked up.
const KEYS_MAX: usize = 16_384;

/// What is copied at once of a piece of text.
const BLOCK: usize = 32;

impl JsonLine {
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// The line, which is UTF-8: only whole texts are ever appended.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Appends text as it stands.
    #[inline]
    pub fn plain(&mut self, text: &str) {
        self.put(text.as_bytes());
    }

    /// Appends a comma, unless an array or object has just been opened.
    #[inline]
    pub fn separate(&mut self) {
        if !self.has_just_opened() {
            self.plain(",");
        }
    }

    /// Begins the member of an object, see [`FieldId::json_key`].
    #[inline]
    pub fn key(&mut self, field: FieldId) {
        match self.keys.get(field.index()) {
            Some(&Key { block, length }) if length > 0 => {
                if self.has_just_opened() {
                    return self.put(&block[1..usize::from(length)]);
                }
                self.block(&block);
                self.len += usize::from(length);
            }
            _ => self.other_key(field),
        }
    }

    #[cold]
    fn other_key(&mut self, field: FieldId) {
        let key = field.json_key();
        self.plain(if self.has_just_opened() { key.get(1..).unwrap_or_default() } else { key });
        if field.index() < KEYS_MAX && key.len() <= KEY_BYTES_MAX {
            if field.index() >= self.keys.len() {
                self.keys.resize(field.index() + 1, Key { block: [0; KEY_BYTES_MAX], length: 0 });
            }
            let known = &mut self.keys[field.index()];
            known.block[..key.len()].copy_from_slice(key.as_bytes());
            known.length = key.len() as u8;
        }
    }

    #[inline]
    fn has_just_opened(&self) -> bool {
        matches!(self.bytes.get(self.len.wrapping_sub(1)), None | Some(b'[' | b'{'))
    }

    /// Appends a JSON string.
    #[inline]
    pub fn string(&mut self, text: &str) {
        let length = text.len() + 2;
        if let [open, place @ .., close] = self.room(length) {
            (*open, *close) = (b'"', b'"');
            if copy_checked(place, text.as_bytes()) {
                return self.escaped(text);
            }
            self.len += length;
        }
    }

    /// Appends a JSON string: the bytes `place` of `text`. Short pieces of a long text cost less than with [`JsonLine::string`], because
    /// a whole block is copied; what is too much of it is written over by what follows.
    #[inline]
    pub fn piece(&mut self, text: &str, place: Range<usize>) {
        let length = place.len();
        match block_of(text, &place) {
            Some(block) => self.quoted_block(block, length),
            None => self.string(text.get(place).unwrap_or_default()),
        }
    }

    /// Begins the member of an object like [`JsonLine::key`], with a value like that of [`JsonLine::piece`].
    #[inline]
    pub fn member(&mut self, field: FieldId, text: &str, place: Range<usize>) {
        const LENGTHS: usize = 63;
        let length = place.len();
        let key = self.keys.get(field.index()).filter(|key| key.length > 0);
        let room = self.bytes.get_mut(self.len.wrapping_sub(1)..);
        let room = room.and_then(|rest| rest.first_chunk_mut::<{ 2 * LENGTHS + 3 }>());
        let (Some(key), Some(block), Some([b'"' | b'0'..=b'9' | b']' | b'e', room @ ..])) =
            (key, block_of(text, &place), room)
        else {
            // Among others the first member, whose key begins without a comma.
            self.key(field);
            return self.piece(text, place);
        };
        // Both lengths are less than 64, which the compiler is told by masks.
        let at = usize::from(key.length) & LENGTHS;
        room[..KEY_BYTES_MAX].copy_from_slice(&key.block);
        room[at] = b'"';
        room[at + 1..at + 1 + BLOCK].copy_from_slice(block);
        room[at + 1 + (length & LENGTHS)] = b'"';
        self.len += at + length + 2;
    }

    pub fn long(&mut self, number: i64) {
        let digits = digits::long(number);
        self.block(digits.block());
        self.len += digits.bytes().len();
    }

    pub fn ip(&mut self, address: IpAddr) {
        match address {
            IpAddr::V4(address) => {
                let digits = digits::ipv4(address);
                self.quoted_block(digits.block(), digits.bytes().len());
            }
            other => self.value(&Value::Ip(other)),
        }
    }

    pub fn timestamp(&mut self, at: Timestamp) {
        let text = at.rfc3339();
        self.quoted_block(text.block(), text.bytes().len());
    }

    /// Appends any value.
    pub fn value(&mut self, value: &Value<'_>) {
        match value {
            Value::Text(text) => self.string(text),
            other => self.made(|out| write_json(other, out)),
        }
    }

    fn escaped(&mut self, text: &str) {
        self.plain("\"");
        pieces(text, |piece| self.plain(piece));
        self.plain("\"");
    }

    /// Appends the first `length` bytes of a block in quotes.
    #[inline]
    fn quoted_block<const N: usize>(&mut self, block: &[u8; N], length: usize) {
        if let [open, rest @ ..] = self.room(N + 2) {
            *open = b'"';
            if let Some(place) = rest.first_chunk_mut() {
                *place = *block;
            }
            if let Some(close) = rest.get_mut(length) {
                *close = b'"';
            }
        }
        self.len += length + 2;
    }

    /// Writes a whole block at the end, which stays where it is.
    #[inline]
    fn block<const N: usize>(&mut self, block: &[u8; N]) {
        if let Some(place) = self.room(N).first_chunk_mut() {
            *place = *block;
        }
    }

    fn made(&mut self, write: impl FnOnce(&mut String)) {
        let mut other = std::mem::take(&mut self.other);
        other.clear();
        write(&mut other);
        self.plain(&other);
        self.other = other;
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        copy(self.room(bytes.len()), bytes);
        self.len += bytes.len();
    }

    /// The next `length` bytes.
    #[inline]
    fn room(&mut self, length: usize) -> &mut [u8] {
        let end = self.len + length;
        if end > self.bytes.len() {
            self.grow(end);
        }
        &mut self.bytes[self.len..end]
    }

    #[cold]
    fn grow(&mut self, end: usize) {
        self.bytes.resize(end.next_power_of_two().max(1 << 10), 0);
    }
}

/// Copies `from` to a place of its length, in blocks of which the last overlaps the one before: there is no loop over single bytes.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    if let Some(last) = to.last_chunk_mut::<16>().zip(from.last_chunk::<16>()) {
        *last.0 = *last.1;
        to.as_chunks_mut::<16>().0.iter_mut().zip(from.as_chunks::<16>().0).for_each(|(place, block)| *place = *block);
    } else if ends::<8>(to, from).is_none() && ends::<4>(to, from).is_none() {
        few(to, from);
    }
}

/// Like [`copy`], and says whether a byte needs an escape.
#[inline]
fn copy_checked(to: &mut [u8], from: &[u8]) -> bool {
    if let Some(last) = to.last_chunk_mut::<16>().zip(from.last_chunk::<16>()) {
        *last.0 = *last.1;
        let mut escape = holds_one_to_escape(last.1);
        for (place, block) in to.as_chunks_mut::<16>().0.iter_mut().zip(from.as_chunks::<16>().0) {
            *place = *block;
            escape |= holds_one_to_escape(block);
        }
        escape
    } else if let Some((first, last)) = ends::<8>(to, from) {
        (to_escape(u64::from_le_bytes(first)) | to_escape(u64::from_le_bytes(last))) != 0
    } else if let Some((first, last)) = ends::<4>(to, from) {
        let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(half)));
        to_escape(first << 32 | last) != 0
    } else {
        few(to, from).is_some_and(|bytes| bytes.into_iter().fold(false, |any, byte| any | needs_escape(byte)))
    }
}

/// Copies the first and the last `N` bytes, which is all when there are at most twice as many; `None` when there are fewer.
#[inline(always)]
fn ends<const N: usize>(to: &mut [u8], from: &[u8]) -> Option<([u8; N], [u8; N])> {
    let (first, last) = (*from.first_chunk()?, *from.last_chunk()?);
    *to.first_chunk_mut()? = first;
    *to.last_chunk_mut()? = last;
    Some((first, last))
}

/// Copies up to three bytes: the first, the middle one, the last.
#[inline(always)]
fn few(to: &mut [u8], from: &[u8]) -> Option<[u8; 3]> {
    let middle = from.len() / 2;
    let bytes = [*from.first()?, *from.get(middle)?, *from.last()?];
    *to.first_mut()? = bytes[0];
    *to.get_mut(middle)? = bytes[1];
    *to.last_mut()? = bytes[2];
    Some(bytes)
}

/// A block that begins with a piece of text, when the text is long enough for that and the piece short and without anything to escape.
#[inline]
fn block_of<'t>(text: &'t str, place: &Range<usize>) -> Option<&'t [u8; BLOCK]> {
    let block = text.as_bytes().get(place.start..)?.first_chunk()?;
    (place.len() <= BLOCK && !escape_within(block, place.len())).then_some(block)
}

/// Whether one of the first `length` bytes needs an escape.
#[inline]
fn escape_within(block: &[u8; BLOCK], length: usize) -> bool {
    let mut found = [0u8; BLOCK];
    for (index, (found, &byte)) in found.iter_mut().zip(block).enumerate() {
        *found = u8::from(needs_escape(byte)) & u8::from((index as u8) < length as u8);
    }
    found.as_chunks::<16>().0.iter().fold(0, |any, half| any | u128::from_le_bytes(*half)) != 0
}

#[inline(always)]
fn holds_one_to_escape(block: &[u8; 16]) -> bool {
    let words = block.as_chunks::<8>().0.iter().map(|word| to_escape(u64::from_le_bytes(*word)));
    words.fold(0, |bits, word| bits | word) != 0
}

//! Matchers of weir's own.
//!
//! Those of a token (an address, a name, a hash) begin and end at its borders: not in the middle of a longer word.

mod cef;
mod leef;
mod pairs;
mod path;
mod syslog;
mod token;
mod web;

use weir_event::Value;

use super::super::names::Extension;
use super::{Hit, Run, words};
use crate::regex::Regex;

/// Bytes of an event in a format of its own; what is longer does not match.
const EVENT_BYTES_MAX: usize = 128_000;
/// Bytes a regular expression looks at: as many as an open quantifier takes.
const REGEX_BYTES_MAX: usize = 4_096;
/// Bytes it looks at in a step of the budget.
const REGEX_BYTES_A_STEP: usize = 8;

/// Bytes a matcher can start with, when they are few.
pub(crate) fn first_bytes(extension: Extension) -> Option<&'static [u8]> {
    match extension {
        Extension::Cef => Some(b"C"),
        Extension::Leef => Some(b"L"),
        Extension::Hash | Extension::Mac => Some(b"0123456789abcdefABCDEF"),
        Extension::Uuid => Some(b"{0123456789abcdefABCDEF"),
        Extension::Cidr => Some(b":0123456789abcdefABCDEF"),
        _ => None,
    }
}

impl<'t> Run<'_, 't> {
    pub(super) fn extension(&mut self, extension: Extension, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let whole: &'t str = self.text;
        let text = &whole[..self.end];
        let bytes = text.as_bytes();
        let end = match extension {
            Extension::Cidr => token::cidr(bytes, at),
            Extension::Domain => web::domain(bytes, at),
            Extension::Email => web::email(bytes, at),
            Extension::Hash => token::hash(bytes, at),
            Extension::Mac => token::mac(bytes, at),
            Extension::Path => path::path(text, at),
            Extension::Url => web::url(text, at),
            Extension::Uuid => return token::uuid(text, at),
            Extension::Cef | Extension::Leef | Extension::Syslog => return self.event(extension, at, wanted),
        }?;
        // Characters are looked at one by one, which costs more than a search for a byte.
        self.budget.search((end - at) * 8)?;
        self.hit(at, end)
    }

    fn event(&mut self, extension: Extension, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let text: &'t str = self.text;
        let line_end = memchr::memchr(b'\n', &text.as_bytes()[at..self.end]).map_or(self.end, |found| at + found);
        self.budget.search(line_end - at)?;
        let line = text[at..line_end].trim_end_matches('\r');
        if line.len() > EVENT_BYTES_MAX {
            return None;
        }
        let (length, record) = match extension {
            Extension::Cef => cef::read(line, wanted)?,
            Extension::Leef => leef::read(line, wanted)?,
            _ => syslog::read(line)?,
        };
        Some(Hit { end: at + length, value: Value::Record(record) })
    }

    pub(super) fn regex(&mut self, regex: &Regex, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let text: &'t str = self.text;
        let end = text.floor_char_boundary(self.end.min(at + REGEX_BYTES_MAX));
        // How far an expression looks is not known: the whole stretch is paid for.
        self.budget.spend(((end - at) / REGEX_BYTES_A_STEP) as u64)?;
        match regex.at(text, at..end, wanted)? {
            (end, Some(record)) => Some(Hit { end, value: Value::Record(record) }),
            (end, None) => self.hit(at, end),
        }
    }
}

/// Whether a word begins here: the byte before is no part of one.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    at == 0 || !is_word(bytes[at - 1])
}

/// Whether a word ends here.
fn ends_word(bytes: &[u8], end: usize) -> bool {
    bytes.get(end).is_none_or(|&byte| !is_word(byte))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

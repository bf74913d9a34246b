//! Quoted strings, and STRING.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use weir_event::Value;

use super::{Hit, Run};

impl<'t> Run<'_, 't> {
    /// `'...'` or `"..."`; an inner quote is escaped with a backslash, or doubled. `min` and `max` count the content's characters.
    pub(super) fn quoted(
        &mut self,
        quote: u8,
        doubled: bool,
        (min, max): (usize, usize),
        at: usize,
        wanted: bool,
    ) -> Option<Hit<'t>> {
        if self.bytes().get(at) != Some(&quote) {
            return None;
        }
        let start = at + 1;
        let (close, escapes) = if doubled { self.closing_doubled(quote, start)? } else { self.closing(quote, start)? };
        let text: &'t str = self.text;
        let raw = &text[start..close];
        let count = if raw.len() <= max && raw.len() >= min * 4 { min } else { raw.chars().count() - escapes };
        if count < min || count > max {
            return None;
        }
        let value = match (wanted, escapes) {
            (false, _) => Value::Null,
            (true, 0) => Value::text(raw),
            (true, _) => Value::Text(Cow::Owned(unescape(raw, quote, doubled))),
        };
        Some(Hit { end: close + 1, value })
    }

    /// The closing quote, and how many escapes stand before it.
    fn closing(&mut self, quote: u8, start: usize) -> Option<(usize, usize)> {
        let mut at = start;
        let mut escapes = 0;
        loop {
            let found = memchr2(quote, b'\\', self.bytes().get(at..)?);
            self.budget.search(found.unwrap_or(self.end - at))?;
            at += found?;
            match self.bytes()[at] {
                b'\\' => {
                    escapes +=
                        usize::from(matches!(self.bytes().get(at + 1), Some(&next) if next == quote || next == b'\\'));
                    let skipped = self.text[at + 1..].chars().next().map_or(0, char::len_utf8);
                    at += 1 + skipped;
                }
                _ => return Some((at, escapes)),
            }
        }
    }

    fn closing_doubled(&mut self, quote: u8, start: usize) -> Option<(usize, usize)> {
        let mut at = start;
        let mut escapes = 0;
        loop {
            let found = memchr(quote, self.bytes().get(at..)?);
            self.budget.search(found.unwrap_or(self.end - at))?;
            at += found?;
            if self.bytes().get(at + 1) != Some(&quote) {
                return Some((at, escapes));
            }
            escapes += 1;
            at += 2;
        }
    }

    /// A quoted string of either kind, or the characters up to a blank or control character. `whole`: all there is.
    pub(super) fn string(&mut self, min: usize, max: usize, whole: bool, at: usize, wanted: bool) -> Option<Hit<'t>> {
        if whole {
            return (self.end - at <= max || self.text[at..self.end].chars().count() <= max)
                .then(|| self.hit(at, self.end))?;
        }
        if let Some(&quote @ (b'"' | b'\'')) = self.bytes().get(at) {
            return self.quoted(quote, false, (min, max), at, wanted);
        }
        let rest = &self.text[at..self.end];
        let mut count = 0;
        let mut end = at;
        for c in rest.chars().take(max).take_while(|c| *c > ' ') {
            count += 1;
            end += c.len_utf8();
        }
        if count < min { None } else { self.hit(at, end) }
    }
}

/// Takes the escapes away: a backslash before the quote or a backslash, or the first of two quotes.
fn unescape(raw: &str, quote: u8, doubled: bool) -> String {
    let quote = char::from(quote);
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        let next = chars.as_str().chars().next();
        let escape = match doubled {
            true => c == quote,
            false => c == '\\' && (next == Some(quote) || next == Some('\\')),
        };
        if escape {
            out.extend(chars.next());
        } else {
            out.push(c);
        }
    }
    out
}

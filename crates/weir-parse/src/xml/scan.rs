//! The letters of XML.

use std::borrow::Cow;

use crate::places;

/// A piece of a text.
#[derive(Debug, PartialEq)]
pub enum Token<'t> {
    Open {
        name: &'t str,
        /// Everything between the name and the end of the tag.
        attributes: &'t str,
        /// `<name/>`.
        closed: bool,
    },
    Text(Cow<'t, str>),
    Close,
}

/// Cuts a text into tokens; comments, instructions and document types are left out.
pub struct Scanner<'t> {
    rest: &'t str,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        Scanner { rest: text }
    }

    pub fn token(&mut self) -> Option<Token<'t>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(markup) = self.rest.strip_prefix('<') else {
                let end = places::first(b'<', self.rest.as_bytes()).unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                if text.trim().is_empty() {
                    continue;
                }
                return Some(Token::Text(unescaped(text)));
            };
            if let Some(inner) = markup.strip_prefix("![CDATA[") {
                return Some(Token::Text(Cow::Borrowed(self.until(inner, "]]>"))));
            }
            match markup.as_bytes().first() {
                Some(b'!') if markup.starts_with("!--") => _ = self.until(markup, "-->"),
                Some(b'!') => self.skip(markup),
                Some(b'?') => _ = self.until(markup, "?>"),
                Some(b'/') => {
                    self.skip(markup);
                    return Some(Token::Close);
                }
                _ => return self.tag(markup),
            }
        }
    }

    /// The text before `end`; reading goes on behind it.
    fn until(&mut self, text: &'t str, end: &str) -> &'t str {
        let (inner, rest) = text.split_once(end).unwrap_or((text, ""));
        self.rest = rest;
        inner
    }

    /// Goes on behind the next `>`.
    fn skip(&mut self, markup: &'t str) {
        self.rest = places::first(b'>', markup.as_bytes()).map_or("", |at| &markup[at + 1..]);
    }

    fn tag(&mut self, markup: &'t str) -> Option<Token<'t>> {
        let end = tag_end(markup)?;
        let inner = &markup[..end];
        self.rest = &markup[end + 1..];
        let closed = inner.ends_with('/');
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let length = inner.bytes().position(|letter| letter.is_ascii_whitespace()).unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(length);
        Some(Token::Open { name, attributes, closed })
    }
}

/// The `>` of a tag that no quotes hold.
fn tag_end(markup: &str) -> Option<usize> {
    let bytes = markup.as_bytes();
    let mut at = 0;
    loop {
        at += places::first_of([b'>', b'"', b'\''], &bytes[at..])?;
        match bytes[at] {
            b'>' => return Some(at),
            quote => at += 2 + places::first(quote, &bytes[at + 1..])?,
        }
    }
}

/// Hands out `name="value"` pairs.
pub fn attributes<'t>(text: &'t str, sink: &mut dyn FnMut(&'t str, Cow<'t, str>)) {
    let mut rest = text;
    while let Some((name, after)) = parted(rest, b'=') {
        let (name, after) = (name.trim(), after.trim_start());
        let Some(&quote @ (b'"' | b'\'')) = after.as_bytes().first() else { return };
        let Some((value, after)) = parted(&after[1..], quote) else { return };
        if !name.is_empty() {
            sink(name, unescaped(value));
        }
        rest = after;
    }
}

/// What stands before and behind the first of a letter of ASCII.
fn parted(text: &str, letter: u8) -> Option<(&str, &str)> {
    let at = places::first(letter, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// Text with its references resolved; an unknown one stays as it is.
fn unescaped(text: &str) -> Cow<'_, str> {
    if places::first(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    const NAME_BYTES_MAX: usize = 10;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = places::first(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let end = after.bytes().take(NAME_BYTES_MAX).position(|byte| byte == b';');
        match end.and_then(|end| Some((referred(&after[..end])?, end))) {
            Some((letter, end)) => {
                out.push(letter);
                rest = &after[end + 1..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn referred(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

//! Structured data of RFC 5424: `[id name="value" ...]`, repeated without blanks between.

use std::borrow::Cow;

use crate::places;

/// One element: its id and its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element<'a> {
    pub id: &'a str,
    pub parameters: Parameters<'a>,
}

/// The elements of checked structured data, in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elements<'a>(&'a str);

/// The parameters of an element, in order; a name may repeat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters<'a>(&'a str);

pub(super) fn elements(text: &str) -> Elements<'_> {
    Elements(text)
}

/// Bytes of the structured data at the start of `text`; `None` when it is not well formed.
pub(super) fn length(text: &str) -> Option<usize> {
    let mut rest = text;
    while let Some(open) = rest.strip_prefix('[') {
        rest = name(open)?.1;
        while let Some(parameter) = rest.strip_prefix(' ') {
            rest = quoted(name(parameter)?.1.strip_prefix('=')?)?.1;
        }
        rest = rest.strip_prefix(']')?;
    }
    Some(text.len() - rest.len())
}

/// A name of one or more printable characters other than `=`, blank, `]` and `"`.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| matches!(byte, b'=' | b']' | b'"' | 0..=b' ')).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A quoted value as written, and what follows the closing quote.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let value = text.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', &value.as_bytes()[from..])?;
        if value.as_bytes()[at] == b'"' {
            return Some((&value[..at], &value[at + 1..]));
        }
        from = at + 2;
        if from > value.len() {
            return None;
        }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (id, parameters) = name(self.0.strip_prefix('[')?)?;
        let mut rest = parameters;
        while let Some(parameter) = rest.strip_prefix(' ') {
            rest = quoted(name(parameter)?.1.strip_prefix('=')?)?.1;
        }
        self.0 = rest.strip_prefix(']')?;
        let parameters = &parameters[..parameters.len() - rest.len()];
        Some(Element { id, parameters: Parameters(parameters) })
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a str, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = name(self.0.strip_prefix(' ')?)?;
        let (value, rest) = quoted(rest.strip_prefix('=')?)?;
        self.0 = rest;
        Some((name, unescape(value)))
    }
}

/// `\"`, `\\` and `\]` lose the backslash, everything else keeps it.
fn unescape(value: &str) -> Cow<'_, str> {
    if places::first(b'\\', value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(char) = chars.next() {
        let escaped = chars.peek().copied().filter(|next| char == '\\' && matches!(next, '"' | '\\' | ']'));
        out.push(escaped.unwrap_or(char));
        if escaped.is_some() {
            chars.next();
        }
    }
    Cow::Owned(out)
}

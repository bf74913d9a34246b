//! Values between blanks: web servers, load balancers, storage.

use std::borrow::Cow;

use crate::places;

/// Hands every value of the line to `sink` with its index. `"..."` (`\"` inside stands for a quote) and `[...]` hold one value, and lose
/// their marks; a mark that is never closed is a letter like others. Several blanks count as one.
pub fn read_words<'t>(line: &'t str, sink: &mut dyn FnMut(usize, Cow<'t, str>)) {
    let bytes = line.as_bytes();
    // Marks that nothing closes are looked for once.
    let (mut quotes, mut brackets) = (true, true);
    let mut at = 0;
    for index in 0.. {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let marked = match bytes.get(at) {
            None => return,
            Some(b'"') if quotes => quoted(line, at + 1).or_else(|| {
                quotes = false;
                None
            }),
            Some(b'[') if brackets => bracketed(line, at + 1).or_else(|| {
                brackets = false;
                None
            }),
            Some(_) => None,
        };
        let (value, end) = marked.unwrap_or_else(|| {
            let length = bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
            (Cow::Borrowed(&line[at..at + length]), at + length)
        });
        sink(index, value);
        at = end;
    }
}

/// A value up to the quote that a blank or the end follows.
fn quoted(line: &str, start: usize) -> Option<(Cow<'_, str>, usize)> {
    let bytes = line.as_bytes();
    let closes = |at: &usize| bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace) && bytes[at - 1] != b'\\';
    let end = memchr::memchr_iter(b'"', &bytes[start..]).map(|at| start + at).find(closes)?;
    let inner = &line[start..end];
    let value = if inner.contains("\\\"") { Cow::Owned(inner.replace("\\\"", "\"")) } else { Cow::Borrowed(inner) };
    Some((value, end + 1))
}

fn bracketed(line: &str, start: usize) -> Option<(Cow<'_, str>, usize)> {
    let end = start + places::first(b']', &line.as_bytes()[start..])?;
    Some((Cow::Borrowed(&line[start..end]), end + 1))
}

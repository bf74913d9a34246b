//! Cuts text into words and hands each to who knows its shape.

use memchr::memmem;
use weir_event::ArtifactKind;

use super::classes::{AT, BACKSLASH, BRACKET, CLASSES, COLON, DASH, DIGIT, DOT, HEX, SLASH, URL, WORD};
use super::sights::Sights;
use super::{Sink, hosts, paths, urls};
use crate::places;

/// See [`super::scan`].
pub fn scan<'t>(text: &'t str, sink: &mut impl Sink<'t>) {
    let bytes = text.as_bytes();
    if bytes.len() < SHORTEST_DIGEST && !has_mark(bytes) {
        return;
    }
    let mut sights = Sights::of(bytes);
    let mut at = 0;
    while let Some(found) = sights.next(at) {
        let is_word = |byte: &&u8| CLASSES[usize::from(**byte)] & WORD != 0;
        let start = found - bytes[at..found].iter().rev().take_while(is_word).count();
        let mut holds = 0;
        at = start + bytes[start..].iter().take_while(|byte| holds_word(**byte, &mut holds)).count();
        if at == start {
            at = found + 1;
            continue;
        }
        let bracket = bytes.get(at).is_some_and(|&byte| byte == b'[' || byte == b'(');
        if bracket && let Some(to) = defanged(text, start, at, sink) {
            at = to;
        } else if holds & (DOT | COLON | SLASH | BACKSLASH | AT) != 0 {
            at = word(text, start, at, holds, sink).max(at);
        } else if holds & !PLAIN == 0 {
            hash(&text[start..at], holds, sink);
        } else if holds & !(PLAIN | DASH) == 0 && at - start == 17 {
            hosts::mac(&text[start..at], sink);
        }
    }
}

/// Bytes of the shortest word that is an artifact without any mark in it.
const SHORTEST_DIGEST: usize = 32;

/// Most short texts are words, of which nothing is looked for. Told from all bytes at once, which costs less than to find out where to stop.
fn has_mark(text: &[u8]) -> bool {
    const MARKS: u16 = DOT | COLON | SLASH | BACKSLASH | DASH | BRACKET;
    text.iter().fold(0, |all, byte| all | CLASSES[usize::from(*byte)]) & MARKS != 0
}

/// True for a byte of a word, whose class is noted. The byte that ends a word is noted too: it has no class but [`URL`] and [`BRACKET`], which
/// every word ignores.
#[inline(always)]
fn holds_word(byte: u8, holds: &mut u16) -> bool {
    let class = CLASSES[usize::from(byte)];
    *holds |= class;
    class & WORD != 0
}

/// What a word may hold for which nothing is looked for.
const PLAIN: u16 = WORD | URL | BRACKET | DIGIT | HEX;

/// Digests by length: MD5, SHA-1, SHA-256, SHA-512. A number of that length has no letters.
fn hash<'t>(word: &'t str, holds: u16, sink: &mut impl Sink<'t>) {
    if matches!(word.len(), 32 | 40 | 64 | 128) && holds & HEX != 0 && holds & DIGIT != 0 {
        hosts::lower(ArtifactKind::Files, word, sink);
    }
}

/// One word with punctuation inside. Returns where reading goes on, which is behind the word for URLs and paths.
fn word<'t>(text: &'t str, start: usize, end: usize, holds: u16, sink: &mut impl Sink<'t>) -> usize {
    let part = &text[start..end];
    if holds & (COLON | SLASH) == COLON | SLASH
        && let Some(mark) = memmem::find(part.as_bytes(), b"://")
        && let Some((from, to)) = urls::find(text, start, start + mark, sink)
    {
        if from > start {
            pieces(text, start, from, holds, sink);
        }
        return to;
    }
    if holds & BACKSLASH != 0
        && let Some(to) = paths::windows(text, start, end, sink)
    {
        return to;
    }
    if holds & AT != 0 && hosts::email(text, start, end, sink) {
        return end;
    }
    if holds & SLASH != 0 && paths::unix(text, start, end, sink) {
        return end;
    }
    pieces(text, start, end, holds, sink);
    end
}

/// A word that is no URL, path or e-mail address: address and name parts between `/`, `:`, `@` and `\`.
fn pieces<'t>(text: &'t str, start: usize, end: usize, holds: u16, sink: &mut impl Sink<'t>) {
    const BETWEEN: u16 = SLASH | COLON | AT | BACKSLASH;
    let bytes = text.as_bytes();
    let stops = bytes[start..end].iter().rev().take_while(|byte| matches!(byte, b'.' | b':' | b'-' | b'/')).count();
    let end = end - stops;
    let word = &text[start..end];
    if hosts::mac(word, sink) || holds & COLON != 0 && hosts::ipv6(ending_in_zeros(text, start, end), sink) {
        return;
    }
    if holds & BETWEEN == 0 {
        return hosts::piece(text, start, end, sink);
    }
    let mut from = start;
    while from < end {
        let mut holds = 0;
        let inside = |byte: &&u8| holds_word(**byte, &mut holds) && CLASSES[usize::from(**byte)] & BETWEEN == 0;
        let length = bytes[from..end].iter().take_while(inside).count();
        if holds & DOT != 0 {
            hosts::piece(text, from, from + length, sink);
        }
        from += length + 1;
    }
}

/// The word and the two colons behind it, which stand for the zeros at the end of an address where groups are before them: `2001:db8::`.
fn ending_in_zeros(text: &str, start: usize, end: usize) -> &str {
    let zeros =
        text.as_bytes()[end..].starts_with(b"::") && places::first(b':', &text.as_bytes()[start..end]).is_some();
    &text[start..if zeros { end + 2 } else { end }]
}

/// How defanged text writes what it hides, and what that is.
const FANGS: [(&str, &str); 9] = [
    ("[.]", "."),
    ("(.)", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("[:]", ":"),
    ("[://]", "://"),
    ("[@]", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
];

/// A word in which brackets hide dots: `example[.]com`, `hxxp[:]//`. Undoes that and reads the result; `None` when it is not so.
fn defanged<'t>(text: &'t str, start: usize, bracket: usize, sink: &mut impl Sink<'t>) -> Option<usize> {
    fang(&text[bracket..])?;
    let mut plain = text[start..bracket].to_owned();
    let mut at = bracket;
    while let Some(next) = text[at..].chars().next() {
        if let Some((hidden, shown)) = fang(&text[at..]) {
            plain.push_str(shown);
            at += hidden.len();
        } else if CLASSES[usize::from(text.as_bytes()[at])] & WORD != 0 || matches!(next, '?' | '=' | '&' | '#') {
            plain.push(next);
            at += next.len_utf8();
        } else {
            break;
        }
    }
    let mut found = Found::default();
    scan(&plain, &mut found);
    found.0.iter().for_each(|(kind, value)| sink.made(*kind, value));
    Some(at)
}

fn fang(text: &str) -> Option<(&'static str, &'static str)> {
    FANGS.into_iter().find(|(hidden, _)| text.get(..hidden.len()).is_some_and(|have| have.eq_ignore_ascii_case(hidden)))
}

/// Finds in remade text.
#[derive(Default)]
struct Found(Vec<(ArtifactKind, String)>);

impl Sink<'_> for Found {
    fn part(&mut self, kind: ArtifactKind, part: &str) {
        self.made(kind, part);
    }

    fn made(&mut self, kind: ArtifactKind, made: &str) {
        self.0.push((kind, made.to_owned()));
    }
}

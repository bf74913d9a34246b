//! LD and DATA: as little as lets the next element match.

use memchr::memchr;

use super::super::program::{ContId, First, Following, Skip, Stop};
use super::{Run, starts_with};

/// Bytes from which on a search is worth to be remembered.
const LONG_SEARCH_BYTES: usize = 1024;

/// A search for the mark of a lazy matcher: from `from` on, none begins before `to`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search {
    /// Tells it from the searches of other matchers.
    stop: *const Stop,
    from: usize,
    to: usize,
}

impl Search {
    pub(super) const NONE: Self = Search { stop: std::ptr::null(), from: 0, to: 0 };

    /// Where a search for `stop` from `from` on goes on.
    #[cold]
    fn resume(&self, stop: &Stop, from: usize) -> usize {
        if std::ptr::eq(self.stop, stop) && self.from <= from { self.to } else { from }
    }
}

impl Run<'_, '_> {
    /// The end of the lazy text that starts at `at`; `lines`: it may hold line feeds.
    pub(super) fn lazy(&mut self, lines: bool, (min, max): (usize, usize), stop: &Stop, at: usize) -> Option<usize> {
        let limit = if lines { self.end } else { self.line_end(at)? };
        let from = self.skip_chars(at, min, limit)?;
        // A character has at most four bytes; the exact count is taken of what is found.
        let window = limit.min(at.saturating_add(max.saturating_mul(4)));
        let end = match stop {
            Stop::Nothing => return self.at_most(at, window, max),
            Stop::End => (limit == self.end).then_some(limit)?,
            Stop::Byte(byte) => {
                let until = self.end.min(window + 1);
                self.mark(stop, (from, until), 1, |bytes| memchr(*byte, bytes))?
            }
            Stop::Short { bytes, rare } => {
                let until = self.end.min(window + bytes.len());
                self.mark(stop, (from, until), bytes.len(), |text| find_short(text, bytes, *rare))?
            }
            Stop::Literal(finder) => {
                let length = finder.needle().len();
                let until = self.end.min(window + length);
                self.mark(stop, (from, until), length, |bytes| finder.find(bytes))?
            }
            Stop::Probe { cont, first, required, skip } => {
                match self.probe_from(*cont, first.as_ref(), *required, skip.as_ref(), (from, window)) {
                    Some(end) => end,
                    None if *required || self.budget.spent => return None,
                    None => return self.at_most(at, window, max),
                }
            }
        };
        (end - at <= max || self.text[at..end].chars().count() <= max).then_some(end)
    }

    /// The first mark of `length` bytes in `from..until`.
    #[inline]
    fn mark(
        &mut self,
        stop: &Stop,
        (from, until): (usize, usize),
        length: usize,
        find: impl Fn(&[u8]) -> Option<usize>,
    ) -> Option<usize> {
        let known = &self.known.search;
        let start = if from < known.to { known.resume(stop, from).min(until) } else { from };
        let found = find(&self.bytes()[start..until]);
        let searched = found.unwrap_or(until - start);
        self.budget.search(searched)?;
        if searched >= LONG_SEARCH_BYTES {
            let to = found.map_or((until + 1).saturating_sub(length), |found| start + found);
            self.remember(Search { stop, from, to });
        }
        found.map(|found| start + found)
    }

    #[cold]
    fn remember(&mut self, search: Search) {
        self.known.search = search;
    }

    /// The first place in `from..=window` where the continuation matches.
    fn probe_from(
        &mut self,
        cont: ContId,
        first: Option<&First>,
        required: bool,
        skip: Option<&Skip>,
        (from, window): (usize, usize),
    ) -> Option<usize> {
        let mut at = from;
        while at <= window {
            if let Some(first) = first {
                let until = self.end.min(window + 1);
                let found = first.find(self.bytes().get(at..until)?);
                self.budget.search(found.unwrap_or(until - at))?;
                at += found?;
            }
            if self.text.is_char_boundary(at) && self.continues(cont, required, at) {
                return Some(at);
            }
            self.budget.spend(1)?;
            at = match skip {
                Some(skip) => self.skipped(skip, at)?,
                None => at + 1,
            };
        }
        None
    }

    /// The next place behind `at`, where the continuation failed, at which it can fare differently.
    fn skipped(&mut self, skip: &Skip, at: usize) -> Option<usize> {
        let limit = if skip.lines { self.end } else { self.line_end(at)? };
        let rest = self.bytes().get(at + 1..limit).unwrap_or_default();
        let found = memchr(skip.byte, rest);
        let length = found.unwrap_or(rest.len()) + 1;
        self.budget.search(length)?;
        let optional = match &skip.optional {
            Some(first) if first.find(&self.bytes()[at..self.end.min(at + 1)]).is_some() => return Some(at + 1),
            Some(first) => first.find(&rest[..length - 1]).map_or(length, |offset| offset + 1),
            None => length,
        };
        // Beyond the most it may take, the lazy matcher fails for its length alone.
        Some(if length > skip.max { at + 1 } else { at + optional })
    }

    /// Whether the continuation matches at `from`: optional elements match or are skipped, the others must match. When all are
    /// optional, one of them must take something.
    fn continues(&mut self, cont: ContId, required: bool, from: usize) -> bool {
        let probing = std::mem::replace(&mut self.probing, true);
        let program = self.program;
        let mut at = from;
        let mut link = Some(cont);
        let mut holds = true;
        while let (Some(id), true) = (link, holds) {
            let cont = program.cont(id);
            match cont.what {
                Following::Element(id) => match self.element(id, at) {
                    Some(end) => at = end,
                    None => holds = program.node(id).skippable && !self.budget.spent,
                },
                Following::Again(id) if at > from && self.element(id, at).is_some() => break,
                Following::Again(_) => {}
            }
            link = cont.next;
            if !required && at > from {
                break;
            }
        }
        self.probing = probing;
        holds && (required || at > from)
    }

    /// The next line feed at or behind `at`, or the end. `None` when the budget is spent.
    fn line_end(&mut self, at: usize) -> Option<usize> {
        let (from, to) = self.known.line;
        if from <= at && at <= to {
            return Some(to.min(self.end));
        }
        let found = memchr(b'\n', self.bytes().get(at..)?).map_or(self.end, |found| at + found);
        self.budget.search(found - at)?;
        self.known.line = (at, found);
        Some(found)
    }

    /// The place `count` characters behind `at`; `None` when there are fewer before `limit`.
    fn skip_chars(&self, at: usize, count: usize, limit: usize) -> Option<usize> {
        if count == 0 {
            return Some(at);
        }
        if count == 1 && self.text.as_bytes().get(at).is_some_and(u8::is_ascii) {
            return (at < limit).then_some(at + 1);
        }
        let mut chars = self.text[at..limit].char_indices();
        let (last, c) = chars.nth(count - 1)?;
        Some(at + last + c.len_utf8())
    }

    /// The end of the text up to `limit`, or of its first `max` characters.
    fn at_most(&self, at: usize, limit: usize, max: usize) -> Option<usize> {
        if limit - at <= max {
            return Some(limit);
        }
        // The limit may fall into a character; whole ones are counted from the start.
        let rest = &self.text[at..];
        let cut = rest.char_indices().nth(max).map_or(rest.len(), |(offset, _)| offset);
        Some((at + cut).min(self.text.floor_char_boundary(limit)))
    }
}

/// Offset of the first `needle` in `bytes`, by the place of its byte `rare`.
fn find_short(bytes: &[u8], needle: &[u8], rare: usize) -> Option<usize> {
    let mut at = rare;
    loop {
        at += memchr(needle[rare], bytes.get(at..)?)?;
        if starts_with(&bytes[at - rare..], needle) {
            return Some(at - rare);
        }
        at += 1;
    }
}

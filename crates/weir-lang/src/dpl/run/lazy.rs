//! LD and DATA: as little as lets the next element match.

use memchr::memchr;

use super::super::program::{ContId, First, Following, Skip, Stop};
use super::{Run, starts_with};

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
                let found = memchr(*byte, &self.bytes()[from..until]);
                self.budget.search(found.unwrap_or(until - from))?;
                from + found?
            }
            Stop::Short { bytes, rare } => {
                let until = self.end.min(window + bytes.len());
                let found = find_short(&self.bytes()[from..until], bytes, *rare);
                self.budget.search(found.unwrap_or(until - from))?;
                from + found.filter(|found| from + found <= window)?
            }
            Stop::Literal(finder) => {
                let until = self.end.min(window + finder.needle().len());
                let found = finder.find(&self.bytes()[from..until]);
                self.budget.search(found.unwrap_or(until - from))?;
                from + found.filter(|found| from + found <= window)?
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
        if !(self.line.0 <= at && at <= self.line.1) {
            let found = memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |found| at + found);
            self.budget.search(found - at)?;
            self.line = (at, found);
        }
        Some(self.line.1.min(self.end))
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

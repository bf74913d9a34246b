//! The ways to use a pattern: once at the start, all over a text, as a test, to replace, to split.

use weir_event::limits::VALUE_BYTES_MAX;
use weir_event::{Record, Value};

use super::run::{Budget, Known, Run, empty};
use super::{Pattern, Status, Trace};

/// Uses a pattern; one per thread.
#[derive(Debug)]
pub struct Matcher {
    pattern: Pattern,
    gave_up: bool,
}

/// Matches one call collects; more than this is larger than any value may be.
const MATCHES_MAX: usize = VALUE_BYTES_MAX / 32;

/// A match found while scanning: where it starts and ends.
type Found = (usize, usize);

/// What a scan does after a match.
#[derive(Clone, Copy, PartialEq)]
enum Scan {
    GoOn,
    Stop,
}

/// See [`Matcher::parse`]; also whether the budget was spent.
pub(super) fn parse<'t>(pattern: &Pattern, input: &'t str, out: &mut [Value<'t>]) -> (Option<usize>, bool) {
    if out.len() < pattern.exports().len() {
        let mut all = vec![Value::Null; pattern.exports().len()];
        let end = parse(pattern, input, &mut all);
        out.iter_mut().zip(all).for_each(|(slot, value)| *slot = value);
        return end;
    }
    empty(out);
    if !can_start(pattern, input) {
        return (None, false);
    }
    let program = pattern.program();
    let mut budget = Budget::new(program, input.len());
    let end = Run::new(program, input, out, &mut budget).sequence(&program.root, 0).filter(|_| !budget.spent);
    if end.is_none() {
        empty(out);
    }
    (end, budget.spent)
}

/// What the places at which a pattern is tried on one text share.
struct Pass {
    budget: Budget,
    known: Known,
}

impl Pass {
    fn new(pattern: &Pattern, input: &str) -> Pass {
        Pass { budget: Budget::new(pattern.program(), input.len()), known: Known::nothing() }
    }
}

/// False when `input` does not begin as every match does.
#[inline]
fn can_start(pattern: &Pattern, input: &str) -> bool {
    let program = pattern.program();
    match (&program.prefix, &program.first) {
        (Some(prefix), _) => input.as_bytes().starts_with(prefix.needle()),
        (None, Some(first)) => input.as_bytes().get(..1).is_some_and(|byte| first.find(byte).is_some()),
        (None, None) => true,
    }
}

/// Matches at one place; `None` also when the budget is spent.
fn at_place<'t>(pattern: &Pattern, input: &'t str, at: usize, pass: &mut Pass, out: &mut [Value<'t>]) -> Option<usize> {
    let program = pattern.program();
    let mut run = Run::new(program, input, out, &mut pass.budget);
    run.known = pass.known;
    let end = run.sequence(&program.root, at);
    pass.known = run.known;
    end.filter(|_| !pass.budget.spent)
}

impl Matcher {
    pub(super) fn new(pattern: Pattern) -> Matcher {
        Matcher { pattern, gave_up: false }
    }

    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Whether the last call ran out of its budget of steps, so that "no match" is not an answer.
    pub fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// Matches at the start of `input`; what follows the match does not matter. Gives the end of the match.
    ///
    /// `out[i]` is the value of export `i`, null when it is not set or nothing matched. Text borrows from `input`; only strings with
    /// escapes, arrays and records allocate. An `out` shorter than the exports gets the first of them.
    pub fn parse<'t>(&mut self, input: &'t str, out: &mut [Value<'t>]) -> Option<usize> {
        let (end, gave_up) = parse(&self.pattern, input, out);
        self.gave_up = gave_up;
        end
    }

    /// As [`Matcher::parse`], and says how it ended. A text that does not match is run twice, so that those that do cost nothing more.
    pub fn parse_status<'t>(&mut self, input: &'t str, out: &mut [Value<'t>]) -> Status {
        if self.parse(input, out).is_some() {
            return Status::Matched;
        }
        match self.pattern.trace(input) {
            trace if trace.gave_up || self.gave_up => Status::GaveUp,
            Trace { failure: Some(failure), .. } => Status::Failed(failure),
            _ => Status::GaveUp,
        }
    }

    /// Whether the pattern matches the whole of `input`.
    pub fn matches(&mut self, input: &str) -> bool {
        let mut out = vec![Value::Null; self.pattern.exports().len()];
        self.at(input, 0, &mut Pass::new(&self.pattern, input), &mut out) == Some(input.len())
    }

    /// Whether the pattern matches anywhere in `input`.
    pub fn finds(&mut self, input: &str) -> bool {
        let mut found = false;
        self.scan(input, |_, _| {
            found = true;
            Scan::Stop
        });
        found
    }

    /// Every match from left to right: bare values when there is one export, else records. Ends behind [`MATCHES_MAX`] matches.
    pub fn parse_all<'t>(&mut self, input: &'t str) -> Vec<Value<'t>> {
        let mut all = Vec::new();
        let names: Vec<String> = self.pattern.exports().iter().map(|export| export.name.clone()).collect();
        self.scan(input, |_, out| {
            if all.len() > MATCHES_MAX {
                return Scan::Stop;
            }
            all.push(match out {
                [one] => std::mem::take(one),
                many => Value::Record(names.iter().cloned().zip(many.iter_mut().map(std::mem::take)).collect()),
            });
            Scan::GoOn
        });
        all
    }

    /// `input` with every match replaced by `replacement`. Ends behind [`VALUE_BYTES_MAX`] bytes.
    pub fn replace(&mut self, input: &str, replacement: &str) -> String {
        let mut out = String::with_capacity(input.len());
        let mut copied = 0;
        self.scan(input, |(start, end), _| {
            if out.len() > VALUE_BYTES_MAX {
                return Scan::Stop;
            }
            out.push_str(&input[copied..start]);
            out.push_str(replacement);
            copied = end;
            Scan::GoOn
        });
        out.push_str(&input[copied..]);
        out
    }

    /// The pieces of `input` between the matches. Of an empty input there are none. The last piece behind [`MATCHES_MAX`] is the rest.
    pub fn split<'t>(&mut self, input: &'t str) -> Vec<&'t str> {
        if input.is_empty() {
            return Vec::new();
        }
        let mut pieces = Vec::new();
        let mut from = 0;
        self.scan(input, |(start, end), _| {
            if end > start && pieces.len() <= MATCHES_MAX {
                pieces.push(&input[from..start]);
                from = end;
            }
            if pieces.len() > MATCHES_MAX { Scan::Stop } else { Scan::GoOn }
        });
        pieces.push(&input[from..]);
        pieces
    }

    /// The values of `out` under their names.
    pub fn record<'t>(&self, out: &mut [Value<'t>]) -> Record<'t> {
        let names = self.pattern.exports().iter().map(|export| export.name.clone());
        names.zip(out.iter_mut().map(std::mem::take)).collect()
    }

    fn at<'t>(&mut self, input: &'t str, at: usize, pass: &mut Pass, out: &mut [Value<'t>]) -> Option<usize> {
        let end = at_place(&self.pattern, input, at, pass, out);
        self.gave_up = pass.budget.spent;
        end
    }

    /// Tries at every character and goes on behind each match; a match that takes nothing goes on at the next character. The
    /// budget is one for the whole text.
    fn scan<'t>(&mut self, input: &'t str, mut each: impl FnMut(Found, &mut [Value<'t>]) -> Scan) {
        let mut pass = Pass::new(&self.pattern, input);
        let mut out = vec![Value::Null; self.pattern.exports().len()];
        let mut at = 0;
        self.gave_up = false;
        while let Some(start) = self.next_start(input, at) {
            empty(&mut out);
            let end = self.at(input, start, &mut pass, &mut out);
            if self.gave_up {
                return;
            }
            if let Some(end) = end
                && each((start, end), &mut out) == Scan::Stop
            {
                return;
            }
            at = match end {
                Some(end) if end > start => end,
                _ => start + input[start..].chars().next().map_or(1, char::len_utf8),
            };
        }
    }

    /// The next place a match can start.
    fn next_start(&self, input: &str, at: usize) -> Option<usize> {
        let mut at = at;
        if let Some(prefix) = &self.pattern.program().prefix {
            return prefix.find(input.as_bytes().get(at..)?).map(|found| at + found);
        }
        while let Some(first) = &self.pattern.program().first {
            at += first.find(input.as_bytes().get(at..)?)?;
            if input.is_char_boundary(at) {
                return Some(at);
            }
            at += 1;
        }
        (at <= input.len()).then_some(at)
    }
}

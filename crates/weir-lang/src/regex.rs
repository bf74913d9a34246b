//! Regular expressions on an engine that is linear in the text: no look-around, no back references.

use std::ops::Range;

use regex_automata::meta::{self, Cache};
use regex_automata::util::captures::Captures;
use regex_automata::util::interpolate;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID};
use weir_event::limits::VALUE_BYTES_MAX;
use weir_event::{Record, Value};

use crate::functions::RegexUse;

/// Bytes of one expression.
const PATTERN_BYTES_MAX: usize = 4096;
/// Nesting of one expression.
const NESTING_MAX: u32 = 50;
/// Bytes of the compiled automaton, and of the states that a search keeps.
const AUTOMATON_BYTES_MAX: usize = 1 << 20;
/// Matches of one text.
const MATCHES_MAX: usize = 1 << 20;
/// Bytes that the searches for all matches of one text may look at, each counted as if it looked at all that is left.
const LOOKED_AT_BYTES_MAX: usize = 1 << 30;

/// A compiled expression. Cheap to clone; each thread brings its own [`Memory`].
#[derive(Clone, Debug)]
pub(crate) struct Regex {
    regex: meta::Regex,
    /// What a group is called in a record: its name, or its number.
    names: Vec<String>,
}

/// What a search works with.
#[derive(Debug)]
pub(crate) struct Memory {
    cache: Cache,
    groups: Captures,
}

impl Regex {
    /// # Errors
    /// Why the text is no expression, or that it is too large.
    pub fn new(pattern: &str, does: RegexUse) -> Result<Regex, String> {
        let mut regex = build(pattern)?;
        if does == RegexUse::Matches {
            // A comment of the flag `x` may run to the end of the line.
            regex = build(&format!("\\A(?:{pattern})\\z")).or_else(|_| build(&format!("\\A(?:{pattern}\n)\\z")))?;
        }
        let groups = regex.group_info().pattern_names(PatternID::ZERO).enumerate();
        let names = groups.map(|(index, name)| name.map_or(index.to_string(), str::to_owned)).collect();
        Ok(Regex { regex, names })
    }

    pub fn memory(&self) -> Memory {
        Memory { cache: self.regex.create_cache(), groups: self.regex.create_captures() }
    }

    pub fn is_match(&self, text: &str, memory: &mut Memory) -> bool {
        self.regex.search_half_with(&mut memory.cache, &Input::new(text).earliest(true)).is_some()
    }

    /// The first match: the group with that number, else the only group, else a record of the groups, else the whole.
    pub fn extract(&self, text: &str, group: Option<i64>, memory: &mut Memory) -> Value<'static> {
        self.regex.search_captures_with(&mut memory.cache, &Input::new(text), &mut memory.groups);
        if memory.groups.is_match() { self.found(text, group, &memory.groups) } else { Value::Null }
    }

    /// Every match as [`Regex::extract`] gives the first. `None` when there is too much to look at.
    pub fn extract_all(&self, text: &str, group: Option<i64>, memory: &mut Memory) -> Option<Value<'static>> {
        let mut items = Vec::new();
        self.each(text, memory, &mut |groups| items.push(self.found(text, group, groups)))?;
        Some(Value::Array(items))
    }

    /// `$1`, `${name}` in the replacement stand for groups, `$$` for a dollar.
    pub fn replace(&self, text: &str, replacement: &str, memory: &mut Memory) -> Option<Value<'static>> {
        let (mut out, mut done) = (String::new(), 0);
        let mut fits = true;
        self.each(text, memory, &mut |groups| {
            let Some(whole) = groups.get_match() else { return };
            fits &= out.len() + (whole.start() - done) + replacement.len() <= VALUE_BYTES_MAX;
            if !fits {
                return;
            }
            out.push_str(&text[done..whole.start()]);
            let append = |index: usize, out: &mut String| {
                let span = groups.get_group(index);
                out.push_str(span.map_or("", |span| text.get(span.start..span.end).unwrap_or_default()));
            };
            interpolate::string(replacement, append, |name| self.index(name), &mut out);
            done = whole.end();
        })?;
        out.push_str(&text[done..]);
        (fits && out.len() <= VALUE_BYTES_MAX).then(|| Value::owned(out))
    }

    /// What lies between the matches.
    pub fn split(&self, text: &str, memory: &mut Memory) -> Option<Value<'static>> {
        let (mut items, mut done) = (Vec::new(), 0);
        self.each(text, memory, &mut |groups| {
            if let Some(whole) = groups.get_match() {
                items.push(Value::owned(text[done..whole.start()].to_owned()));
                done = whole.end();
            }
        })?;
        items.push(Value::owned(text[done..].to_owned()));
        Some(Value::Array(items))
    }

    /// The match that begins where `span` does: where it ends, and with `wanted` a record of its named groups if it has some.
    pub fn at<'t>(&self, text: &'t str, span: Range<usize>, wanted: bool) -> Option<(usize, Option<Record<'t>>)> {
        let input = Input::new(&text[..span.end]).range(span).anchored(Anchored::Yes);
        let named = || self.regex.group_info().pattern_names(PatternID::ZERO).enumerate();
        if !wanted || named().all(|(_, name)| name.is_none()) {
            return Some((self.regex.search(&input)?.end(), None));
        }
        let mut groups = self.regex.create_captures();
        self.regex.search_captures(&input, &mut groups);
        let end = groups.get_match()?.end();
        let mut record = Record::new();
        for (index, name) in named().filter_map(|(index, name)| Some((index, name?))) {
            let value = groups.get_group(index).map_or(Value::Null, |span| Value::text(&text[span.start..span.end]));
            record.push_new(name.to_owned(), value);
        }
        Some((end, Some(record)))
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|have| have == name)
    }

    fn found(&self, text: &str, group: Option<i64>, groups: &Captures) -> Value<'static> {
        let of = |index: usize| match groups.get_group(index) {
            Some(span) => Value::owned(text.get(span.start..span.end).unwrap_or_default().to_owned()),
            None => Value::Null,
        };
        match (group, self.names.len()) {
            (Some(group), _) => usize::try_from(group).map_or(Value::Null, of),
            (None, 1) => of(0),
            (None, 2) => of(1),
            (None, count) => {
                let mut record = Record::new();
                for index in 1..count {
                    record.set(self.names[index].clone(), of(index));
                }
                Value::Record(record)
            }
        }
    }

    /// Calls `visit` for every match, from the first to the last. `None` when there is too much to look at.
    fn each(&self, text: &str, memory: &mut Memory, visit: &mut dyn FnMut(&Captures)) -> Option<()> {
        let (mut from, mut looked_at, mut count) = (0, 0usize, 0);
        while from <= text.len() {
            looked_at += text.len() - from;
            count += 1;
            if looked_at > LOOKED_AT_BYTES_MAX || count > MATCHES_MAX {
                return None;
            }
            let input = Input::new(text).range(from..);
            self.regex.search_captures_with(&mut memory.cache, &input, &mut memory.groups);
            let Some(whole) = memory.groups.get_match() else { break };
            visit(&memory.groups);
            from = match whole.is_empty() {
                true => whole.end() + text[whole.end()..].chars().next().map_or(1, char::len_utf8),
                false => whole.end(),
            };
        }
        Some(())
    }
}

/// The engine for an expression; why there is none otherwise.
fn build(pattern: &str) -> Result<meta::Regex, String> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(format!("it has more than {PATTERN_BYTES_MAX} bytes"));
    }
    let config = meta::Config::new()
        .nfa_size_limit(Some(AUTOMATON_BYTES_MAX))
        .hybrid_cache_capacity(AUTOMATON_BYTES_MAX)
        .onepass_size_limit(Some(AUTOMATON_BYTES_MAX));
    let syntax = syntax::Config::new().nest_limit(NESTING_MAX);
    meta::Builder::new().configure(config).syntax(syntax).build(pattern).map_err(|error| match error.size_limit() {
        Some(bytes) => format!("its compiled form is larger than {bytes} bytes"),
        None => said(&error),
    })
}

/// The engine's own words, on one line.
fn said(error: &meta::BuildError) -> String {
    let text = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
    let last = text.lines().next_back().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

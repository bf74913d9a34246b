//! Texts made of other texts.

use std::borrow::Cow;
use std::fmt::Write;

use weir_event::{Value, limits};

use super::{html, of_text};
use crate::functions::{Args, Fallback, Function, PatternUse, Row, Special, arg, many, opt};
use crate::text_form::text_form;
use crate::types::{NUMBER, TEXT};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "concat",
        takes: &[opt("delimiter", TEXT, Fallback::Text("")), many("expression", TEXT.or(NUMBER))],
        gives: TEXT,
        says: "The arguments as one text, the delimiter between them; null arguments are skipped.",
        examples: &[
            ("concat(\"a\", 1, \"b\")", "a1b"),
            ("concat(\"a\", \"b\", delimiter: \"-\")", "a-b"),
            ("concat(\"a\", null)", "a"),
        ],
        row: Row::Plain(concat),
    },
    of_text(
        "escape",
        TEXT,
        "The text with backslashes before quotes and backslashes, and escapes for everything that is not plain ASCII.",
        &[("escape(\"a\\\"b\")", "a\\\"b"), ("escape(\"ä\")", "\\u00e4")],
        |args| Some(Value::owned(escape(args.text(0)?))),
    ),
    of_text("lower", TEXT, "The text in lower case.", &[("lower(\"WEIR\")", "weir")], |args| {
        cased(args, |c| c.is_uppercase(), str::to_lowercase)
    }),
    Function {
        name: "replacePattern",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT), arg("replacement", TEXT)],
        gives: TEXT,
        says: "The text with every match of the DPL pattern replaced.",
        examples: &[("replacePattern(\"a1b22\", \"INT\", \"#\")", "a#b#")],
        row: Row::Special(Special::Pattern(PatternUse::Replace)),
    },
    Function {
        name: "replaceString",
        takes: &[arg("expression", TEXT), arg("substring", TEXT), arg("replacement", TEXT)],
        gives: TEXT,
        says: "The text with every occurrence of another replaced.",
        examples: &[
            ("replaceString(\"abcabca\", \"abca\", \"xyz\")", "xyzbca"),
            ("replaceString(\"a\", \"\", \"x\")", "a"),
        ],
        row: Row::Plain(replace),
    },
    of_text(
        "unescape",
        TEXT,
        "The text with backslash escapes resolved.",
        &[("unescape(\"a\\\\tb\")", "a\tb")],
        |args| Some(Value::owned(unescape(args.text(0)?))),
    ),
    of_text(
        "unescapeHtml",
        TEXT,
        "The text with HTML entities resolved.",
        &[
            ("unescapeHtml(\"&lt;b&gt;\")", "<b>"),
            ("unescapeHtml(\"&hearts;&Omega;&#x41;&#66;\")", "♥ΩAB"),
            ("unescapeHtml(\"&nothing; & &#xd800;\")", "&nothing; & &#xd800;"),
        ],
        |args| Some(Value::owned(html::unescape(args.text(0)?))),
    ),
    of_text(
        "upper",
        TEXT,
        "The text in upper case.",
        &[("upper(\"weir\")", "WEIR"), ("upper(null)", "null")],
        |args| cased(args, |c| c.is_lowercase(), str::to_uppercase),
    ),
];

fn concat<'r>(args: &mut Args<'_, 'r>) -> Option<Value<'r>> {
    let delimiter = args.text(0)?;
    let mut out = String::new();
    let mut first = true;
    for value in args.rest(1) {
        let text = match value {
            Value::Null => continue,
            Value::Text(text) => Cow::Borrowed(text.as_ref()),
            other => Cow::Owned(text_form(other)),
        };
        out.push_str(if first { "" } else { delimiter });
        out.push_str(&text);
        if out.len() > limits::VALUE_BYTES_MAX {
            return None;
        }
        first = false;
    }
    Some(Value::owned(out))
}

/// Text that has nothing to change is handed on as it is.
fn cased<'r>(args: &mut Args<'_, 'r>, changes: fn(char) -> bool, change: fn(&str) -> String) -> Option<Value<'r>> {
    match args.take(0) {
        Value::Text(text) if text.is_ascii() && !text.contains(changes) => Some(Value::Text(text)),
        Value::Text(text) => Some(Value::owned(change(&text))),
        _ => None,
    }
}

fn replace<'r>(args: &mut Args<'_, 'r>) -> Option<Value<'r>> {
    let (text, part, with) = (args.text(0)?, args.text(1)?, args.text(2)?);
    let count = if part.is_empty() { 0 } else { text.matches(part).count() };
    if count == 0 {
        return Some(args.take(0));
    }
    // A short text may stand for a long one many times.
    if count.saturating_mul(with.len()) > limits::VALUE_BYTES_MAX {
        return None;
    }
    Some(Value::owned(text.replace(part, with)))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c if c.is_ascii() => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(out, "\\u{unit:04x}");
            }),
        }
    }
    out
}

fn unescape(text: &str) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    let push = |units: &mut Vec<u16>, c: char| units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    while let Some(c) = chars.next() {
        if c != '\\' {
            push(&mut units, c);
            continue;
        }
        match chars.next() {
            Some('n') => push(&mut units, '\n'),
            Some('r') => push(&mut units, '\r'),
            Some('t') => push(&mut units, '\t'),
            Some('b') => push(&mut units, '\u{8}'),
            Some('f') => push(&mut units, '\u{c}'),
            Some('a') => push(&mut units, '\u{7}'),
            Some('v') => push(&mut units, '\u{b}'),
            Some(mark @ ('x' | 'u')) => match hex(chars.as_str(), if mark == 'x' { 2 } else { 4 }) {
                Some(unit) => {
                    units.push(unit);
                    chars.nth(if mark == 'x' { 1 } else { 3 });
                }
                None => push(&mut units, mark),
            },
            Some(c) => push(&mut units, c),
            None => push(&mut units, '\\'),
        }
    }
    String::from_utf16_lossy(&units)
}

fn hex(text: &str, count: usize) -> Option<u16> {
    let digits = text.get(..count).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

//! Parts of texts.

use std::borrow::Cow;

use weir_event::{Value, limits};

use super::{of_text, units16};
use crate::functions::{Args, Fallback, Function, PatternUse, Row, Special, arg, flag, opt};
use crate::types::{ARRAY, LONG, TEXT};

/// Parts of one text.
const PARTS_MAX: usize = limits::VALUE_BYTES_MAX / 32;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "getCharacter",
        takes: &[arg("expression", TEXT), arg("position", LONG)],
        gives: TEXT,
        says: "The character at a position, counted from the end when negative; null outside of the text.",
        examples: &[
            ("getCharacter(\"weir\", 0)", "w"),
            ("getCharacter(\"weir\", -1)", "r"),
            ("getCharacter(\"weir\", 9)", "null"),
        ],
        row: Row::Plain(|args| {
            let position = args.long(1)?;
            let Value::Text(text) = args.take(0) else { return None };
            let count = units16::length(&text) as i64;
            let at = if position < 0 { position.checked_add(count)? } else { position };
            (0..count).contains(&at).then(|| Value::Text(units16::slice(text, at, Some(at + 1))))
        }),
    },
    Function {
        name: "punctuation",
        takes: &[arg("expression", TEXT), opt("count", LONG, Fallback::Long(32)), flag("withSpace", false)],
        gives: TEXT,
        says: "The first punctuation characters of the text in order; with `withSpace` a blank counts as one and becomes `_`.",
        examples: &[("punctuation(\"a(b): c.\")", "():."), ("punctuation(\"a b.\", withSpace: true)", "_.")],
        row: Row::Plain(|args| {
            let count = usize::try_from(args.long(1)?).ok()?;
            let spaces = args.is_on(2);
            let marks = args.text(0)?.chars().filter_map(|c| match c {
                ' ' => spaces.then_some('_'),
                c => c.is_ascii_punctuation().then_some(c),
            });
            Some(Value::owned(marks.take(count).collect()))
        }),
    },
    Function {
        name: "splitByPattern",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT)],
        gives: ARRAY,
        says: "The parts of the text between the places where the DPL pattern matches.",
        examples: &[("splitByPattern(\"a1b22c\", \"INT\")", "[a, b, c]")],
        row: Row::Special(Special::Pattern(PatternUse::Split)),
    },
    Function {
        name: "splitString",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT)],
        gives: ARRAY,
        says: "The parts of the text between the places where the other text occurs; its characters when that is empty.",
        examples: &[("splitString(\"a,b,\", \",\")", "[a, b, ]"), ("splitString(\"ab\", \"\")", "[a, b]")],
        row: Row::Plain(split),
    },
    of_text(
        "stringLength",
        LONG,
        "The length in UTF-16 code units.",
        &[("stringLength(\"weir\")", "4"), ("stringLength(\"\")", "0"), ("stringLength(null)", "null")],
        |args| Some(Value::Long(units16::length(args.text(0)?) as i64)),
    ),
    Function {
        name: "substring",
        takes: &[arg("expression", TEXT), opt("from", LONG, Fallback::Long(0)), opt("to", LONG, Fallback::Null)],
        gives: TEXT,
        says: "The text from a position up to but without another; negative ones count from the end, both are cut to the text.",
        examples: &[
            ("substring(\"weir\", from: 1, to: 3)", "ei"),
            ("substring(\"weir\", from: -2)", "ir"),
            ("substring(\"weir\", from: 2, to: 1)", ""),
            ("substring(\"weir\", from: -42, to: 42)", "weir"),
        ],
        row: Row::Plain(|args| {
            let (from, to) = (args.long(1)?, args.long(2));
            match args.take(0) {
                Value::Text(text) => Some(Value::Text(units16::slice(text, from, to))),
                _ => None,
            }
        }),
    },
    of_text(
        "trim",
        TEXT,
        "The text without blanks and control characters at its ends.",
        &[("trim(\" a b \")", "a b")],
        |args| {
            let cut = |text: &str| {
                let kept = text.trim_matches(|c| c <= ' ');
                let start = kept.as_ptr() as usize - text.as_ptr() as usize;
                start..start + kept.len()
            };
            match args.take(0) {
                Value::Text(Cow::Borrowed(text)) => Some(Value::text(&text[cut(text)])),
                Value::Text(Cow::Owned(text)) => Some(Value::owned(text[cut(&text)].to_owned())),
                _ => None,
            }
        },
    ),
];

fn split<'r>(args: &mut Args<'_, 'r>) -> Option<Value<'r>> {
    let by = args.text(1)?.to_owned();
    match args.take(0) {
        Value::Text(Cow::Borrowed(text)) => parts(text, &by).map(Value::Array),
        Value::Text(Cow::Owned(text)) => parts(&text, &by).map(|parts| Value::Array(parts).into_owned()),
        _ => None,
    }
}

/// `None` for more than [`PARTS_MAX`].
fn parts<'t>(text: &'t str, by: &str) -> Option<Vec<Value<'t>>> {
    let parts: Vec<Value> = if by.is_empty() {
        let starts = text.char_indices().take(PARTS_MAX + 1);
        starts.map(|(at, c)| Value::text(&text[at..at + c.len_utf8()])).collect()
    } else {
        text.split(by).take(PARTS_MAX + 1).map(Value::text).collect()
    };
    (parts.len() <= PARTS_MAX).then_some(parts)
}

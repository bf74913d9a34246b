//! Tests whether and where a text holds another.

use weir_event::Value;

use super::distance::{levenshtein, like};
use super::units16;
use crate::functions::{Args, Fallback, Function, Param, PatternUse, RegexUse, Row, Special, arg, flag, many, opt};
use crate::text::{Case, Phrase, find, is_value};
use crate::types::{ANY, ARRAY, BOOL, LONG, TEXT};

const fn sensitive(second: &'static str) -> [Param; 3] {
    [arg("expression", TEXT), arg(second, TEXT), flag("caseSensitive", true)]
}

const WILDCARD: Param = opt("wildcard", TEXT, Fallback::Text("*"));

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "contains",
        takes: &sensitive("substring"),
        gives: BOOL,
        says: "True when the text holds the other text.",
        examples: &[
            ("contains(\"weir\", \"ei\")", "true"),
            ("contains(\"weir\", \"EI\")", "false"),
            ("contains(\"weir\", \"EI\", caseSensitive: false)", "true"),
            ("contains(null, \"a\")", "null"),
        ],
        row: Row::Plain(|args| {
            let case = Case::of(args.is_on(2));
            Some(Value::Bool(find(args.text(0)?, args.text(1)?, 0, case).is_some()))
        }),
    },
    Function {
        name: "endsWith",
        takes: &sensitive("suffix"),
        gives: BOOL,
        says: "True when the text ends with the other text.",
        examples: &[("endsWith(\"weir\", \"ir\")", "true"), ("endsWith(\"weir\", \"we\")", "false")],
        row: Row::Plain(|args| {
            let (text, suffix) = (args.text(0)?.as_bytes(), args.text(1)?.as_bytes());
            let end = text.len().checked_sub(suffix.len()).map(|at| &text[at..]);
            Some(Value::Bool(end.is_some_and(|end| Case::of(args.is_on(2)).same(end, suffix))))
        }),
    },
    Function {
        name: "indexOf",
        takes: &[arg("expression", TEXT), arg("substring", TEXT), opt("from", LONG, Fallback::Long(0))],
        gives: LONG,
        says: "Where the other text first occurs, at or behind `from`; -1 when it does not.",
        examples: &[
            ("indexOf(\"abcabc\", \"c\")", "2"),
            ("indexOf(\"abcabc\", \"c\", from: 3)", "5"),
            ("indexOf(\"a\", \"b\")", "-1"),
        ],
        row: Row::Plain(|args| {
            let (text, part) = (args.text(0)?, args.text(1)?);
            let from = from_end(args.long(2)?, text);
            let found = units16::byte_of(text, from).and_then(|from| find(text, part, from, Case::Sensitive));
            Some(Value::Long(found.map_or(-1, |at| units16::unit_of(text, at) as i64)))
        }),
    },
    Function {
        name: "lastIndexOf",
        takes: &[arg("expression", TEXT), arg("substring", TEXT), opt("from", LONG, Fallback::Null)],
        gives: LONG,
        says: "Where the other text last occurs, at or before `from`; -1 when it does not.",
        examples: &[
            ("lastIndexOf(\"abcabc\", \"c\")", "5"),
            ("lastIndexOf(\"abcabc\", \"c\", from: 4)", "2"),
            ("lastIndexOf(\"äbä\", \"ä\", from: 1)", "0"),
        ],
        row: Row::Plain(|args| {
            let (text, part) = (args.text(0)?, args.text(1)?);
            let from = args.long(2).map_or(usize::MAX, |from| from_end(from, text));
            // Where a match would end; no match ends within a character.
            let mut limit = units16::byte_of(text, from).map_or(text.len(), |at| text.len().min(at + part.len()));
            while !text.is_char_boundary(limit) {
                limit -= 1;
            }
            let found = text[..limit].rfind(part);
            Some(Value::Long(found.map_or(-1, |at| units16::unit_of(text, at) as i64)))
        }),
    },
    Function {
        name: "levenshteinDistance",
        takes: &[arg("firstExpression", TEXT), arg("secondExpression", TEXT)],
        gives: LONG,
        says: "How many characters must be inserted, deleted or replaced; null for two texts of many thousand characters.",
        examples: &[("levenshteinDistance(\"kitten\", \"sitting\")", "3"), ("levenshteinDistance(\"\", \"ab\")", "2")],
        row: Row::Plain(|args| levenshtein(args.text(0)?, args.text(1)?).map(Value::Long)),
    },
    Function {
        name: "like",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT)],
        gives: BOOL,
        says: "True when the whole text is the pattern: `%` is any run of characters, `_` any character.",
        examples: &[
            ("like(\"weir\", \"w%r\")", "true"),
            ("like(\"weir\", \"w_r\")", "false"),
            ("like(\"\", \"%\")", "true"),
        ],
        row: Row::Plain(|args| like(args.text(0)?, args.text(1)?).map(Value::Bool)),
    },
    Function {
        name: "matchesPattern",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT)],
        gives: BOOL,
        says: "True when the DPL pattern matches the whole text.",
        examples: &[("matchesPattern(\"a1\", \"'a' INT\")", "true"), ("matchesPattern(\"a1b\", \"'a' INT\")", "false")],
        row: Row::Special(Special::Pattern(PatternUse::Matches)),
    },
    Function {
        name: "matchesPhrase",
        takes: &[arg("expression", ARRAY.or(TEXT)), arg("phrase", TEXT), flag("caseSensitive", false), WILDCARD],
        gives: BOOL,
        says: "True when the text, or an element, holds the phrase as whole words; `*` stands for any run without blanks. Never null.",
        examples: &[
            ("matchesPhrase(\"Query language\", \"query\")", "true"),
            ("matchesPhrase(\"Query language\", \"lang\")", "false"),
            ("matchesPhrase(\"Query language\", \"lang*\")", "true"),
            ("matchesPhrase(\"from 192.168.0.123\", \"192.168.0.1\")", "false"),
            ("matchesPhrase(null, \"a\")", "false"),
        ],
        row: Row::Plain(|args| {
            let wildcard = args.text(3)?.chars().next()?;
            let phrase = Phrase::new(args.text(1)?, wildcard, Case::of(args.is_on(2)));
            Some(Value::Bool(phrase.is_some_and(|phrase| phrase.is_in_any(args.value(0)))))
        }),
    },
    Function {
        name: "matchesRegex",
        takes: &[arg("expression", TEXT), arg("pattern", TEXT)],
        gives: BOOL,
        says: "True when the regular expression matches the whole text. Better use matchesPattern.",
        examples: &[
            ("matchesRegex(\"weir\", \"w.*\")", "true"),
            ("matchesRegex(\"weir\", \"w\")", "false"),
            ("matchesRegex(null, \"w\")", "null"),
        ],
        row: Row::Special(Special::Regex(RegexUse::Matches)),
    },
    Function {
        name: "matchesValue",
        takes: &[arg("expression", ANY), flag("caseSensitive", false), WILDCARD, many("value", ANY)],
        gives: BOOL,
        says: "True when the whole text, or an element, is one of the patterns; `*` stands for any run of characters. Never null.",
        examples: &[
            ("matchesValue(\"User logged in\", \"user*\")", "true"),
            ("matchesValue(\"User logged in\", \"user\")", "false"),
            ("matchesValue(array(\"a\", \"b\"), {\"x\", \"B\"})", "true"),
            ("matchesValue(null, \"*\")", "false"),
        ],
        row: Row::Plain(matches_value),
    },
    Function {
        name: "startsWith",
        takes: &sensitive("prefix"),
        gives: BOOL,
        says: "True when the text begins with the other text.",
        examples: &[("startsWith(\"weir\", \"we\")", "true"), ("startsWith(null, \"a\")", "null")],
        row: Row::Plain(|args| {
            let (text, prefix) = (args.text(0)?.as_bytes(), args.text(1)?.as_bytes());
            let start = text.get(..prefix.len());
            Some(Value::Bool(start.is_some_and(|start| Case::of(args.is_on(2)).same(start, prefix))))
        }),
    },
];

/// A position, negative ones counted from the end.
fn from_end(position: i64, text: &str) -> usize {
    let count = if position < 0 { units16::length(text) as i64 } else { 0 };
    usize::try_from(position.saturating_add(count).max(0)).unwrap_or(usize::MAX)
}

fn matches_value<'r>(args: &mut Args<'_, 'r>) -> Option<Value<'r>> {
    let wildcard = args.text(2)?.chars().next()?;
    let case = Case::of(args.is_on(1));
    let found = args.rest(3).iter().any(|pattern| {
        any_text(pattern, &|pattern| any_text(args.value(0), &|text| is_value(text, pattern, wildcard, case)))
    });
    Some(Value::Bool(found))
}

/// True when the test holds for a text, or for a text in an array.
fn any_text(value: &Value, test: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Text(text) => test(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, test)),
        _ => false,
    }
}

//! Look-behind looks at few of the texts before the cursor: never at too few.

use super::super::{Matcher, Pattern, PatternOptions};
use super::hostile::{INPUTS, Random};

/// Elements whose match depends on nothing around it.
const PIECES: &[&str] = &[
    "LD ",
    "DATA*",
    "'x'",
    "'é'*",
    "' '?",
    "'1'{2,3}",
    "INT",
    "DOUBLE ",
    "HEXINT",
    "IP ",
    "IPV4?",
    "BOOLEAN ",
    "UUIDSTRING ",
    "[a-z]",
    "[^é]{1,2}",
    "[ä-ü]+",
    "WORD ",
    "STRING ",
    "DQS ",
    "SQS*",
    "ENUM{''=1,'x'=2} ",
    "JSON ",
    "TIMESTAMP ",
    "STRUCTURE{INT:i 'x'}",
    "ARRAY{INT:v ' '?}{0,3}",
    "@REGEX{'a*|é'} ",
    "(",
    ")",
    ")?",
    "|",
];

fn matcher(pattern: &str) -> Option<Matcher> {
    Pattern::compile(pattern, &PatternOptions::default()).ok().map(|pattern| pattern.matcher())
}

/// `input` with every character replaced before which some text of at most 64 bytes matches as a whole.
fn marked(inner: &mut Matcher, input: &str) -> String {
    let behind = |inner: &mut Matcher, at: usize| {
        let mut starts = (at.saturating_sub(64)..=at).filter(|&start| input.is_char_boundary(start));
        starts.any(|start| inner.matches(&input[start..at]))
    };
    input.char_indices().map(|(at, c)| if behind(inner, at) { '\u{1}' } else { c }).collect()
}

#[test]
fn every_text_that_matches_is_found() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut found = 0;
    let rounds = if std::env::var_os("WEIR_SLOW").is_some() { 60_000 } else { 6_000 };
    for _ in 0..rounds {
        let (pattern, input) = (random.text(PIECES, 4), random.text(INPUTS, 8));
        // A group of its own: one that ends the outer one would leave the rest to what stands behind it.
        if pattern.find(')') < pattern.find('(') {
            continue;
        }
        let Some(mut inner) = matcher(&format!("({pattern})")) else { continue };
        let mut outer = matcher(&format!("<<({pattern}) [:any:]{{1}}")).expect("compiles as well");
        let (want, have) = (marked(&mut inner, &input), outer.replace(&input, "\u{1}"));
        if !outer.gave_up() {
            assert_eq!(have, want, "{pattern} on {input:?}");
            found += usize::from(have != input);
        }
    }
    assert!(found > 100, "{found} patterns found something");
}

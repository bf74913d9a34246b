//! Long texts: what a pattern finds does not depend on how much stands around it.

use weir_event::Value;

use super::super::{Matcher, Pattern, PatternOptions};

fn matcher(pattern: &str) -> Matcher {
    match Pattern::compile(pattern, &PatternOptions::default()) {
        Ok(pattern) => pattern.matcher(),
        Err(fault) => panic!("{fault}"),
    }
}

/// `count`: the matches all over `input`, each of them replaced.
#[track_caller]
fn check_all(pattern: &str, input: &str, count: usize) {
    let mut matcher = matcher(pattern);
    assert_eq!(matcher.parse_all(input).len(), count, "{pattern}");
    assert!(!matcher.gave_up(), "{pattern}");
    assert_eq!(matcher.replace(input, "\u{1}").matches('\u{1}').count(), count, "{pattern}");
    assert!(!matcher.gave_up(), "{pattern}");
}

/// `count`: the items of the array or record that the pattern gives.
#[track_caller]
fn check_items(pattern: &str, input: &str, count: usize) {
    let mut matcher = matcher(pattern);
    let mut out = [Value::Null];
    assert!(matcher.parse(input, &mut out).is_some(), "{pattern}");
    let have = match &out[0] {
        Value::Array(items) => items.len(),
        Value::Record(record) => record.len(),
        _ => 0,
    };
    assert_eq!(have, count, "{pattern}");
}

#[test]
fn the_rest_of_a_long_line_is_not_searched_for_each_match() {
    check_all("LD:x ';'", &"ab;".repeat(5_000), 5_000);
    check_all("LD:x ';'", &"ab;".repeat(50_000), 50_000);
    check_all("LD:x ';'", &format!("{}{}", "ab;".repeat(5_000), "x".repeat(65_536)), 5_000);
    check_all("LD:x '; '", &format!("{}{}", "ab; ".repeat(5_000), "x".repeat(65_536)), 5_000);
    check_all("LD:x 'a longer mark'", &format!("{}{}", "ab a longer mark".repeat(99), "x".repeat(65_536)), 99);
    check_all("LD:x ';' 'z'", &format!("{};", "x".repeat(10_000)).repeat(6), 0);
    check_all("'a' LD 'b'", &"a".repeat(65_536), 0);
    check_items("ARRAY{LD:v ','}{1,32768}:k", &"ab,".repeat(5_000), 5_000);
    check_items("ARRAY{LD:v ','}{1,32768}:k", &"ab,".repeat(30_000), 30_000);
    let pairs: String = (0..5_000).map(|n| format!("a{n}=b;")).collect();
    check_items("KVP{LD:key '=' LD:value ';'?}{1,32768}:k", &pairs, 5_000);
}

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

/// `expected`: the values in the order of their names, of a match at the start of `input`.
#[track_caller]
fn check(pattern: &str, input: &str, expected: &[&str]) {
    let mut matcher = matcher(pattern);
    let mut out = vec![Value::Null; matcher.pattern().exports().len()];
    assert!(matcher.parse(input, &mut out).is_some(), "{pattern}: gave up {}", matcher.gave_up());
    let have: Vec<_> = out.iter().map(|value| value.as_str().unwrap_or_default()).collect();
    assert_eq!(have, expected, "{pattern}");
}

#[track_caller]
fn check_none(pattern: &str, input: &str) {
    let mut matcher = matcher(pattern);
    assert_eq!(matcher.parse(input, &mut []), None, "{pattern}");
    assert!(!matcher.gave_up(), "{pattern}");
}

/// `wanted` behind as much `text` as an open `LD` takes, and as any can.
fn behind(text: &str, wanted: &str) -> (String, String) {
    let many = |bytes: usize| text.repeat(bytes / text.len());
    (format!("{}{wanted}", many(4_000)), format!("{}{wanted}", many(32_000)))
}

#[test]
fn what_stands_behind_a_mark_is_found_far_into_a_line() {
    for (pattern, text) in [
        ("LD{1,32768} <<'svc=' NSPACE+:svcname ' '", "x"),
        ("LD{1,32768} <<'svc=' NSPACE+:svcname ' '", "a=b c=dd "),
        ("LD{1,32768} <<(LD ' svc=') NSPACE:x", "x"),
        ("LD{1,32768} <<(LD ' svc=') NSPACE:x", "a=b svd= "),
        ("LD{1,32768} <<(ALPHA+ '=') NSPACE:x", "x yy, 7 = ä = (z) "),
        ("LD{1,32768} !<<(' ' | [a-z(),]) NSPACE:x", "x yy, ä (z) "),
        ("LD{1,32768} << (INT'.'INT'.'INT'.') INT", "1.1.x-1.2.  12.7 99:1.1 "),
        ("LD{1,32768} << (WORD '=' WORD '==') NSPACE:x", "ab=cd= ef=gh= "),
        ("LD{1,32768} <<(DATA '=c' DATA* '; ') 'svc'", "a=b; "),
    ] {
        let (short, long) = behind(text, " svc=api 10.0.0.12 =c; svc ab=cd==x 500");
        for input in [short, long] {
            let mut matcher = matcher(pattern);
            assert!(matcher.parse(&input, &mut []).is_some(), "{pattern} on {text}: gave up {}", matcher.gave_up());
        }
    }
    let (short, long) = behind("x", r"\::v:w");
    check(r"LD{1,32768}:k (!<<'\\' ':') LD{1,32768}:v", &short, &[&short[..short.len() - 4], "v:w"]);
    check(r"LD{1,32768}:k (!<<'\\' ':') LD{1,32768}:v", &long, &[&long[..long.len() - 4], "v:w"]);
    check_none("LD{1,32768} <<'svc=' NSPACE+:svcname ' '", &long);
    check_none("LD{1,32768} <<(NSPACE 'svc=') NSPACE+:svcname ' '", &long);
}

#[test]
fn every_place_behind_a_mark_is_found_all_over_a_text() {
    for (pattern, text) in [
        ("<< (INT'.'INT'.'INT'.') INT:x", "from 192.168.1.12, "),
        ("<<'pw=' NSPACE:x", "user=ana pw=secret "),
        ("<<(ALPHA '=') NSPACE:x", "user=ana, "),
        ("<<(LD 'pw=') NSPACE:x", "user=ana pw=secret "),
        ("<<('pw' ('='|': ')) NSPACE:x", "user=ana pw: secret "),
    ] {
        check_all(pattern, &text.repeat(50), 50);
        check_all(pattern, &text.repeat(65_536 / text.len()), 65_536 / text.len());
    }
}

#[test]
fn a_number_that_cannot_be_one_is_not_read_at_each_of_its_digits() {
    let nines = "9".repeat(100_000);
    check_all("LONG", &nines, 1);
    check_all("INT:i", &nines, 1);
    check_all("HEXINT:h", &"f".repeat(100_000), 1);
    check_all("HEXLONG:h '!'", &"f".repeat(100_000), 0);
    check_all("DOUBLE:d 'x'", &nines[..20_000], 0);
    check_all("CDOUBLE:d 'x'", &format!("{0}, {0}0", &nines[..1_000]), 0);
    check_all("INT '!'", &"0".repeat(100_000), 0);
    check_all("DOUBLE '!'", &"0".repeat(20_000), 0);
    check_all("INT:i '!'", &format!("{}1!", "0".repeat(300)), 1);
    check_all("DOUBLE:d", &format!("0.{}1 1e{}1", "0".repeat(1_000), "0".repeat(1_000)), 2);
    check_none("INT:i", &nines);
    check_none("INT:i", &format!("{}1", "0".repeat(300)));
}

#[test]
fn letters_that_are_no_zone_are_not_read_at_each_of_them() {
    let letters = "x".repeat(100_000);
    check_all("TIMESTAMP('z s'):t '!'", &letters, 0);
    check_all("TIMESTAMP('z')", &letters, 0);
    check_all("TIMESTAMP('z')", &"a/".repeat(10_000), 0);
    check_all("TIMESTAMP('s z'):t", &format!("12 Central European Summer Time{letters}"), 1);
    check_all("TIMESTAMP('s z'):t", "12 America/Argentina/ComodRivadavia", 1);
}

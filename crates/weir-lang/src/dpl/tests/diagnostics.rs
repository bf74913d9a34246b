//! Faults point at the place and say what helps; warnings name the traps.

use expect_test::{Expect, expect};

use super::super::{Pattern, PatternOptions};

#[track_caller]
fn check(pattern: &str, expected: Expect) {
    match Pattern::compile(pattern, &PatternOptions::default()) {
        Ok(_) => panic!("{pattern} compiles"),
        Err(fault) => expected.assert_eq(&fault.to_string()),
    }
}

#[track_caller]
fn refused(pattern: &str, id: &str) {
    match Pattern::compile(pattern, &PatternOptions::default()) {
        Ok(_) => panic!("{pattern} compiles"),
        Err(fault) => assert_eq!(fault.id(), id, "{pattern}: {fault}"),
    }
}

#[track_caller]
fn warned(pattern: &str, id: &str) {
    let pattern = Pattern::compile(pattern, &PatternOptions::default()).expect("compiles");
    let ids: Vec<&str> = pattern.warnings().iter().map(|lint| lint.id).collect();
    assert!(ids.contains(&id), "{}: {ids:?}", pattern.text());
}

#[test]
fn a_typo_gets_a_caret_and_the_nearest_name() {
    check(
        "INT:a ','\n  IPADR:b",
        expect![[r#"
        error[DPL-002]: The parsing pattern is invalid. Named pattern element 'IPADR' is not valid
          at: line 2, column 3
          because: the pattern stops making sense here
            IPADR:b
            ^^^^^
          hint: did you mean IPADDR? Text to match literally belongs in quotes"#]],
    );
    check(
        "LD:question? EOL",
        expect![[r#"
        error[DPL-007]: The parsing pattern is invalid. Syntax error: ? stands at the wrong place
          at: line 1, column 12
          because: the pattern stops making sense here
          LD:question? EOL
                     ^
          hint: the order is MATCHER{members}(configuration)quantifier?:name, each part at most once"#]],
    );
    check(
        "INT{3}:x",
        expect![[r#"
        error[DPL-004]: The parsing pattern is invalid. INT only supports '*' (nullable) and '+' (not nullable) quantifiers
          at: line 1, column 4
          because: the pattern stops making sense here
          INT{3}:x
             ^^^
          hint: quantifiers are *, +, {n}, {min,max}, {min,} and {,max}"#]],
    );
    check(
        "\\d",
        expect![[r#"
        error[DPL-001]: The parsing pattern is invalid. Syntax error: mismatched input '\', expected a matcher, a quoted literal, [ ] or ( )
          at: line 1, column 1
          because: the pattern stops making sense here
          \d
          ^"#]],
    );
    check(
        "JSON{STRING:a}(flt=true)",
        expect![[r#"
        error[DPL-005]: The parsing pattern is invalid. there is no parameter flt
          at: line 1, column 16
          because: the pattern stops making sense here
          JSON{STRING:a}(flt=true)
                         ^^^
          hint: did you mean flat?"#]],
    );
}

#[test]
fn what_the_grammar_or_a_matcher_refuses() {
    for (pattern, id) in [
        ("", "DPL-009"),
        ("()", "DPL-009"),
        ("(INT | )", "DPL-009"),
        ("INT | LONG", "DPL-001"),
        ("INT,,LONG", "DPL-001"),
        ("(INT", "DPL-003"),
        ("'abc", "DPL-003"),
        ("[abc", "DPL-003"),
        ("/* abc", "DPL-003"),
        ("[z-a]", "DPL-005"),
        ("LD{}", "DPL-004"),
        ("LD{3,1}", "DPL-004"),
        ("LD{1,99999}", "DPL-004"),
        ("(INT)*", "DPL-004"),
        ("(INT|LONG)+", "DPL-004"),
        ("ARRAY{INT:i}:a", "DPL-004"),
        ("ARRAY{INT}{1,2}:a", "DPL-006"),
        ("KVP{LD '=' LD:value}:k", "DPL-006"),
        ("ENUM{'a'='b'}", "DPL-001"),
        ("ENUM{'a'=1.5}", "DPL-006"),
        ("INT(min=1, min=2)", "DPL-005"),
        ("INT(least=1)", "DPL-005"),
        ("INT(min='a')", "DPL-005"),
        ("TIMESTAMP('nnn')", "DPL-011"),
        ("TIMESTAMP('yyyy', tz='Mars/Base')", "DPL-011"),
        ("$a INT", "DPL-008"),
        ("$a = INT; $a = LONG; $a", "DPL-008"),
        ("$a = INT;", "DPL-009"),
        ("LD:", "DPL-012"),
        ("LD:a:b", "DPL-007"),
        ("LD:a*", "DPL-007"),
        ("JSON{INT}:x", "DPL-006"),
        ("INT[]:a", "DPL-007"),
        ("LD < 'a' >", "DPL-001"),
    ] {
        refused(pattern, id);
    }
}

#[test]
fn traps_are_named() {
    for (pattern, id) in [
        ("LD:a LD:b", "adjacent-lazy"),
        ("[a-z.]+:x '.' [a-z]+:y", "greedy-run"),
        ("('ab' | 'abc'):x", "shadowed-alternative"),
        ("[a-z]:x", "single-character"),
        ("INT:a ',' INT:a", "duplicate-name"),
        ("$a = INT; LD:x", "unused-macro"),
        ("INT ','", "no-export"),
        ("JSON(flat=true) INT:x", "flat-without-members"),
        ("TIMESTAMP('yyyy-MM-DD'):t", "day-in-year"),
    ] {
        warned(pattern, id);
    }
    let clean = Pattern::compile("(INT:a | LD:a) ',' IPADDR:b", &PatternOptions::default()).expect("compiles");
    assert_eq!(clean.warnings(), []);
}

#[test]
fn required_literals_are_in_every_match() {
    let pattern = Pattern::compile(
        "LD 'user=' LD:u (' from ' IP)? (' a' | ' b') 'x'+ ('user' | 'q')",
        &PatternOptions::default(),
    );
    assert_eq!(pattern.expect("compiles").required_literals(), ["user=", "x"]);
}

#[test]
fn a_trace_says_where_the_pattern_stopped() {
    let pattern = Pattern::compile("LD:u ' ' (INT:a ',' INT:b)", &PatternOptions::default()).expect("compiles");
    let trace = pattern.trace("ann 12;13");
    let failure = trace.failure.expect("it fails");
    assert_eq!((failure.text.as_str(), failure.offset, failure.matched, trace.steps.len()), ("','", 6, 4, 2));
}

//! Faults point at the place and say what helps; warnings name the traps.

use expect_test::{Expect, expect};

use weir_event::Value;

use super::super::{Failure, Macros, Pattern, PatternOptions, Status, warnings};

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
          ^
          hint: a pattern is no regular expression: write DIGIT, [a-z]+ or LD, and text to match in quotes"#]],
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
        ("TIMESTAMP('d MMM', locale='tlh'):t", "unknown-locale"),
        ("LD(charset='ISO-8859-1'):a", "charset-ignored"),
        ("INT(min=9, max=1):a", "empty-range"),
        ("WORD:a DIGIT:b", "greedy-run"),
        ("NSPACE:a ':' INT:b", "greedy-run"),
        ("INT:a DIGIT:b", "greedy-run"),
        ("STRUCTURE{[^ ]+:a '-' INT:b}:x", "greedy-run"),
        ("LD:a ALNUM?:b ','", "lazy-before-optional"),
        ("('ab' | 'abc' LD):x", "shadowed-alternative"),
        ("(INT:i | DOUBLE:d):x", "shadowed-alternative"),
        ("(LONG:i | IPADDR:d):x", "shadowed-alternative"),
        ("(LD* | IPADDR:d):x", "shadowed-alternative"),
        ("[0-9] ':' LD:x", "single-character"),
    ] {
        warned(pattern, id);
    }
    for pattern in [
        "(INT:a | LD:a) ',' IPADDR:b",
        "LD{3}:a LD:b",
        "LD:question ('(' IPADDR:server ')')? EOL",
        "[a-z]+:x '.' [a-z]+:y",
        "WORD:a ' '? INT:b",
        "INT:a '-' INT:b",
        "ALPHA{2}:a ALPHA:b",
        "[ \\t] LD:x",
        "(IPADDR:d | INT:i | 'abc' | 'ab'):x",
        "(INT(max=255):i | DOUBLE:d):x",
    ] {
        let clean = Pattern::compile(pattern, &PatternOptions::default()).expect("compiles");
        assert_eq!(clean.warnings(), [], "{pattern}");
    }
}

#[test]
fn macros_that_were_read_before_are_as_if_they_stood_there() {
    let options = PatternOptions::default();
    let macros = Macros::read("$port = ':' INT:port; // one\n$place = IPADDR:ip $port; // two").expect("reads");
    for text in ["$place", "$mine = $port; LD:host $mine", "INT:n"] {
        let behind = Pattern::compile_behind(&macros, text, &options).expect("compiles");
        let whole = Pattern::compile(&format!("{}{text}", macros.text), &options).expect("compiles");
        assert_eq!((behind.exports(), behind.text()), (whole.exports(), whole.text()));
        for input in ["10.0.0.1:80", "7"] {
            let run = |pattern: &Pattern, out: &mut Vec<Value<'static>>| pattern.parse(input, out);
            let (mut one, mut other) =
                [&behind, &whole].map(|pattern| vec![Value::Null; pattern.exports().len()]).into();
            assert_eq!((run(&behind, &mut one), one), (run(&whole, &mut other), other));
        }
    }
    let place = |text: &str| Pattern::compile_behind(&macros, text, &options).map_err(|fault| fault.place().to_owned());
    assert_eq!(place("  IPADR:b").err().as_deref(), Some("line 3, column 3"));
    assert_eq!(place("$port = INT; $port").err().as_deref(), Some("line 3, column 1"));
    let Err(fault) = Macros::read("$a = INT; LD:b") else { panic!("a matcher is no macro") };
    assert_eq!((fault.id(), fault.place()), ("DPL-001", "line 1, column 11"));
    assert!(fault.says().ends_with("mismatched input 'L', expected a macro: $name = matchers ;"), "{}", fault.says());
}

#[test]
fn a_pattern_that_finds_nothing_in_its_sample_is_named() {
    let warned = |mode: &str, pattern: &str, input: &str| {
        let lints = warnings(mode, pattern, input, &PatternOptions::default()).expect("compiles");
        lints.into_iter().map(|lint| format!("{}: {}", lint.id, lint.says)).collect::<Vec<_>>()
    };
    assert_eq!(warned("replace", "INT", "card 4711"), Vec::<String>::new());
    assert_eq!(warned("parse", "INT:i", "card"), Vec::<String>::new());
    assert_eq!(
        warned("replace", "'card ' IPADDR", "card 4711"),
        [
            "nothing-in-sample: the pattern finds nothing in its sample; from its start it gets to byte 5, where IPADDR expects an IP address"
        ]
    );
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

/// Pattern, text, how the use of the one on the other ended.
#[track_caller]
fn status(pattern: &str, input: &str, expected: &str) {
    let pattern = Pattern::compile(pattern, &PatternOptions::default()).expect("compiles");
    let mut out = vec![Value::Null; pattern.exports().len()];
    let status = pattern.matcher().parse_status(input, &mut out);
    let hint = match &status {
        Status::Failed(Failure { hint: Some(hint), .. }) => format!("; {hint}"),
        _ => String::new(),
    };
    assert_eq!(format!("{status}{hint}"), expected);
}

#[test]
fn a_status_says_where_and_why() {
    status("INT:a ',' INT:b", "1,2", "matched");
    status("INT:a ',' INT:b", "", "failed at 0: expected a whole number from -2147483648 to 2147483647 for INT:a");
    status(
        "INT:a ',' INT(min=1):b",
        "1,0",
        "failed at 2: expected a whole number from 1 to 2147483647 for INT(min=1):b",
    );
    status("LD:a ',' LD:b", "ab", "failed at 0: expected at least a character, then ',' in the line for LD:a");
    status("DATA:a (EOL EOL)", "ab", "failed at 0: expected at least a character, then '\\n' for DATA:a");
    status("[a-z]+:a EOS", "é", "failed at 0: expected a character of the set, at least once for [a-z]+:a");
    status(
        "LD:a ' ' INT:b",
        "to be 3",
        "failed at 3: expected a whole number from -2147483648 to 2147483647 for INT:b; LD:a ends at the first ' '; \
         to let it go on to byte 5, write (' ' INT:b)",
    );
    status("LD:a LD:b", "a", "failed at 0: expected at least a character, then more in the line for LD:a");
    status(&("DATA ".repeat(30) + "'z'"), &"a".repeat(4_000), "gave up");
}

//! Printing: what is read from a printed pattern is the same pattern, and printing that gives the same text.

use super::super::print::normal_form;
use super::super::{Pattern, PatternOptions, ValueKind};
use super::hostile::{INPUTS, PIECES, Random};
use weir_event::Value;

fn compiled(text: &str) -> Pattern {
    Pattern::compile(text, &PatternOptions::default()).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn exports(pattern: &Pattern) -> Vec<(&str, ValueKind)> {
    pattern.exports().iter().map(|export| (export.name.as_str(), export.kind)).collect()
}

/// The printed pattern behaves as the written one on every input.
fn check(written: &str, inputs: &[String]) {
    let printed = normal_form(written).unwrap_or_else(|fault| panic!("{written}: {fault}"));
    assert_eq!(normal_form(&printed).as_deref(), Ok(&*printed), "{written}");
    let (one, other) = (compiled(written), compiled(&printed));
    assert_eq!(exports(&one), exports(&other), "{written}\n{printed}");
    for input in inputs {
        let result = |pattern: &Pattern| {
            let mut out = vec![Value::Null; pattern.exports().len()];
            let end = pattern.matcher().parse(input, &mut out);
            format!("{end:?} {out:?}")
        };
        assert_eq!(result(&one), result(&other), "{written}\n{printed}\n{input}");
    }
}

#[test]
fn patterns_have_one_form() {
    for (written, form) in [
        ("ld:a  ','int :b ?", None),
        ("LD:a,','  INT?:b // the second", Some("LD:a ',' INT?:b")),
        (
            "$pair=ld:k'='int:v;$unused=eol;\n$pair:one $pair",
            Some("$pair = LD:k '=' INT:v;\n$unused = EOL;\n$pair:one $pair"),
        ),
        (
            "json{STRING:\"a b\":'c.d' INT[][]:x:NULL,ip+:null}( flat = TRUE , greedy='rest')",
            Some("JSON{STRING:'a b':c.d, INT[][]:x:null, IPADDR+:'null'}(flat=true, greedy='rest')"),
        ),
        ("enum{\"it's\"=0x10,'\\n'=-1}(cis=true):e", Some("ENUM{'it\\'s'=16, '\\n'=-1}(cis=true):e")),
        ("( int:a|'\\\\' [^a-z\\]]{2,}:b )?:g", Some("(INT:a | '\\\\' [^a-z\\]]{2,}:b)?:g")),
        ("TIME('HH:mm',tz='UTC')* !<<(LD 'x'){,3}", None),
        ("!<<'x' >>(INT 'a') data{1,8096}:x", Some("!<<'x' >>(INT 'a') DATA{1,8096}:x")),
        ("(INT:a alnum?:u)( fs={SPACE} ) [:alpha:]+ [!:space:] [:any:]{3}", None),
        ("@regex{'(?P<a>.)\\\\d'}:r", Some("@REGEX{'(?P<a>.)\\\\d'}:r")),
    ] {
        match (normal_form(written), form) {
            (Ok(printed), Some(form)) => assert_eq!(printed, form),
            (Ok(printed), None) => assert_eq!(normal_form(&printed), Ok(printed)),
            (Err(_), None) => {}
            (Err(fault), Some(_)) => panic!("{written}: {fault}"),
        }
    }
}

#[test]
fn documented_patterns_keep_their_meaning() {
    for line in include_str!("../../../tests-data/dpl.jsonl").lines() {
        let vector: serde_json::Value = serde_json::from_str(line).expect("the vectors are JSON");
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        if Pattern::compile(text("pattern"), &PatternOptions::default()).is_ok() {
            check(text("pattern"), &[text("input").to_owned()]);
        }
    }
}

#[test]
fn random_patterns_keep_their_meaning() {
    let rounds = if std::env::var_os("WEIR_SLOW").is_some() { 200_000 } else { 20_000 };
    let mut random = Random(0x51ed_270b_9f4a_7c15);
    for _ in 0..rounds {
        let (written, input) = (random.text(PIECES, 8), random.text(INPUTS, 10));
        if Pattern::compile(&written, &PatternOptions::default()).is_ok() {
            check(&written, &[input]);
        }
    }
}

//! Patterns and inputs made to hurt: no panic, no endless run.

use super::super::{Pattern, PatternOptions, run_mode};
use weir_event::Value;

fn compile(text: &str) -> Option<Pattern> {
    Pattern::compile(text, &PatternOptions::default()).ok()
}

/// Runs every mode; only that it ends and does not panic counts.
fn exercise(pattern: &Pattern, input: &str) {
    let mut matcher = pattern.matcher();
    let mut out = vec![Value::Null; pattern.exports().len()];
    if let Some(end) = matcher.parse(input, &mut out) {
        assert!(input.is_char_boundary(end), "{} ends inside a character", pattern.text());
        for literal in pattern.required_literals() {
            assert!(input[..end].contains(literal.as_str()), "{} matches without {literal}", pattern.text());
        }
    }
    matcher.matches(input);
    matcher.parse_all(input);
    matcher.replace(input, "-");
    matcher.split(input);
    pattern.sample_warning(input);
    let _ = matcher.parse_status(input, &mut out).to_string();
}

#[test]
fn deep_or_wide_patterns_are_refused() {
    assert!(compile(&"(".repeat(100_000)).is_none());
    assert!(compile(&format!("{}INT{}", "(".repeat(65), ")".repeat(65))).is_none());
    assert!(compile(&">>".repeat(100_000)).is_none());
    let bomb: String = (1..60).map(|n| format!("$m{n} = $m{} $m{};", n - 1, n - 1)).collect();
    assert!(compile(&format!("$m0 = INT; {bomb} $m59")).is_none());
    let bomb: String = (1..60).map(|n| format!("$m{n} = $m{} $m{};", n - 1, n - 1)).collect();
    assert!(compile(&format!("$m0 = INT:key; {bomb} KVP{{$m59 LD:value}}:x")).is_none());
    assert!(compile(&format!("$m0 = INT; {bomb} $last = KVP{{$m59 LD:value}}:x; LD")).is_some());
    let chain: String = (1..200).map(|n| format!("$m{n} = ($m{});", n - 1)).collect();
    assert!(compile(&format!("$m0 = INT; {chain} $m199")).is_none());
    assert!(compile(&"LD ".repeat(30_000)).is_none());
    let names = |count: usize| (0..count).map(|n| format!("INT:a{n} ")).collect::<String>();
    assert!(compile(&format!("{}{}{}", "(".repeat(60), names(2_000), ")".repeat(60))).is_none());
    assert!(compile(&format!("{}{}{}", "(".repeat(60), names(1_000), ")".repeat(60))).is_some());
    let nested = format!("{}INT:value{}", "KVP{INT:key ".repeat(60), "}:value".repeat(60));
    assert!(compile(&nested).is_some());
    let literals: String = (0..19_000).map(|n| format!("'x{n}' ")).collect();
    assert!(compile(&literals).is_some());
    assert!(compile(&format!("({})", literals.trim_end().replace(' ', "|"))).is_some());
    assert!(compile(&"LD? ".repeat(19_000)).is_some());
}

#[test]
fn runs_that_would_not_end_give_up() {
    for (pattern, input) in [
        ("LD* ".repeat(2_000) + "'z'", "a".repeat(1_000)),
        ("DATA ".repeat(30) + "'z'", "a".repeat(4_000)),
        (format!("{}'z'{}", "(LD* ".repeat(50), ")".repeat(50)), "a".repeat(500)),
        ("LD (LD (LD (LD (LD 'z'))))".to_owned(), "a".repeat(4_000)),
        ("LD <<(DATA 'b' DATA) 'z'".to_owned(), "ab".repeat(5_000)),
        (format!("DATA {}'z'{} 'z'", "<<(DATA ".repeat(20), ")".repeat(20)), "az".repeat(1_000)),
        (format!("DATA <<({}) 'z'", "(DATA 'b' | DATA 'c') ".repeat(50)), "abc".repeat(5_000)),
        ("DATA <<(KVP{LD:key '=' LD:value ' '?}:x LD '=') 'z'".to_owned(), "a=".repeat(4_000)),
        ("DATA JSON:x 'z'".to_owned(), "{\"a\":".repeat(10_000)),
        ("DATA XML:x 'z'".to_owned(), "<a>".repeat(5_000)),
        ("DATA XML:x 'z'".to_owned(), "<a><!--".repeat(5_000)),
        ("KVP{LD:key '=' LD:value ' '?}:x".to_owned(), "a=".repeat(50_000)),
        ("JSON:x".to_owned(), "[".repeat(100_000)),
        ("JSON_ARRAY:x".to_owned(), "[".repeat(100_000)),
        ("@CEF:x".to_owned(), "CEF:0|a|b|c|d|e|1|".to_owned() + &"a=\\=".repeat(20_000)),
        (
            "@CEF:x".to_owned(),
            "CEF:0|a|b|c|d|e|1|".to_owned() + &(0..12_000).map(|n| format!("k{n}=1 ")).collect::<String>(),
        ),
        ("DATA @CEF 'z'".to_owned(), "CEF:0|".repeat(5_000)),
        ("DATA @SYSLOG 'z'".to_owned(), "<1>1 ".repeat(5_000)),
        ("DATA @URL:x 'z'".to_owned(), "a://((((((".repeat(2_000)),
        ("DATA @URL:x 'z'".to_owned(), format!("a://{}", ")".repeat(20_000))),
        ("DATA @REGEX{'a*b'}:x 'z'".to_owned(), "a".repeat(10_000)),
    ] {
        let pattern = compile(&pattern).expect("compiles");
        exercise(&pattern, &input);
    }
}

#[test]
fn a_run_that_gives_up_is_an_error_and_no_half_answer() {
    let input = "a".repeat(4_000);
    let answer = |mode: &str, pattern: &str| run_mode(mode, pattern, &input, "", &PatternOptions::default());
    for mode in ["parse", "parseAll", "matches", "replace", "split"] {
        assert!(answer(mode, "'a'").is_ok(), "{mode}");
        let fault = answer(mode, "LD (LD (LD (LD (LD 'z'))))").expect_err(mode);
        assert_eq!(fault.id(), "DPL-016", "{mode}");
    }
}

#[test]
fn random_patterns_and_inputs_never_panic() {
    let rounds = if std::env::var_os("WEIR_SLOW").is_some() { 200_000 } else { 20_000 };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        let pattern = random.text(PIECES, 8);
        let input = random.text(INPUTS, 10);
        if let Some(pattern) = compile(&pattern) {
            exercise(&pattern, &input);
        }
    }
    let _ = run_mode("parse", "LD", "", "", &PatternOptions::default());
}

pub(super) const PIECES: &[&str] = &[
    "LD",
    "DATA",
    ":a",
    ":b",
    ":key",
    ":value",
    "?",
    "*",
    "+",
    "{1,3}",
    "{0,2}",
    " ",
    "INT",
    "LONG",
    "DOUBLE",
    "HEXINT",
    "IP",
    "'x'",
    "'é'",
    "' '",
    "'='",
    "(",
    ")",
    "|",
    "EOL",
    "EOS",
    "BOS",
    "MOS",
    ">>",
    "!>>",
    "<<",
    "!<<",
    "[a-z]",
    "[^é]",
    "[ä-ü]",
    "WORD",
    "SPACE",
    "JSON",
    "JSON{INT:a}",
    "JSON{STRING:a, LD:b}(flat=true)",
    "JSON_ARRAY",
    "JSON_ARRAY{INT}",
    "JSON_VALUE",
    "KVP{LD:key '=' LD:value ' '?}",
    "ARRAY{LD:v ','?}{1,4}",
    "STRUCTURE{INT:i LD:s}",
    "ENUM{''=1,'x'=2}(cis=true)",
    "TIMESTAMP",
    "TIMESTAMP('MMM d')",
    "TIMESTAMP('s.S')",
    "DQS",
    "SQS",
    "CSVDQS",
    "STRING",
    "XML",
    "@EMAIL",
    "@DOMAIN",
    "@URL",
    "@MAC",
    "@HASH",
    "@PATH",
    "@UUID",
    "@CIDR",
    "@CEF",
    "@LEEF",
    "@SYSLOG",
    "@REGEX{'a+|é*'}",
    "@REGEX{'(?P<a>.)'}",
    "UUIDSTRING",
    "CREDITCARD",
    "SMARTSCAPEID",
    "BOOLEAN",
    "(fs=',')",
    ",",
    ";",
    "$m",
    "=",
    "//",
    "/*",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "'",
    "\"",
    "é",
];

pub(super) const INPUTS: &[&str] = &[
    "a",
    "x",
    "é",
    "ü",
    "😀",
    " ",
    "\n",
    "\r\n",
    ",",
    "=",
    "1",
    "-12",
    "0x1f",
    "10.0.0.1",
    "::1",
    "fe80::",
    "{\"a\":1}",
    "{\"a\":\"\\u00e9\"",
    "[1,2]",
    "[",
    "{",
    "\"",
    "\\",
    "'x'",
    "\"y\"",
    "2024-01-01 10:00:00",
    "Sep  1",
    "1576590440.679",
    "true",
    "<a b='1'>t</a>",
    "<a>",
    "4917 6100",
    "é-0123456789abcdef",
    "a=1 b=2",
    "\0",
    "CEF:0|a|b|c|d|e|1|",
    "LEEF:2.0|a|b|c|d|^|",
    "<34>Oct 11 22:14:15 h p[1]: ",
    "<34>1 - - - - - [x]",
    "a@b.cc",
    "C:\\x",
    "https://a.b/(",
    "02:00:5e:00:53:01",
    "0123456789abcdef",
    "10.0.0.0/8",
];

/// A small generator of random numbers (xorshift).
pub(super) struct Random(pub u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    pub(super) fn text(&mut self, pieces: &[&str], most: usize) -> String {
        let count = 1 + self.below(most);
        (0..count).map(|_| pieces[self.below(pieces.len())]).collect()
    }
}

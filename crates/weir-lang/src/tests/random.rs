//! Queries, expressions and rows at random: reading and printing are stable, nothing panics, constants fold to what rows give.
//! `WEIR_FUZZ=10000000` runs that many mutations; the seed is printed with what went wrong.

use weir_event::{Duration, Record, Timestamp, Value};

use super::rows::NOW;
use super::vectors::vectors;
use crate::ast::{Expr, Node};
use crate::functions::{self, Function, ParamKind, Row};
use crate::tools::{Known, complete, format, hover, lint, print};
use crate::types::{Type, Types};
use crate::{CompileOptions, Program, ReadOptions, Scratch, parse_expr, parse_query, read_query};

/// A small generator; the same seed gives the same run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

const FIELDS: [&str; 6] = ["a", "b", "c.d", "`odd \\` name`", "r", "case"];
const LITERALS: [&str; 24] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "0.5",
    "-1.5e300",
    "0xff",
    "\"\"",
    "\"ä\\\"💥\"",
    "\"10.0.0.1\"",
    "\"*a%\"",
    "5m",
    "-2h",
    "1M",
    "-1y",
    "now()",
    "[1, \"x\"]",
    "array()",
    "record(a = 1, `b c` = \"x\")",
    "ip(\"::1\")",
];
const OPERATORS: [&str; 15] = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "~", "and", "or", "xor"];
const UNITS: [&str; 8] = ["@h", "@15m", "@d", "@w", "@w0", "@M", "@q", "@y"];

/// Functions of one record whose arguments need not be written out.
fn callable() -> Vec<&'static Function> {
    let named = ["random", "jsonPath", "exists"];
    functions::all().filter(|one| matches!(one.row, Row::Plain(_)) && !named.contains(&one.name)).collect()
}

fn expression(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return if random.below(2) == 0 { random.pick(&FIELDS).to_owned() } else { random.pick(&LITERALS).to_owned() };
    }
    let inner = |random: &mut Random| expression(random, depth - 1);
    match random.below(14) {
        0..=4 => format!("{} {} {}", inner(random), random.pick(&OPERATORS), inner(random)),
        5 => format!("({})", inner(random)),
        6 => format!("not ({})", inner(random)),
        7 => format!("-({})", inner(random)),
        8 => format!("({}){}", inner(random), random.pick(&UNITS)),
        9 => format!("({})[{}]", inner(random), random.pick(&["0", "-1", "a", "`b c`", ""])),
        10 => format!("case when {} then {} else {} end", inner(random), inner(random), inner(random)),
        11 => format!("{} in ({}, {})", random.pick(&FIELDS), inner(random), inner(random)),
        _ => {
            let all = callable();
            let function = all[random.below(all.len())];
            call(random, function, depth - 1)
        }
    }
}

fn call(random: &mut Random, function: &Function, depth: usize) -> String {
    let mut args = Vec::new();
    for param in function.takes {
        match param.kind {
            ParamKind::Required => args.push(argument(random, param.takes, depth)),
            ParamKind::Many(_) => (0..=random.below(3)).for_each(|_| args.push(argument(random, param.takes, depth))),
            ParamKind::Optional(_) if random.below(3) == 0 => {
                args.push(format!("{}: {}", param.name, argument(random, param.takes, depth)));
            }
            ParamKind::Optional(_) => {}
        }
    }
    format!("{}({})", function.name, args.join(", "))
}

/// Mostly something that the parameter takes.
fn argument(random: &mut Random, takes: Types, depth: usize) -> String {
    let fitting = |text: &&str| {
        let expr = parse_expr(text).ok();
        let ty = expr.and_then(|expr| crate::static_type(&expr, &|_| None));
        ty.is_some_and(|ty| takes.has(ty))
    };
    match random.below(3) {
        0 => expression(random, depth),
        1 => random.pick(&FIELDS).to_owned(),
        _ => {
            let list: Vec<&str> = LITERALS.iter().copied().filter(fitting).collect();
            if list.is_empty() { "null".to_owned() } else { random.pick(&list).to_owned() }
        }
    }
}

fn query(random: &mut Random) -> String {
    let mut out =
        random.pick(&["fetch logs", "fetch logs, from: -2h@h", "data record(a = 1), record(b = \"x\")"]).to_owned();
    for _ in 0..=random.below(4) {
        let mut e = || expression(random, 2);
        let commands = [
            format!("filter {}", e()),
            format!("fieldsAdd `new one` = {}, {}", e(), e()),
            format!("summarize {{n = count(), s = sum({})}}, by: {{k = {}, a}}", e(), e()),
            format!("sort {} desc, {{b, direction: \"descending\"}}", e()),
            format!("makeTimeseries avg({}), interval: 5m, by: {{a}}", e()),
            format!("window n = rowNumber() + lag({}), by: {{a}}, sort: {{b asc}}", e()),
            format!("append [fetch events | filter {} in [data record(x = 1) | fields x]]", e()),
            format!("join [fetch events], on: {{left[a] == right[b], c.d}}, kind: outer, fields: {{x = {}}}", e()),
            format!("dedup {{a, {}}}, sort: {{b desc}}", e()),
            "fieldsKeep a*, `odd*`, c.*".to_owned(),
            "parse a, \"LD:x ' ' INT:y\"".to_owned(),
            "search \"x\" and not a ~ \"y*\"".to_owned(),
        ];
        let command = random.below(commands.len());
        out = format!("{out} | {}", commands[command]);
    }
    out
}

#[test]
fn printing_and_formatting_are_stable() {
    let mut read = 0;
    for seed in 0..3_000 {
        let text = query(&mut Random(seed));
        let Ok(tree) = parse_query(&text) else { continue };
        read += 1;
        let printed = print(&tree);
        let formatted = format(&text).expect("it has tokens");
        assert_eq!(format(&formatted).expect("it has tokens"), formatted, "seed {seed}: {text}");
        for other in [&printed, &formatted] {
            let again = parse_query(other).unwrap_or_else(|fault| panic!("seed {seed}: {text}\n{other}\n{fault}"));
            assert_eq!(print(&again), printed, "seed {seed}: {text}");
        }
    }
    assert!(read > 500, "only {read} were read");
}

fn value(random: &mut Random) -> Value<'static> {
    match random.below(12) {
        0 => Value::Null,
        1 => Value::Bool(random.below(2) == 0),
        2 | 3 => Value::Long([0, 1, -1, 60, i64::MAX, i64::MIN][random.below(6)]),
        4 => Value::Double([0.0, -0.5, 1e300, 2.0][random.below(4)]),
        5 | 6 => Value::text(random.pick(&["", "a", "A b", "10.0.0.1", "ä💥", "2024-01-01T00:00:00Z", "{\"a\": [1]}"])),
        7 => Value::Timestamp(Timestamp([0, NOW.0, i64::MAX, i64::MIN][random.below(4)])),
        8 => Value::Duration(Duration([0, 1, -3_600_000_000_000, i64::MAX][random.below(4)])),
        9 => Value::Ip(["10.0.0.1", "::1"][random.below(2)].parse().expect("an address")),
        10 => Value::Array((0..random.below(4)).map(|_| value(random)).collect()),
        _ => Value::Record([("a", value(random)), ("b c", Value::Long(1))].into_iter().collect::<Record>()),
    }
}

/// What the text form leaves out counts too: the type, and which nothing it is.
fn shown(value: &Value) -> String {
    format!("{value:?}")
}

#[test]
fn constants_fold_to_what_rows_give() {
    let names = ["a", "b", "c.d", "odd ` name", "r", "case"];
    let slots = |name: &str| names.iter().position(|have| *have == name);
    let mut ran = 0;
    for seed in 0..20_000 {
        let random = &mut Random(seed);
        let text = expression(random, 3);
        let Ok(expr) = parse_expr(&text) else { continue };
        let row: Vec<Value> = names.iter().map(|_| value(random)).collect();
        let options = CompileOptions { now: NOW, zone: "Europe/Vienna", strict: false, slots: &slots };
        let mut constant = expr.clone();
        constant.replace(&mut |part| match &part.node {
            Node::Field(name) => slots(name).map(|slot| Expr::new(Node::Literal(row[slot].clone()), part.span)),
            _ => None,
        });
        // Iterations over equal arrays share their source, over equal fields too, so both forms must compile alike.
        let (Ok(program), Ok(folded)) = (Program::compile(&expr, &options), Program::compile(&constant, &options))
        else {
            continue;
        };
        let none: &[Value] = &[];
        let on_row = program.eval(&row.as_slice(), &mut Scratch::default()).into_owned();
        let on_none = folded.eval(&none, &mut Scratch::default()).into_owned();
        assert_eq!(shown(&on_row), shown(&on_none), "seed {seed}: {text} on {row:?}");
        ran += 1;
    }
    assert!(ran > 5_000, "only {ran} were run");
}

#[test]
fn values_have_the_type_that_is_said_of_their_expression() {
    let names = ["a", "b", "c.d", "odd ` name", "r", "case"];
    let slots = |name: &str| names.iter().position(|have| *have == name);
    for seed in 0..20_000 {
        let random = &mut Random(seed);
        let text = expression(random, 2);
        let Ok(expr) = parse_expr(&text) else { continue };
        let row: Vec<Value> = names.iter().map(|_| value(random)).collect();
        let of = |name: &str| slots(name).and_then(|slot| Type::of(&row[slot]));
        let Some(said) = crate::static_type(&expr, &of) else { continue };
        let options = CompileOptions { now: NOW, zone: "UTC", strict: false, slots: &slots };
        let Ok(program) = Program::compile(&expr, &options) else { continue };
        let have = program.eval(&row.as_slice(), &mut Scratch::default());
        assert!(Type::of(&have).is_none_or(|ty| ty == said), "seed {seed}: {text} is {have:?}, said {}", said.name());
    }
}

/// Changes a few bytes, words or parts of a text.
fn mutated(random: &mut Random, texts: &[String]) -> String {
    const WORDS: [&str; 30] = [
        "|",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        ",",
        ":",
        "=",
        "\"",
        "`",
        "\"\"\"",
        "/*",
        "//",
        "@",
        "@h",
        "$x",
        "let a = 1 |",
        "case when",
        "end",
        "not",
        "in",
        "[]",
        "-",
        "9223372036854775808",
        "1M",
        "fetch",
        "lookup",
        "\u{1f600}",
    ];
    let mut text = texts[random.below(texts.len())].clone();
    for _ in 0..=random.below(4) {
        let boundary = |random: &mut Random, text: &str| {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (a, b) = (boundary(random, &text), boundary(random, &text));
        let (start, end) = (a.min(b), a.max(b));
        let end = end.min(start + 40);
        let end = (start..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
        match random.below(4) {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(start, random.pick(&WORDS)),
            2 => {
                let piece = text[start..end].to_owned();
                text.insert_str(a, &piece);
            }
            _ => {
                let other = &texts[random.below(texts.len())];
                let at = boundary(random, other);
                text.truncate(start);
                text.push_str(&other[at..]);
            }
        }
    }
    text
}

#[test]
fn no_text_makes_the_language_panic() {
    let runs = std::env::var("WEIR_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000u64);
    let texts: Vec<String> =
        vectors().iter().filter_map(|vector| vector["query"].as_str().map(str::to_owned)).collect();
    let known = Known { tables: vec!["logs".to_owned()], fields: vec![("a".to_owned(), Some(Type::Long))] };
    let strict = ReadOptions { strict: true, parameters: None };
    let mut read = 0u64;
    for seed in 0..runs {
        let random = &mut Random(seed);
        let text = mutated(random, &texts);
        let tree = parse_query(&text);
        read += u64::from(tree.is_ok());
        // The tools are tried less often: they are made of the same parts.
        if !seed.is_multiple_of(8) {
            continue;
        }
        let offset = random.below(text.len() + 2);
        complete(&text, offset, &known);
        hover(&text, offset, &known);
        let _ = read_query(&text, &strict);
        if let Ok(once) = format(&text) {
            assert_eq!(format(&once).as_deref(), Ok(once.as_str()), "seed {seed}: {text}");
        }
        if let Ok(tree) = tree {
            lint(&tree, &known);
            let printed = print(&tree);
            let again = parse_query(&printed).unwrap_or_else(|fault| panic!("seed {seed}: {text}\n{printed}\n{fault}"));
            assert_eq!(print(&again), printed, "seed {seed}: {text}");
        }
    }
    assert!(read * 50 > runs, "only {read} of {runs} were read");
}

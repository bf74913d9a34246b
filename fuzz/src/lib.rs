//! What is fuzzed: the compilers of both languages, the matcher of DPL, and the parser of records.
//!
//! Each target takes bytes and panics when something that must hold does not. cargo-fuzz calls them from `fuzz_targets/`, the driver in
//! `main.rs` from its own mutator.

use std::cell::RefCell;
use std::sync::Arc;

use weir_event::{Chunk, Records, Timestamp, Value};
use weir_lang::dpl::{Pattern, PatternOptions, Status};
use weir_lang::{CompileOptions, Program, Scratch, normalise, parse_expr, parse_query, tools};
use weir_parse::{LineContext, Lines, Packs, Parser, ParserOptions};

/// 2026-11-21T12:00:00Z.
const NOW: Timestamp = Timestamp(1_795_262_400_000_000_000);
/// Longest input that is looked at: what is longer takes time and finds nothing new.
const INPUT_BYTES_MAX: usize = 4_096;
/// Parts pattern and text in the input of [`dpl_match`].
pub const MARK: u8 = 0;

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(&data[..data.len().min(INPUT_BYTES_MAX)]).into_owned()
}

fn options() -> PatternOptions {
    PatternOptions { now: NOW, ..PatternOptions::default() }
}

/// Compiles a pattern: it does or it does not, and a warning points into it. Strict mode takes no more than the other.
pub fn dpl_compile(data: &[u8]) {
    let text = text(data);
    let pattern = Pattern::compile(&text, &options());
    if let Ok(pattern) = &pattern {
        for lint in pattern.warnings() {
            assert!(text.get(lint.span.clone()).is_some(), "{} points beside the pattern", lint.id);
        }
    }
    let strict = Pattern::compile(&text, &PatternOptions { strict: true, ..options() });
    assert!(pattern.is_ok() || strict.is_err(), "strict mode takes what the other refuses");
}

/// Uses a pattern in every way: ends lie between characters, literals it requires are there, all ways agree, nothing depends on what was
/// matched before.
pub fn dpl_match(data: &[u8]) {
    let mark = data.iter().position(|byte| *byte == MARK).unwrap_or(data.len());
    let input = text(data.get(mark + 1..).unwrap_or_default());
    let Ok(pattern) = Pattern::compile(&text(&data[..mark]), &options()) else { return };
    let mut matcher = pattern.matcher();
    let mut values = vec![Value::Null; pattern.exports().len()];
    let end = matcher.parse(&input, &mut values);
    if let Some(end) = end {
        assert!(input.is_char_boundary(end), "a match ends inside a character");
        for literal in pattern.required_literals() {
            assert!(input[..end].contains(literal.as_str()), "a match without the literal {literal}");
        }
    } else {
        assert!(values.iter().all(Value::is_null), "values without a match");
    }
    let gave_up = matcher.gave_up();
    let mut again = vec![Value::Null; pattern.exports().len()];
    let status = matcher.parse_status(&input, &mut again);
    assert_eq!(status == Status::Matched, end.is_some(), "the trace disagrees: {status}");
    assert!(gave_up || format!("{values:?}") == format!("{again:?}"), "a second run gives something else");
    let whole = matcher.matches(&input);
    assert_eq!(whole, end == Some(input.len()), "matches disagrees with parse");
    let found = matcher.parse_all(&input).len();
    let scan_gave_up = matcher.gave_up();
    assert!(end.is_none() || found > 0 || scan_gave_up, "parse_all finds nothing where parse does");
    assert_eq!(matcher.finds(&input) || matcher.gave_up(), found > 0 || scan_gave_up, "finds disagrees with parse_all");
    let pieces = matcher.split(&input).len();
    assert!(pieces <= input.len() + 1, "more pieces than characters");
    matcher.replace(&input, "-");
}

/// Reads a query and an expression; what can be read is printed to what reads the same, and runs on a row.
pub fn dql_compile(data: &[u8]) {
    let text = text(data);
    if let Ok(normal) = normalise(&text) {
        assert_eq!(normalise(&normal).as_ref(), Ok(&normal), "normal form is not stable");
    }
    if let Ok(query) = parse_query(&text) {
        let printed = tools::print(&query);
        let again = parse_query(&printed).unwrap_or_else(|fault| panic!("{printed}\ncannot be read: {fault}"));
        assert_eq!(tools::print(&again), printed, "printing is not stable");
    }
    if let Ok(expr) = parse_expr(&text) {
        let slots = |name: &str| Some(name.len() % 4);
        let options = CompileOptions { now: NOW, zone: "UTC", strict: false, slots: &slots };
        if let Ok(program) = Program::compile(&expr, &options) {
            let row = [Value::Long(3), Value::text("a,b"), Value::Null, Value::Array(vec![Value::Double(0.5)])];
            program.eval(&&row[..], &mut Scratch::default());
        }
    }
}

thread_local! {
    /// A parser with the built-in packs that has read whatever came before, and one more that starts anew now and then.
    static PARSERS: RefCell<Option<[Parser; 2]>> = const { RefCell::new(None) };
}

/// Parses a record: the answer is one JSON object of known shape, nothing depends on what was parsed before, and the record gives the same
/// row as part of a chunk.
pub fn parse_line(data: &[u8]) {
    let text = text(data);
    PARSERS.with_borrow_mut(|parsers| {
        let [used, other] = parsers.get_or_insert_with(|| {
            let packs = Arc::new(Packs::builtin().unwrap_or_else(|faults| panic!("{faults:?}")));
            [0, 1].map(|_| Parser::new(packs.clone(), ParserOptions::default()))
        });
        let context = LineContext { zone: None, now: NOW };
        let mut line = Vec::new();
        used.write_lines(&Lines::of(&[text.as_str()]), &context, &mut line);
        let line = String::from_utf8(line).unwrap_or_else(|error| panic!("no UTF-8: {error}"));
        let answer: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(
            answer["fields"].is_object() && answer["artifacts"].is_object() && answer["notes"].is_array(),
            "{line}"
        );
        // The other parser sees a quarter of the records, so that what it has learnt differs.
        if text.len().is_multiple_of(4) {
            let mut again = String::new();
            other.parse_line(&text, &context).write_json(&mut again);
            assert_eq!(line, again + "\n", "a record gives something else after others");
        }
        let mut records = Records::default();
        records.push(text.as_bytes());
        let batch = used.parse_chunk(&chunk(records), NOW);
        assert_eq!(batch.len(), 1, "one row for a record");
        let notes = answer["notes"].as_array().map_or(0, Vec::len);
        assert!(batch.row(0).notes().len() >= notes, "a record in a chunk gives something else");
    });
}

fn chunk(records: Records) -> Chunk {
    Chunk {
        tenant: "t".into(),
        source: "s".into(),
        table: "logs".into(),
        received_at: NOW,
        peer: None,
        config: 0,
        cursor: None,
        pull: None,
        bytes: records.bytes.into(),
        ends: records.ends,
    }
}

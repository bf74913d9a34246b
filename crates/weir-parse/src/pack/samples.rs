//! Samples of packs: raw events beside a pack, and what should come of them.

use std::sync::Arc;

use weir_event::Timestamp;

use super::Packs;
use crate::parser::{LineContext, Parser, ParserOptions};
use crate::zone::Zone;

/// The instant samples are read at, 2026-06-15T12:00:00Z, so that dates without a year stay the same for ever.
pub const SAMPLES_NOW: Timestamp = Timestamp(1_781_524_800_000_000_000);

/// What becomes of sample lines: one JSON object a line, as `weir parse` prints it, in order. Empty lines are left out.
pub fn sample_results(packs: &Arc<Packs>, log: &str) -> String {
    let mut parser = Parser::new(packs.clone(), ParserOptions::default());
    let context = LineContext { zone: Some(Zone::UTC), now: SAMPLES_NOW };
    let mut out = String::new();
    for line in log.lines().filter(|line| !line.is_empty()) {
        parser.parse_line(line, &context).write_json(&mut out);
        out.push('\n');
    }
    out
}

/// The numbers (from 1) of sample lines that `pack` did not read, or that it read although they are foreign. Of an event in an envelope
/// both packs have read their part.
pub fn misread_samples(packs: &Arc<Packs>, pack: &str, log: &str, foreign: bool) -> Vec<usize> {
    let mut parser = Parser::new(packs.clone(), ParserOptions::default());
    let context = LineContext { zone: Some(Zone::UTC), now: SAMPLES_NOW };
    let lines = log.lines().filter(|line| !line.is_empty()).enumerate();
    let mut is_misread = |line: &str| {
        let (inner, outer) = (parser.parse_line(line, &context).parser, parser.explain(line, &context).winner);
        [inner, outer].iter().any(|reader| reader.as_deref() == Some(pack)) == foreign
    };
    lines.filter(|(_, line)| is_misread(line)).map(|(index, _)| index + 1).collect()
}

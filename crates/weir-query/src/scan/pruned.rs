//! Which rows of a row group may pass, as statistics and the index of the segment tell it.

use std::ops::Range;

use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::file::statistics::Statistics;
use weir_store::{Blocks, Lookup, tokens_of};

use super::group::{statistics, time_bounds, unit_nanos};
use super::{Check, Demands, Pieces, Test};

/// What is left of a row group.
pub(super) enum Left {
    /// Nothing, and what proves it.
    Nothing(&'static str),
    /// The rows of these blocks, in order; `None`: all.
    Rows(Option<Vec<Range<usize>>>),
}

/// Looks at every check; `index` is that of the segment, when it has one.
pub(super) fn left(index: Option<&Lookup>, footer: &ArrowReaderMetadata, group: usize, checks: &[Check]) -> Left {
    let mut blocks = Blocks::ALL;
    for check in checks {
        if let Some(why) = excluded_by_statistics(footer, group, check) {
            return Left::Nothing(why);
        }
        let Some((found, why)) = index.and_then(|index| known(index, group, check)) else { continue };
        blocks = blocks.and(found);
        if blocks == Blocks::NONE {
            return Left::Nothing(why);
        }
    }
    let rows = footer.metadata().row_group(group).num_rows().max(0) as usize;
    let block_rows = index.map_or(usize::MAX, |index| index.block_rows(group));
    selected(blocks, block_rows, rows)
}

fn selected(blocks: Blocks, block_rows: usize, rows: usize) -> Left {
    if blocks == Blocks::ALL {
        return Left::Rows(None);
    }
    let starts = (0..rows).step_by(block_rows.max(1));
    let kept = starts.enumerate().filter(|(block, _)| blocks.has(*block));
    let ranges: Vec<_> = kept.map(|(_, start)| start..start.saturating_add(block_rows).min(rows)).collect();
    match ranges.is_empty() {
        true => Left::Nothing("index"),
        false => Left::Rows(Some(ranges)),
    }
}

/// Whether an index could tell something of the check.
pub(super) fn asks_index(check: &Check) -> bool {
    match &check.test {
        Test::Holds(_) => check.columns[0].name == "content",
        Test::Expr(_, demands) => demands.values.is_some(),
        Test::Time(_) | Test::Between(_) => false,
    }
}

/// The blocks outside of which no row passes the check, and what tells it.
fn known(index: &Lookup, group: usize, check: &Check) -> Option<(Blocks, &'static str)> {
    match &check.test {
        Test::Holds(pieces) if check.columns[0].name == "content" => Some((with_pieces(index, group, pieces), "words")),
        Test::Expr(_, Demands { values: Some(values), .. }) => {
            check.columns.iter().all(|column| index.knows(&column.name)).then_some(())?;
            let found = values.iter().map(|value| index.with_value(group, value));
            Some((found.fold(Blocks::NONE, Blocks::or), "values"))
        }
        _ => None,
    }
}

/// What the index holds where some text spells letters as `\\u0061`.
const ESCAPED_LETTER: &str = "\\u";

fn with_pieces(index: &Lookup, group: usize, pieces: &Pieces) -> Blocks {
    let escaped = if pieces.may_be_escaped() { index.with_token(group, ESCAPED_LETTER) } else { Blocks::NONE };
    let texts = pieces.texts();
    let spelled = texts.iter().map(|piece| with_piece(index, group, piece)).fold(Blocks::ALL, Blocks::and);
    escaped.or(spelled)
}

fn with_piece(index: &Lookup, group: usize, piece: &str) -> Blocks {
    // The escape of a control character would stick to the token behind it.
    if piece.contains(char::is_control) {
        return Blocks::ALL;
    }
    inner_tokens(piece).iter().map(|token| index.with_token(group, token)).fold(Blocks::ALL, Blocks::and)
}

/// The tokens of a piece that are tokens of every text that holds it: not the first and last, which may be parts of longer
/// ones there.
fn inner_tokens(piece: &str) -> Vec<&str> {
    let tokens: Vec<&str> = tokens_of(piece).collect();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let from = usize::from(piece.starts_with(word));
    let to = tokens.len().saturating_sub(usize::from(piece.ends_with(word)));
    tokens.get(from..to).unwrap_or_default().to_vec()
}

fn excluded_by_statistics(footer: &ArrowReaderMetadata, group: usize, check: &Check) -> Option<&'static str> {
    let column = &check.columns[0].name;
    let of_column = || statistics(footer, group, column);
    match &check.test {
        Test::Time(span) => {
            let (least, greatest) = time_bounds(footer, group, column)?;
            (least >= span.end || greatest < span.start).then_some("time")
        }
        Test::Between(span) => outside(of_column()?, span).then_some("arrival"),
        Test::Expr(_, demands) => {
            let unit = unit_nanos(footer, column);
            demands.bounds.as_ref()?.exclude(of_column()?, unit).then_some("statistics")
        }
        Test::Holds(_) => None,
    }
}

/// Whether the statistics prove that every text lies outside of the span.
fn outside(statistics: &Statistics, span: &std::ops::Range<String>) -> bool {
    let Statistics::ByteArray(bounds) = statistics else { return false };
    let below = bounds.min_opt().is_some_and(|least| least.data() >= span.end.as_bytes());
    let above = bounds.max_is_exact() && bounds.max_opt().is_some_and(|most| most.data() < span.start.as_bytes());
    below || above
}

//! Which rows of a segment share a row group.

use std::ops::Range;
use std::sync::Arc;

/// Rows of a pack from which it has row groups of its own: their columns have few holes, and a query passes over them when it
/// wants other events. Rarer packs share.
const OWN_ROWS_MIN: usize = 2_048;

/// Rows that stay together, in a sequence of such runs.
pub(super) struct Run {
    pub rows: usize,
    /// `None`: of several packs or none.
    pub pack: Option<Arc<str>>,
}

/// Rows of one run, by its index.
pub(super) type Piece = (usize, Range<usize>);

/// Cuts runs, which are sorted by pack, into row groups of at most `rows_max` rows. The order of runs stays, but for rare packs,
/// which come last.
pub(super) fn cut(runs: &[Run], rows_max: usize) -> Vec<Vec<Piece>> {
    let mut groups = Vec::new();
    let mut rare: Vec<Piece> = Vec::new();
    let mut first = 0;
    for runs in runs.chunk_by(|a, b| a.pack == b.pack) {
        let pieces = runs.iter().enumerate().map(|(index, run)| (first + index, 0..run.rows));
        if runs.iter().map(|run| run.rows).sum::<usize>() >= OWN_ROWS_MIN {
            slice(pieces.collect(), rows_max, &mut groups);
        } else {
            rare.extend(pieces);
        }
        first += runs.len();
    }
    slice(rare, rows_max, &mut groups);
    groups
}

/// Cuts pieces into groups of about the same size.
fn slice(pieces: Vec<Piece>, rows_max: usize, groups: &mut Vec<Vec<Piece>>) {
    let all: usize = pieces.iter().map(|(_, rows)| rows.len()).sum();
    let each = all.div_ceil(all.div_ceil(rows_max.max(1)).max(1));
    let (mut group, mut room) = (Vec::new(), each);
    for (run, mut rows) in pieces {
        while rows.len() >= room && room > 0 {
            group.push((run, rows.start..rows.start + room));
            rows.start += room;
            groups.push(std::mem::take(&mut group));
            room = each;
        }
        if !rows.is_empty() {
            room -= rows.len();
            group.push((run, rows));
        }
    }
    groups.extend((!group.is_empty()).then_some(group));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(runs: &[(usize, &str)], rows_max: usize, expect: &[&[(usize, Range<usize>)]]) {
        let pack = |name: &str| (!name.is_empty()).then(|| Arc::from(name));
        let runs: Vec<Run> = runs.iter().map(|&(rows, name)| Run { rows, pack: pack(name) }).collect();
        assert_eq!(cut(&runs, rows_max), expect);
    }

    #[test]
    fn frequent_packs_have_their_own_row_groups() {
        check(&[], 10, &[]);
        check(&[(5, ""), (5, "a")], 4_000, &[&[(0, 0..5), (1, 0..5)]]);
        check(
            &[(3_000, ""), (5, "a"), (1_500, "b"), (1_500, "b"), (0, "c"), (6, "d")],
            4_000,
            &[&[(0, 0..3_000)], &[(2, 0..1_500), (3, 0..1_500)], &[(1, 0..5), (5, 0..6)]],
        );
        check(&[(5_000, "a"), (1_000, "a")], 4_000, &[&[(0, 0..3_000)], &[(0, 3_000..5_000), (1, 0..1_000)]]);
        check(&[(1, "a"), (2, "b"), (2, "c")], 2, &[&[(0, 0..1), (1, 0..1)], &[(1, 1..2), (2, 0..1)], &[(2, 1..2)]]);
    }
}

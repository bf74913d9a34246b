//! Which columns are worth their holes while rows are in memory.
//!
//! A column takes room for every row, with a value or not. Senders that name each field anew would make a row take thousands of times
//! its size; the fields of such columns stand in the rest instead, where nothing is lost.

use std::cmp::Reverse;

/// Rows without a value that a part may have for each value in it.
const HOLES_PER_VALUE: usize = 16;
/// The same for each row, so that parts of small events may differ too.
const HOLES_PER_ROW: usize = 16;

/// For each column, given as its number of values, whether it is kept: the fullest first, until the holes of a part of `rows` rows are
/// too many.
pub(crate) fn kept(values: &[usize], rows: usize) -> Vec<bool> {
    let mut room = HOLES_PER_VALUE * values.iter().sum::<usize>() + HOLES_PER_ROW * rows;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&column| Reverse(values[column]));
    let mut kept = vec![false; values.len()];
    for column in order {
        match room.checked_sub(rows.saturating_sub(values[column])) {
            Some(left) => room = left,
            None => break,
        }
        kept[column] = true;
    }
    kept
}

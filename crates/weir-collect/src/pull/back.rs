//! A walk back: newest first, to where the last walk began.

use std::ops::Range;

use weir_event::Value;

/// The newest records of the last walk that came to its end, and those of this one.
#[derive(Debug, Default)]
pub(super) struct Back {
    anchors: Vec<u128>,
    newest: Vec<u128>,
}

/// Records that mark where a walk back begins: more than one, as sources take records back.
const ANCHORS_MAX: usize = 50;

/// How a page stands to the records of the last walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    /// The walk ends with this page.
    pub anchor: bool,
    /// The records that are older than what the last walk began with: they are stored, also those whose identity is forgotten.
    pub behind: Range<usize>,
}

impl Back {
    /// What was written as the cursor.
    pub fn new(cursor: &Value<'_>) -> Back {
        let Value::Array(items) = cursor else { return Back::default() };
        let anchors = items.iter().filter_map(|item| u128::from_str_radix(item.as_str()?, 16).ok()).collect();
        Back { anchors, newest: Vec::new() }
    }

    /// The cursor after this walk; null when it found nothing.
    pub fn cursor(&self) -> Value<'static> {
        match self.newest.as_slice() {
            [] => Value::Null,
            newest => Value::Array(newest.iter().map(|id| Value::owned(format!("{id:032x}"))).collect()),
        }
    }

    /// Takes the identities of the next page. A source that does not keep its order is not believed: then nothing counts as behind.
    pub fn page(&mut self, ids: &[u128]) -> Reached {
        for id in ids {
            if self.newest.len() < ANCHORS_MAX && !self.newest.contains(id) {
                self.newest.push(*id);
            }
        }
        let rank = |id: &u128| self.anchors.iter().position(|anchor| anchor == id);
        let found: Vec<(usize, usize)> =
            ids.iter().enumerate().filter_map(|(at, id)| rank(id).map(|rank| (at, rank))).collect();
        let Some((first, _)) = found.first() else { return Reached::default() };
        let is_in_order = match found.as_slice() {
            // Alone at the top it may be the oldest of a page that is upside down.
            [(at, _)] => *at > 0 || ids.len() == 1,
            many => many.is_sorted_by_key(|(_, rank)| *rank),
        };
        Reached { anchor: true, behind: if is_in_order { *first..ids.len() } else { 0..0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(last: &[u128], page: &[u128], anchor: bool, behind: Range<usize>) {
        let mut before = Back::default();
        before.page(last);
        assert_eq!(Back::new(&before.cursor()).page(page), Reached { anchor, behind });
    }

    #[test]
    fn what_stands_behind_the_last_walk_is_stored_already() {
        check(&[], &[9, 8], false, 0..0);
        check(&[3, 2, 1], &[9, 8], false, 0..0);
        check(&[3, 2, 1], &[4, 3, 2, 1, 0], true, 1..5);
        check(&[3], &[4, 3, 2], true, 1..3);
    }

    #[test]
    fn a_page_that_is_upside_down_hides_nothing_new() {
        check(&[3, 2, 1], &[1, 2, 3, 4], true, 0..0);
        check(&[3, 2, 1], &[3, 4, 5], true, 0..0);
        check(&[3], &[3, 4], true, 0..0);
    }
}

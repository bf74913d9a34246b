//! Pages that do not move on.

use std::collections::HashSet;

/// What the pages of one list held, as far as telling repeats needs it: 16 bytes for each page.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    pages: HashSet<u128>,
}

impl Repeats {
    /// True when a page holds nothing but the records of one page before it, in whatever order. `ids` are the identities of the page;
    /// one without records repeats nothing.
    pub fn is_again(&mut self, ids: &[u128]) -> bool {
        let mut here = HashSet::with_capacity(ids.len());
        // Identities are digests, so their sum tells pages apart.
        let sum = ids.iter().filter(|id| here.insert(**id)).fold(0u128, |sum, id| sum.wrapping_add(*id));
        !ids.is_empty() && !self.pages.insert(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pages: &[&[u128]], expect: bool) {
        let mut repeats = Repeats::default();
        assert_eq!(pages.iter().map(|ids| repeats.is_again(ids)).last(), Some(expect));
    }

    #[test]
    fn pages_that_were_there_before_are_known_in_any_order() {
        check(&[&[1, 2, 3]], false);
        check(&[&[1, 2, 3], &[4, 5]], false);
        check(&[&[1, 2, 3], &[3, 4, 5]], false);
        check(&[&[1, 2, 3], &[3, 1, 2]], true);
        check(&[&[1, 2], &[1, 2, 1, 2]], true);
        check(&[&[1, 2], &[3, 4], &[1, 2]], true);
        check(&[&[1, 2], &[], &[]], false);
    }
}

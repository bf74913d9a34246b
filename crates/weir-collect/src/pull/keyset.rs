//! Keyset paging: the next page begins at the largest key of the last one, which comes again.

use std::collections::HashSet;

use weir_event::Value;

use super::walk::Next;
use crate::slot::Page;

/// The records with the largest key so far, so that those that come again are told from those that are new.
#[derive(Debug, Default)]
pub(super) struct Keyset {
    at_key: HashSet<u128>,
}

impl Keyset {
    /// Moves the page on to the largest key. `records` are the keys and identities of the page. It ends when nothing came that was not
    /// there before; a page of one key alone moves `page.skip` on, and a request without it repeats itself, which is refused.
    pub fn advance(&mut self, page: &mut Page, largest: &Value<'static>, records: &[(Value<'static>, u128)]) -> Next {
        let fresh = records.iter().filter(|(_, id)| !self.at_key.contains(id)).count();
        if fresh == 0 || largest.is_null() {
            return Next::End;
        }
        if *largest != page.key {
            self.at_key.clear();
            page.key = largest.clone();
        }
        self.at_key.extend(records.iter().filter(|(key, _)| *key == page.key).map(|(_, id)| *id));
        page.skip = self.at_key.len() as i64;
        Next::Page
    }
}

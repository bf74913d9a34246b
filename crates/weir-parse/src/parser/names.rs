//! Names of parts that no pack maps, looked up once.

use hashbrown::HashMap;
use weir_event::FieldId;

use crate::map::{Convert, Use, use_of};

/// A cache of the process-wide table of names, and room for a word in lower case.
#[derive(Default)]
pub struct Names {
    known: HashMap<Box<str>, Known, foldhash::fast::RandomState>,
    lower: String,
}

type Known = (FieldId, Convert, Use);

/// Names one thread remembers; further ones are looked up each time.
const NAMES_MAX: usize = 8_192;

impl Names {
    /// The field of that name, its type and its use; `None` when there are too many names already.
    pub fn find(&mut self, name: &str) -> Option<Known> {
        if let Some(known) = self.known.get(name) {
            return Some(*known);
        }
        let known = (FieldId::intern(name)?, Convert::of(name), use_of(name));
        if self.known.len() < NAMES_MAX {
            self.known.insert(name.into(), known);
        }
        Some(known)
    }

    /// What `find` gives for `text` in lower case.
    pub fn lower<T>(&mut self, text: &str, find: impl FnOnce(&str) -> T) -> T {
        self.lower.clear();
        crate::artifacts::write_lower(text, &mut self.lower);
        find(&self.lower)
    }
}

//! Names of parts that no pack maps, looked up once.

use hashbrown::HashMap;
use weir_event::FieldId;

use crate::map::{Convert, Use, use_of};

/// A cache of the process-wide table of names, and room for a word in lower case and for the texts of several parts.
#[derive(Default)]
pub struct Names {
    known: HashMap<Box<str>, Known, foldhash::fast::RandomState>,
    /// What names of members inside records say.
    uses: HashMap<Box<str>, Use, foldhash::fast::RandomState>,
    lower: String,
    pub joined: String,
}

type Known = (FieldId, Convert, Use);

/// Names one thread remembers; further ones are looked up each time.
const NAMES_MAX: usize = 8_192;

/// The fields that the row under construction has, so that asking costs the same however wide the row is.
#[derive(Default)]
pub struct FieldSet {
    /// By number of the field: the row that set it last.
    rows: Vec<u32>,
    row: u32,
    /// Fields of the row that a table gave, and the rank of the table.
    ranks: Vec<(FieldId, u32)>,
}

impl FieldSet {
    /// Begins another row.
    pub fn clear(&mut self) {
        self.ranks.clear();
        self.row = match self.row.checked_add(1) {
            Some(row) => row,
            None => {
                self.rows.clear();
                1
            }
        };
    }

    pub fn add(&mut self, field: FieldId) {
        let index = field.index();
        if index >= self.rows.len() {
            self.rows.resize(index + 64, 0);
        }
        self.rows[index] = self.row;
    }

    pub fn has(&self, field: FieldId) -> bool {
        self.rows.get(field.index()).is_some_and(|&row| row == self.row)
    }
}

impl FieldSet {
    /// True when a table of that rank may still give the field: nothing did, or a table of a higher rank.
    pub fn takes(&self, field: FieldId, rank: u32) -> bool {
        !self.has(field) || self.ranks.iter().any(|&(have, of)| have == field && rank < of)
    }

    /// Remembers the rank of the table that gave a field.
    pub fn rank(&mut self, field: FieldId, rank: u32) {
        match self.ranks.iter_mut().find(|(have, _)| *have == field) {
            Some((_, of)) => *of = rank,
            None => self.ranks.push((field, rank)),
        }
    }
}

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

    /// What the name of a member inside a record says about its values.
    pub fn use_of(&mut self, name: &str) -> Use {
        if let Some(known) = self.uses.get(name) {
            return *known;
        }
        let known = use_of(name);
        if self.uses.len() < NAMES_MAX {
            self.uses.insert(name.into(), known);
        }
        known
    }

    /// What `find` gives for `text` in lower case.
    pub fn lower<T>(&mut self, text: &str, find: impl FnOnce(&str) -> T) -> T {
        self.lower.clear();
        crate::artifacts::write_lower(text, &mut self.lower);
        find(&self.lower)
    }
}

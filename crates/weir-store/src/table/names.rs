//! Names of the fields that are in the rest.

use std::collections::BTreeSet;
use std::sync::Arc;

/// At most [`NAMES_MAX`] names; beyond, [`Names::open`] says that there are others.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    names: BTreeSet<Arc<str>>,
    open: bool,
}

/// Field names of the rest that one part or segment remembers.
const NAMES_MAX: usize = 4_096;

impl Names {
    pub fn add(&mut self, name: &str) {
        if self.names.contains(name) {
            return;
        }
        if self.names.len() < NAMES_MAX {
            self.names.insert(name.into());
        } else {
            self.open = true;
        }
    }

    pub fn add_all(&mut self, other: &Names) {
        other.names.iter().for_each(|name| self.add(name));
        self.open |= other.open;
    }

    /// True when the rest may hold fields that are not listed.
    pub fn open(&self) -> bool {
        self.open
    }

    pub fn set_open(&mut self) {
        self.open = true;
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        self.names.iter()
    }
}

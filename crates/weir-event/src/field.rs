//! Field names, interned once per process.

use std::sync::{OnceLock, RwLock};

use hashbrown::HashMap;

use crate::{limits, write_json_string};

/// A field's name as a small number. Two ids are equal when their names are.
///
/// Names live as long as the process; [`limits::FIELD_NAMES_MAX`] bounds them, so that a sender who invents names cannot
/// fill the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(u32);

#[derive(Default)]
struct Names {
    ids: HashMap<&'static str, FieldId, foldhash::fast::RandomState>,
    /// Names beyond those of [`PAGES`].
    more: Vec<Name>,
    count: usize,
}

/// A name, and how a member of that name begins in JSON behind another: a comma, the name in quotes, a colon.
#[derive(Clone, Copy)]
struct Name {
    name: &'static str,
    key: &'static str,
}

/// Names on one page.
const PAGE: usize = 1024;

/// Names by id, so that reading one takes no lock.
static PAGES: [OnceLock<Box<[OnceLock<Name>]>>; limits::FIELD_NAMES_MAX / PAGE + 8] =
    [const { OnceLock::new() }; limits::FIELD_NAMES_MAX / PAGE + 8];

fn names() -> &'static RwLock<Names> {
    static NAMES: OnceLock<RwLock<Names>> = OnceLock::new();
    NAMES.get_or_init(RwLock::default)
}

/// A panic while the lock is held leaves the table whole (entries are only added), so poisoning is ignored.
macro_rules! locked {
    ($guard:expr) => {
        $guard.unwrap_or_else(std::sync::PoisonError::into_inner)
    };
}

impl FieldId {
    /// The id of `name`, new if need be. `None` when [`limits::FIELD_NAMES_MAX`] names exist or the name is longer than
    /// [`limits::FIELD_NAME_BYTES_MAX`]: the caller keeps such a field in the event's record of overflowing fields.
    pub fn intern(name: &str) -> Option<FieldId> {
        if let Some(id) = Self::find(name) {
            return Some(id);
        }
        let mut table = locked!(names().write());
        if let Some(&id) = table.ids.get(name) {
            return Some(id);
        }
        if table.count >= limits::FIELD_NAMES_MAX || name.len() > limits::FIELD_NAME_BYTES_MAX {
            return None;
        }
        Some(table.add(name))
    }

    /// The id of a name that the program or its configuration brings along, which no limit refuses.
    pub fn known(name: &str) -> FieldId {
        if let Some(id) = Self::find(name) {
            return id;
        }
        let mut table = locked!(names().write());
        match table.ids.get(name) {
            Some(&id) => id,
            None => table.add(name),
        }
    }

    /// The id of a name that has been seen before.
    pub fn find(name: &str) -> Option<FieldId> {
        locked!(names().read()).ids.get(name).copied()
    }

    #[inline]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The name as the start of a JSON member behind another: `,"source.ip":`. See [`crate::JsonLine::key`].
    #[inline]
    pub fn json_key(self) -> &'static str {
        self.entry().key
    }

    #[inline]
    fn entry(self) -> Name {
        match PAGES.get(self.index() / PAGE) {
            Some(page) => page
                .get()
                .and_then(|page| page.get(self.index() % PAGE)?.get())
                .copied()
                .unwrap_or(Name { name: "", key: ",\"\":" }),
            None => locked!(names().read()).more[self.index() - PAGES.len() * PAGE],
        }
    }

    /// Small and dense, for use as an index.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Names {
    fn add(&mut self, name: &str) -> FieldId {
        let id = FieldId(self.count as u32);
        let entry = Name::new(name);
        let name = entry.name;
        match PAGES.get(self.count / PAGE) {
            Some(page) => {
                let page = page.get_or_init(|| (0..PAGE).map(|_| OnceLock::new()).collect());
                let _ = page[self.count % PAGE].set(entry);
            }
            None => self.more.push(entry),
        }
        self.count += 1;
        self.ids.insert(name, id);
        id
    }
}

impl Name {
    /// Names live as long as the process, so their text is leaked; mostly the key holds the name.
    fn new(name: &str) -> Name {
        let mut key = String::with_capacity(name.len() + 4);
        key.push(',');
        write_json_string(name, &mut key);
        key.push(':');
        let key: &'static str = Box::leak(key.into_boxed_str());
        let name = match key.get(2..name.len() + 2) {
            Some(same) if same == name => same,
            _ => Box::leak(name.into()),
        };
        Name { name, key }
    }
}

#[cfg(test)]
mod tests {
    use super::FieldId;

    #[test]
    fn the_same_name_has_the_same_id() {
        let id = FieldId::known("source.ip");
        assert_eq!(FieldId::intern("source.ip"), Some(id));
        assert_eq!((id.name(), id.json_key()), ("source.ip", ",\"source.ip\":"));
        let odd = FieldId::known("a\"b");
        assert_eq!((odd.name(), odd.json_key()), ("a\"b", ",\"a\\\"b\":"));
        assert_eq!(FieldId::intern(&"x".repeat(crate::limits::FIELD_NAME_BYTES_MAX + 1)), None);
    }
}

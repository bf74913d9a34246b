//! The named parts a reader found in one record.

use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use weir_event::Value;

use super::memory::emptied;
use crate::note::Notes;

/// Parts in order. Reused from record to record.
#[derive(Default)]
pub struct Parts<'t> {
    /// Names that readers made.
    names: String,
    items: Vec<(Name<'t>, Value<'t>)>,
    pub notes: Notes,
    /// Text that is searched for artifacts beside the parts.
    pub scanned: Option<&'t str>,
    /// Room for what a pattern exports.
    pub values: Vec<Value<'t>>,
}

/// The name of a part.
#[derive(Clone)]
enum Name<'t> {
    /// As it stands in the record or in the pack.
    Shared(&'t str),
    /// Bytes of [`Parts::names`].
    Made(Range<u32>),
}

impl Name<'_> {
    fn text<'n>(&'n self, names: &'n str) -> &'n str {
        match self {
            Name::Shared(name) => name,
            Name::Made(range) => names.get(range.start as usize..range.end as usize).unwrap_or_default(),
        }
    }

    /// The same as comparing [`Name::text`], most names told by their length.
    fn is(&self, name: &str, names: &str) -> bool {
        match self {
            Name::Shared(have) => *have == name,
            Name::Made(range) => range.len() == name.len() && self.text(names) == name,
        }
    }
}

impl<'t> Parts<'t> {
    pub fn clear(&mut self) {
        self.names.clear();
        self.items.clear();
        self.notes = Notes::default();
        self.scanned = None;
    }

    pub fn push(&mut self, name: &'t str, value: Value<'t>) {
        self.items.push((Name::Shared(name), value));
    }

    /// A part whose name no text holds.
    pub fn push_made(&mut self, name: &str, value: Value<'t>) {
        let start = self.names.len() as u32;
        self.names.push_str(name);
        self.items.push((Name::Made(start..self.names.len() as u32), value));
    }

    /// The first part of that name.
    pub fn find(&self, name: &str) -> Option<&Value<'t>> {
        self.items.iter().find(|(have, _)| have.is(name, &self.names)).map(|(_, value)| value)
    }

    /// All parts in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'t>)> {
        self.items.iter().map(|(name, value)| (name.text(&self.names), value))
    }

    /// Gives the first part of that name another value.
    pub fn change(&mut self, name: &str, value: Value<'t>) {
        if let Some((_, old)) = self.items.iter_mut().find(|(have, _)| have.is(name, &self.names)) {
            *old = value;
        }
    }

    /// Takes out the first part of that name.
    pub fn remove(&mut self, name: &str) -> Option<Value<'t>> {
        let at = self.items.iter().position(|(have, _)| have.is(name, &self.names))?;
        Some(self.items.remove(at).1)
    }

    /// Adds the parts of another text, their names behind `into` and a dot.
    pub fn adopt(&mut self, other: &mut Parts<'t>, into: Option<&str>) {
        self.notes = self.notes.and(other.notes);
        for (name, value) in other.items.drain(..) {
            match (name, into) {
                (Name::Shared(name), None) => self.push(name, value),
                (name, None) => self.push_made(name.text(&other.names), value),
                (name, Some(into)) => self.push_made(&format!("{into}.{}", name.text(&other.names)), value),
            }
        }
    }

    /// The same for parts of a text that does not last.
    pub fn adopt_copied(&mut self, other: &mut Parts<'_>, into: Option<&str>) {
        self.notes = self.notes.and(other.notes);
        for (name, value) in other.items.drain(..) {
            let name = name.text(&other.names);
            match into {
                None => self.push_made(name, value.into_owned()),
                Some(into) => self.push_made(&format!("{into}.{name}"), value.into_owned()),
            }
        }
    }

    /// No parts in the memory of these.
    pub fn emptied<'n>(mut self) -> Parts<'n> {
        self.clear();
        Parts { names: self.names, items: emptied(self.items), values: emptied(self.values), ..Parts::default() }
    }

    /// Hands out all parts in order.
    pub fn drain(&mut self, mut take: impl FnMut(&str, Value<'t>)) {
        for (name, value) in self.items.drain(..) {
            take(name.text(&self.names), value);
        }
    }

    /// Makes one list of the parts `name.0`, `name.1`, ... in the order of their numbers; equal numbers stay in order of arrival.
    pub fn gather(&mut self, name: &'t str) {
        let number = |have: &str| match have.as_bytes().get(name.len()) {
            Some(b'.') => have.strip_prefix(name)?[1..].parse::<u32>().ok(),
            _ => None,
        };
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (at, (have, _)) in self.items.iter().enumerate() {
            found.extend(number(have.text(&self.names)).map(|number| (number, at)));
        }
        if found.is_empty() {
            return;
        }
        found.sort_by_key(|(number, _)| *number);
        let values = found.iter().map(|&(_, at)| std::mem::take(&mut self.items[at].1)).collect();
        self.push(name, Value::Array(values));
    }

    /// Of the parts of one name only the last.
    pub fn keep_last(&mut self) {
        let Parts { items, names, .. } = self;
        let named = items.iter().enumerate().map(|(at, (name, _))| (name.text(names), at));
        let last: HashMap<&str, usize, RandomState> = named.collect();
        let mut kept: Vec<usize> = last.into_values().collect();
        kept.sort_unstable();
        let mut kept = kept.into_iter().peekable();
        let mut at = 0..;
        items.retain(|_| kept.next_if_eq(&at.next().unwrap_or_default()).is_some());
    }

    /// There are parts of an object of that name.
    pub fn have_object(&self, name: &str) -> bool {
        self.items.iter().any(|(have, _)| is_below(have.text(&self.names), name))
    }

    /// Takes out the parts of an object.
    pub fn remove_object(&mut self, name: &str) {
        let Parts { items, names, .. } = self;
        items.retain(|(have, _)| !is_below(have.text(names), name));
    }

    /// Takes out the text of the part that holds another event.
    pub fn take_content(&mut self, name: &str) -> Option<String> {
        let at = self.items.iter().position(|(have, value)| {
            have.is(name, &self.names) && value.as_str().is_some_and(|text| !text.is_empty())
        })?;
        self.items.remove(at).1.as_str().map(str::to_owned)
    }
}

/// True for `name.member`.
fn is_below(have: &str, name: &str) -> bool {
    have.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

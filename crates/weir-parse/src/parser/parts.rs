//! The named parts a reader found in one record.

use std::ops::Range;

use weir_event::Value;

use crate::note::Notes;

/// Parts in order. Reused from record to record.
#[derive(Default)]
pub struct Parts<'t> {
    names: String,
    items: Vec<(Range<u32>, Value<'t>)>,
    pub notes: Notes,
    /// Text that is searched for artifacts beside the parts.
    pub scanned: Option<&'t str>,
    /// Room for what a pattern exports.
    pub values: Vec<Value<'t>>,
}

impl<'t> Parts<'t> {
    pub fn clear(&mut self) {
        self.names.clear();
        self.items.clear();
        self.notes = Notes::default();
        self.scanned = None;
    }

    pub fn push(&mut self, name: &str, value: Value<'t>) {
        let start = self.names.len() as u32;
        self.names.push_str(name);
        self.items.push((start..self.names.len() as u32, value));
    }

    fn name(&self, range: &Range<u32>) -> &str {
        self.names.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// The first part of that name.
    pub fn find(&self, name: &str) -> Option<&Value<'t>> {
        self.items.iter().find(|(range, _)| self.name(range) == name).map(|(_, value)| value)
    }

    /// Hands out all parts in order.
    pub fn drain(&mut self, mut take: impl FnMut(&str, Value<'t>)) {
        for (range, value) in self.items.drain(..) {
            take(self.names.get(range.start as usize..range.end as usize).unwrap_or_default(), value);
        }
    }

    /// Makes one list of the parts `name.0`, `name.1`, ... in the order of their numbers; equal numbers stay in order of arrival.
    pub fn gather(&mut self, name: &str) {
        let number = |parts: &Self, range: &Range<u32>| {
            parts.name(range).strip_prefix(name)?.strip_prefix('.')?.parse::<u32>().ok()
        };
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (at, (range, _)) in self.items.iter().enumerate() {
            found.extend(number(self, range).map(|number| (number, at)));
        }
        if found.is_empty() {
            return;
        }
        found.sort_by_key(|(number, _)| *number);
        let values = found.iter().map(|&(_, at)| std::mem::take(&mut self.items[at].1)).collect();
        self.push(name, Value::Array(values));
    }

    /// Takes out the text of the part that holds another event.
    pub fn take_content(&mut self, name: Option<&str>) -> Option<String> {
        let name = name?;
        let at = self.items.iter().position(|(range, value)| {
            self.name(range) == name && value.as_str().is_some_and(|text| !text.is_empty())
        })?;
        self.items.remove(at).1.as_str().map(str::to_owned)
    }
}

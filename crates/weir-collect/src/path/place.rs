//! Where a path leads before it chooses among elements: what must be there for an answer to be the one that was asked for.

use weir_event::Value;

use super::{Path, Step, element};

/// What stands where a path leads, before its first choice among elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place<'v, 't> {
    /// A member on the way is not there, or nothing is where it would be.
    Missing,
    /// The way leads through something that has no members: a text, a number, a list.
    Closed,
    At(&'v Value<'t>),
}

/// What a path wants to find at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The value itself.
    One,
    List,
    /// An object or a list, whose values are taken alike.
    Values,
}

impl Path {
    /// What stands at the place of the path. Null and the empty text of an XML element without content have no members; the answer
    /// itself must have them.
    pub(crate) fn place<'v, 't>(&self, root: &'v Value<'t>) -> Place<'v, 't> {
        let mut at = root;
        for (index, step) in self.steps[..self.fixed()].iter().enumerate() {
            let found = match (step, at) {
                (Step::Member(names), Value::Record(record)) => names.iter().find_map(|name| record.get(name)),
                (Step::Index(number), Value::Array(items)) => element(items, *number),
                (_, value) if index > 0 && is_nothing(value) => None,
                _ => return Place::Closed,
            };
            match found {
                Some(value) => at = value,
                None => return Place::Missing,
            }
        }
        Place::At(at)
    }

    /// Can the path begin in a value of this form? An object has members, a list has elements.
    pub(crate) fn begins_in(&self, root: &Value<'_>) -> bool {
        match (self.steps.first(), root) {
            (None | Some(Step::Values | Step::Below), _) => true,
            (Some(Step::Member(_)), root) => matches!(root, Value::Record(_)),
            (Some(_), root) => matches!(root, Value::Array(_)),
        }
    }

    pub(crate) fn wanted(&self) -> Wanted {
        match self.steps.get(self.fixed()) {
            None => Wanted::One,
            Some(Step::Values | Step::Below) => Wanted::Values,
            Some(_) => Wanted::List,
        }
    }

    /// Steps before the first choice. An element by its number is a choice at the end, where an empty list has none, and on the way is not.
    fn fixed(&self) -> usize {
        let choice = |step: &Step| !matches!(step, Step::Member(_) | Step::Index(_));
        let first = self.steps.iter().position(choice).unwrap_or(self.steps.len());
        let ends_in_number = first == self.steps.len() && matches!(self.steps.last(), Some(Step::Index(_)));
        first - usize::from(ends_in_number)
    }

    /// True when the first step of the path finds something.
    pub(crate) fn enters(&self, root: &Value<'_>) -> bool {
        !super::walk(&self.steps[..self.steps.len().min(1)], root).is_empty()
    }
}

fn is_nothing(value: &Value<'_>) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

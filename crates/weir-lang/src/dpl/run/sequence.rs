//! Groups: alternatives, and members with a separator between them.

use weir_event::Value;

use super::super::program::NodeId;
use super::Run;

impl Run<'_, '_> {
    /// The first branch that matches is kept; values that a failing branch has set are emptied.
    pub(super) fn choice(&mut self, branches: &[Box<[NodeId]>], at: usize) -> Option<usize> {
        for branch in branches {
            match self.sequence(branch, at) {
                Some(end) => return Some(end),
                None => self.empty(branch),
            }
        }
        None
    }

    fn empty(&mut self, ids: &[NodeId]) {
        if self.probing {
            return;
        }
        let program = self.program;
        for &id in ids {
            let node = program.node(id);
            for &slot in node.resets.iter().chain(&node.slot) {
                self.slots[slot as usize] = Value::Null;
            }
        }
    }

    /// Members with `separator` between them. An optional member may be missing with or without its separator.
    pub(super) fn fields(&mut self, items: &[NodeId], separator: NodeId, from: usize) -> Option<usize> {
        let mut at = from;
        for (index, &id) in items.iter().enumerate() {
            let last = index + 1 == items.len();
            let optional = self.program.node(id).optional;
            at = match (optional, last) {
                (true, true) => self.element(id, at)?,
                (true, false) => self.optional_field(id, separator, at)?,
                (false, true) => return self.element(id, at),
                (false, false) => {
                    let end = self.element(id, at)?;
                    match self.element(separator, end) {
                        Some(next) => next,
                        None => return self.rest_is_optional(&items[index + 1..]).then_some(end),
                    }
                }
            };
        }
        Some(at)
    }

    /// Member then separator; else the separator alone; else nothing.
    fn optional_field(&mut self, id: NodeId, separator: NodeId, at: usize) -> Option<usize> {
        if let Some(next) = self.element(id, at).and_then(|end| self.element(separator, end)) {
            return Some(next);
        }
        if !self.probing {
            self.absent(self.program.node(id));
        }
        match self.element(separator, at) {
            Some(next) => Some(next),
            None if self.budget.spent => None,
            None => Some(at),
        }
    }

    fn rest_is_optional(&self, items: &[NodeId]) -> bool {
        items.iter().all(|&id| self.program.node(id).optional)
    }
}

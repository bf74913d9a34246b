//! Look-around: is this text before or behind the cursor?

use super::super::program::NodeId;
use super::{Hit, Run};

/// Bytes before the cursor at which look-behind may start.
const BEHIND_BYTES_MAX: usize = 64;

impl<'t> Run<'_, 't> {
    pub(super) fn look(&mut self, behind: bool, negative: bool, inner: NodeId, at: usize) -> Option<Hit<'t>> {
        let probing = self.probing;
        self.probing |= negative;
        let found = if behind { self.behind(inner, at) } else { self.element(inner, at).is_some() };
        self.probing = probing;
        self.position(found != negative && !self.budget.spent, at)
    }

    /// Some text that ends at `at` matches as a whole; the shortest that does counts.
    fn behind(&mut self, inner: NodeId, at: usize) -> bool {
        let least = at.saturating_sub(BEHIND_BYTES_MAX);
        let end = std::mem::replace(&mut self.end, at);
        let known = self.known;
        let starts = (least..=at).rev();
        let text = self.text;
        let found =
            starts.filter(|&start| text.is_char_boundary(start)).any(|start| self.element(inner, start) == Some(at));
        self.end = end;
        self.known = known;
        found
    }
}

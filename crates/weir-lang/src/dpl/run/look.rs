//! Look-around: is this text before or behind the cursor?

use super::super::program::{Behind, Ends, NodeId};
use super::{Hit, Run};

impl<'t> Run<'_, 't> {
    pub(super) fn look(
        &mut self,
        behind: Option<&Behind>,
        negative: bool,
        inner: NodeId,
        at: usize,
    ) -> Option<Hit<'t>> {
        let probing = self.probing;
        self.probing |= negative;
        let found = match behind {
            Some(behind) => self.behind(behind, inner, at),
            None => self.element(inner, at).is_some(),
        };
        self.probing = probing;
        self.position(found != negative && !self.budget.spent, at)
    }

    /// Some text that ends at `at` matches as a whole; the shortest that does counts.
    fn behind(&mut self, behind: &Behind, inner: NodeId, at: usize) -> bool {
        let Some(nearest) = at.checked_sub(behind.least) else { return false };
        if !behind.ends.fit(&self.bytes()[..at]) {
            return false;
        }
        let end = std::mem::replace(&mut self.end, at);
        let known = self.known;
        let starts = (at.saturating_sub(behind.most)..=nearest).rev();
        let text = self.text;
        let found = starts
            .filter(|&start| text.is_char_boundary(start) && behind.may_start(&text.as_bytes()[start..at]))
            .any(|start| self.element(inner, start) == Some(at));
        self.end = end;
        self.known = known;
        found
    }
}

impl Behind {
    fn may_start(&self, bytes: &[u8]) -> bool {
        self.first.as_ref().is_none_or(|first| bytes.first().is_some_and(|&byte| first[byte as usize]))
    }
}

impl Ends {
    /// Whether what stands before the cursor can be the end of such a text.
    fn fit(&self, before: &[u8]) -> bool {
        match self {
            Ends::Any => true,
            Ends::With(text) => before.ends_with(text),
            Ends::In(bytes) => before.last().is_some_and(|&byte| bytes[byte as usize]),
        }
    }
}

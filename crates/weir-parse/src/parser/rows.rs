//! Many records at once, those of one pack one after the other.

use weir_event::Batch;

use super::outline::Outline;
use super::parts::Parts;
use super::text::Shared;
use super::{Outcome, Parser};
use crate::pack::Packs;
use crate::recognise::Round;

/// Records that are looked at before the first of them is read. A pack's records then come together: its tables and the code for them are
/// at hand, which is worth a fifth of the time when vendors alternate. What is seen of so many records fits into a second-level cache.
const BLOCK: usize = 1_024;

/// A record before it is read.
pub(super) struct Sight<'t> {
    pub text: &'t str,
    pub outline: Outline<'t>,
    /// The pack to be asked first; `None`: none recognises the record.
    pub likely: Option<u32>,
}

impl Parser {
    /// Adds one row per record, in order. `done` sees each row before it is closed, with the number of its record, in any order.
    pub(super) fn rows(
        &mut self,
        shared: &Shared,
        batch: &mut Batch,
        mut done: impl FnMut(&mut Batch, usize, Outcome),
    ) {
        self.scratch.cells.begin(self.packs.constants.len());
        let packs = self.packs.clone();
        let mut parts = Parts::default();
        let mut sights = Vec::with_capacity(shared.records.len().min(BLOCK));
        let mut order = Vec::with_capacity(sights.capacity());
        let mut first = 0;
        for block in shared.records.chunks(BLOCK) {
            sights.clear();
            sights.extend(block.iter().map(|record| self.sight(&packs, shared.record(record))));
            order.clear();
            order.extend(sights.iter().zip(0u32..).map(|(sight, place)| (sight.likely, place)));
            order.sort_unstable();
            for &(_, place) in &order {
                let outcome = self.record(&packs, &sights[place as usize], &mut parts, batch, 0);
                done(batch, first + place as usize, outcome);
                batch.end_row();
            }
            batch.arrange(order.iter().map(|(_, place)| *place));
            first += block.len();
        }
    }

    /// Looks at a record: its header, its format, and which pack probably reads it.
    pub(super) fn sight<'t>(&mut self, packs: &Packs, text: &'t str) -> Sight<'t> {
        let outline = Outline::of(text, &self.context);
        let seen = &mut self.scratch.seen;
        let likely = self.only.or_else(|| {
            let facts = outline.facts();
            Round::ALL.into_iter().find_map(|round| {
                packs.recogniser.candidates(&facts, round, seen);
                seen.packs.first().copied()
            })
        });
        Sight { text, outline, likely }
    }
}

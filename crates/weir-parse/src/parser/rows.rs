//! Many records at once, those of one pack one after the other.

use std::ops::Range;

use weir_event::Batch;

use super::envelope::Event;
use super::memory::emptied;
use super::outline::Outline;
use super::parts::Parts;
use super::text::Lines;
use super::{Outcome, Parser};
use crate::pack::Packs;
use crate::recognise::Round;

/// How many records are looked at before the first of them is read. A pack's records then come together: its tables and the code for them
/// are at hand, which is worth half of the time when a hundred vendors alternate. What was seen of them has to be kept meanwhile, which
/// costs more than that when there are few vendors; so a block is as long as the packs of the one before were many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block(usize);

impl Block {
    const MIN: usize = 512;
    const MAX: usize = 16_384;
    /// Records of each pack, if all had as many.
    const OF_ONE_PACK: usize = 64;

    /// The length of a block that should follow one in this order.
    fn after(order: &[(Option<u32>, u32)]) -> Block {
        let packs = order.chunk_by(|one, next| one.0 == next.0).count();
        Block((packs * Block::OF_ONE_PACK).clamp(Block::MIN, Block::MAX))
    }

    /// How many records it has, if there are as many.
    pub fn length(self) -> usize {
        self.0
    }

    /// The records of a block that begins at `first`.
    pub fn range(self, first: usize, records: &Lines) -> Range<usize> {
        first..records.len().min(first + self.0)
    }
}

impl Default for Block {
    fn default() -> Self {
        Block(Block::MIN)
    }
}

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
        records: &Lines,
        batch: &mut Batch,
        mut done: impl FnMut(&mut Batch, usize, Outcome),
    ) {
        self.begin_batch();
        let mut first = 0;
        while first < records.len() {
            let block = self.scratch.block.range(first, records);
            self.block(records, block.clone(), batch, &mut done);
            first = block.end;
        }
    }

    /// A batch begins that has nothing of the packs yet.
    pub(super) fn begin_batch(&mut self) {
        self.scratch.cells.begin(self.packs.constants.len());
    }

    /// The same as [`Parser::rows`] for the records of one block.
    pub(super) fn block(
        &mut self,
        records: &Lines,
        block: Range<usize>,
        batch: &mut Batch,
        mut done: impl FnMut(&mut Batch, usize, Outcome),
    ) {
        let packs = self.packs.clone();
        let mut parts = Parts::default();
        let mut sights = emptied(std::mem::take(&mut self.scratch.sights));
        sights.extend(block.clone().map(|record| self.unrecognised_sight(records.text(record))));
        self.recognise(&packs, &mut sights);
        let mut order: Vec<_> = sights.iter().zip(0u32..).map(|(sight, place)| (sight.likely, place)).collect();
        order.sort_unstable();
        for &(_, place) in &order {
            let outcome = self.record(&packs, &sights[place as usize], &mut parts, batch, 0);
            done(batch, block.start + place as usize, outcome);
            batch.end_row();
        }
        batch.arrange(order.iter().map(|(_, place)| *place));
        self.scratch.block = Block::after(&order);
        self.scratch.sights = emptied(sights);
    }

    /// Looks at an event inside a record: its header, its format, and which pack probably reads it.
    pub(super) fn sight_within<'t>(&mut self, packs: &Packs, event: &'t Event<'_>) -> Sight<'t> {
        let mut sight = self.unrecognised_sight(&event.text);
        event.name_program(&mut sight.outline);
        sight.likely = self.likely(packs, &sight.outline);
        sight
    }

    fn unrecognised_sight<'t>(&self, text: &'t str) -> Sight<'t> {
        Sight { text, outline: Outline::of(text, &self.context), likely: None }
    }

    /// Finds the packs of many records, of those that look alike one after the other: so there is less to be guessed.
    fn recognise(&mut self, packs: &Packs, sights: &mut [Sight<'_>]) {
        let mut order: Vec<_> = sights.iter().zip(0u32..).map(|(sight, place)| (sight.outline.look(), place)).collect();
        order.sort_unstable();
        for (_, place) in order {
            let sight = &mut sights[place as usize];
            sight.likely = self.likely(packs, &sight.outline);
        }
    }

    fn likely(&mut self, packs: &Packs, outline: &Outline<'_>) -> Option<u32> {
        let seen = &mut self.scratch.seen;
        self.only.or_else(|| {
            let facts = outline.facts();
            Round::ALL.into_iter().find_map(|round| {
                packs.recogniser.candidates(&facts, round, seen);
                seen.packs.first().copied()
            })
        })
    }
}

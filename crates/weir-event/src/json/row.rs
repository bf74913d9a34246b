//! Cells and artifacts of a row as JSON.

use super::JsonLine;
use crate::batch::{Artifact, Node};
use crate::{ArtifactKind, Batch, Cell, FieldId, Row, limits};

impl JsonLine {
    /// Appends the member of a cell of `batch`.
    #[inline]
    pub fn cell(&mut self, batch: &Batch, field: FieldId, cell: Cell) {
        if let Cell::Text(span) = cell {
            let (whole, place) = batch.place(span);
            return self.member(field, whole, place);
        }
        self.key(field);
        self.bare(batch, cell);
    }

    /// Appends the value of a cell.
    fn bare(&mut self, batch: &Batch, cell: Cell) {
        match cell {
            Cell::Text(span) => {
                let (whole, place) = batch.place(span);
                self.piece(whole, place);
            }
            Cell::Long(number) => self.long(number),
            Cell::Ip(address) => self.ip(address),
            Cell::Timestamp(at) => self.timestamp(at),
            Cell::Nested(mut at) => self.nested(batch, &mut at),
            other => self.value(&batch.value(other)),
        }
    }

    /// Appends the value that begins at a place, which is moved behind it.
    fn nested(&mut self, batch: &Batch, at: &mut u32) {
        let node = batch.node(*at);
        *at += 1;
        match node {
            Node::Cell(cell) => self.bare(batch, cell),
            Node::Name(name) => self.bare(batch, Cell::Text(name)),
            Node::Rare(at) => self.value(batch.rare(at)),
            Node::Array(items) => {
                self.plain("[");
                for _ in 0..items {
                    self.separate();
                    self.nested(batch, at);
                }
                self.plain("]");
            }
            Node::Record(members) => {
                self.plain("{");
                for _ in 0..members {
                    self.separate();
                    self.nested(batch, at);
                    self.plain(":");
                    self.nested(batch, at);
                }
                self.plain("}");
            }
        }
    }

    /// Appends an array for each kind of artifact that the row has; `begin` writes the name and the opening bracket.
    #[inline]
    pub fn artifacts(&mut self, row: Row<'_>, begin: impl Fn(&mut JsonLine, ArtifactKind)) {
        let found = row.artifact_spans();
        let mut last = None;
        for &number in &by_kind(found)[..found.len()] {
            let Artifact { kind, text } = found[usize::from(number)];
            if last != Some(kind) {
                self.plain(if last.is_some() { "]" } else { "" });
                self.separate();
                begin(self, kind);
            }
            last = Some(kind);
            self.separate();
            let (whole, place) = row.batch().place(text);
            self.piece(whole, place);
        }
        self.plain(if last.is_some() { "]" } else { "" });
    }
}

/// The numbers of artifacts in the order of their kinds, those of a kind as they came. Counted instead of compared, which has no branches
/// that nothing foretells.
fn by_kind(found: &[Artifact]) -> [u16; limits::EVENT_ARTIFACTS_MAX] {
    let mut begins = [0u16; ArtifactKind::ALL.len() + 1];
    found.iter().for_each(|found| begins[found.kind as usize + 1] += 1);
    for kind in 1..begins.len() {
        begins[kind] += begins[kind - 1];
    }
    let mut order = [0; limits::EVENT_ARTIFACTS_MAX];
    for (found, number) in found.iter().zip(0..) {
        let place = &mut begins[found.kind as usize];
        order[usize::from(*place)] = number;
        *place += 1;
    }
    order
}

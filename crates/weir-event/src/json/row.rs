//! Cells and artifacts of a row as JSON.

use super::JsonLine;
use crate::batch::Node;
use crate::{ArtifactKind, Batch, Cell, FieldId, Row};

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
        let present = found.iter().fold(0u16, |present, found| present | 1 << found.kind as u16);
        let kinds = ArtifactKind::ALL.into_iter().filter(|kind| present & 1 << *kind as u16 != 0);
        for kind in kinds {
            self.separate();
            begin(self, kind);
            for found in found.iter().filter(|found| found.kind == kind) {
                self.separate();
                let (whole, place) = row.batch().place(found.text);
                self.piece(whole, place);
            }
            self.plain("]");
        }
    }
}

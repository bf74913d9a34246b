//! Cells and artifacts of a row as JSON.

use super::JsonLine;
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
        match cell {
            Cell::Long(number) => self.long(number),
            Cell::Ip(address) => self.ip(address),
            Cell::Timestamp(at) => self.timestamp(at),
            other => self.value(&batch.value(other)),
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

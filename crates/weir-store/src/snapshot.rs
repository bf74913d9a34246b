//! What a query sees: one consistent view of one table of one tenant.

use std::sync::Arc;

use arrow::array::RecordBatch;
use hashbrown::HashMap;

use crate::column::{ColumnInfo, Kinds, REST, kind_of_field};
use crate::segment::SegmentInfo;
use crate::table::{Names, Part};

/// Every event is in exactly one of `memory` and `segments`. Segments of the snapshot stay readable as long as it lives, even
/// when retention or compaction has replaced them meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// All fields of the events below, sorted by name, [`REST`] itself not among them.
    pub columns: Vec<ColumnInfo>,
    /// True when the rest may hold fields that `columns` does not list.
    pub rest_open: bool,
    /// Rows that are not in a segment yet; schemas differ.
    pub memory: Vec<InMemory>,
    pub segments: Vec<Arc<SegmentInfo>>,
}

/// Rows of one bucket that are in no segment.
#[derive(Clone, Debug)]
pub struct InMemory {
    pub bucket: Arc<str>,
    pub batch: RecordBatch,
}

impl From<RecordBatch> for InMemory {
    /// Rows that are in no bucket.
    fn from(batch: RecordBatch) -> Self {
        InMemory { bucket: "".into(), batch }
    }
}

impl Snapshot {
    /// Rows in memory and segments.
    pub fn rows(&self) -> u64 {
        let memory: usize = self.memory.iter().map(|rows| rows.batch.num_rows()).sum();
        memory as u64 + self.segments.iter().map(|segment| segment.rows).sum::<u64>()
    }

    /// A view of parts, with the buckets they are in, and segments.
    pub(crate) fn of(parts: Vec<(Arc<str>, Part)>, segments: Vec<Arc<SegmentInfo>>) -> Self {
        let mut fields = Fields::default();
        for (_, part) in &parts {
            for field in part.batch.schema_ref().fields() {
                if let Some(kind) = kind_of_field(field).filter(|_| field.name() != REST) {
                    fields.add(field.name(), Kinds::of(kind));
                }
            }
            fields.add_rest(&part.names);
        }
        for segment in &segments {
            segment.columns.iter().for_each(|column| fields.add_column(column));
            fields.open |= segment.rest_open;
        }
        let (columns, rest_open) = fields.finish();
        let memory = parts.into_iter().map(|(bucket, part)| InMemory { bucket, batch: part.batch }).collect();
        Snapshot { columns, rest_open, memory, segments }
    }
}

/// Columns by name while they are collected.
#[derive(Default)]
pub(crate) struct Fields {
    columns: HashMap<Arc<str>, ColumnInfo, foldhash::fast::RandomState>,
    open: bool,
}

impl Fields {
    fn entry(&mut self, name: &str) -> &mut ColumnInfo {
        let name = self.columns.get_key_value(name).map_or_else(|| name.into(), |(have, _)| have.clone());
        let new = || ColumnInfo { name: name.clone(), kinds: Kinds::NONE, in_rest: false };
        self.columns.entry(name.clone()).or_insert_with(new)
    }

    pub fn add(&mut self, name: &str, kinds: Kinds) {
        let column = self.entry(name);
        column.kinds = column.kinds.union(kinds);
    }

    pub fn add_rest(&mut self, names: &Names) {
        names.iter().for_each(|name| self.entry(name).in_rest = true);
        self.open |= names.open();
    }

    fn add_column(&mut self, column: &ColumnInfo) {
        let have = self.entry(&column.name);
        have.kinds = have.kinds.union(column.kinds);
        have.in_rest |= column.in_rest;
    }

    /// Sorted by name, and whether the rest may hold others.
    pub fn finish(self) -> (Vec<ColumnInfo>, bool) {
        let mut columns: Vec<ColumnInfo> = self.columns.into_values().collect();
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        (columns, self.open)
    }
}

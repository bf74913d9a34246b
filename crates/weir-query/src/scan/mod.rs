//! Reading a table: batches in memory and row groups of segments, shared out among the cores.

mod blocks;
mod bounds;
mod check;
mod cutoff;
mod exec;
mod footers;
mod group;
mod holds;
mod pruned;
mod queue;
mod rows;
mod shown;
mod system;
mod totals;
mod values;

pub use bounds::Bounds;
pub(crate) use check::truths;
pub use check::{Check, Demands, Test};
pub use cutoff::Cutoff;
pub use exec::scan;
pub use footers::Footers;
pub use holds::Pieces;
pub use system::system_column;
pub use totals::Totals;
pub use values::values_of;

use std::sync::Arc;

use crate::tables::{Snapshot, TableColumn};

/// What a query wants from one table.
#[derive(Debug)]
pub struct Request {
    pub table: String,
    pub tenant: String,
    pub snapshot: Snapshot,
    /// The columns that the rest of the query needs, in output order.
    pub columns: Vec<TableColumn>,
    /// Rows that fail one of these are never handed out; cheap ones first.
    pub checks: Vec<Check>,
    /// Keep every n-th row.
    pub sampling: u64,
    pub footers: Arc<Footers>,
    pub totals: Arc<Totals>,
}

impl Request {
    /// The columns that are wanted with their dictionaries.
    fn words(&self) -> Vec<&str> {
        let looked_at = self.checks.iter().flat_map(|check| &check.columns).chain(&self.columns);
        looked_at.filter(|column| column.form.has_dictionary()).map(|column| column.name.as_str()).collect()
    }

    /// The columns whose texts are searched where they lie, without a copy.
    fn views(&self) -> Vec<&str> {
        let searched = self.checks.iter().filter(|check| matches!(check.test, Test::Holds(_)));
        let columns = searched.flat_map(|check| &check.columns).filter(|column| column.form == crate::Form::Text);
        columns.map(|column| column.name.as_str()).collect()
    }
}

/// Rows per batch.
pub(crate) const BATCH_ROWS: usize = 8192;
/// Batches that wait between a reading thread and its consumer.
const BATCHES_WAITING_MAX: usize = 2;

//! Where rows come from.

use std::ops::Range;
use std::path::PathBuf;

use std::sync::Arc;

use weir_event::{Fault, Timestamp};
use weir_store::{InMemory, SegmentInfo};

use crate::Form;

/// The tables of every tenant. Object-safe, so that a caller can wrap one set of tables in another.
pub trait Tables: Send + Sync {
    /// A consistent view of the rows of `table` that may lie in `window`: a superset is allowed, a row twice is not.
    /// An unknown table is an empty snapshot or a fault, as the implementation chooses.
    fn snapshot(&self, tenant: &str, table: &str, window: &Window) -> Result<Snapshot, Fault>;

    /// The names of the tenant's tables, for messages and completion.
    fn names(&self, tenant: &str) -> Vec<String>;

    /// The lookup table of that name (`hosts` for `load "/lookups/hosts"`), when it is kept with the tables.
    fn lookup(&self, tenant: &str, name: &str) -> Result<Snapshot, Fault> {
        let _ = tenant;
        Err(crate::fault::lookup_unknown(name))
    }

    /// Whether a query that names no span of time sees only the last two hours. Without, it sees everything.
    fn are_timed(&self) -> bool {
        true
    }
}

/// Which rows a query may see.
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    /// Every row.
    All,
    /// Rows whose `timestamp` lies in the half-open span.
    Time(Range<Timestamp>),
    /// Rows whose `weir.id` has a log position in the half-open span, whatever their time.
    Arrived(Range<u64>),
}

/// What a table holds at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub columns: Vec<TableColumn>,
    /// Rows may have fields that `columns` does not list; they lie in the column of the rest.
    pub open: bool,
    pub memory: Vec<InMemory>,
    pub segments: Vec<Segment>,
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableColumn {
    pub name: String,
    /// The form that fits every value of the field in this snapshot.
    pub form: Form,
    /// Some values of the field lie in the column of the rest.
    pub in_rest: bool,
    /// Its texts are stored as places in dictionaries.
    pub repeats: bool,
}

/// One immutable Parquet file.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    pub path: PathBuf,
    pub rows: u64,
    pub bytes: u64,
    pub bucket: String,
    /// Least and greatest `timestamp`, both included; `None` when not known.
    pub times: Option<(Timestamp, Timestamp)>,
    /// What the store knows of it; holding it keeps the file.
    pub stored: Option<Arc<SegmentInfo>>,
}

impl Snapshot {
    /// The rows of both. A field whose forms differ becomes dynamic.
    pub fn add(&mut self, other: Snapshot) {
        for column in other.columns {
            match self.columns.iter_mut().find(|have| have.name == column.name) {
                Some(have) => {
                    have.form = have.form.merged(column.form);
                    have.in_rest |= column.in_rest;
                    have.repeats &= column.repeats;
                }
                None => self.columns.push(column),
            }
        }
        self.open |= other.open;
        self.memory.extend(other.memory);
        self.segments.extend(other.segments);
    }

    /// Only the buckets that one of the patterns (with `*`) names.
    pub(crate) fn keep_buckets(&mut self, patterns: &[String]) {
        if !patterns.is_empty() {
            let wanted = |bucket: &str| patterns.iter().any(|pattern| crate::wildcard::matches(pattern, bucket));
            self.memory.retain(|rows| wanted(&rows.bucket));
            self.segments.retain(|segment| wanted(&segment.bucket));
        }
    }

    /// Drops segments that lie outside a span of time.
    pub(crate) fn keep_window(&mut self, window: &Window) {
        if let Window::Time(span) = window {
            let inside = |(first, last): (Timestamp, Timestamp)| first < span.end && last >= span.start;
            self.segments.retain(|segment| segment.times.is_none_or(inside));
        }
    }
}

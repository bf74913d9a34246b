//! What is kept: the log of chunks, the tables in memory, the segments on disk, and the state database.
//!
//! Start at [`Log`] (durable, ordered, the source of truth), [`Store`] (events as columns, first in memory, then in segments) and
//! [`Snapshot`] (what a query sees). [`column`] and [`rest`] are the convention by which events are columns.
//!
//! Never does: HTTP, parsing, queries, async. Threads of its own: one for the log, one for sealing.
#![forbid(unsafe_code)]

pub mod cell;
mod clock;
pub mod column;
mod disk;
pub mod fault;
mod log;
pub mod rest;
mod rows;
mod segment;
mod snapshot;
mod state;
mod store;
mod table;
mod verify;

pub use cell::{record_at, value_at};
pub use clock::SystemClock;
pub use column::{ColumnInfo, KIND_KEY, Kinds, REST, kind_of_field};
pub use disk::OsDisk;
pub use log::{Ack, Busy, Log, LogOptions, Logged, Recovery, Replay, Tail};
pub use rows::{Rows, TableRows};
pub use segment::{Blocks, Lookup, SegmentInfo, tokens_of};
pub use snapshot::{InMemory, Snapshot};
pub use state::{LedgerRow, TokenRow};
pub use store::{Done, Health, SourceCursor, SourceCursors, Store, StoreOptions};
pub use verify::{Finding, Report, verify};

//! The words every other crate speaks: values, field names, rows over a chunk's bytes, time, artifact kinds, limits and faults.
//!
//! Start at [`Value`] (one typed value), [`Batch`] and [`Row`] (parsed events over the bytes they came from) and [`Chunk`]
//! (the bytes of one read, the unit of the log).
//!
//! Never does: I/O, threads, the time of day, logging. [`Clock`] and [`Disk`] are only declared here; the binary and the
//! simulator implement them.
#![forbid(unsafe_code)]

mod artifact;
mod batch;
mod chunk;
mod cursor;
mod dictionary;
mod digits;
mod disk;
mod fault;
mod field;
mod json;
pub mod limits;
mod time;
mod value;

pub use artifact::ArtifactKind;
pub use batch::{Artifact, Batch, Cell, Note, Row, Span};
pub use chunk::{Chunk, EventId, Records};
pub use cursor::{Cursor, CursorChange};
pub use dictionary::{Kind, dictionary_names, kind_of};
pub use disk::{Clock, Disk, DiskFile};
pub use fault::{Fault, FaultKind, nearest};
pub use field::FieldId;
pub use json::{JsonLine, write_ip, write_json, write_json_string};
pub use time::{Duration, Timeframe, Timestamp};
pub use value::{Record, Uid, Value};

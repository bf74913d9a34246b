//! Scheduled rules: a question asked again and again about what has arrived since the last time, each row of the answer a
//! security event.
//!
//! A rule's high-water mark is the log position it has looked through. It is saved in the log record that holds the findings, so
//! a crash keeps both or neither: no window is lost or looked at twice.

mod cron;
mod finding;
mod run;
mod runs;

pub use cron::Cron;
pub use finding::{SOURCE_PREFIX, is_finding, read_findings};
pub use run::prepare;
pub use runs::Runs;

/// Findings made of findings made of findings: further ones are not made.
pub const DEPTH_MAX: i64 = 4;
/// Findings of one log record. A chunk has no more events, so a window of one chunk always fits a query that filters.
pub const FINDINGS_MAX: usize = weir_event::limits::CHUNK_EVENTS_MAX;
/// Bytes of the findings of one log record, unless one chunk gives more.
pub const FINDINGS_BYTES_MAX: usize = 4 << 20;

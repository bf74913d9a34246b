//! Questions in DQL, planned onto DataFusion.
//!
//! Start at [`Engine`]: it checks, explains and runs a query over [`Tables`].
//!
//! Never does: HTTP, ingestion, writing. Reads only what a [`Snapshot`] names, so a query sees one moment of one tenant.
#![forbid(unsafe_code)]

mod aggregate;
mod answer;
mod arrow_stream;
mod asked;
mod cells;
mod columns;
mod csv;
mod dynamic;
mod engine;
mod explain;
mod expr;
mod fault;
mod files;
mod form;
mod gather;
mod group;
mod json;
mod operator;
mod plan;
mod reads;
mod record;
mod scan;
mod steps;
mod store;
mod tables;
#[cfg(test)]
mod tests;
mod wildcard;

pub use answer::{Answer, AnswerColumn, Meta};
pub use arrow_stream::ArrowStream;
pub use engine::{DEFAULT_SPAN_NANOS, Engine, EngineOptions, RunOptions};
pub use files::FileTables;
pub use form::Form;
pub use reads::reads_tables;
pub use store::StoreTables;
pub use tables::{Segment, Snapshot, TableColumn, Tables, Window};

//! Wire formats to fields: framing, syslog, CEF, LEEF, key-value, CSV, JSON, XML, and the packs that choose among them.
//!
//! Start at the reader of a format ([`syslog::read`], [`cef::read`], [`leef::read`], [`json::read`], [`kv::read`], [`csv::read`])
//! or, for the bytes of a connection, at [`frame::Splitter`]. [`Parser`] does all of it: it recognises, reads and maps records by [`Packs`].
//!
//! Never does: I/O, clocks, logging, threads. Text in, fields and notes out; the same text gives the same fields.
//! Never fails: a line nobody understands becomes a row with its raw text and a note.
#![forbid(unsafe_code)]

pub mod artifacts;
mod blank;
pub mod cef;
mod course;
pub mod csv;
pub mod decode;
pub mod frame;
pub mod json;
mod keys;
pub mod kv;
pub mod leef;
mod map;
mod note;
mod pack;
mod parser;
mod pattern;
mod places;
mod recognise;
mod sign;
pub mod syslog;
mod time;
mod word;
pub mod xml;
mod zone;

pub use note::{NoteId, Notes, WORDS};
pub use pack::{BUILTIN, PACK_SCHEMA, Pack, Packs, SAMPLES_NOW, misread_samples, sample_results};
pub use parser::{Considered, ExplainedPart, Explanation, LineContext, Lines, Parsed, Parser, ParserOptions, lines};
pub use time::{TimeContext, read_time};
pub use zone::{WallTime, Zone};

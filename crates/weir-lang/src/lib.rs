//! The languages: DPL patterns.
//!
//! Never does: I/O, threads, the time of day.
#![forbid(unsafe_code)]

pub mod dpl;

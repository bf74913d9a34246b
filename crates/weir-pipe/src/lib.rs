//! What happens to events between parser and store: fields of the source, routes to tables and buckets, drops, and the counts
//! the ledger needs.
//!
//! Start at [`route`]. [`Plan`] is what the configuration says.
//!
//! Never does: I/O, threads, clocks. The same rows and plan give the same events. Nothing disappears: every row is in a
//! [`Routed`] batch or counted in [`Counts::filtered`].
#![forbid(unsafe_code)]

mod plan;
mod route;

pub use plan::{Filter, Origin, Plan, Route, RouteTo};
pub use route::{Counts, Output, Routed, route};

//! Rows to columns: what the workers do with parsed events before they share them.

mod column;
mod convert;
mod lots;

pub(crate) use column::Column;
pub use convert::{Rows, TableRows};
pub(crate) use lots::Lot;

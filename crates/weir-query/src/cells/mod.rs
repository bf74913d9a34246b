//! Columns as values, values as columns.

mod convert;
mod foreign;
mod read;
mod write;

pub use convert::{convert, encode_column, nulls};
pub(crate) use foreign::forms;
pub use read::Cells;
pub use write::CellsBuilder;

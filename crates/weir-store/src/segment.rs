//! Segments: immutable Parquet files of one tenant, bucket, table and hour, each with an index beside it.

mod bloom;
mod index;
mod info;
mod properties;
mod sink;
mod tokens;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use index::{Index, IndexBuilder};
pub(crate) use info::HOUR;
pub use info::SegmentInfo;
pub(crate) use info::{IndexCache, index_path};
pub(crate) use properties::is_unique;
pub use tokens::tokens_of;
pub(crate) use write::{Effort, ROW_GROUP_ROWS, RowGroup, SegmentPlan, SegmentWriter, Written};

//! Segments: immutable Parquet files of one tenant, bucket, table and hour, each with an index beside it.

mod hash;
mod index;
mod info;
mod places;
mod properties;
mod sink;
mod tokens;
mod write;

pub(crate) use info::HOUR;
pub(crate) use info::{IndexCache, index_path, is_index_whole};
pub use info::{Lookup, SegmentInfo};
pub use places::Blocks;
pub(crate) use properties::is_unique;
pub use tokens::tokens_of;
pub(crate) use write::{Effort, ROW_GROUP_ROWS, RowGroup, SegmentPlan, SegmentWriter, Written};

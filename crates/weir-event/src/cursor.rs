//! Where a source that is asked goes on.

use std::sync::Arc;

/// What a chunk says about where its source goes on; saved with the chunk's records, so both survive a crash or neither.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    /// A source may have several cursors, one for each of its streams; empty where there is only one.
    pub name: Arc<str>,
    pub change: CursorChange,
}

/// A cursor is the parts since its last whole one, in the order of the log. A large one is so written in small pieces.
#[derive(Clone, Debug, PartialEq)]
pub enum CursorChange {
    /// All there is: what was written before is forgotten.
    Whole(Arc<[u8]>),
    /// One more part.
    Adds(Arc<[u8]>),
    /// The source starts over, as if it had never been asked.
    Reset,
}

impl Cursor {
    /// The only cursor of a source, replaced.
    pub fn whole(bytes: impl Into<Arc<[u8]>>) -> Self {
        Cursor { name: "".into(), change: CursorChange::Whole(bytes.into()) }
    }
}

impl CursorChange {
    /// The part that is written.
    pub fn bytes(&self) -> Option<&Arc<[u8]>> {
        match self {
            CursorChange::Whole(bytes) | CursorChange::Adds(bytes) => Some(bytes),
            CursorChange::Reset => None,
        }
    }

    /// True when nothing before it counts any more.
    pub fn starts_anew(&self) -> bool {
        !matches!(self, CursorChange::Adds(_))
    }
}

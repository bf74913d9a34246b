//! Files that nobody needs any more.

use std::sync::Arc;

use super::Inner;
use crate::segment::index_path;

/// Removes the files of replaced segments that no snapshot holds. What cannot be removed is tried again, and is an orphan
/// at the next start.
pub(super) fn sweep(inner: &Inner) {
    let mut live = inner.lock();
    let unused: Vec<_> = live.retired.extract_if(.., |segment| Arc::strong_count(segment) == 1).collect();
    drop(live);
    for segment in unused {
        let _ = inner.disk.remove(&index_path(&segment.path));
        let _ = inner.disk.remove(&segment.path);
    }
}

//! Where sources that are not HTTP hand their records, and what they have in common.

use std::future::Future;

use weir_collect::Told;
use weir_event::{Fault, Records, Timestamp};

/// The log behind a reader.
///
/// A reader holds one batch at a time: it reads on when the batch before is durable, so a slow log slows the source down and nothing
/// grows.
pub trait Sink: Sync {
    fn now(&self) -> Timestamp;

    /// Stores records and the position behind them as one: both survive a crash or neither. They have when this returns.
    ///
    /// A batch is at most one chunk of the log ([`Records::is_full`]). One without records moves the position only.
    fn commit(&self, records: Records, state: String) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Something an operator may want to know.
    fn tell(&self, told: Told);
}

/// What one pull did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Records that the source gave.
    pub received: u64,
    /// Those that were stored before.
    pub duplicates: u64,
    /// Records committed.
    pub committed: u64,
}

//! What `weir run` starts, in order: store, workers, rules' marks, listeners, HTTP, the ready file; and how it stops.

mod apart;
mod derive;
pub mod filter;
mod holds;
mod keep;
mod memory;
mod open;
mod ready;
mod run;
mod spine;
mod stop;
mod weir;
mod word;

pub use derive::Deriver;
pub use holds::{BYTES_MAX as HOLD_BYTES_MAX, Hold, Holds, PREFIX as HOLD_PREFIX};
pub use memory::keep_what_is_free;
pub use open::{Opened, open, packs, plan};
pub use ready::Ready;
pub use run::{Running, start};
pub use spine::{Spine, SpineOptions};
pub use stop::{Stop, Stopper};
pub use weir::Weir;
pub use weir_store::SystemClock;
pub use word::kept_word;

use weir_event::{Clock, Timestamp};

/// The time of day in milliseconds, for log lines.
pub fn clock_text() -> String {
    let now = SystemClock.now();
    Timestamp(now.0 - now.0.rem_euclid(1_000_000)).to_string()
}

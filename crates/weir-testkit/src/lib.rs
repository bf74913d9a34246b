//! Stand-ins for the outside world, for tests only: a clock that obeys, disks that fail, forget and fill up, sources
//! that answer over HTTP as they are told, doubles of vendors' APIs, and real servers that end with the test.
//!
//! Never ships. What is simulated is deterministic: what a run did is told by its seed.
#![forbid(unsafe_code)]

mod archive;
mod clock;
mod disk;
pub mod double;
/// One file a manifest: vendors have names, and names stay out of `src`.
#[path = "../doubles/mod.rs"]
pub mod doubles;
mod faults;
mod http;
mod random;
pub mod servers;

pub use archive::archive;
pub use clock::SimClock;
pub use disk::SimDisk;
pub use faults::{Failure, FaultyDisk};
pub use http::{Answer, Asked, Ends, HttpDouble};
pub use random::Random;

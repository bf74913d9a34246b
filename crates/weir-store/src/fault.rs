//! Errors of the log (`LOG-`) and of the store (`STORE-`). Ids are for ever.

use std::fmt::Display;
use std::path::Path;

use weir_event::{Fault, FaultKind};

use crate::disk::free_bytes;

fn storage(id: &'static str, says: impl Into<String>, at: &Path) -> Fault {
    Fault::new(id, FaultKind::Storage, says).at(at.display())
}

/// With less free space a disk is called full: SQLite and the log write whole pages and blocks.
const FULL_BYTES: u64 = 256 << 10;

/// `fault`, unless the disk that `at` is on is full: then that is what is wrong, whatever the system made of it.
fn unless_full(at: &Path, fault: Fault) -> Fault {
    // A file may not be there yet, but its folder is.
    match at.ancestors().find_map(|place| free_bytes(place).ok()) {
        Some(free) => on_disk_with(free, at, fault),
        None => fault,
    }
}

fn on_disk_with(free: u64, at: &Path, fault: Fault) -> Fault {
    if free < FULL_BYTES { disk_full(at, free, fault.cause()) } else { fault }
}

fn disk_full(at: &Path, free: u64, why: &str) -> Fault {
    storage("STORE-007", "the disk of the data folder is full", at)
        .because(format!("{free} bytes are free; {why}"))
        .hint("free space on that disk; weir needs a little even to start and to read")
}

pub(crate) fn log_unusable(at: &Path, error: impl Display) -> Fault {
    unless_full(at, log_unhealthy(at, error))
}

fn log_unhealthy(at: &Path, error: impl Display) -> Fault {
    storage("LOG-001", "the log cannot be opened", at)
        .because(error)
        .hint("check that the folder exists, is writable and its disk is healthy")
}

pub(crate) fn log_write_failed(at: &Path, error: impl Display) -> Fault {
    storage("LOG-002", "chunks could not be made durable and were refused", at)
        .because(error)
        .hint("senders that wait for an answer will repeat them; check the disk")
        .retry_after_ms(1_000)
}

pub(crate) fn log_disk_full(at: &Path, free: u64, reserve: u64) -> Fault {
    storage("LOG-003", "the disk is full: nothing more is taken in until space is freed", at)
        .because(format!("{free} bytes are free, and {reserve} are kept in reserve"))
        .hint("free space or shorten the retention of buckets; intake goes on by itself")
        .retry_after_ms(5_000)
}

pub(crate) fn log_foreign_version(at: &Path, version: u32) -> Fault {
    storage("LOG-004", format!("the log was written in format {version}, which this weir does not read"), at)
        .because("another release of weir has used this data folder")
        .hint("start that release, or give this one another data folder")
}

pub(crate) fn log_closed() -> Fault {
    Fault::new("LOG-005", FaultKind::Busy, "weir is shutting down and takes nothing in").retry_after_ms(5_000)
}

pub(crate) fn chunk_too_large(bytes: usize, most: usize) -> Fault {
    Fault::new("LOG-006", FaultKind::Limit, format!("a chunk of {bytes} bytes is too large for the log"))
        .because(format!("one record of the log holds at most {most} bytes"))
        .hint("send fewer or shorter records at once")
}

pub(crate) fn held_by(at: &Path, holder: &str) -> Fault {
    storage("STORE-001", "the data folder is in use by another process", at)
        .because(format!("it is held by {holder}"))
        .hint("stop that process, or give this one another data folder with --data")
}

pub(crate) fn unusable(at: &Path, error: impl Display) -> Fault {
    unless_full(at, unhealthy(at, error))
}

fn unhealthy(at: &Path, error: impl Display) -> Fault {
    storage("STORE-002", "the data folder cannot be used", at)
        .because(error)
        .hint("check that the folder exists, is writable and its disk is healthy")
}

pub(crate) fn foreign_version(at: &Path, version: i64) -> Fault {
    storage("STORE-003", format!("the state database has format {version}, which this weir does not read"), at)
        .because("a newer release of weir has used this data folder")
        .hint("start that release, or give this one another data folder")
}

pub(crate) fn seal_failed(at: &Path, error: impl Display) -> Fault {
    storage("STORE-004", "a segment could not be written; its events stay in memory and in the log", at)
        .because(error)
        .hint("it is tried again by itself; check the disk and its free space")
        .retry_after_ms(1_000)
}

pub(crate) fn state_failed(at: &Path, error: impl Display) -> Fault {
    let fault = storage("STORE-005", "the state database failed", at).because(error);
    unless_full(at, fault.hint("check the disk and its free space"))
}

pub(crate) fn closed() -> Fault {
    Fault::new("STORE-006", FaultKind::Busy, "the store is shut down")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SQLite says no more than that it failed.
    #[test]
    fn what_fails_on_a_full_disk_says_that_it_is_full() {
        let at = Path::new("/data/state.db");
        let on = |free| on_disk_with(free, at, unhealthy(at, "disk I/O error"));
        assert_eq!(on(FULL_BYTES).id(), "STORE-002");
        let full = on(4_096);
        assert_eq!((full.id(), full.cause()), ("STORE-007", "4096 bytes are free; disk I/O error"));
    }
}

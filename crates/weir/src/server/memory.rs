//! How long memory that is free stays with the process.

use std::env;

/// Settings of the allocator: milliseconds until it gives free memory back to the system, and how many times as long it keeps whole
/// regions of 32 MiB that are free. Together these keep the peak where it was.
const SETTINGS: [(&str, &str); 2] = [("MIMALLOC_PURGE_DELAY", "30"), ("MIMALLOC_ARENA_PURGE_MULT", "3")];

/// Starts the process over, with the same id and arguments, so that the allocator finds its settings: it looks into the environment
/// before anything of ours runs.
///
/// Intake takes and frees tens of megabytes many times a second. Giving them back to the system each time, as the allocator does
/// after 10 ms, costs a tenth of all work in page faults. What an operator has set stays. Where this fails, weir runs as it is.
#[cfg(unix)]
pub fn keep_what_is_free() {
    use std::os::unix::process::CommandExt;

    let missing: Vec<_> = SETTINGS.into_iter().filter(|(name, _)| env::var_os(name).is_none()).collect();
    if missing.is_empty() {
        return;
    }
    let (Ok(program), mut args) = (env::current_exe(), env::args_os()) else { return };
    let mut again = std::process::Command::new(program);
    if let Some(called) = args.next() {
        again.arg0(called);
    }
    // Only returns when it has failed.
    let _ = again.args(args).envs(missing).exec();
}

/// Elsewhere a process cannot start over.
#[cfg(not(unix))]
pub fn keep_what_is_free() {
    let _ = (env::args_os(), SETTINGS);
}

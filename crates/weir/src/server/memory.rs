//! How long memory that is free stays with the process.

use std::env;

/// The setting of the allocator, in milliseconds.
const PURGE_DELAY: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "50");

/// Starts the process over, with the same id and arguments, so that the allocator finds its setting: it looks into the environment
/// before anything of ours runs.
///
/// Intake takes and frees tens of megabytes many times a second. Giving them back to the system each time, as the allocator does
/// after 10 ms, costs a tenth of all work in page faults; keeping them for 50 ms costs some 10 MiB. What an
/// operator has set stays. Where this fails, weir runs as it is.
#[cfg(unix)]
pub fn keep_what_is_free() {
    use std::os::unix::process::CommandExt;

    let (name, value) = PURGE_DELAY;
    if env::var_os(name).is_some() {
        return;
    }
    let (Ok(program), mut args) = (env::current_exe(), env::args_os()) else { return };
    let mut again = std::process::Command::new(program);
    if let Some(called) = args.next() {
        again.arg0(called);
    }
    // Only returns when it has failed.
    let _ = again.args(args).env(name, value).exec();
}

/// Elsewhere a process cannot start over.
#[cfg(not(unix))]
pub fn keep_what_is_free() {
    let _ = (env::args_os(), PURGE_DELAY);
}

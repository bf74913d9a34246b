//! Output: data goes to stdout, words go to stderr. A reader that closed the pipe is not an error.

use std::io::{self, Write};

/// Writes a line of words for people to stderr.
pub fn words(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a line of data to stdout. A closed pipe ends the program quietly, as `head` expects.
pub fn data(text: impl std::fmt::Display) {
    let mut out = io::stdout().lock();
    if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Logs one line about a batch or a change of state: `level=... message key=value ...`. The caller has made secrets unreadable.
pub fn log(level: &str, message: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{} {level} {message}", crate::server::clock_text());
}

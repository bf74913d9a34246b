//! What is tried again by itself: how long it waits after failures, and how they are said.

use std::fmt::Arguments;
use std::time::Duration;

use weir_event::{Fault, FaultKind};

use crate::say::log;

/// A login that is refused is not tried again soon, because that locks users out; a person has to mend it.
const REFUSED_MIN: Duration = Duration::from_secs(60);
const REFUSED_MAX: Duration = Duration::from_secs(900);

/// How long to wait after so many failures one after another: doubled with each, at most `most` when it passes by itself.
pub fn wait(failures: u32, kind: FaultKind, most: Duration) -> Duration {
    let doubled = Duration::from_secs(1 << failures.min(10));
    match kind {
        FaultKind::Auth | FaultKind::Config => doubled.clamp(REFUSED_MIN, REFUSED_MAX),
        _ => doubled.min(most),
    }
}

/// Says what failed, such as `read failed source=hr`. The same again is only said each time the number of failures doubles.
pub fn say(what: Arguments<'_>, fault: &Fault, failures: u32, wait: Option<Duration>) {
    if !failures.is_power_of_two() {
        return;
    }
    let next = wait.map_or("never".to_owned(), |wait| wait.as_secs().to_string());
    let fields = crate::pull::say_fields(fault);
    log("error", format_args!("{what} failures={failures} next_in_seconds={next} {fields}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_wait_longer_and_longer_up_to_a_limit() {
        for most in [60, 300] {
            let wait = |failures, kind| wait(failures, kind, Duration::from_secs(most)).as_secs();
            assert_eq!([1, 2, 9, 40].map(|failures| wait(failures, FaultKind::Peer)), [2, 4, most, most]);
            assert_eq!([1, 7, 40].map(|failures| wait(failures, FaultKind::Auth)), [60, 128, 900]);
        }
    }
}

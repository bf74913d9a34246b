//! Waiting for a state, with a deadline that only a broken program reaches.

use std::time::{Duration, Instant};

/// How long a state may take to come. Generous: the machine may be busy with a build.
const DEADLINE: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(3);

/// Waits until `look` gives something. Panics after a minute, naming what was waited for.
#[track_caller]
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(DEADLINE, what, look)
}

/// The same for what takes longer.
#[track_caller]
pub fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {} s for: {what}", patience.as_secs());
        std::thread::sleep(LOOK);
    }
}

/// Waits until `look` gives `wanted`; says what it gave last when it does not.
#[track_caller]
pub fn until_equal<T: PartialEq + std::fmt::Debug>(what: &str, wanted: T, mut look: impl FnMut() -> T) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let found = look();
        if found == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: waited for {wanted:?}, last seen {found:?}");
        std::thread::sleep(LOOK);
    }
}

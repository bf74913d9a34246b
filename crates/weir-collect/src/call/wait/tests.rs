use weir_event::Timestamp;

use super::{retry_after, wait_of};
use crate::http::Reply;
use crate::manifest::{Seen, ServerLimit};

const SECOND: i64 = 1_000_000_000;
/// Thu, 01 Jan 2026 00:00:00 GMT.
const NOW: Timestamp = Timestamp(1_767_225_600 * SECOND);

/// Seconds that are waited after an answer that asks to wait, and after one that is tried again.
#[track_caller]
fn check(header: (&str, &str), asked: i64, again: Option<i64>) {
    let limit = ServerLimit { max: 600 * SECOND, otherwise: 60 * SECOND, ..ServerLimit::default() };
    let headers = vec![(header.0.to_owned(), header.1.to_owned())];
    let reply = Reply { status: 503, headers, body: Vec::new() };
    let seconds = |until: Timestamp| (until.0 - NOW.0) / SECOND;
    let have = (seconds(wait_of(&limit, &Seen::new(&reply), NOW)), retry_after(&limit, &reply, NOW).map(seconds));
    assert_eq!(have, (asked, again), "{header:?}");
}

#[test]
fn waits_are_seconds_or_times_within_bounds() {
    check(("retry-after", "90"), 90, Some(90));
    check(("retry-after", " 1.5 "), 1, Some(1));
    check(("retry-after", "Thu, 01 Jan 2026 00:02:00 GMT"), 120, Some(120));
    check(("retry-after", "1767225660"), 60, Some(60));
    check(("retry-after", "0"), 1, Some(1));
    check(("retry-after", "-1"), 1, Some(1));
    check(("retry-after", "Wed, 31 Dec 2025 00:00:00 GMT"), 1, Some(1));
    check(("retry-after", "99999999"), 600, Some(600));
    check(("retry-after", "1e300"), 600, Some(600));
    check(("retry-after", "NaN"), 60, None);
    check(("retry-after", "soon"), 60, None);
    check(("x-ratelimit-reset", "30"), 30, None);
    check(("date", "Thu, 01 Jan 2026 00:02:00 GMT"), 60, None);
}

/// Bounds of a manifest that are upside down.
#[test]
fn the_shortest_wait_wins_over_the_longest() {
    let limit = ServerLimit { min: 20 * SECOND, max: 10 * SECOND, ..ServerLimit::default() };
    let reply = Reply { headers: vec![("retry-after".to_owned(), "5".to_owned())], ..Reply::default() };
    assert_eq!(retry_after(&limit, &reply, NOW), Some(Timestamp(NOW.0 + 20 * SECOND)));
}

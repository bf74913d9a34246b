//! How long a connection may wait for its other side.

use std::time::Duration;

use tokio::time::Instant;

use crate::listen::HANDSHAKE;

/// The two times that a sender has.
#[derive(Clone, Copy)]
pub struct Times {
    /// A connection on which nothing moves for this long is closed. Longer than any query may take.
    pub quiet: Duration,
    /// From the first byte of a request, or from the start of the connection, to the end of the request's head. A sender that says a
    /// byte now and then is never quiet, and would hold its connection for ever.
    pub head: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Times { quiet: Duration::from_secs(180), head: Duration::from_secs(30) }
    }
}

/// When a connection has waited long enough. It is told what happens and when; it looks at no clock.
pub struct Patience {
    pub times: Times,
    quiet: Instant,
    /// By when the head of a request that has begun must be whole.
    head: Option<Instant>,
}

impl Patience {
    /// Of a connection whose first request is waited for.
    pub fn open(times: Times, now: Instant) -> Patience {
        Patience { times, quiet: now + times.quiet, head: Some(now + times.head) }
    }

    /// Of one whose keys are being agreed on.
    pub fn opening(times: Times, now: Instant) -> Patience {
        Patience { times, quiet: now + HANDSHAKE, head: None }
    }

    /// Something was read or written.
    pub fn moved(&mut self, now: Instant) {
        self.quiet = now + self.times.quiet;
    }

    /// Bytes came while no request was being answered: they are of the next one's head.
    pub fn asked(&mut self, now: Instant) {
        self.head.get_or_insert(now + self.times.head);
    }

    /// A request is being answered, so its head is whole.
    pub fn answering(&mut self) {
        self.head = None;
    }

    /// A part of an answer was written, and an answer comes after its request.
    pub fn answered(&mut self, now: Instant) {
        self.head = None;
        self.moved(now);
    }

    pub fn until(&self) -> Instant {
        self.head.map_or(self.quiet, |head| head.min(self.quiet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times { quiet: Duration::from_secs(180), head: Duration::from_secs(30) };

    /// What happens at which second, and the second at which the connection ends when nothing follows.
    #[track_caller]
    fn check(events: &[(u64, &str)], ends: u64) {
        let start = Instant::now();
        let at = |second: u64| start + Duration::from_secs(second);
        let mut patience = Patience::open(TIMES, start);
        for &(second, event) in events {
            assert!(at(second) < patience.until(), "it has ended before {event} at {second}");
            match event {
                "asked" => {
                    patience.asked(at(second));
                    patience.moved(at(second));
                }
                "answering" => patience.answering(),
                "answered" => patience.answered(at(second)),
                other => panic!("{other}"),
            }
        }
        assert_eq!((patience.until() - start).as_secs(), ends, "{events:?}");
    }

    #[test]
    fn a_head_has_its_time_however_often_a_byte_comes() {
        check(&[], 30);
        check(&[(1, "asked"), (15, "asked"), (29, "asked")], 30);
        check(&[(0, "asked"), (1, "answering"), (1, "answered"), (100, "asked"), (120, "asked"), (129, "asked")], 130);
    }

    #[test]
    fn between_requests_and_while_one_is_answered_there_is_more_time() {
        check(&[(1, "asked"), (2, "answering")], 181);
        check(&[(1, "asked"), (2, "answering"), (90, "answered")], 270);
        check(&[(1, "asked"), (2, "answering"), (3, "answered"), (182, "asked"), (183, "answering")], 362);
    }

    #[test]
    fn keys_have_a_time_of_their_own() {
        let start = Instant::now();
        assert_eq!(Patience::opening(TIMES, start).until() - start, HANDSHAKE);
    }
}

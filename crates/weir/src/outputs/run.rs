//! One output at work: log, events, messages, and where it stands.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use weir_drive::kafka::{Messages, Noted, Span, Target, Writer};
use weir_event::{Clock, Fault, FaultKind, limits};
use weir_store::{Log, Store, Tail};

use super::choice::Choice;
use super::counts::Counts;
use crate::retry;
use crate::say::log;
use crate::server::{Deriver, Hold, SystemClock};

/// The longest an event waits for others.
const LINGER: Duration = Duration::from_millis(200);
/// How far the position may be behind that is on the disk, when there was nothing to send.
const MARK_EVERY: Duration = Duration::from_secs(5);
/// The longest wait after a failure that passes by itself.
const RETRY_MAX: Duration = Duration::from_secs(60);
/// Between two looks at whether it is time to stop.
const STEP: Duration = Duration::from_millis(100);
/// Between two lines that say how the output is doing.
const SAY_EVERY: Duration = Duration::from_secs(300);

pub struct Sending {
    pub name: Arc<str>,
    /// As whom it writes.
    pub id: String,
    pub target: Target,
    pub choice: Choice,
    pub deriver: Deriver,
    pub log: Arc<Log>,
    pub store: Arc<Store>,
    /// Where it stands: everything before is sent.
    pub hold: Arc<Hold>,
    pub counts: Arc<Counts>,
    pub stop: Arc<AtomicBool>,
}

impl Sending {
    /// Sends until it is told to stop. Ending at any point is safe: it goes on where the other side and the store say.
    pub fn run(mut self) {
        let mut failures = 0;
        while !self.is_stopped() {
            let before = self.hold.next();
            let Err(fault) = self.send() else { return };
            // One after another: what has worked in between is not counted.
            failures = if self.hold.next() > before { 1 } else { failures + 1 };
            self.counts.failed.fetch_add(1, Relaxed);
            let wait = retry::wait(failures, fault.kind(), RETRY_MAX);
            say_failed(&self.name, &fault, failures, Some(wait));
            self.sleep(wait);
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }

    fn sleep(&self, wait: Duration) {
        let until = Instant::now() + wait;
        while !self.is_stopped() && Instant::now() < until {
            std::thread::sleep(STEP);
        }
    }

    /// Until a fault, or until it is told to stop.
    fn send(&mut self) -> Result<(), Fault> {
        let Some((writer, noted)) = Writer::open(&self.target, &self.id, &self.stop)? else { return Ok(()) };
        let next = resume(self.hold.next(), noted, self.log.durable_through());
        self.hold.move_to(next, &self.store)?;
        log("info", format_args!("output sends output={} position={next}", self.name));
        let mut tail = self.log.tail(next);
        let (mut messages, mut marked, mut said) = (Messages::default(), Instant::now(), Said::now(&self.counts));
        while !self.is_stopped() {
            messages.clear();
            self.gather(&mut tail, &mut messages)?;
            let span = Span { from: self.hold.next(), next: tail.position() };
            if !messages.is_empty() && !self.write(&writer, &messages, span)? {
                return Ok(());
            }
            if span.next > span.from && (!messages.is_empty() || marked.elapsed() >= MARK_EVERY) {
                self.hold.move_to(span.next, &self.store)?;
                marked = Instant::now();
            }
            self.counts.succeeded_at.store(SystemClock.now().0, Relaxed);
            said.say(&self.counts, self.log.durable_through());
        }
        self.hold.move_to(tail.position(), &self.store)
    }

    /// The events that are there, as many as are written at once.
    fn gather(&mut self, tail: &mut Tail, messages: &mut Messages) -> Result<(), Fault> {
        let since = Instant::now();
        while messages.bytes() < limits::CHUNK_BYTES_MAX && messages.len() < limits::CHUNK_EVENTS_MAX {
            let patience = LINGER.saturating_sub(since.elapsed());
            let logged = tail.next(patience).map_err(|error| unreadable(&self.name, &error))?;
            let lost = tail.take_missing();
            if lost > 0 {
                self.counts.lost_chunks.fetch_add(lost, Relaxed);
                log(
                    "error",
                    format_args!("output lost chunks that the log no longer has output={} chunks={lost}", self.name),
                );
            }
            match logged {
                Some(logged) => self.choice.add(&logged, &mut self.deriver, messages),
                None => break,
            }
            if since.elapsed() >= LINGER {
                break;
            }
        }
        Ok(())
    }

    /// False when it is time to stop.
    fn write(&self, writer: &Writer, messages: &Messages, span: Span) -> Result<bool, Fault> {
        let Some(written) = writer.write(messages, span)? else { return Ok(false) };
        self.counts.sent.fetch_add(written.sent, Relaxed);
        self.counts.bytes.fetch_add(messages.bytes() as u64, Relaxed);
        let before = self.counts.too_long.fetch_add(written.too_long, Relaxed);
        let all = before + written.too_long;
        // Said less and less often.
        if written.too_long > 0 && all.ilog2() != before.checked_ilog2().unwrap_or(u32::MAX) {
            let max = self.target.message_bytes_max;
            log(
                "warn",
                format_args!(
                    "output left events out, too long for a message output={} events={all} message_bytes={max}",
                    self.name
                ),
            );
        }
        Ok(true)
    }
}

/// Where an output goes on. The brokers know better than the mark when a crash came between the two: then their last transaction began at
/// the mark. A mark from a backup is told from it by the word of theirs that some brokers do not keep; positions that the log does not have
/// yet are given to other events.
fn resume(marked: u64, noted: Option<Noted>, durable: u64) -> u64 {
    match noted {
        Some(Noted { from, next }) if next > marked && from.is_none_or(|from| from == marked) => {
            next.min(durable.saturating_add(1)).max(marked)
        }
        _ => marked,
    }
}

/// The same fault again is only said each time its number of failures doubles.
pub fn say_failed(name: &str, fault: &Fault, failures: u32, wait: Option<Duration>) {
    retry::say(format_args!("output failed output={name}"), fault, failures, wait);
}

fn unreadable(name: &str, error: &std::io::Error) -> Fault {
    Fault::new("OUTPUT-002", FaultKind::Storage, "the log cannot be read")
        .at(name)
        .because(error)
        .hint("it is tried again; `weir doctor` looks at the log of a weir that does not run")
}

/// What was last said about an output.
struct Said {
    at: Instant,
    sent: u64,
}

impl Said {
    fn now(counts: &Counts) -> Said {
        Said { at: Instant::now(), sent: counts.sent.load(Relaxed) }
    }

    fn say(&mut self, counts: &Counts, durable: u64) {
        if self.at.elapsed() < SAY_EVERY {
            return;
        }
        let (sent, last) = (counts.sent.load(Relaxed), self.sent);
        log(
            "info",
            format_args!(
                "output sent output={} events={} events_total={sent} bytes_total={} too_long={} lost_chunks={} waiting_chunks={}",
                counts.name,
                sent - last,
                counts.bytes.load(Relaxed),
                counts.too_long.load(Relaxed),
                counts.lost_chunks.load(Relaxed),
                counts.waiting_chunks(durable),
            ),
        );
        *self = Said { at: Instant::now(), sent };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_goes_on_where_nothing_is_lost_or_doubled() {
        let noted = |from, next| Some(Noted { from, next });
        for (marked, noted, durable, expected, why) in [
            (5, None, 20, 5, "the brokers know nothing"),
            (5, noted(Some(3), 5), 20, 5, "both say the same"),
            (5, noted(Some(5), 9), 20, 9, "a crash between brokers and mark"),
            (5, noted(None, 9), 20, 9, "the same, with brokers that keep no word"),
            (5, noted(Some(7), 9), 20, 5, "a folder from a backup"),
            (5, noted(Some(5), 9), 6, 7, "a folder from a backup, one transaction old"),
            (9, noted(Some(3), 5), 20, 9, "brokers from a backup, or another topic for a while"),
        ] {
            assert_eq!(resume(marked, noted, durable), expected, "{why}");
        }
    }
}

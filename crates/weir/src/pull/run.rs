//! A service in the server: pulls at its times until told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use tokio::sync::Notify;
use weir_collect::{Pulled, State, World, pull};
use weir_event::{Duration, Fault, FaultKind, Timestamp};

use super::counts::{Doing, Now};
use super::lane::sleep_until;
use super::leases::{ELSEWHERE, UNUSABLE};
use super::turn::{Turned, forget, lost};
use super::{Counts, Job, Lane, id, say};
use crate::retry;
use crate::server::Stop;

/// A job in this process.
pub struct Running {
    pub job: Arc<Job>,
    pub counts: Arc<Counts>,
    pub(super) lane: Lane,
    /// Somebody wants it to start over.
    reset: AtomicBool,
    wake: Notify,
}

/// How a pull ended.
enum Ended {
    Done(Result<Pulled, Fault>),
    /// A stop came between.
    Left,
}

/// What the pulls since the last log line did.
#[derive(Default)]
struct Cycle {
    sum: Pulled,
    said_at: Timestamp,
}

impl Cycle {
    fn add(&mut self, pulled: &Pulled) {
        self.sum.requests += pulled.requests;
        self.sum.retries += pulled.retries;
        self.sum.received += pulled.received;
        self.sum.duplicates += pulled.duplicates;
        self.sum.generated += pulled.generated;
    }

    /// Says it at the end, and now and then on a long way there. Pulls that asked for nothing are not worth a line.
    fn say(&mut self, source: &str, id: &str, now: Timestamp, more: bool) {
        let took = now.0.saturating_sub(self.said_at.0);
        if self.sum.requests > 0 && (!more || took >= SAY_EVERY) {
            say::pulled(source, id, &self.sum, Duration(took), more);
            *self = Cycle { said_at: now, ..Cycle::default() };
        }
    }
}

const SECOND: i64 = 1_000_000_000;
/// Between two lines about one long pull.
const SAY_EVERY: i64 = 30 * SECOND;
/// The longest wait after a failure that only the source can mend.
const RETRY_MAX: std::time::Duration = std::time::Duration::from_secs(300);

impl Running {
    pub fn new(job: Arc<Job>, lane: Lane) -> Running {
        let counts = lane.counts.clone();
        Running { job, counts, lane, reset: AtomicBool::new(false), wake: Notify::new() }
    }

    /// `NAME` means every service of a puller, `NAME/SERVICE` one.
    pub fn is_called(&self, name: &str) -> bool {
        name == &*self.job.source || name == &*self.job.puller
    }

    /// Asks the service to forget where it stands; it does so before its next pull, which begins at once.
    pub fn reset(&self) {
        self.reset.store(true, Relaxed);
        self.wake.notify_one();
    }

    /// Pulls again and again from `state` on, for as long as no other server does.
    pub async fn serve(self: Arc<Self>, mut state: State, stop: Stop) {
        self.resume().await;
        while !stop.is_set() {
            let next = match self.turn(&mut state).await {
                Turned::Elsewhere => self.leave_it(),
                Turned::Here => {
                    let Some(next) = self.attempt(&mut state).await else { break };
                    next
                }
                // The folder may be back long before the service's own time.
                Turned::Unknown(fault) => self.fail(self.lane.now(), &state, fault).min(self.next_look()),
            };
            tokio::select! {
                () = sleep_until(next) => {}
                () = self.wake.notified() => {}
                () = lost(self.claim()) => {}
                () = stop.wait() => {}
            }
        }
        self.give_back().await;
        self.counts.set_doing(Doing::Stopped);
    }

    /// Goes on with the log-in that was kept, unless the puller has one already.
    pub(super) async fn resume(&self) {
        if let Some(log_in) = self.lane.recall_log_in().await {
            self.job.session.resume(&log_in).await;
        }
    }

    /// One pull and what follows from it: the time of the next one; none when it was left because of a stop.
    async fn attempt(&self, state: &mut State) -> Option<Timestamp> {
        let started = self.lane.now();
        // Records must not come from a place that somebody wants forgotten.
        let done = match self.obey_reset(state).await {
            Err(fault) => {
                self.count_fault(started, state, &fault);
                Err(fault)
            }
            Ok(()) => match self.cycle(started, state).await {
                Ended::Done(done) => done,
                Ended::Left => return None,
            },
        };
        if let Some(claim) = self.claim() {
            claim.rest();
        }
        Some(match done {
            Err(fault) if fault.id() == ELSEWHERE => self.leave_it(),
            Err(fault) if fault.id() == UNUSABLE => self.settle(started, Err(fault)).min(self.next_look()),
            done => self.settle(started, done),
        })
    }

    /// One cycle, by hand.
    ///
    /// # Errors
    /// Those of the pull, and COLLECT-503 when another server holds the lease.
    pub async fn once(&self, state: &mut State) -> Result<(), Fault> {
        self.resume().await;
        match self.turn(state).await {
            Turned::Here => {}
            Turned::Elsewhere => return self.held_elsewhere().map_or(Ok(()), Err),
            Turned::Unknown(fault) => return Err(fault),
        }
        let ended = self.cycle(self.lane.now(), state).await;
        self.give_back().await;
        match ended {
            Ended::Done(done) => done.map(drop),
            Ended::Left => Ok(()),
        }
    }

    /// Pulls until the source has no more for now. All of it has one id.
    async fn cycle(&self, started: Timestamp, state: &mut State) -> Ended {
        let id = id::pull_id(started);
        self.lane.begin(&id);
        self.counts.set_pull(&id);
        self.counts.set_doing(Doing::Pulling);
        let mut cycle = Cycle { said_at: started, ..Cycle::default() };
        loop {
            let begun = self.lane.now();
            let done = tokio::select! {
                biased;
                done = pull(&self.lane, &self.job.inner, &self.job.session, state) => done,
                () = self.lane.parked() => return Ended::Left,
            };
            let pulled = done.as_ref().copied().unwrap_or_default();
            self.counts.pulled(begun, &pulled, state, done.as_ref().err());
            let more = pulled.more && !self.reset.load(Relaxed);
            cycle.add(&pulled);
            cycle.say(&self.job.source, &id, self.lane.now(), more);
            if !more {
                return Ended::Done(done);
            }
            if self.lane.stop.is_set() {
                return Ended::Left;
            }
        }
    }

    /// Nothing was asked, because of a fault.
    fn fail(&self, started: Timestamp, state: &State, fault: Fault) -> Timestamp {
        self.count_fault(started, state, &fault);
        self.settle(started, Err(fault))
    }

    fn count_fault(&self, started: Timestamp, state: &State, fault: &Fault) {
        self.counts.pulled(started, &Pulled::default(), state, Some(fault));
    }

    /// When the next pull begins: at the next time of the schedule, or later after failures.
    fn settle(&self, started: Timestamp, done: Result<Pulled, Fault>) -> Timestamp {
        let every = self.job.every.0;
        let Err(fault) = done else {
            let until = Timestamp(started.0.saturating_add(every));
            self.counts.set_doing(Doing::Waiting { until });
            return until;
        };
        let Now { failures, pull_id, .. } = self.counts.now();
        let failures = u32::try_from(failures).unwrap_or(u32::MAX);
        let wait = retry_wait(every, failures, fault.kind());
        let what = format_args!("pull failed source={} pull_id={pull_id}", self.job.source);
        retry::say(what, &fault, failures, Some(std::time::Duration::from_nanos(wait.unsigned_abs())));
        let until = Timestamp(self.lane.now().0.saturating_add(wait));
        self.counts.set_doing(Doing::Failing { until });
        until
    }

    /// Starts over when somebody wants it. One that fails is still wanted, until it succeeds.
    async fn obey_reset(&self, state: &mut State) -> Result<(), Fault> {
        if !self.reset.swap(false, Relaxed) {
            return Ok(());
        }
        let forgotten = self.forget(state).await;
        if forgotten.is_err() {
            self.reset.store(true, Relaxed);
        }
        forgotten
    }

    async fn forget(&self, state: &mut State) -> Result<(), Fault> {
        forget(self.claim(), &self.lane.intake, &self.lane.feed).await?;
        let (cursors, seen) = (state.cursor_texts(), state.seen.len());
        crate::say::log(
            "warn",
            format_args!("pull reset source={} id=COLLECT-502 cursors={cursors:?} ids_dropped={seen}", self.job.source),
        );
        *state = State::default();
        Ok(())
    }
}

/// Never shorter than the service's own time; doubled with each failure, longer where a person has to act.
fn retry_wait(every: i64, failures: u32, kind: FaultKind) -> i64 {
    let wait = retry::wait(failures, kind, RETRY_MAX).as_nanos();
    i64::try_from(wait).unwrap_or(i64::MAX).max(every)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use weir_collect::{Manifest, Service, Session, settings};
    use weir_drive::Http;
    use weir_event::{Record, Value};
    use weir_store::{Log, LogOptions};
    use weir_testkit::SimDisk;

    use super::*;
    use crate::listen::Intake;
    use crate::stats::Stats;

    fn job() -> Job {
        let manifest = Arc::new(Manifest::read("puller.yaml", crate::pull::tests::MANIFEST).unwrap());
        let given: Record<'static> =
            [("base_url", Value::text("https://a.example")), ("token", Value::text("x"))].into_iter().collect();
        let settings = settings::check(&manifest, "settings", &given, Timestamp(0)).unwrap();
        Job {
            puller: "hq".into(),
            service: "alarms".into(),
            source: "hq/alarms".into(),
            tenant: "northside".into(),
            table: "logs".into(),
            tables: None,
            every: Duration(SECOND),
            inner: Service::new(manifest, 0, settings, "hq/alarms".to_owned()),
            session: Arc::new(Session::default()),
        }
    }

    /// A service whose log is on `disk`.
    fn running(disk: &SimDisk, stop: Stop) -> Running {
        let options = LogOptions { reserve_bytes: 1_000, ..LogOptions::default() };
        let (log, _) = Log::open(Arc::new(disk.clone()), Path::new("/log"), options).unwrap();
        let (job, stats) = (Arc::new(job()), Arc::new(Stats::default()));
        let source = stats.source(&job.tenant, &job.source, crate::pull::KIND).unwrap();
        let feed = crate::pull::feed(&job, source);
        let intake = Arc::new(Intake::new(Arc::new(log), stats, 1 << 20, 1));
        let counts = Arc::new(Counts::default());
        let lane = Lane::new(Arc::new(Http::default()), intake, feed, counts, Path::new("/data"), stop);
        Running::new(job, lane)
    }

    #[test]
    fn a_reset_that_the_disk_refuses_is_still_wanted() {
        let disk = SimDisk::new();
        let (_stopper, stop) = Stop::new();
        let running = running(&disk, stop);
        let somewhere = || {
            let mut state = State::default();
            state.cursors.insert(String::new(), Value::Long(5));
            state
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let obey = |state: &mut State| runtime.block_on(running.obey_reset(state)).map_err(|fault| fault.id());

        let mut state = somewhere();
        running.reset();
        disk.set_free(Some(0));
        assert_eq!(obey(&mut state), Err("LOG-003"));
        assert!(!state.cursors.is_empty());
        disk.set_free(None);
        assert_eq!(obey(&mut state), Ok(()));
        assert!(state.cursors.is_empty());
        state = somewhere();
        assert_eq!(obey(&mut state), Ok(()));
        assert!(!state.cursors.is_empty(), "one reset forgets once");
    }

    #[test]
    fn failures_wait_longer_and_longer_up_to_a_limit() {
        let wait = |every, failures, kind| retry_wait(every * SECOND, failures, kind) / SECOND;
        assert_eq!(wait(1, 1, FaultKind::Peer), 2);
        assert_eq!(wait(60, 3, FaultKind::Peer), 60);
        assert_eq!(wait(60, 40, FaultKind::Peer), 300);
        assert_eq!(wait(60, 40, FaultKind::Auth), 900);
        assert_eq!(wait(3_600, 40, FaultKind::Peer), 3_600);
    }
}

//! The scheduler: when a rule is due, and one run of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use weir_event::{Chunk, Clock, Cursor, Fault, Record, Records, Timestamp};
use weir_query::RunOptions;

use super::finding::{Making, SOURCE_PREFIX, Twins, encode, make};
use super::{FINDINGS_BYTES_MAX, FINDINGS_MAX};
use crate::config::{Rule, When};
use crate::http::App;
use crate::listen::Feed;
use crate::server::{Stop, SystemClock};

/// A mark that found nothing is saved when it has moved this many positions, so that a restart looks at little again.
const MARK_POSITIONS: u64 = 1_000;
/// A run that takes longer is given up; its window is looked at again next time.
const RUN_TIME: Duration = Duration::from_secs(60);
/// Rules that run at the same time; the others wait their turn.
const AT_ONCE: usize = 2;
/// The clock is looked at at least this often while a rule waits.
const CLOCK_LOOK: Duration = Duration::from_secs(30);

/// One rule of one tenant.
struct Job {
    app: App,
    rule: Arc<Rule>,
    feed: Feed,
    /// Positions up to this one have been looked at.
    seen: u64,
    /// The mark that the log holds.
    saved: u64,
}

/// Rules that are ready to run.
pub struct Jobs(Vec<Job>);

/// Finds or makes the mark of every rule. Done before traffic comes in, so that the first events are seen too.
pub async fn prepare(app: &App) -> Jobs {
    let mut jobs = Vec::new();
    for tenant in &app.config.tenants {
        for rule in app.config.rules.iter().filter(|rule| rule.is_for(&tenant.id)) {
            match Job::new(app, rule, &tenant.id).await {
                Ok(job) => jobs.push(job),
                Err(fault) => app.runs.add(&rule.id, &tenant.id, SystemClock.now(), Err(fault)),
            }
        }
    }
    Jobs(jobs)
}

impl Jobs {
    /// Runs every rule when it is due, until told to stop.
    pub async fn repeat(self, stop: Stop) {
        let gate = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = tokio::task::JoinSet::new();
        self.0.into_iter().for_each(|job| {
            tasks.spawn(job.repeat(gate.clone(), stop.clone()));
        });
        while tasks.join_next().await.is_some() {}
    }
}

impl Job {
    /// A rule that has never run starts with what arrives from now on, and that is saved at once.
    async fn new(app: &App, rule: &Arc<Rule>, tenant: &Arc<str>) -> Result<Job, Fault> {
        let source: Arc<str> = format!("{SOURCE_PREFIX}{}", rule.id).into();
        let stats = app.stats.source(tenant, &source, "rule")?;
        let feed = Feed { tenant: tenant.clone(), source, table: "security.events".into(), stats, peer: None };
        let known =
            app.spine.store.cursors(tenant, &feed.source)?.remove("").and_then(|parts| read_mark(parts.last()?));
        let mut job = Job { app: app.clone(), rule: rule.clone(), feed, seen: 0, saved: 0 };
        match known {
            Some(mark) => (job.seen, job.saved) = (mark, mark),
            None => job.save(app.spine.visible_through(), Records::default()).await?,
        }
        Ok(job)
    }

    async fn repeat(mut self, gate: Arc<Semaphore>, stop: Stop) {
        while let Some(due) = next(&self.rule.when, SystemClock.now()) {
            if !wait_until(due, &stop).await {
                return;
            }
            let result = tokio::select! {
                () = stop.wait() => return,
                result = self.catch_up(&gate) => result,
            };
            if let Err(fault) = &result {
                let (rule, id) = (&self.rule.id, fault.id());
                crate::say::log("error", format_args!("rule failed rule={rule} id={id} why={:?}", fault.says()));
            }
            self.app.runs.add(&self.rule.id, &self.feed.tenant, SystemClock.now(), result);
        }
    }

    /// Looks at all that has arrived since the last run; the number of findings.
    ///
    /// A window that gives too many rows for one log record is cut in half until it does not: nothing is left out. A window that
    /// fails is looked at again next time.
    async fn catch_up(&mut self, gate: &Semaphore) -> Result<usize, Fault> {
        let last = self.app.spine.visible_through();
        let (mut through, mut found) = (last, 0);
        while self.seen < last {
            let Ok(_turn) = gate.acquire().await else { return Ok(found) };
            match self.look(through).await? {
                Some(findings) => {
                    found += findings;
                    through = last;
                }
                None => through = self.seen + (through - self.seen) / 2,
            }
        }
        Ok(found)
    }

    /// Looks at the window up to `through`. `None` when it must be smaller.
    async fn look(&mut self, through: u64) -> Result<Option<usize>, Fault> {
        let now = SystemClock.now();
        let mut options = RunOptions::new(self.feed.tenant.to_string(), now);
        options.arrived = Some(self.seen + 1..through + 1);
        options.limit = Some(FINDINGS_MAX + 1);
        let query = self.app.rows(self.rule.query.text.clone(), options);
        // Only the query has a time limit: once findings are made, they are kept.
        let rows = tokio::time::timeout(RUN_TIME, query).await.map_err(|_| too_slow(&self.rule))??;
        let records = findings(&Making { rule: &self.rule, now, through }, &rows);
        let cut = rows.len() > FINDINGS_MAX || records.bytes.len() > FINDINGS_BYTES_MAX;
        if cut && through - self.seen > 1 {
            return Ok(None);
        }
        if rows.len() > FINDINGS_MAX {
            // One chunk holds fewer events than that: the query makes rows of its own.
            crate::say::log("warn", format_args!("rule cut rule={} findings_max={FINDINGS_MAX}", self.rule.id));
        }
        let count = records.len();
        if count > 0 || through - self.saved >= MARK_POSITIONS {
            self.save(through, records).await?;
        } else {
            self.seen = through;
        }
        Ok(Some(count))
    }

    /// Findings and mark in one log record. Returns when it is on the disk.
    async fn save(&mut self, mark: u64, records: Records) -> Result<(), Fault> {
        let intake = &self.app.intake;
        let permit = intake.reserve(records.bytes.len()).await;
        let cursor = Cursor::whole(mark.to_be_bytes());
        let chunk = Chunk { cursor: Some(cursor), ..intake.chunk(&self.feed, &records) };
        let answer = intake.submit(&self.feed, chunk, permit).await;
        // A refused record holds neither findings nor mark, so the window is looked at again.
        answer.await.unwrap_or_else(|_| Err(stopped()))?;
        (self.seen, self.saved) = (mark, mark);
        Ok(())
    }
}

/// Returns at `due`, or with false when told to stop. Looks at the clock now and then, because it may be set.
async fn wait_until(due: Timestamp, stop: &Stop) -> bool {
    loop {
        let wait = Duration::from_nanos(u64::try_from(due.0 - SystemClock.now().0).unwrap_or(0));
        if wait.is_zero() {
            return true;
        }
        tokio::select! {
            () = stop.wait() => return false,
            () = tokio::time::sleep(wait.min(CLOCK_LOOK)) => {}
        }
    }
}

fn findings(making: &Making<'_>, rows: &[Record<'static>]) -> Records {
    let mut records = Records::default();
    let mut twins = Twins::default();
    for row in rows.iter().take(FINDINGS_MAX) {
        if let Some(finding) = make(making, row, &mut twins) {
            records.push(encode(&finding).as_bytes());
        }
    }
    records
}

/// The next time a rule is due: intervals count from the epoch, so that a restart does not move them.
fn next(when: &When, now: Timestamp) -> Option<Timestamp> {
    match when {
        When::Every(interval) => {
            let step = interval.0.max(1);
            now.0.div_euclid(step).checked_add(1)?.checked_mul(step).map(Timestamp)
        }
        When::Cron(cron) => cron.next(now),
    }
}

fn read_mark(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().ok().map(u64::from_be_bytes)
}

fn too_slow(rule: &Rule) -> Fault {
    Fault::new("CLI-007", weir_event::FaultKind::Limit, format!("the rule `{}` took too long", rule.id))
        .because(format!("a run may take {} s", RUN_TIME.as_secs()))
        .hint("make its query more selective")
}

fn stopped() -> Fault {
    Fault::new("HTTP-503", weir_event::FaultKind::Storage, "weir is stopping")
}

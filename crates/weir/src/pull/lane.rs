//! The world of one service while it pulls: the real clock, real sockets, and the log.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use weir_collect::{Broken, Commit, Lookup, Reply, Request, Told, Wire, World};
use weir_drive::Http;
use weir_event::{Clock, Fault, FaultKind, Timestamp};

use super::leases::Claim;
use super::log_ins::{LogIn, LogIns};
use super::{Counts, Lookups, commit};
use crate::listen::{Feed, Intake};
use crate::server::{Stop, SystemClock};

/// A request that is under way at a stop gets this long; its page is stored if it comes.
const GRACE: Duration = Duration::from_secs(3);
/// The clock is looked at this often while a service waits, so that a clock that is set is noticed.
const LOOK: Duration = Duration::from_secs(60);

pub struct Lane {
    pub http: Arc<Http>,
    pub intake: Arc<Intake>,
    pub feed: Feed,
    pub counts: Arc<Counts>,
    pub lookups: Lookups,
    pub stop: Stop,
    /// The lease of the service, where servers share it.
    pub claim: Option<Arc<Claim>>,
    /// Where the log-in of the puller is kept; nowhere in tests.
    pub log_in: Option<(Arc<LogIns>, LogIn)>,
    /// Id of the pull that runs.
    pull: Mutex<Arc<str>>,
    /// The pull waits for something that a stop does not grant.
    parked: Notify,
}

impl Lane {
    /// `data` is the data directory.
    pub fn new(http: Arc<Http>, intake: Arc<Intake>, feed: Feed, counts: Arc<Counts>, data: &Path, stop: Stop) -> Lane {
        let (lookups, pull) = (Lookups::new(data, &feed.tenant), Mutex::new("".into()));
        Lane { http, intake, feed, counts, lookups, stop, claim: None, log_in: None, pull, parked: Notify::new() }
    }

    /// The log-in that was kept, if there is one.
    pub async fn recall_log_in(&self) -> Option<String> {
        let (log_ins, place) = self.log_in.clone()?;
        tokio::task::spawn_blocking(move || log_ins.recall(&place)).await.ok().flatten()
    }

    pub fn begin(&self, id: &Arc<str>) {
        *self.pull.lock().unwrap_or_else(PoisonError::into_inner) = id.clone();
    }

    /// Returns when the pull has come to a point where a stop leaves it: what it has in hand is stored.
    pub async fn parked(&self) {
        self.parked.notified().await;
    }

    fn pull(&self) -> Arc<str> {
        self.pull.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Never returns: whoever waits for [`Lane::parked`] drops the pull.
    async fn park<T>(&self) -> T {
        self.parked.notify_one();
        std::future::pending().await
    }
}

impl World for Lane {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        tokio::select! {
            () = sleep_until(at) => {}
            () = self.stop.wait() => self.park().await,
        }
    }

    async fn send(&self, request: Request, wire: &Wire) -> Result<Reply, Broken> {
        if self.stop.is_set() {
            return self.park().await;
        }
        let late = async {
            self.stop.wait().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            reply = self.http.send(request, wire) => reply,
            () = late => self.park().await,
        }
    }

    async fn commit(&self, commit: Commit) -> Result<(), Fault> {
        let Some(claim) = &self.claim else {
            return commit::commit(&self.intake, &self.feed, &self.pull(), commit).await.map(drop);
        };
        let (state, whole) = (commit.state.clone(), commit.whole);
        claim.with(Claim::check).await?;
        commit::commit(&self.intake, &self.feed, &self.pull(), commit).await?;
        // It is stored, so the pull must not take it for undone. The next commit will not be made.
        let told = claim.with(move |claim| claim.tell(&state, whole)).await;
        told.unwrap_or_else(|fault| super::leases::complain(&fault));
        Ok(())
    }

    async fn keep_log_in(&self, log_in: &str) -> Result<(), Fault> {
        let Some((log_ins, place)) = self.log_in.clone() else { return Ok(()) };
        let text = log_in.to_owned();
        let kept = tokio::task::spawn_blocking(move || log_ins.keep(&place, &text)).await;
        kept.unwrap_or_else(|error| {
            Err(Fault::new("COLLECT-505", FaultKind::Bug, "the log-in cannot be kept").because(error))
        })
    }

    async fn lookup(&self, table: Lookup) -> Result<(), Fault> {
        let (lookups, name) = (self.lookups.clone(), table.name.clone());
        let written = tokio::task::spawn_blocking(move || lookups.put(&table)).await;
        written.unwrap_or_else(|error| Err(weir_collect::fault::lookup_unwritten(&name, &error.to_string())))
    }

    fn tell(&self, told: Told) {
        self.counts.told(&told, self.now());
        super::say::told(&self.feed.source, &told);
    }
}

/// Waits by the clock of the machine, in steps.
pub async fn sleep_until(at: Timestamp) {
    loop {
        let left = at.0.saturating_sub(SystemClock.now().0);
        if left <= 0 {
            return;
        }
        tokio::time::sleep(Duration::from_nanos(left.unsigned_abs()).min(LOOK)).await;
    }
}

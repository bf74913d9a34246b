//! Several servers share the services of pullers: each service is pulled by the one that holds its lease.
//!
//! Leases and what goes with them are files of a folder that all servers see; start at [`Claim`] for one of them. No clock of another
//! machine is believed: a holder shows a count that grows, and who sees it stand still for [`Terms::lapse`] of its own time may take
//! the lease. A holder that could not show itself for nearly as long commits nothing any more.

mod claim;
mod files;
mod nodes;

#[cfg(test)]
mod tests;

pub use claim::{Claim, ELSEWHERE, Turn};

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use weir_event::{Fault, FaultKind};

use super::Job;
use crate::config::LeaseTerms;
use crate::server::Stop;
use nodes::Nodes;

/// The time that this process has lived through. No machine can set it.
pub type Ticks = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Who takes leases, where, and for how long they hold.
#[derive(Clone)]
pub struct Terms {
    pub folder: PathBuf,
    /// Name of this server among those that share.
    pub node: Arc<str>,
    /// Names the data directory, in which what was pulled lies: who opens it again after a crash knows it all.
    pub home: Arc<str>,
    /// A lease whose holder has not shown itself for this long is free.
    pub lapse: Duration,
    pub ticks: Ticks,
}

impl Terms {
    fn now(&self) -> Instant {
        (self.ticks)()
    }

    /// Between two signs of life.
    fn beat(&self) -> Duration {
        self.lapse / 6
    }

    /// A holder that has shown itself this lately is sure that nobody took its lease.
    fn sure(&self) -> Duration {
        self.lapse / 6 * 5
    }

    /// Between two looks at a lease that another holds.
    pub fn look(&self) -> Duration {
        self.lapse / 10
    }
}

/// The leases of this process.
pub struct Leases {
    terms: Terms,
    nodes: Mutex<Nodes>,
    /// With the puller that each is of.
    claims: Mutex<Vec<(Arc<str>, Arc<Claim>)>>,
}

impl Leases {
    /// `home` names the data directory.
    pub fn new(terms: &LeaseTerms, home: &str) -> Leases {
        let (folder, node) = (terms.folder.clone(), terms.node.clone());
        let terms = Terms { folder, node, home: home.into(), lapse: terms.lapse, ticks: Arc::new(Instant::now) };
        Leases { nodes: Mutex::new(Nodes::new(&terms)), claims: Mutex::default(), terms }
    }

    /// The lease of a service. A service that fills a lookup table has none: the table lies in the data directory of each server, so
    /// each fills its own.
    pub fn claim(&self, job: &Job) -> Option<Arc<Claim>> {
        if job.stream().output.lookup.is_some() {
            return None;
        }
        let claim = Arc::new(Claim::new(&self.terms, &job.tenant, &job.source));
        lock(&self.claims).push((job.puller.clone(), claim.clone()));
        Some(claim)
    }

    /// Shows this server and its leases to the others until told to stop, and gives back what another server should rather hold.
    pub async fn keep(self: Arc<Self>, stop: Stop) {
        while !stop.is_set() {
            let leases = self.clone();
            // It does not panic; and if it did, leases would lapse by themselves.
            let _ = tokio::task::spawn_blocking(move || leases.beat()).await;
            tokio::select! {
                () = tokio::time::sleep(self.terms.beat()) => {}
                () = stop.wait() => {}
            }
        }
        let _ = tokio::task::spawn_blocking(move || lock(&self.nodes).leave()).await;
    }

    /// One sign of life.
    fn beat(&self) {
        let mut nodes = lock(&self.nodes);
        nodes.show(self.terms.now()).unwrap_or_else(|fault| complain(&fault));
        for (puller, claim) in lock(&self.claims).iter() {
            claim.renew().unwrap_or_else(|fault| complain(&fault));
            let other = nodes.rather(puller);
            claim.suit(other.is_none());
            if let Some(other) = other
                && claim.give_back_idle()
            {
                crate::say::log("info", format_args!("lease given back source={} better={other}", claim.name()));
            }
        }
    }
}

pub(super) fn complain(fault: &Fault) {
    crate::say::log("error", format_args!("leases are not kept {}", super::say::fields(fault)));
}

/// The id of a folder that fails.
pub const UNUSABLE: &str = "COLLECT-504";

fn unusable(folder: &Path, error: &io::Error) -> Fault {
    Fault::new(UNUSABLE, FaultKind::Storage, "the folder of leases cannot be used")
        .at(folder.display())
        .because(error)
        .hint("it must be there and writable on every server; nothing is pulled until it is")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

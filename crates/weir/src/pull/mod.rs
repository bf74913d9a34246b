//! Pullers: sources that are asked, by manifests that are data.
//!
//! Start at [`jobs()`] (what a configuration makes of its manifests) and [`start`] (how they run in the server). The engine is
//! `weir-collect`, the sockets are `weir-drive`'s; here are the clock, the log, the counters and the words of it.

pub mod commit;
mod counts;
pub mod id;
mod jobs;
mod lane;
pub mod leases;
mod log_ins;
mod lookups;
mod manifests;
mod mask;
mod monitor;
mod run;
mod say;
pub mod secret;
mod show;
mod turn;

#[cfg(test)]
mod tests;

pub use commit::forget;
pub use counts::{Counts, Doing};
pub use jobs::{Job, jobs};
pub use lane::{Lane, sleep_until};
pub use leases::Leases;
pub use lookups::Lookups;
pub use manifests::Manifests;
pub use mask::Mask;
pub use monitor::watch;
pub use run::Running;
pub use say::{fields as say_fields, told as say_told};
pub use show::view;

use std::sync::Arc;

use weir_collect::State;
use weir_drive::Http;
use weir_event::{Fault, FieldId, Value};
use weir_pipe::{Origin, Plan};
use weir_store::Store;

use crate::listen::Feed;
use crate::server::{Stop, Weir};
use crate::stats::SourceStats;
use leases::{Claim, Turn};
use log_ins::LogIns;

/// How the sources of pullers are called in lists.
pub const KIND: &str = "puller";

/// A service that was made ready, with what it remembers.
pub type Made = (Arc<Running>, State);

/// What all services of a process have in common.
pub struct Workshop<'a> {
    app: &'a Weir,
    http: Arc<Http>,
    stop: Stop,
    leases: Option<Arc<Leases>>,
    log_ins: Arc<LogIns>,
}

impl<'a> Workshop<'a> {
    pub fn new(app: &'a Weir, stop: &Stop) -> Result<Workshop<'a>, Fault> {
        let leases = match &app.config.leases {
            Some(terms) => Some(Arc::new(Leases::new(terms, &app.home()?))),
            None => None,
        };
        let log_ins = Arc::new(LogIns::new(&app.config));
        Ok(Workshop { app, http: Arc::default(), stop: stop.clone(), leases, log_ins })
    }

    /// One service, ready to pull. One whose state cannot be read is not.
    pub fn make(&self, job: &Arc<Job>) -> Result<Made, Fault> {
        let app = self.app;
        let stats = app.stats.source(&job.tenant, &job.source, KIND)?;
        let state = state(&app.spine.store, job)?;
        let feed = feed(job, stats);
        let counts = Arc::new(Counts::new(&state));
        let mut lane =
            Lane::new(self.http.clone(), app.intake.clone(), feed, counts, &app.config.data, self.stop.clone());
        lane.claim = self.leases.as_ref().and_then(|leases| leases.claim(job));
        lane.log_in = Some((self.log_ins.clone(), self.log_ins.place(job)));
        Ok((Arc::new(Running::new(job.clone(), lane)), state))
    }

    /// Lets a service that runs nowhere start over.
    ///
    /// # Errors
    /// COLLECT-503 when another server holds its lease, and those of the log.
    pub async fn forget(&self, job: &Job) -> Result<(), Fault> {
        let feed = feed(job, self.app.stats.source(&job.tenant, &job.source, KIND)?);
        let claim = self.leases.as_ref().and_then(|leases| leases.claim(job));
        if let Some(claim) = &claim
            && let Turn::Elsewhere(node) = claim.with(Claim::turn).await?
        {
            return Err(claim.elsewhere(&node));
        }
        turn::forget(claim.as_ref(), &self.app.intake, &feed).await?;
        claim.inspect(|claim| claim.give_back());
        Ok(())
    }

    /// What keeps the leases of the services made here, until told to stop; nothing when servers share nothing.
    pub fn keep(&self) -> Option<impl Future<Output = ()> + Send + use<>> {
        Some(self.leases.clone()?.keep(self.stop.clone()))
    }
}

/// What the chunks of a service have in common.
pub fn feed(job: &Job, stats: Arc<SourceStats>) -> Feed {
    let (tenant, source, table) = (job.tenant.clone(), job.source.clone(), job.table.clone());
    Feed { tenant, source, table, stats, peer: None }
}

/// What a service remembers, as of the last chunk that can be queried. Complete right after a start.
pub fn state(store: &Store, job: &Job) -> Result<State, Fault> {
    let parts = store.cursors(&job.tenant, &job.source)?.remove("").unwrap_or_default();
    let texts: Vec<_> = parts.iter().map(|part| String::from_utf8_lossy(part)).collect();
    State::from_texts(&job.source, texts.iter().map(|text| &**text))
}

/// What the pipeline knows of pulled events: their dataset, where the pack gives none, and tables of some of them, where no route of
/// the configuration says otherwise.
pub fn add_origins(jobs: &[Arc<Job>], plan: &mut Plan) {
    plan.routes.extend(jobs.iter().flat_map(|job| job.tables.iter().flat_map(|tables| tables.routes(&job.source))));
    for job in jobs.iter().filter(|job| !job.stream().output.dataset.is_empty()) {
        let dataset = Value::owned(job.stream().output.dataset.clone());
        let origin = Origin { defaults: vec![(FieldId::known("event.dataset"), dataset)], ..Origin::default() };
        plan.origins.insert((job.tenant.clone(), job.source.clone()), origin);
    }
}

/// Complaints about pullers as log lines, for a server that starts without them.
pub fn complain(faults: &[Fault]) {
    for fault in faults {
        crate::say::log("error", format_args!("puller does not run {}", say::fields(fault)));
    }
}

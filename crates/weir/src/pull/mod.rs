//! Pullers: sources that are asked, by manifests that are data.
//!
//! Start at [`jobs()`] (what a configuration makes of its manifests) and [`start`] (how they run in the server). The engine is
//! `weir-collect`, the sockets are `weir-drive`'s; here are the clock, the log, the counters and the words of it.

pub mod commit;
mod counts;
pub mod id;
mod jobs;
mod lane;
mod lookups;
mod manifests;
mod mask;
mod monitor;
mod run;
mod say;
pub mod secret;
mod show;

#[cfg(test)]
mod tests;

pub use commit::forget;
pub use counts::Counts;
pub use jobs::{Job, jobs};
pub use lane::{Lane, sleep_until};
pub use lookups::Lookups;
pub use manifests::Manifests;
pub use mask::Mask;
pub use monitor::watch;
pub use run::Running;
pub use say::{fields as say_fields, told as say_told};
pub use show::{cursors, view};

use std::sync::Arc;

use weir_collect::State;
use weir_drive::Http;
use weir_event::{Fault, FieldId, Value};
use weir_pipe::{Origin, Plan};
use weir_store::Store;

use crate::listen::Feed;
use crate::server::{Stop, Weir};
use crate::stats::SourceStats;

/// How the sources of pullers are called in lists.
pub const KIND: &str = "puller";

/// A service that was made ready, with what it remembers.
pub type Made = (Arc<Running>, State);

/// Makes the services of a server ready. One whose state cannot be read does not start.
pub fn start(app: &Weir, stop: &Stop) -> (Vec<Made>, Vec<Fault>) {
    let http = Arc::new(Http::default());
    let (mut made, mut faults) = (Vec::new(), Vec::new());
    for job in &app.jobs {
        match make(app, job, &http, stop) {
            Ok(one) => made.push(one),
            Err(fault) => faults.push(fault),
        }
    }
    (made, faults)
}

/// One service, ready to pull.
pub fn make(app: &Weir, job: &Arc<Job>, http: &Arc<Http>, stop: &Stop) -> Result<Made, Fault> {
    let stats = app.stats.source(&job.tenant, &job.source, KIND)?;
    let state = state(&app.spine.store, job)?;
    let feed = feed(job, stats);
    let counts = Arc::new(Counts::new(&state));
    let lane = Lane::new(http.clone(), app.intake.clone(), feed, counts, &app.config.data, stop.clone());
    Ok((Arc::new(Running::new(job.clone(), lane)), state))
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

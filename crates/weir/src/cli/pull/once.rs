//! `weir pull once` and `weir pull run`: pullers without a server around them.

use std::path::PathBuf;
use std::sync::Arc;

use weir_collect::{Session, State};
use weir_drive::Http;
use weir_event::{Clock, Fault};

use super::place::Local;
use super::shown::{Shown, Style};
use super::{Exit, Which, failed};
use crate::cli::run::{runtime, stop_signal};
use crate::pull::{self, Job, Workshop};
use crate::say;
use crate::server::{Stop, SystemClock};

#[derive(clap::Args)]
pub struct OnceArgs {
    #[command(flatten)]
    which: Which,
    /// Data directory, when it is not the configuration's
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Show requests, first records and the next cursor; store nothing
    #[arg(long)]
    dry_run: bool,
    /// Records to show of each service with --dry-run
    #[arg(long, value_name = "N", default_value_t = 3)]
    records: usize,
    /// Requests to send for each service with --dry-run
    #[arg(long, value_name = "N", default_value_t = 10)]
    requests: usize,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    which: Which,
    /// Data directory, when it is not the configuration's
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub fn once(args: &OnceArgs) -> Result<Exit, Fault> {
    let Some(config) = args.which.config()? else { return Ok(Exit::Config) };
    let (jobs, faults) = args.which.jobs(&config)?;
    let exit = failed(&faults);
    if jobs.is_empty() {
        return Ok(exit);
    }
    let done = runtime()?.block_on(async {
        let stop = stop_when_told()?;
        match args.dry_run {
            true => dry_run(args, &config, &jobs, &stop).await,
            false => store(args, config, &jobs, stop).await,
        }
    })?;
    Ok(if exit == Exit::Ok { done } else { exit })
}

/// A word to stop that comes with the first signal.
fn stop_when_told() -> Result<Stop, Fault> {
    let signal = stop_signal()?;
    let (stopper, stop) = Stop::new();
    tokio::spawn(async move {
        signal.await;
        stopper.stop();
    });
    Ok(stop)
}

async fn store(args: &OnceArgs, config: crate::config::Config, jobs: &[Arc<Job>], stop: Stop) -> Result<Exit, Fault> {
    let local = Local::open(config, args.data.clone()).await?;
    let workshop = Workshop::new(&local.app, &stop)?;
    let keeper = workshop.keep().map(tokio::spawn);
    let mut faults = Vec::new();
    for job in jobs {
        match workshop.make(job) {
            Ok((running, mut state)) => faults.extend(running.once(&mut state).await.err()),
            Err(fault) => faults.push(fault),
        }
    }
    if let Some(keeper) = keeper {
        keeper.abort();
    }
    local.close().await;
    Ok(failed(&faults))
}

async fn dry_run(
    args: &OnceArgs,
    config: &crate::config::Config,
    jobs: &[Arc<Job>],
    stop: &Stop,
) -> Result<Exit, Fault> {
    let states = states(args, config, jobs).await;
    let http = Http::default();
    let style = if args.json { Style::Json } else { Style::Text };
    let mut faults = Vec::new();
    for (job, mut state) in jobs.iter().zip(states) {
        let world = Shown::new(&http, job, style, args.records, args.requests, stop);
        // A session of its own: log-ins are shown for every service.
        let session = Session::default();
        faults.extend(world.pull(&session, &mut state).await.err());
    }
    Ok(failed(&faults))
}

/// Where the services stand, as far as the data directory can be read; else they are shown from the start.
async fn states(args: &OnceArgs, config: &crate::config::Config, jobs: &[Arc<Job>]) -> Vec<State> {
    let folder = args.data.clone().unwrap_or_else(|| config.data.clone());
    let fresh = || jobs.iter().map(|_| State::default()).collect();
    if !folder.join("log").is_dir() {
        return fresh();
    }
    match Local::open(config.clone(), Some(folder)).await {
        Ok(local) => {
            let states = jobs.iter().map(|job| pull::state(&local.app.spine.store, job).unwrap_or_default()).collect();
            local.close().await;
            states
        }
        Err(fault) => {
            say::words(format_args!("shown from the start, because the state cannot be read: {}", fault.says()));
            fresh()
        }
    }
}

pub fn run(args: &RunArgs) -> Result<Exit, Fault> {
    let Some(config) = args.which.config()? else { return Ok(Exit::Config) };
    let (jobs, faults) = args.which.jobs(&config)?;
    let exit = failed(&faults);
    if jobs.is_empty() {
        return Ok(exit);
    }
    runtime()?.block_on(async {
        let stop = stop_when_told()?;
        let local = Local::open(config, args.data.clone()).await?;
        let workshop = Workshop::new(&local.app, &stop)?;
        let mut tasks = tokio::task::JoinSet::new();
        for job in &jobs {
            let (running, state) = workshop.make(job)?;
            tasks.spawn(running.serve(state, stop.clone()));
        }
        if let Some(keep) = workshop.keep() {
            tasks.spawn(keep);
        }
        say::log("info", format_args!("pulling services={} at={}", jobs.len(), SystemClock.now()));
        while tasks.join_next().await.is_some() {}
        local.close().await;
        Ok(exit)
    })
}

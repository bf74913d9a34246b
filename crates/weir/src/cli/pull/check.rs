//! `weir pull check`: everything that is wrong, at once; then each source is asked, and nothing is stored.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use weir_collect::{Session, State};
use weir_drive::Http;
use weir_event::{Clock, Fault, FaultKind};

use super::shown::{Seen, Shown, Style};
use super::{Exit, Which, exit_of, failed};
use crate::cli::run::runtime;
use crate::pull::{self, Job};
use crate::say;
use crate::server::{Stop, SystemClock};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Only read the configuration, send nothing
    #[arg(long)]
    offline: bool,
    /// One JSON document: a list of what is wrong, and of the services that answered
    #[arg(long)]
    json: bool,
}

/// Requests for each service: a log-in of two steps, one before the pages, and a page.
const REQUESTS_MAX: usize = 4;
/// Clocks that differ by more are worth a word.
const CLOCK_SECONDS_MAX: u64 = 60;

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let (jobs, faults) = read(&args.which)?;
    jobs.iter().for_each(|job| warn(job));
    let mut list: Vec<Json> = faults.iter().map(|fault| shown(fault, None)).collect();
    let exit = if args.json { exit_of(&faults) } else { failed(&faults) };
    let asked = match args.offline || jobs.is_empty() {
        true => Exit::Ok,
        false => runtime()?.block_on(ask(args, &jobs, &mut list)),
    };
    if args.json {
        say::data(Json::Array(list));
    } else if args.offline && exit == Exit::Ok {
        say::words(format_args!("ok: {} services are configured well; none was asked", jobs.len()));
    }
    Ok(if exit == Exit::Ok { asked } else { exit })
}

/// The services that can run, and all that is wrong with the rest. A mistake in the call is only told when nothing else is wrong.
fn read(which: &Which) -> Result<(Vec<Arc<Job>>, Vec<Fault>), Fault> {
    let (config, mut faults) = which.read();
    let config = match which.only(config) {
        Ok(config) => config,
        Err(_) if !faults.is_empty() => return Ok((Vec::new(), faults)),
        Err(fault) => return Err(fault),
    };
    let (jobs, found) = pull::jobs(&config, which.name.as_deref(), SystemClock.now());
    faults.extend(found);
    if jobs.is_empty() && faults.is_empty() { Err(which.no_service(&config)) } else { Ok((jobs, faults)) }
}

/// A fault for programs. What reads the directory has ids of its own and the class of all mistakes in it.
fn shown(fault: &Fault, source: Option<&str>) -> Json {
    let mut shown = crate::http::fault_json(fault);
    if shown.get("class").is_none() {
        shown["class"] = "InitVariablesError".into();
    }
    (shown["ok"], shown["fix"]) = (false.into(), fault.fix().into());
    if let Some(source) = source {
        shown["source"] = source.into();
    }
    shown
}

/// What is allowed and unwise.
fn warn(job: &Job) {
    if job.is_insecure() {
        let fault = Fault::new("COLLECT-012", FaultKind::Config, "certificates of the source are not checked")
            .at(&job.source)
            .because("whoever stands in between can read the credentials")
            .hint("name the certificate of its authority instead");
        say::words(format_args!("warning: {fault}"));
    }
}

async fn ask(args: &Args, jobs: &[Arc<Job>], list: &mut Vec<Json>) -> Exit {
    let http = Http::default();
    let (_stopper, stop) = Stop::new();
    let mut faults = Vec::new();
    for job in jobs {
        let world = Shown::new(&http, job, Style::Quiet, 0, REQUESTS_MAX, &stop);
        let asked = world.pull(&Session::default(), &mut State::default()).await;
        match args.json {
            true => list.push(listed(job, &asked)),
            false => tell(job, &asked),
        }
        faults.extend(asked.err());
    }
    if args.json { exit_of(&faults) } else { failed(&faults) }
}

fn listed(job: &Job, asked: &Result<Seen, Fault>) -> Json {
    let source = &*job.source;
    match asked {
        Ok(seen) => json!({
            "ok": true,
            "source": source,
            "requests": seen.requests,
            "records": seen.records,
            "clock_ahead_seconds": seen.seconds_ahead,
        }),
        Err(fault) => shown(fault, Some(source)),
    }
}

fn tell(job: &Job, asked: &Result<Seen, Fault>) {
    let source = &*job.source;
    match asked {
        Ok(seen) => {
            say::data(format_args!("ok     {source}: {} requests answered, {} records", seen.requests, seen.records));
            if let Some(ahead) = seen.seconds_ahead.filter(|ahead| ahead.unsigned_abs() > CLOCK_SECONDS_MAX) {
                say::words(format_args!("warning: the clock of the source is {ahead} s ahead of this machine's"));
            }
        }
        Err(fault) => say::data(format_args!("FAILED {source}: {} {}", fault.id(), fault.says())),
    }
}

//! `weir pull check`: everything that is wrong, at once; then each source is asked, and nothing is stored.

use std::sync::Arc;

use serde_json::json;
use weir_collect::{Session, State};
use weir_drive::Http;
use weir_event::{Fault, FaultKind};

use super::shown::{Seen, Shown, Style};
use super::{Exit, Which, failed};
use crate::cli::run::runtime;
use crate::pull::Job;
use crate::say;
use crate::server::Stop;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// Only read the configuration, send nothing
    #[arg(long)]
    offline: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Requests for each service: a log-in of two steps, one before the pages, and a page.
const REQUESTS_MAX: usize = 4;
/// Clocks that differ by more are worth a word.
const CLOCK_SECONDS_MAX: u64 = 60;

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let (config, mut faults) = args.which.read();
    if config.pullers.is_empty() && !faults.is_empty() {
        return Ok(failed(&faults));
    }
    let config = args.which.only(config)?;
    let (jobs, found) = args.which.jobs(&config)?;
    faults.extend(found);
    jobs.iter().for_each(|job| warn(job));
    let exit = failed(&faults);
    if args.offline {
        if exit == Exit::Ok {
            say::words(format_args!("ok: {} services are configured well; none was asked", jobs.len()));
        }
        return Ok(exit);
    }
    let asked = runtime()?.block_on(ask(args, &jobs));
    Ok(if exit == Exit::Ok { asked } else { exit })
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

async fn ask(args: &Args, jobs: &[Arc<Job>]) -> Exit {
    let http = Http::default();
    let (_stopper, stop) = Stop::new();
    let mut faults = Vec::new();
    for job in jobs {
        let world = Shown::new(&http, job, Style::Quiet, 0, REQUESTS_MAX, &stop);
        let asked = world.pull(&Session::default(), &mut State::default()).await;
        tell(args, job, &asked);
        faults.extend(asked.err());
    }
    failed(&faults)
}

fn tell(args: &Args, job: &Job, asked: &Result<Seen, Fault>) {
    let source = &*job.source;
    match asked {
        _ if args.json => say::data(match asked {
            Ok(seen) => {
                json!({"source": source, "ok": true, "requests": seen.requests, "records": seen.records, "clock_ahead_seconds": seen.seconds_ahead})
            }
            Err(fault) => json!({"source": source, "ok": false, "error": crate::http::fault_json(fault)}),
        }),
        Ok(seen) => {
            say::data(format_args!("ok     {source}: {} requests answered, {} records", seen.requests, seen.records));
            if let Some(ahead) = seen.seconds_ahead.filter(|ahead| ahead.unsigned_abs() > CLOCK_SECONDS_MAX) {
                say::words(format_args!("warning: the clock of the source is {ahead} s ahead of this machine's"));
            }
        }
        Err(fault) => say::data(format_args!("FAILED {source}: {} {}", fault.id(), fault.says())),
    }
}

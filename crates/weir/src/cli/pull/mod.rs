//! `weir pull`: pullers checked, tried, run alone, looked at and set back.

mod check;
mod once;
mod place;
mod reset;
mod shown;
mod state;
mod test;

use std::path::PathBuf;
use std::sync::Arc;

use weir_event::{Clock, Fault, FaultKind};

use super::{Exit, report, usage_fault};
use crate::config::{self, Config, Source, SourceKind};
use crate::pull::{self, Job};
use crate::say;
use crate::server::SystemClock;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Finds everything that is wrong with pullers, then asks each of their sources once
    Check(check::Args),
    /// Pulls once what is new; with --dry-run nothing is stored
    Once(once::OnceArgs),
    /// Pulls again and again, without listeners and API, until told to stop
    Run(once::RunArgs),
    /// Shows where pullers and sources of kind sql, ssh, kafka and mqtt stand
    State(state::Args),
    /// Lets one of them start over; shows what would be forgotten until --yes is given
    Reset(reset::Args),
    /// Runs the recorded exchanges of a manifest
    Test(test::Args),
    /// Prints the JSON Schema of puller.yaml, for editors
    Schema,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    match args.what {
        What::Check(args) => check::run(&args),
        What::Once(args) => once::once(&args),
        What::Run(args) => once::run(&args),
        What::State(args) => state::run(&args),
        What::Reset(args) => reset::run(&args),
        What::Test(args) => test::run(&args),
        What::Schema => {
            say::data(weir_collect::manifest::MANIFEST_SCHEMA.trim_end());
            Ok(Exit::Ok)
        }
    }
}

/// Which puller of which configuration.
#[derive(clap::Args)]
struct Which {
    /// NAME of a puller, or NAME/SERVICE; all pullers when missing
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Directory of configuration files
    #[arg(long, value_name = "DIR")]
    config: PathBuf,
}

impl Which {
    /// The configuration with no other pullers than the ones that are meant. `None` when it is wrong, which has been told.
    fn config(&self) -> Result<Option<Config>, Fault> {
        let (config, faults) = self.read();
        if faults.is_empty() {
            return self.only(config).map(Some);
        }
        faults.iter().for_each(|fault| {
            report(fault);
        });
        Ok(None)
    }

    /// What is right of the configuration, and all that is wrong.
    fn read(&self) -> (Config, Vec<Fault>) {
        let (config, faults) = config::read(Some(&self.config));
        config.say_notes();
        (config, faults)
    }

    /// Without the pullers that are not meant.
    fn only(&self, mut config: Config) -> Result<Config, Fault> {
        let name = self.name.as_deref().map(|name| name.split_once('/').map_or(name, |(puller, _)| puller));
        let known: Vec<String> = config.pullers.iter().map(|puller| puller.name.to_string()).collect();
        if known.is_empty() {
            return Err(usage_fault("the configuration has no pullers", "list them under `pullers:`"));
        }
        config.pullers.retain(|puller| name.is_none_or(|name| name == &*puller.name));
        if config.pullers.is_empty() {
            return Err(usage_fault(
                format!("there is no puller `{}`", name.unwrap_or_default().escape_default()),
                format!("pullers of this configuration: {}", known.join(", ")),
            ));
        }
        // Whoever names a puller means it, whether it is switched on or not.
        config.pullers.iter_mut().for_each(|puller| puller.enabled |= self.name.is_some());
        Ok(config)
    }

    /// Pullers and sources that are read, as far as they are meant. `None` when the configuration is wrong, which has been told.
    fn meant(&self) -> Result<Option<Meant>, Fault> {
        let (config, faults) = self.read();
        if !faults.is_empty() {
            failed(&faults);
            return Ok(None);
        }
        let is_meant = |source: &&Source| {
            matches!(source.kind, SourceKind::Reader(_))
                && self.name.as_deref().is_none_or(|name| name == &*source.name)
        };
        let readers: Vec<Source> = config.sources.iter().filter(is_meant).cloned().collect();
        if !readers.is_empty() && (self.name.is_some() || config.pullers.is_empty()) {
            return Ok(Some(Meant { config, jobs: Vec::new(), readers, faults: Vec::new() }));
        }
        let config = self.only(config)?;
        let (jobs, faults) = self.jobs(&config)?;
        Ok(Some(Meant { config, jobs, readers, faults }))
    }

    /// The services that are meant, and all that is wrong with them.
    fn jobs(&self, config: &Config) -> Result<(Vec<Arc<Job>>, Vec<Fault>), Fault> {
        let (jobs, faults) = pull::jobs(config, self.name.as_deref(), SystemClock.now());
        if jobs.is_empty() && faults.is_empty() { Err(self.no_service(config)) } else { Ok((jobs, faults)) }
    }

    /// Nothing is meant.
    fn no_service(&self, config: &Config) -> Fault {
        let (all, _) = pull::jobs(config, None, SystemClock.now());
        let known: Vec<&str> = all.iter().map(|job| &*job.source).collect();
        let says = format!("`{}` means no service that runs", self.name.as_deref().unwrap_or("the configuration"));
        usage_fault(says, format!("services: {}", known.join(", ")))
    }
}

/// Whose positions are looked at or forgotten.
struct Meant {
    config: Config,
    jobs: Vec<Arc<Job>>,
    readers: Vec<Source>,
    /// What is wrong with the rest.
    faults: Vec<Fault>,
}

/// Says what is wrong.
fn failed(faults: &[Fault]) -> Exit {
    faults.iter().for_each(|fault| {
        report(fault);
    });
    exit_of(faults)
}

/// Credentials are configuration; everything else that stands between weir and a source is input and output.
fn exit_of(faults: &[Fault]) -> Exit {
    let mut exit = Exit::Ok;
    for fault in faults {
        let this = match fault.kind() {
            FaultKind::Config | FaultKind::Auth | FaultKind::Usage | FaultKind::NotFound => Exit::Config,
            _ => Exit::Io,
        };
        exit = if exit == Exit::Ok || this == Exit::Config { this } else { exit };
    }
    exit
}

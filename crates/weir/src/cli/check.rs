//! `weir check`: is a configuration directory right?

use std::path::PathBuf;

use weir_event::{Clock, Fault};

use super::{Exit, report};
use crate::cli::query::Local;
use crate::config::{self, Config};
use crate::pull;
use crate::say;
use crate::server::{self, SystemClock};

#[derive(clap::Args)]
pub struct Args {
    /// Directory of configuration files
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The same, as `weir run` has it
    #[arg(long, value_name = "DIR", conflicts_with = "dir")]
    config: Option<PathBuf>,
}

/// Reads every file, compiles every rule, route and pack, opens nothing.
pub fn run(args: Args) -> Result<Exit, Fault> {
    let folder = args.dir.or(args.config);
    let mut faults = Vec::new();
    match config::load(folder.as_deref()) {
        Ok(config) => {
            config.say_notes();
            compile(&config, &mut faults)?;
            if faults.is_empty() {
                let (sources, rules) = (config.sources.len(), config.rules.len());
                let (buckets, pullers) = (config.buckets.len(), config.pullers.len());
                let outputs = match config.outputs.len() {
                    0 => String::new(),
                    count => format!(", {count} outputs"),
                };
                say::words(format_args!(
                    "ok: {sources} sources, {pullers} pullers, {buckets} buckets, {rules} rules{outputs}"
                ));
                return Ok(Exit::Ok);
            }
        }
        Err(found) => faults = found,
    }
    faults.iter().for_each(|fault| {
        report(fault);
    });
    Ok(Exit::Config)
}

fn compile(config: &Config, faults: &mut Vec<Fault>) -> Result<(), Fault> {
    let engine = Local::nothing()?;
    for rule in &config.rules {
        if let Err(fault) = engine.compiles(&rule.query.text) {
            faults.push(config::placed(&rule.query, fault));
        }
    }
    faults.extend(pull::jobs(config, None, SystemClock.now()).1);
    match server::packs(config) {
        Ok(packs) => faults.extend(server::plan(config, &packs).err()),
        Err(fault) => faults.push(fault),
    }
    Ok(())
}

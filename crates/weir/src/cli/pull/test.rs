//! `weir pull test`: the recorded exchanges of manifests, without a network.

use std::path::PathBuf;
use std::sync::Arc;

use weir_collect::{Manifest, fixture};
use weir_event::Fault;

use super::Exit;
use crate::cli::{io_fault, report};
use crate::config::{self, Config};
use crate::pull::Manifests;
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// A puller of the configuration, a pack such as vendor/product, a manifest's id, or the path of a puller.yaml
    #[arg(value_name = "NAME")]
    name: String,
    /// Directory of configuration files
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let config = match config::load(args.config.as_deref()) {
        Ok(config) => config,
        Err(faults) => {
            faults.iter().for_each(|fault| {
                report(fault);
            });
            return Ok(Exit::Config);
        }
    };
    let manifest = manifest(args, &config)?;
    if manifest.tests.is_empty() {
        say::words(format_args!("{}: has no tests", manifest.id));
        return Ok(Exit::Findings);
    }
    let mut failed = 0;
    for test in &manifest.tests {
        let wrong = fixture::run(&manifest, test);
        failed += usize::from(!wrong.is_empty());
        say::data(format_args!("{} {}", if wrong.is_empty() { "ok    " } else { "FAILED" }, test.name));
        wrong.iter().for_each(|says| say::data(format_args!("  {}: {says}", test.at)));
    }
    say::words(format_args!("{}: {} passed, {failed} failed", manifest.id, manifest.tests.len() - failed));
    Ok(if failed == 0 { Exit::Ok } else { Exit::Findings })
}

fn manifest(args: &Args, config: &Config) -> Result<Arc<Manifest>, Fault> {
    if let Some(puller) = config.pullers.iter().find(|puller| *puller.name == *args.name) {
        return Manifests::of(config).get(&puller.pack);
    }
    let path = PathBuf::from(&args.name);
    let file = if path.is_dir() { path.join("puller.yaml") } else { path };
    if file.is_file() {
        let text = std::fs::read_to_string(&file).map_err(|error| io_fault(file.display(), &error))?;
        return Manifest::read(&file.display().to_string(), &text).map(Arc::new);
    }
    Manifests::of(config).get(&args.name)
}

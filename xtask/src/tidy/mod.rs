//! House rules that a machine can check. Each rule gives a list of sentences; none means that it holds.

mod edges;
mod features;
mod lengths;
mod manifest;
mod names;
mod source;

use std::fs;

use anyhow::{Result, bail};

use crate::sh;

/// Checks every rule and reports all violations at once.
pub fn run() -> Result<()> {
    let manifests = manifest::read_all(&sh::root().join("crates"))?;
    let sources = source::read_all(&sh::root().join("crates"))?;
    let mut wrong = edges::check(&manifests);
    wrong.extend(source::check(&sources));
    wrong.extend(names::check(&sources, &names::vendors(&sh::root().join("packs"))));
    wrong.extend(files());
    wrong.extend(features::check()?);
    lengths::report(&sources);
    if wrong.is_empty() {
        eprintln!("tidy: {} crates, {} files, nothing to say", manifests.len(), sources.len());
        return Ok(());
    }
    for sentence in &wrong {
        eprintln!("tidy: {sentence}");
    }
    bail!("{} house rules broken", wrong.len())
}

/// Files a reader expects at the top.
fn files() -> Vec<String> {
    let expected = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"];
    let missing = |name: &&&str| fs::metadata(sh::root().join(name)).map_or(true, |file| file.len() == 0);
    expected.iter().filter(missing).map(|name| format!("{name} is missing or empty")).collect()
}

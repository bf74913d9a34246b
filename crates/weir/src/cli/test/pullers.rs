//! Manifests of collectors against the exchanges written in them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use weir_collect::{Manifest, fixture};
use weir_event::Fault;

use super::Tried;
use crate::cli::{io_fault, report};
use crate::say;

/// Runs the tests of one manifest; false when it cannot be read.
pub fn run(path: &Path, tried: &mut Tried) -> Result<bool, Fault> {
    let text = fs::read_to_string(path).map_err(|error| io_fault(path.display(), &error))?;
    let manifest = match Manifest::read(&path.display().to_string(), &text) {
        Ok(manifest) => Arc::new(manifest),
        Err(fault) => {
            report(&fault);
            return Ok(false);
        }
    };
    for test in &manifest.tests {
        let wrong = fixture::run(&manifest, test);
        tried.samples += 1;
        tried.failed += usize::from(!wrong.is_empty());
        wrong.iter().for_each(|says| say::data(format!("{}: {}: {says}", test.at, test.name)));
    }
    Ok(true)
}

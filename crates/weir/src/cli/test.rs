//! `weir test`: packs against the samples beside them, manifests against the exchanges in them, without a server.

mod pullers;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_event::Fault;
use weir_parse::{Packs, misread_samples, sample_results};

use super::pack::{folders, folders_with, load_folders, pack_name};
use super::{Exit, io_fault, usage_fault};
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// Folders of packs; each folder with a pack.yaml is one, a puller.yaml beside it is a manifest
    #[arg(value_name = "DIR", default_value = "packs")]
    dirs: Vec<PathBuf>,
    /// Write what comes out as what is expected
    #[arg(long)]
    update: bool,
}

/// What was found wrong, and how much was tried.
#[derive(Default)]
struct Tried {
    samples: usize,
    failed: usize,
}

/// Reads every sample with all packs loaded, as mixed traffic is read. A pack's `samples/NAME.log` must give
/// `samples/NAME.expect`; its `samples/not-mine.log` must not be recognised as its own. A manifest must make the requests that its tests
/// expect and take from the answers what they say.
pub fn run(args: Args) -> Result<Exit, Fault> {
    let (folders, manifests) = (folders(&args.dirs)?, folders_with("puller.yaml", &args.dirs)?);
    if folders.is_empty() && manifests.is_empty() {
        return Err(usage_fault("no pack.yaml is below these folders", "a pack is a folder with a pack.yaml in it"));
    }
    let packs = Arc::new(load_folders(&folders)?);
    let mut tried = Tried::default();
    for folder in &folders {
        try_pack(&packs, folder, args.update, &mut tried)?;
    }
    for folder in &manifests {
        if !pullers::run(&folder.join("puller.yaml"), &mut tried)? {
            return Ok(Exit::Config);
        }
    }
    let passed = tried.samples - tried.failed;
    let (packs, pullers) = (folders.len(), manifests.len());
    say::words(format_args!("{packs} packs, {pullers} manifests: {passed} samples passed, {} failed", tried.failed));
    Ok(if tried.failed == 0 { Exit::Ok } else { Exit::Findings })
}

fn try_pack(packs: &Arc<Packs>, folder: &Path, update: bool, tried: &mut Tried) -> Result<(), Fault> {
    let Some(name) = pack_name(folder)? else { return Ok(()) };
    let samples = folder.join("samples");
    let Ok(files) = fs::read_dir(&samples) else {
        say::words(format_args!("{name}: has no samples"));
        return Ok(());
    };
    let mut logs: Vec<PathBuf> = files.flatten().map(|entry| entry.path()).collect();
    logs.retain(|path| path.extension().is_some_and(|end| end == "log"));
    logs.sort();
    for path in logs {
        let log = fs::read_to_string(&path).map_err(|error| io_fault(path.display(), &error))?;
        let foreign = path.file_stem().is_some_and(|stem| stem == "not-mine");
        tried.samples += 1;
        let mut wrong = misread_samples(packs, &name, &log, foreign)
            .into_iter()
            .map(|line| {
                let what = if foreign { "was taken for this pack's own" } else { "was not read by this pack" };
                format!("{}:{line}: {what}", path.display())
            })
            .collect::<Vec<_>>();
        if !foreign {
            wrong.extend(compare(&path, &sample_results(packs, &log), update)?);
        }
        tried.failed += usize::from(!wrong.is_empty());
        wrong.iter().for_each(say::data);
    }
    Ok(())
}

/// Where what came out differs from what is expected.
fn compare(log: &Path, got: &str, update: bool) -> Result<Vec<String>, Fault> {
    let path = log.with_extension("expect");
    if update {
        fs::write(&path, got).map_err(|error| io_fault(path.display(), &error))?;
        return Ok(Vec::new());
    }
    let Ok(expected) = fs::read_to_string(&path) else {
        return Ok(vec![format!("{}: is missing; `weir test --update` writes it", path.display())]);
    };
    let (mut got, mut expected) = (got.lines(), expected.lines());
    let mut wrong = Vec::new();
    for number in 1.. {
        match (got.next(), expected.next()) {
            (None, None) => break,
            (got, expected) if got == expected => {}
            (got, expected) => wrong.push(format!(
                "{}:{number}: expected {}\n  got {}",
                path.display(),
                expected.unwrap_or("nothing"),
                got.unwrap_or("nothing")
            )),
        }
    }
    Ok(wrong)
}

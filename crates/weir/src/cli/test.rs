//! `weir test`: packs against the samples beside them, without a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_event::Fault;
use weir_parse::{BUILTIN, Packs, misread_samples, sample_results};

use super::{Exit, io_fault, report, usage_fault};
use crate::say;

/// Folders below one another that are looked into.
const DEPTH_MAX: usize = 8;

#[derive(clap::Args)]
pub struct Args {
    /// Folders of packs; each folder with a pack.yaml is one
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
/// `samples/NAME.expect`; its `samples/not-mine.log` must not be recognised as its own.
pub fn run(args: Args) -> Result<Exit, Fault> {
    let mut folders = Vec::new();
    for dir in &args.dirs {
        if !dir.is_dir() {
            return Err(usage_fault(format!("`{}` is no folder", dir.display()), "name a folder that holds packs"));
        }
        find_packs(dir, 0, &mut folders).map_err(|error| io_fault(dir.display(), &error))?;
    }
    if folders.is_empty() {
        return Err(usage_fault("no pack.yaml is below these folders", "a pack is a folder with a pack.yaml in it"));
    }
    let packs = match load(&folders)? {
        Ok(packs) => Arc::new(packs),
        Err(faults) => {
            faults.iter().for_each(|fault| {
                report(fault);
            });
            return Ok(Exit::Config);
        }
    };
    let mut tried = Tried::default();
    for folder in &folders {
        try_pack(&packs, folder, args.update, &mut tried)?;
    }
    let passed = tried.samples - tried.failed;
    say::words(format_args!("{} packs, {passed} samples passed, {} failed", folders.len(), tried.failed));
    Ok(if tried.failed == 0 { Exit::Ok } else { Exit::Findings })
}

fn find_packs(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if folder.join("pack.yaml").is_file() {
        found.push(folder.to_owned());
    }
    if depth == DEPTH_MAX {
        return Ok(());
    }
    let mut inner: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    inner.sort();
    inner.iter().filter(|path| path.is_dir()).try_for_each(|path| find_packs(path, depth + 1, found))
}

/// The built-in packs, and those of the folders over them.
fn load(folders: &[PathBuf]) -> Result<Result<Packs, Vec<Fault>>, Fault> {
    let mut own = Vec::new();
    for folder in folders {
        let path = folder.join("pack.yaml");
        let text = fs::read_to_string(&path).map_err(|error| io_fault(path.display(), &error))?;
        own.push((builtin_path(&path), text));
    }
    let own = own.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    Ok(Packs::load(BUILTIN.iter().copied().chain(own)))
}

/// A file that is a built-in pack's replaces it; any other stands beside.
fn builtin_path(path: &Path) -> String {
    let shown = path.display().to_string();
    let same = BUILTIN.iter().map(|(built_in, _)| *built_in).find(|built_in| Path::new(&shown).ends_with(built_in));
    same.map_or(shown, str::to_owned)
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

fn pack_name(folder: &Path) -> Result<Option<String>, Fault> {
    let path = folder.join("pack.yaml");
    let text = fs::read_to_string(&path).map_err(|error| io_fault(path.display(), &error))?;
    let line = text.lines().find_map(|line| line.strip_prefix("pack:"));
    Ok(line.map(|name| name.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()))
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

//! `weir pack`: what authors of packs need.

mod confusion;
mod lint;
mod new;
mod score;

use std::fs;
use std::path::{Path, PathBuf};

use weir_event::{Fault, FaultKind};
use weir_parse::{BUILTIN, Packs};

use super::{Exit, io_fault, report, test, usage_fault};
use crate::say;

/// Makes, checks and measures packs
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Makes the folder of a new pack with a sample to begin with
    New(new::Args),
    /// Runs packs against the samples beside them; the same as `weir test`
    Test(test::Args),
    /// Says what is wrong or missing in packs, beyond what keeps them from loading
    Lint(lint::Args),
    /// Says how well a file of raw lines is read, and by which packs
    Score(score::Args),
    /// Says which packs take the records of which others
    Confusion(confusion::Args),
    /// Prints the JSON Schema of pack.yaml, for editors
    Schema,
}

pub fn run(args: Args) -> Result<Exit, Fault> {
    match args.verb {
        Verb::New(args) => new::run(&args),
        Verb::Test(args) => test::run(args),
        Verb::Lint(args) => lint::run(&args),
        Verb::Score(args) => score::run(&args),
        Verb::Confusion(args) => confusion::run(&args),
        Verb::Schema => {
            say::data(weir_parse::PACK_SCHEMA.trim_end());
            Ok(Exit::Ok)
        }
    }
}

/// Folders below one another that are looked into.
const DEPTH_MAX: usize = 8;

/// The folders with a pack.yaml below `dirs`, in order.
pub fn folders(dirs: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    folders_with("pack.yaml", dirs)
}

/// The folders below `dirs` that hold a file of this name, in order.
pub fn folders_with(file: &str, dirs: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for dir in dirs {
        if !dir.is_dir() {
            return Err(usage_fault(format!("`{}` is no folder", dir.display()), "name a folder that holds packs"));
        }
        walk(file, dir, 0, &mut found).map_err(|error| io_fault(dir.display(), &error))?;
    }
    Ok(found)
}

fn walk(file: &str, folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if folder.join(file).is_file() {
        found.push(folder.to_owned());
    }
    if depth == DEPTH_MAX {
        return Ok(());
    }
    let mut inner: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    inner.sort();
    inner.iter().filter(|path| path.is_dir()).try_for_each(|path| walk(file, path, depth + 1, found))
}

/// The built-in packs, and those below `dirs` over them. All faults but the last are told at once.
pub fn load(dirs: &[PathBuf]) -> Result<Packs, Fault> {
    load_folders(&folders(dirs)?)
}

/// The built-in packs, and those of the folders over them.
pub fn load_folders(folders: &[PathBuf]) -> Result<Packs, Fault> {
    let mut own = Vec::new();
    for folder in folders {
        let path = folder.join("pack.yaml");
        let text = fs::read_to_string(&path).map_err(|error| io_fault(path.display(), &error))?;
        own.push((builtin_path(&path), text));
    }
    let own = own.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    Packs::load(BUILTIN.iter().copied().chain(own)).map_err(told)
}

/// Tells all faults but the last, which is given back.
fn told(mut faults: Vec<Fault>) -> Fault {
    let last = faults.pop();
    faults.iter().for_each(|fault| {
        report(fault);
    });
    last.unwrap_or_else(|| Fault::new("CLI-002", FaultKind::Config, "the packs do not load"))
}

/// A file that is a built-in pack's replaces it; any other stands beside.
fn builtin_path(path: &Path) -> String {
    let shown = path.display().to_string();
    let same = BUILTIN.iter().map(|(built_in, _)| *built_in).find(|built_in| Path::new(&shown).ends_with(built_in));
    same.map_or(shown, str::to_owned)
}

/// The name that the pack in a folder gives itself.
pub fn pack_name(folder: &Path) -> Result<Option<String>, Fault> {
    let path = folder.join("pack.yaml");
    let text = fs::read_to_string(&path).map_err(|error| io_fault(path.display(), &error))?;
    let line = text.lines().find_map(|line| line.strip_prefix("pack:"));
    Ok(line.map(|name| name.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()))
}

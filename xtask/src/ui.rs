//! The page: npm, type check, unit tests, build. Each step is skipped when nothing it reads has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{install, sh};

fn folder() -> PathBuf {
    sh::root().join("ui")
}

/// An npm command in `ui/`.
pub fn npm(args: &[&str]) -> Command {
    let mut command = sh::command("npm", args);
    command.current_dir(folder());
    command
}

/// Installs the page's packages as the lock file names them.
pub fn packages() -> Result<()> {
    let stamp = folder().join("node_modules/.weir-packages");
    let print = fingerprint(&[folder().join("package.json"), folder().join("package-lock.json")])?;
    once(&stamp, &print, || sh::run(&mut npm(&["ci"])))
}

/// Builds the page into `ui/dist`, with what it needs.
pub fn build() -> Result<()> {
    install::for_build()?;
    packages()?;
    let stamp = folder().join("node_modules/.weir-dist");
    if !folder().join("dist/index.html").exists() {
        let _ = fs::remove_file(&stamp);
    }
    once(&stamp, &sources()?, || sh::run(&mut npm(&["run", "--silent", "build"])))
}

/// Type check and unit tests of the page.
pub fn test() -> Result<()> {
    packages()?;
    sh::run(&mut npm(&["run", "--silent", "types"]))?;
    sh::run(&mut npm(&["run", "--silent", "test"]))
}

/// Runs `work` unless `stamp` says that it was done for the same `print`.
fn once(stamp: &Path, print: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    if fs::read_to_string(stamp).is_ok_and(|done| done == print) {
        return Ok(());
    }
    work()?;
    fs::write(stamp, print).with_context(|| format!("cannot write {}", stamp.display()))
}

fn sources() -> Result<String> {
    let ui = folder();
    let mut files = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"]
        .map(|name| ui.join(name))
        .to_vec();
    walk(&ui.join("src"), &mut files)?;
    walk(&ui.join("public"), &mut files)?;
    files.sort();
    fingerprint(&files)
}

/// Every file below `folder`.
pub fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// A text that changes when a name or the content of any of the files does (64-bit FNV-1a; nobody attacks it).
fn fingerprint(files: &[PathBuf]) -> Result<String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for path in files {
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        for byte in path.to_string_lossy().bytes().chain([0]).chain(content) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}"))
}

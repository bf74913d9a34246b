//! `cargo xtask run`: from a clone to a running weir.

use std::path::PathBuf;

use anyhow::Result;

use crate::{sh, ui};

/// Builds what is not up to date and starts `weir demo` with the given arguments in the foreground. A leading `--` is for cargo's users.
pub fn run(args: &[String]) -> Result<()> {
    let args = args.strip_prefix(&["--".to_owned()]).unwrap_or(args);
    ui::build()?;
    let binary = fast_binary()?;
    let mut weir = std::process::Command::new(binary);
    sh::run(weir.arg("demo").args(args))
}

/// Builds the optimised binary. The whole workspace is selected so that dependencies have one set of features and are compiled once.
pub fn fast_binary() -> Result<PathBuf> {
    sh::run(&mut sh::cargo(&["build", "--profile", "fast", "--workspace", "--bin", "weir"]))?;
    Ok(sh::target().join("fast/weir"))
}

/// Builds the binary that tests use.
pub fn dev_binary() -> Result<PathBuf> {
    sh::run(&mut sh::cargo(&["build", "--workspace"]))?;
    Ok(sh::target().join("debug/weir"))
}

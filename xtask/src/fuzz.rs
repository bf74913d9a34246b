//! `cargo xtask fuzz TARGET [--runs N] [--seed S] [--from N]`: random changes to the reference's examples, at the compilers and the matcher.
//!
//! `fuzz/` is a workspace of its own, so that neither cargo-fuzz nor its flags reach the product's build.

use anyhow::Result;

use crate::sh;

pub fn run(args: &[String]) -> Result<()> {
    let mut fuzz = sh::cargo(&["run", "--release", "--manifest-path", "fuzz/Cargo.toml", "--"]);
    fuzz.env("CARGO_TARGET_DIR", sh::target().join("fuzz")).args(args);
    sh::run(&mut fuzz)
}

/// The workspace's lints do not see what is a workspace of its own.
pub fn lint() -> Result<()> {
    let mut lints = sh::cargo(&["clippy", "--manifest-path", "fuzz/Cargo.toml", "--", "-D", "warnings"]);
    sh::run(lints.env("CARGO_TARGET_DIR", sh::target()))
}

//! `cargo xtask ci`: the gate.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::{fuzz, install, sh, test, tidy, ui};

type Step = (&'static str, fn() -> Result<()>);

/// In the order of what fails fastest. The Rust tests come last so that their lines close the output.
const STEPS: &[Step] = &[
    ("install", install::for_test),
    ("format", || sh::run(&mut sh::cargo(&["fmt", "--all", "--check"]))),
    ("tidy", tidy::run),
    ("page: build", ui::build),
    ("page: tests", ui::test),
    ("lints", || sh::run(&mut sh::cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))),
    ("fuzz: lints", fuzz::lint),
    ("browser", test::page_in_browser),
    ("build tests", || sh::run(&mut sh::cargo(&["test", "--workspace", "--no-run"]))),
];

/// Runs every step, stops at the first that fails, prints the seconds of each.
pub fn run() -> Result<()> {
    let mut figures = Vec::new();
    for (name, step) in STEPS {
        eprintln!("\n== {name}");
        let start = Instant::now();
        step().with_context(|| format!("step `{name}`"))?;
        figures.push(format!("{:>6.1} s  {name}", start.elapsed().as_secs_f64()));
    }
    eprintln!("\n== seconds per step\n{}\n\n== tests", figures.join("\n"));
    test::rust(&[])
}

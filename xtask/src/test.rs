//! `cargo xtask test`: every test there is, or the Rust tests that match.

use anyhow::Result;

use crate::{browser, install, run, sh, ui};

/// Everything without a filter. `ui` and `browser` name the page's tests; any other filter selects Rust tests by name.
pub fn run(args: &[String]) -> Result<()> {
    match args.first().map(String::as_str) {
        None => everything(),
        Some("ui") => ui::build().and_then(|()| ui::test()),
        Some("browser") => page_in_browser(),
        Some(_) => install::for_test().and_then(|()| rust(args)),
    }
}

fn everything() -> Result<()> {
    page_in_browser()?;
    ui::test()?;
    rust(&[])
}

/// Rust tests last: their closing lines are the door's own.
pub fn rust(filter: &[String]) -> Result<()> {
    let mut tests = sh::cargo(&["test", "--workspace", "--no-fail-fast"]);
    if !filter.is_empty() {
        tests.arg("--").args(filter);
    }
    sh::run(&mut tests)
}

/// The page, served by the real program, used by a real browser.
pub fn page_in_browser() -> Result<()> {
    install::for_test()?;
    ui::build()?;
    browser::test(&run::dev_binary()?)
}

//! The page's test in a headless browser against the real program.

use std::path::Path;

use anyhow::Result;

use crate::{sh, ui};

/// Runs `ui/tests/browser.mjs` against a weir that the script starts on free ports with an empty data folder.
pub fn test(weir: &Path) -> Result<()> {
    ui::packages()?;
    sh::run(ui::npm(&["run", "--silent", "browser"]).env("WEIR_BIN", weir))
}

//! `cargo xtask docs`: gathers the reference pages of `spec/` into `docs/reference/` with an index.
//!
//! The pages of `spec/` are the source and are run as tests; those of functions are made from their table first.
//! `docs/reference/` is made from them and not committed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{sh, ui};

/// Writes the pages of functions from their table, then `docs/reference/**` and `docs/reference/index.md`.
pub fn run() -> Result<()> {
    let pages = ["test", "--quiet", "-p", "weir-lang", "--lib", "tests::reference"];
    sh::run(sh::cargo(&pages).env("UPDATE_EXPECT", "1"))?;
    let spec = sh::root().join("spec");
    let out = sh::root().join("docs/reference");
    let mut pages: Vec<PathBuf> = Vec::new();
    ui::walk(&spec, &mut pages)?;
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    let _ = fs::remove_dir_all(&out);
    let mut index = String::from("# Reference\n\nMade from `spec/`; every example on these pages is run as a test.\n");
    let mut chapter = String::new();
    for page in &pages {
        let relative = page.strip_prefix(&spec)?;
        let text = fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
        write(&out.join(relative), &text)?;
        let family = relative.parent().unwrap_or(Path::new("")).display().to_string();
        if family != chapter {
            index.push_str(&format!("\n## {family}\n"));
            chapter = family;
        }
        index.push_str(&format!("- [{}]({})\n", title(&text), relative.display()));
    }
    write(&out.join("index.md"), &index)?;
    eprintln!("{} pages in {}", pages.len(), out.display());
    Ok(())
}

fn title(text: &str) -> &str {
    text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("untitled")
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

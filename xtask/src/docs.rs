//! `cargo xtask docs`: gathers the reference pages of `spec/` into `docs/reference/` with an index, and one page of all products.
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
    index.push_str("\n## products\n- [Products that are understood](products.md)\n");
    write(&out.join("products.md"), &products()?)?;
    write(&out.join("index.md"), &index)?;
    eprintln!("{} pages in {}", pages.len(), out.display());
    Ok(())
}

/// One page of all packs: what each reads, and how its README says to switch the product on.
fn products() -> Result<String> {
    let mut files = Vec::new();
    let folder = sh::root().join("packs");
    ui::walk(&folder, &mut files)?;
    files.retain(|path| path.file_name().is_some_and(|name| name == "pack.yaml"));
    files.sort();
    let mut page = String::from(
        "# Products that are understood\n\nMade from `packs/`; `weir pack test` runs the samples of each.\n",
    );
    for file in &files {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.parent().unwrap_or(&folder).strip_prefix(&folder)?.display().to_string();
        let title = text.lines().find_map(|line| line.strip_prefix("title:")).map_or(name.as_str(), str::trim);
        page.push_str(&format!("\n## {title}\n`{name}`\n"));
        let readme = fs::read_to_string(file.with_file_name("README.md")).unwrap_or_default();
        let body: Vec<&str> = readme.lines().filter(|line| !line.starts_with("# ")).collect();
        let body = body.join("\n");
        if !body.trim().is_empty() {
            page.push_str(&format!("\n{}\n", body.trim()));
        }
    }
    Ok(page)
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

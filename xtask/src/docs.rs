//! `cargo xtask docs`: gathers the reference pages of `spec/` into `docs/reference/` with an index, and one page of all products.
//!
//! The pages of `spec/` are the source and are run as tests; those of functions are made from their table first.
//! `docs/reference/` is made from them and not committed.

use std::collections::BTreeSet;
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

/// One page of all folders of packs: what each reads or pulls, and how its README says to switch the product on.
fn products() -> Result<String> {
    let mut files = Vec::new();
    let root = sh::root().join("packs");
    ui::walk(&root, &mut files)?;
    let known = |file: &&PathBuf| file.file_name().is_some_and(|name| name == "pack.yaml" || name == "puller.yaml");
    let folders: BTreeSet<&Path> = files.iter().filter(known).filter_map(|file| file.parent()).collect();
    let mut page =
        String::from("# Products that are understood\n\nMade from `packs/`; `weir test` runs the samples of each.\n");
    for folder in folders {
        page.push_str(&product(folder, &folder.strip_prefix(&root)?.display().to_string())?);
    }
    Ok(page)
}

/// The section of one folder. Its pack's title counts before its puller's.
fn product(folder: &Path, name: &str) -> Result<String> {
    let mut titles = Vec::new();
    let mut ways = Vec::new();
    for (file, way) in [("pack.yaml", "read"), ("puller.yaml", "pulled")] {
        let path = folder.join(file);
        if !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        titles.extend(text.lines().find_map(|line| line.strip_prefix("title:")).map(|title| title.trim().to_owned()));
        ways.push(way);
    }
    let title = titles.first().map_or(name, String::as_str);
    let mut section = format!("\n## {title}\n`{name}`, {}\n", ways.join(" and "));
    let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
    let body: Vec<&str> = readme.lines().filter(|line| !line.starts_with("# ")).collect();
    let body = body.join("\n");
    if !body.trim().is_empty() {
        section.push_str(&format!("\n{}\n", body.trim()));
    }
    Ok(section)
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

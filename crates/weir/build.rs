//! Lists every `packs/**/puller.yaml` and `packs/**/import.yaml` of the repository, so that adding one touches no other file.
//!
//! A new rule or a new build of the page is a reason to build again: what is embedded is only watched file by file.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    for folder in ["../../rules", "../../ui/dist"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default().join("../../packs");
    let mut found = Vec::new();
    walk(&root, &mut found)?;
    found.sort();
    list(&root, &found, "puller.yaml", "pullers.rs", "PULLERS")?;
    list(&root, &found, "import.yaml", "imports.rs", "IMPORTS")
}

/// Writes the files of one name as a list of code.
fn list(root: &Path, found: &[PathBuf], name: &str, file: &str, constant: &str) -> std::io::Result<()> {
    let mut code = format!(
        "/// Path in the folder `packs` and text of every built-in `{name}`, sorted.\nstatic {constant}: &[(&str, &str)] = &[\n",
    );
    for path in found.iter().filter(|path| path.ends_with(name)) {
        let short = path.strip_prefix(root).unwrap_or(path);
        let _ = writeln!(code, "    ({short:?}, include_str!({path:?})),");
    }
    code.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join(file), code)
}

/// Collects the files below a folder; cargo runs this again when a folder changes.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.ends_with("puller.yaml") || path.ends_with("import.yaml") {
            println!("cargo::rerun-if-changed={}", path.display());
            found.push(path);
        }
    }
    Ok(())
}

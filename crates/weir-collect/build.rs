//! Lists every `packs/**/puller.yaml` of the repository, so that adding one touches no other file.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let mut found = Vec::new();
    walk(&root, &mut found)?;
    found.sort();
    let mut code = String::from(
        "/// Folder below `packs` and text of every built-in manifest, sorted.\npub static BUILTIN: &[(&str, &str)] = &[\n",
    );
    for path in found {
        let folder = path.parent().and_then(|folder| folder.strip_prefix(&root).ok()).unwrap_or(&path);
        let _ = writeln!(code, "    ({folder:?}, include_str!({path:?})),");
    }
    code.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    std::fs::write(out.join("pullers.rs"), code)
}

/// Collects the manifests below a folder; cargo runs this again when a folder changes.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.file_name().is_some_and(|name| name == "puller.yaml") {
            println!("cargo::rerun-if-changed={}", path.display());
            found.push(path);
        }
    }
    Ok(())
}

//! Lists every `packs/**/pack.yaml` of the repository, so that adding a pack touches no other file, and reads it, so that a start need not.

#[path = "src/pack/tree.rs"]
mod tree;

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tree::{Node, NodeKind};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/pack/tree.rs");
    let folder = |name| std::env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let (root, out) = (folder("CARGO_MANIFEST_DIR").join("../../packs"), folder("OUT_DIR"));
    let mut found = Vec::new();
    walk(&root, &mut found)?;
    let mut found: Vec<(String, PathBuf)> = found.into_iter().map(|path| (name_of(&path, &root), path)).collect();
    found.sort();
    let mut texts = String::from(
        "/// Path in the folder `packs` and text of every built-in pack, sorted.\npub static BUILTIN: &[(&str, &str)] = &[\n",
    );
    let mut trees = String::from("/// The trees of [`BUILTIN`], as bytes.\nstatic TREES: &[&[u8]] = &[\n");
    for (number, (name, path)) in found.iter().enumerate() {
        let file = out.join(format!("{number}.tree"));
        std::fs::write(&file, tree_of(name, &std::fs::read_to_string(path)?))?;
        writeln!(texts, "    ({name:?}, include_str!({path:?})),")?;
        writeln!(trees, "    include_bytes!({file:?}),")?;
    }
    Ok(std::fs::write(out.join("packs.rs"), format!("{texts}];\n\n{trees}];\n"))?)
}

fn name_of(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// The tree of a file; nothing when it has none, so that reading the pack says what is wrong.
fn tree_of(name: &str, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(node) = tree::read(name, text) {
        write(&node, &mut bytes);
    }
    bytes
}

/// Collects the pack files below a folder; cargo runs this again when a folder changes.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.file_name().is_some_and(|name| name == "pack.yaml") {
            println!("cargo::rerun-if-changed={}", path.display());
            found.push(path);
        }
    }
    Ok(())
}

/// Appends a tree; `src/pack/tree_bytes.rs` says how.
fn write(node: &Node, out: &mut Vec<u8>) {
    number(node.place.line, out);
    number(node.place.column, out);
    match &node.kind {
        NodeKind::Text(content) => {
            out.push(b't');
            text(content, out);
        }
        NodeKind::List(items) => {
            out.push(b'l');
            number(items.len(), out);
            items.iter().for_each(|item| write(item, out));
        }
        NodeKind::Map(members) => {
            out.push(b'm');
            number(members.len(), out);
            for (key, value) in members {
                text(key, out);
                write(value, out);
            }
        }
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    number(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

fn number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

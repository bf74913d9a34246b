//! Reads the dependencies of a crate from its manifest.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// One crate of the product.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Folder under `crates/`, which is also the package's name.
    pub name: String,
    /// What it is built with: `[dependencies]` and `[build-dependencies]`, of every target.
    pub dependencies: Vec<String>,
    /// What only its tests use.
    pub dev_dependencies: Vec<String>,
}

/// Every crate below `folder`, sorted by name.
pub fn read_all(folder: &Path) -> Result<Vec<Manifest>> {
    let mut manifests = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path().join("Cargo.toml");
        let name = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        manifests.push(parse(&name, &text));
    }
    manifests.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(manifests)
}

/// Understands the way manifests are written here: one dependency a line, or `[dependencies.NAME]`.
pub fn parse(name: &str, text: &str) -> Manifest {
    let mut manifest = Manifest { name: name.to_owned(), ..Manifest::default() };
    let mut section = String::new();
    for line in text.lines().map(str::trim) {
        if let Some(title) = line.strip_prefix('[') {
            section = title.trim_end_matches(']').to_owned();
            if let Some((head, dependency)) = section.clone().rsplit_once("dependencies.") {
                manifest.add(&format!("{head}dependencies"), dependency);
            }
        } else if let Some((key, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            manifest.add(&section, key.trim().trim_end_matches(".workspace").trim_matches('"'));
        }
    }
    manifest
}

impl Manifest {
    fn add(&mut self, section: &str, dependency: &str) {
        if section.ends_with("dev-dependencies") {
            self.dev_dependencies.push(dependency.to_owned());
        } else if section.ends_with("dependencies") {
            self.dependencies.push(dependency.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_dependency_is_seen() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nb.workspace = true\nc = { version = \"1\" }\n# d = \"1\"\n\
            [target.'cfg(unix)'.dependencies]\n\"e\" = \"1\"\n[dependencies.f]\nversion = \"1\"\n[build-dependencies]\ng = \"1\"\n[dev-dependencies]\nh.workspace = true\n";
        let manifest = parse("a", text);
        assert_eq!(manifest.dependencies, ["b", "c", "e", "f", "g"]);
        assert_eq!(manifest.dev_dependencies, ["h"]);
    }
}

//! The manifests that come with weir, and those of a configuration over them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use weir_collect::Manifest;
use weir_event::{Fault, FaultKind, nearest};

use crate::config::Config;

include!(concat!(env!("OUT_DIR"), "/pullers.rs"));

/// Names that a complaint lists.
const LISTED_MAX: usize = 40;

/// Manifests by the folder of their pack. Each is read when somebody asks for it.
pub struct Manifests {
    all: Vec<Found>,
    read: RefCell<HashMap<String, Arc<Manifest>>>,
}

struct Found {
    /// Folder below `packs/`, such as `vendor/product`.
    pack: String,
    /// As the file says it.
    id: String,
    file: String,
    text: String,
}

impl Manifests {
    pub fn of(config: &Config) -> Manifests {
        let mut all: Vec<Found> = config
            .manifests
            .iter()
            .filter(|(path, _)| path.ends_with("puller.yaml"))
            .map(|(path, text)| Found::new(path, path, text))
            .collect();
        for (path, text) in PULLERS {
            let found = Found::new(&format!("packs/{path}"), path, text);
            if !all.iter().any(|own| own.pack == found.pack) {
                all.push(found);
            }
        }
        Manifests { all, read: RefCell::default() }
    }

    /// The manifest of a pack's folder, or with an id, without its tests. Pullers of one manifest share it.
    pub fn shared(&self, name: &str) -> Result<Arc<Manifest>, Fault> {
        if let Some(manifest) = self.read.borrow().get(name) {
            return Ok(manifest.clone());
        }
        let manifest = Arc::new(Manifest { tests: Vec::new(), ..Arc::unwrap_or_clone(self.get(name)?) });
        self.read.borrow_mut().insert(name.to_owned(), manifest.clone());
        Ok(manifest)
    }

    /// The manifest of a pack's folder, or with an id.
    pub fn get(&self, name: &str) -> Result<Arc<Manifest>, Fault> {
        let by_pack = self.all.iter().find(|found| found.pack == name);
        let found = by_pack.or_else(|| self.all.iter().find(|found| found.id == name));
        let found = found.ok_or_else(|| self.unknown(name))?;
        Manifest::read(&found.file, &found.text).map(Arc::new)
    }

    /// Pack and id of each.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all.iter().map(|found| (found.pack.as_str(), found.id.as_str()))
    }

    fn unknown(&self, name: &str) -> Fault {
        let packs = || self.names().map(|(pack, _)| pack);
        let near = nearest(name, packs().chain(self.names().map(|(_, id)| id)));
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", packs().take(LISTED_MAX).collect::<Vec<_>>().join(", ")),
        };
        let says = format!("no pack `{}` has a manifest", name.escape_default());
        Fault::new("COLLECT-009", FaultKind::Config, says).hint(hint)
    }
}

impl Found {
    fn new(file: &str, path: &str, text: &str) -> Found {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let pack = folder.rsplit_once("packs/").map_or(folder, |(_, pack)| pack);
        let id = text.lines().find_map(|line| line.strip_prefix("id:")).unwrap_or_default();
        let id = id.trim().trim_matches(['"', '\'']).to_owned();
        Found { pack: pack.to_owned(), id, file: file.to_owned(), text: text.to_owned() }
    }
}

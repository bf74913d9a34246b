//! The servers that share: who is up, and which of them should rather pull what.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use weir_event::Fault;

use super::{Terms, unusable};
use crate::config::hash;
use crate::files::{make_below, show};

pub struct Nodes {
    /// Name and data directory of this server: two that were given one name are still two.
    own: String,
    lapse: Duration,
    root: PathBuf,
    folder: PathBuf,
    beat: u64,
    /// The others: what their file said, and since when.
    seen: BTreeMap<String, (String, Instant)>,
    up: Vec<String>,
}

impl Nodes {
    pub fn new(terms: &Terms) -> Nodes {
        let (own, root) = (format!("{}@{}", terms.node, terms.home), terms.folder.clone());
        let folder = root.join("nodes");
        Nodes { own, lapse: terms.lapse, root, folder, beat: 0, seen: BTreeMap::new(), up: Vec::new() }
    }

    /// Shows this server and looks who else is there.
    pub fn show(&mut self, now: Instant) -> Result<(), Fault> {
        self.beat += 1;
        self.shown(now).map_err(|error| unusable(&self.folder, &error))
    }

    fn shown(&mut self, now: Instant) -> io::Result<()> {
        make_below(&self.root, &self.folder)?;
        show(&self.folder.join(format!("{}.node", self.own)), self.beat.to_string().as_bytes())?;
        let mut seen = BTreeMap::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let Some(node) = name.to_str().and_then(|name| name.strip_suffix(".node")) else { continue };
            if node == self.own {
                continue;
            }
            // Gone between the listing and now: it has just left.
            let Ok(beat) = fs::read_to_string(self.folder.join(&name)) else { continue };
            let entry = match self.seen.remove(node) {
                Some(known) if known.0 == beat => known,
                _ => (beat, now),
            };
            seen.insert(node.to_owned(), entry);
        }
        self.seen = seen;
        let lives = |since: &Instant| now.duration_since(*since) < self.lapse;
        self.up = self.seen.iter().filter(|(_, (_, since))| lives(since)).map(|(node, _)| node.clone()).collect();
        Ok(())
    }

    /// The server that should rather pull this puller, when it is another one. All servers that see each other agree, and when one comes
    /// or goes, only what it pulls moves. Services of a puller stay together, because they share a log-in and a budget of requests.
    pub fn rather(&self, puller: &str) -> Option<&str> {
        let weight = |node: &str| hash(format!("{node} {puller}").as_bytes());
        let best = self.up.iter().map(String::as_str).max_by_key(|node| (weight(node), *node))?;
        ((weight(best), best) > (weight(&self.own), self.own.as_str())).then_some(best)
    }

    /// This server goes.
    pub fn leave(&self) {
        let _ = fs::remove_file(self.folder.join(format!("{}.node", self.own)));
    }
}

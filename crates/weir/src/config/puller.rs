//! Pullers as they are written. What their manifests make of it is decided in [`crate::pull`]; complaints have the ids of collectors.

use std::sync::Arc;

use weir_collect::fault;
use weir_collect::manifest::Redaction;
use weir_event::{Duration, Fault, FaultKind, Value};
use weir_yaml::{Data, Node, Place};

use super::spot::{self, Spot};
use super::tables::Tables;

/// A source that is asked.
#[derive(Clone, Debug)]
pub struct Puller {
    pub name: Arc<str>,
    pub at: Spot,
    /// Folder of the pack that brings the manifest, or the manifest's id.
    pub pack: String,
    /// Whose events they are; empty for the first tenant until the whole configuration is read.
    pub tenant: Arc<str>,
    pub enabled: bool,
    /// What all services have in common.
    pub common: Common,
    /// Those that run; all of the manifest when nobody says.
    pub services: Option<Vec<PullService>>,
    pub words: Words,
}

/// Where settings would stand that are not there.
#[derive(Clone, Debug)]
pub enum Words {
    /// Below a map `settings`, under their own names.
    Own,
    /// As an older configuration calls them.
    Older(Vec<Word>),
}

/// The place of one setting that nobody has written.
#[derive(Clone, Debug)]
pub struct Word {
    /// The stream that wants it.
    pub service: String,
    pub setting: String,
    pub at: Spot,
    /// What belongs there, when it is more than the setting.
    pub help: String,
}

impl Puller {
    /// Where a setting of a service that is not there should stand, and what to write.
    pub fn lacks(&self, service: &str, setting: &str) -> (Spot, &str) {
        let Words::Older(words) = &self.words else { return (self.at.lacking("settings").lacking(setting), "") };
        match words.iter().find(|word| word.setting == setting && word.service == service) {
            Some(word) => (word.at.clone(), &word.help),
            None => (self.at.lacking(setting), ""),
        }
    }
}

/// One service of a puller, where it differs.
#[derive(Clone, Debug)]
pub struct PullService {
    pub name: String,
    pub at: Spot,
    pub enabled: bool,
    pub common: Common,
}

/// What may be said for a puller and for one service.
#[derive(Clone, Debug, Default)]
pub struct Common {
    pub settings: Vec<Given>,
    /// From the start of one pull to the start of the next.
    pub every: Option<Duration>,
    /// The table that events go to unless a pack or a route says otherwise.
    pub table: Option<Arc<str>>,
    /// Tables of some of the events, by what is in them.
    pub tables: Option<Tables>,
    /// A text whose change starts over.
    pub reset: Option<String>,
    /// What is hidden before anything is stored.
    pub redact: Vec<Redaction>,
    /// Settings that are written and cannot be read, which has been told.
    pub refused: Vec<String>,
}

/// A setting as it is written.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: String,
    pub value: Value<'static>,
    pub at: Spot,
}

const KEYS: &[&str] =
    &["name", "pack", "tenant", "enabled", "settings", "every", "table", "tables", "reset", "redact", "services"];
const SERVICE_KEYS: &[&str] = &["enabled", "settings", "every", "table", "tables", "reset", "redact"];
/// Letters of a puller's name.
const NAME_CHARS_MAX: usize = 40;
const EVERY_MIN: Duration = Duration(1_000_000_000);
const EVERY_MAX: Duration = Duration(24 * 3_600_000_000_000);

/// The pullers of a file: a list, or a map by name. What is wrong goes to `faults`, all of it.
pub fn read(node: &Node, faults: &mut Vec<Fault>) -> Vec<Puller> {
    let node = with_ids(node);
    match &node.data {
        Data::Map(members) => members.iter().filter_map(|(name, node)| read_one(node, Some(name), faults)).collect(),
        _ => node.list().iter().filter_map(|node| read_one(node, None, faults)).collect(),
    }
}

/// The same nodes, whose complaints have the ids of collectors.
pub fn with_ids(node: &Node) -> Node {
    let data = match &node.data {
        Data::List(nodes) => Data::List(nodes.iter().map(with_ids).collect()),
        Data::Map(members) => Data::Map(members.iter().map(|(name, node)| (name.clone(), with_ids(node))).collect()),
        other => other.clone(),
    };
    Node { at: Place { ids: &fault::CONFIG, ..node.at.clone() }, data, written: node.written }
}

fn read_one(node: &Node, name: Option<&str>, faults: &mut Vec<Fault>) -> Option<Puller> {
    // Complaints name the puller, as far as it has a name.
    let written = match &node.data {
        Data::Map(members) => members.iter().find(|(key, _)| key == "name").and_then(|(_, node)| node.text().ok()),
        _ => None,
    };
    let path = name.or(written.as_deref()).map_or("pullers".to_owned(), |name| format!("pullers.{name}"));
    let mut keys = Keys::of(node, Spot::new(&node.at, path), KEYS, faults)?;
    let name = match name {
        Some(name) => Some(name.to_owned()),
        None => keys.need("name", Node::text),
    };
    let name = name.filter(|name| is_named(name, &keys.spot, keys.faults));
    let pack = keys.need("pack", Node::text);
    let tenant = keys.get("tenant", super::load::name);
    let enabled = keys.get("enabled", Node::boolean);
    let common = Common::read(&mut keys);
    let services = keys.find("services").map(|(node, spot)| services(node, &spot, keys.faults));
    let at = keys.spot;
    Some(Puller {
        words: Words::Own,
        name: name?.into(),
        at,
        pack: pack?,
        tenant: tenant.unwrap_or_default(),
        enabled: enabled.unwrap_or(true),
        common,
        services,
    })
}

/// The members of a map with known keys, each read on its own, so that everything wrong is told at once.
struct Keys<'n, 'f> {
    spot: Spot,
    members: &'n [(String, Node)],
    faults: &'f mut Vec<Fault>,
}

impl<'n, 'f> Keys<'n, 'f> {
    /// `None` for what is no map, which is complained of like each unknown key.
    fn of(node: &'n Node, spot: Spot, known: &[&str], faults: &'f mut Vec<Fault>) -> Option<Keys<'n, 'f>> {
        let members = keep(&spot, node.any_map(), faults)?;
        for (key, node) in members.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let spot = spot.below(key, node);
            faults.push(fault::setting_unknown(&spot.path, key, known).at(&spot));
        }
        Some(Keys { spot, members, faults })
    }

    fn find(&self, key: &str) -> Option<(&'n Node, Spot)> {
        let (_, node) = self.members.iter().find(|(have, _)| have == key)?;
        Some((node, self.spot.below(key, node)))
    }

    fn get<T>(&mut self, key: &str, read: impl FnOnce(&'n Node) -> Result<T, Fault>) -> Option<T> {
        let (node, spot) = self.find(key)?;
        keep(&spot, read(node), self.faults)
    }

    fn need<T>(&mut self, key: &str, read: impl FnOnce(&'n Node) -> Result<T, Fault>) -> Option<T> {
        if self.find(key).is_none() {
            self.faults.push(self.spot.lacking(key).missing(""));
        }
        self.get(key, read)
    }
}

/// A map by name, or a list of names.
fn services(node: &Node, spot: &Spot, faults: &mut Vec<Fault>) -> Vec<PullService> {
    if spot::is_missing(node) {
        let says = format!("`{}` names no service", spot.path);
        let fault = Fault::new("COLLECT-009", FaultKind::Config, says).at(spot);
        faults.push(fault.hint("name at least one, or leave the key out: then all of the source run"));
    }
    let plain = |name: String, at: Spot| PullService { name, at, enabled: true, common: Common::default() };
    match &node.data {
        Data::List(nodes) => {
            let named = nodes.iter().filter_map(|node| {
                let at = Spot::new(&node.at, &spot.path);
                Some(plain(keep(&at, node.text(), faults)?, at))
            });
            named.collect()
        }
        _ => {
            let members = keep(spot, node.any_map(), faults).unwrap_or_default();
            let each = members.iter().filter_map(|(name, node)| {
                let service = plain(name.clone(), spot.below(name, node));
                let mut keys = Keys::of(node, service.at.clone(), SERVICE_KEYS, faults)?;
                let enabled = keys.get("enabled", Node::boolean).unwrap_or(true);
                Some(PullService { enabled, common: Common::read(&mut keys), ..service })
            });
            each.collect()
        }
    }
}

impl Common {
    fn read(keys: &mut Keys<'_, '_>) -> Common {
        let settings = keys.find("settings").map(|(_, spot)| spot);
        let members = keys.get("settings", Node::any_map).unwrap_or_default();
        let given = |(name, node): &(String, Node)| {
            let at = settings.as_ref()?.below(name, node);
            Some(Given { name: name.clone(), value: super::load::value(node), at })
        };
        let tables = keys.find("tables");
        Common {
            settings: members.iter().filter_map(given).collect(),
            every: keys.get("every", every),
            table: keys.get("table", super::load::name),
            tables: tables.and_then(|(node, spot)| Tables::read(node, &spot, keys.faults)),
            reset: keys.get("reset", Node::text),
            redact: keys.get("redact", Redaction::read_list).unwrap_or_default(),
            refused: Vec::new(),
        }
    }

    /// What one service has: its own over what the puller says.
    pub fn over(&self, below: &Common) -> Common {
        let mine = |given: &&Given| !self.settings.iter().any(|own| own.name == given.name);
        // A table of one service takes all of its events.
        let tables = below.tables.as_ref().filter(|_| self.table.is_none());
        Common {
            settings: self.settings.iter().chain(below.settings.iter().filter(mine)).cloned().collect(),
            every: self.every.or(below.every),
            table: self.table.clone().or_else(|| below.table.clone()),
            tables: self.tables.clone().or_else(|| tables.cloned()),
            reset: self.reset.clone().or_else(|| below.reset.clone()),
            // Nothing that the puller hides comes to light because a service hides more.
            redact: below.redact.iter().chain(&self.redact).cloned().collect(),
            refused: below.refused.iter().chain(&self.refused).cloned().collect(),
        }
    }
}

/// One second to one day.
fn every(node: &Node) -> Result<Duration, Fault> {
    let every = node.duration()?;
    match is_period(every) {
        true => Ok(every),
        false => Err(fault::setting_range("every", &node.text()?, "1s", "24h").at(&node.at)),
    }
}

/// How often a service may be asked to pull.
pub fn is_period(every: Duration) -> bool {
    (EVERY_MIN..=EVERY_MAX).contains(&every)
}

fn is_named(name: &str, spot: &Spot, faults: &mut Vec<Fault>) -> bool {
    let fits = super::is_name(name) && !name.contains('/') && name.len() <= NAME_CHARS_MAX;
    if !fits {
        let says = format!("`{}` cannot name a puller", name.escape_default());
        let fault = Fault::new("COLLECT-006", FaultKind::Config, says).at(spot);
        faults.push(fault.hint(format!("1 to {NAME_CHARS_MAX} of letters, digits and `._-`, a letter or digit first")));
    }
    fits
}

/// The value, or its fault kept for later, with the place that it is about.
pub fn keep<T>(spot: &Spot, read: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(spot.told(fault))).ok()
}

//! Pullers as they are written. What their manifests make of it is decided in [`crate::pull`]; complaints have the ids of collectors.

use std::sync::Arc;

use weir_collect::fault;
use weir_collect::manifest::Redaction;
use weir_event::{Duration, Fault, FaultKind, Value};
use weir_yaml::{Data, Node, Place};

/// A source that is asked.
#[derive(Clone, Debug)]
pub struct Puller {
    pub name: Arc<str>,
    pub at: Place,
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

/// How complaints call the settings.
#[derive(Clone, Debug)]
pub struct Words {
    /// In front of every name, such as `pullers.hq.settings.`.
    pub before: String,
    /// Settings that are called otherwise where they are written.
    pub names: Vec<(String, String)>,
}

impl Words {
    /// Where a setting is written.
    pub fn of(&self, setting: &str) -> String {
        let name = self.names.iter().find(|(own, _)| own == setting).map_or(setting, |(_, name)| name);
        format!("{}{name}", self.before)
    }
}

/// One service of a puller, where it differs.
#[derive(Clone, Debug)]
pub struct PullService {
    pub name: String,
    pub at: Place,
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
    /// A text whose change starts over.
    pub reset: Option<String>,
    /// What is hidden before anything is stored.
    pub redact: Vec<Redaction>,
}

/// A setting as it is written.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: String,
    pub value: Value<'static>,
    pub at: Place,
}

const KEYS: &[&str] =
    &["name", "pack", "tenant", "enabled", "settings", "every", "table", "reset", "redact", "services"];
const SERVICE_KEYS: &[&str] = &["enabled", "settings", "every", "table", "reset", "redact"];
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
    Node { at: Place { ids: &fault::CONFIG, ..node.at.clone() }, data }
}

fn read_one(node: &Node, name: Option<&str>, faults: &mut Vec<Fault>) -> Option<Puller> {
    let node = &known_only(node, KEYS, faults);
    let map = keep(node.map(KEYS), faults)?;
    let name = match name {
        Some(name) => Some(name.to_owned()),
        None => keep(map.need("name").and_then(Node::text), faults),
    };
    let name = name.filter(|name| is_named(name, node, faults));
    let pack = keep(map.need("pack").and_then(Node::text), faults);
    let tenant = map.get("tenant").map_or(Some("".into()), |node| keep(super::load::name(node), faults));
    let enabled = map.get("enabled").map_or(Some(true), |node| keep(node.boolean(), faults));
    let common = Common::read(&map, faults);
    let services = map.get("services").map(|node| services(node, faults));
    let name = name?;
    Some(Puller {
        words: Words { before: format!("pullers.{name}.settings."), names: Vec::new() },
        name: name.into(),
        at: node.at.clone(),
        pack: pack?,
        tenant: tenant.unwrap_or_default(),
        enabled: enabled.unwrap_or(true),
        common,
        services,
    })
}

/// A map without its unknown keys, each of which is complained of: the rest is read all the same, so that everything wrong is told at once.
fn known_only(node: &Node, known: &[&str], faults: &mut Vec<Fault>) -> Node {
    let Data::Map(members) = &node.data else { return node.clone() };
    let (good, bad): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|(key, _)| known.contains(&key.as_str()));
    for member in bad {
        let alone = Node { at: node.at.clone(), data: Data::Map(vec![member]) };
        faults.extend(alone.map(known).err());
    }
    Node { at: node.at.clone(), data: Data::Map(good) }
}

/// A map by name, or a list of names.
fn services(node: &Node, faults: &mut Vec<Fault>) -> Vec<PullService> {
    let plain =
        |name: String, at: &Place| PullService { name, at: at.clone(), enabled: true, common: Common::default() };
    match &node.data {
        Data::List(nodes) => {
            nodes.iter().filter_map(|node| Some(plain(keep(node.text(), faults)?, &node.at))).collect()
        }
        _ => {
            let members = keep(node.any_map(), faults).unwrap_or_default();
            members.iter().filter_map(|(name, node)| service(name, node, &plain, faults)).collect()
        }
    }
}

fn service(
    name: &str,
    node: &Node,
    plain: &dyn Fn(String, &Place) -> PullService,
    faults: &mut Vec<Fault>,
) -> Option<PullService> {
    let service = plain(name.to_owned(), &node.at);
    if matches!(node.data, Data::Null) {
        return Some(service);
    }
    let node = &known_only(node, SERVICE_KEYS, faults);
    let map = keep(node.map(SERVICE_KEYS), faults)?;
    let enabled = map.get("enabled").map_or(Some(true), |node| keep(node.boolean(), faults));
    Some(PullService { enabled: enabled.unwrap_or(true), common: Common::read(&map, faults), ..service })
}

impl Common {
    fn read(map: &weir_yaml::Map<'_>, faults: &mut Vec<Fault>) -> Common {
        let members = map.get("settings").and_then(|node| keep(node.any_map(), faults)).unwrap_or_default();
        let given = |(name, node): &(String, Node)| Given {
            name: name.clone(),
            value: super::load::value(node),
            at: node.at.clone(),
        };
        Common {
            settings: members.iter().map(given).collect(),
            every: map.get("every").and_then(|node| keep(every(node), faults)),
            table: map.get("table").and_then(|node| keep(super::load::name(node), faults)),
            reset: map.get("reset").and_then(|node| keep(node.text(), faults)),
            redact: map.get("redact").and_then(|node| keep(Redaction::read_list(node), faults)).unwrap_or_default(),
        }
    }

    /// What one service has: its own over what the puller says.
    pub fn over(&self, below: &Common) -> Common {
        let mine = |given: &&Given| !self.settings.iter().any(|own| own.name == given.name);
        Common {
            settings: self.settings.iter().chain(below.settings.iter().filter(mine)).cloned().collect(),
            every: self.every.or(below.every),
            table: self.table.clone().or_else(|| below.table.clone()),
            reset: self.reset.clone().or_else(|| below.reset.clone()),
            // Nothing that the puller hides comes to light because a service hides more.
            redact: below.redact.iter().chain(&self.redact).cloned().collect(),
        }
    }
}

/// One second to one day.
fn every(node: &Node) -> Result<Duration, Fault> {
    every_in_range(node, node.duration()?)
}

pub fn every_in_range(node: &Node, every: Duration) -> Result<Duration, Fault> {
    if (EVERY_MIN..=EVERY_MAX).contains(&every) {
        return Ok(every);
    }
    Err(fault::setting_range("every", &node.text()?, "1s", "24h").at(&node.at))
}

fn is_named(name: &str, node: &Node, faults: &mut Vec<Fault>) -> bool {
    let fits = super::is_name(name) && !name.contains('/') && name.len() <= NAME_CHARS_MAX;
    if !fits {
        let says = format!("`{}` cannot name a puller", name.escape_default());
        let fault = Fault::new("COLLECT-006", FaultKind::Config, says).at(&node.at);
        faults.push(fault.hint(format!("1 to {NAME_CHARS_MAX} of letters, digits and `._-`, a letter or digit first")));
    }
    fits
}

/// The value, or its fault kept for later.
fn keep<T>(read: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

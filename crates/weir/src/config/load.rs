//! Reads a configuration directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_event::{Fault, FaultKind, Value};
use weir_yaml::{Data, Map, Node};

use super::IDS;
use super::check::check;
use super::import;
use super::once::{self, Firsts, Once};
use super::puller;
use super::source::{address, tls_files};
use super::{Bucket, Config, LeaseTerms, Limits, Output, Route, Rule, Source, Tenant, is_name};

/// Files of one configuration directory.
const FILES_MAX: usize = 10_000;
/// Folders below one another.
const DEPTH_MAX: usize = 16;

const KEYS: [&str; 12] = [
    "data",
    "http",
    "sources",
    "open_sources",
    "pullers",
    "leases",
    "key_file",
    "outputs",
    "routes",
    "buckets",
    "tenants",
    "limits",
];

const LIMIT_KEYS: [&str; 7] =
    ["body_bytes", "inflated_bytes", "queue_bytes", "connections", "disk_reserve_bytes", "seal_bytes", "seal_age"];

/// The rules that come with weir.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../rules"]
#[allow_missing = true]
struct RuleFiles;

/// The configuration of `folder`; the defaults when there is none. All that is wrong is reported, not only the first.
pub fn load(folder: Option<&Path>) -> Result<Config, Vec<Fault>> {
    let (config, faults) = read(folder);
    if faults.is_empty() { Ok(config) } else { Err(faults) }
}

/// The same with what is right of a configuration that is wrong, so that the right part can be looked at further.
pub fn read(folder: Option<&Path>) -> (Config, Vec<Fault>) {
    let mut config = Config { sources: vec![Source::syslog_default()], ..Config::default() };
    let mut faults = Vec::new();
    match builtin_rules() {
        Ok(rules) => config.rules = rules,
        Err(fault) => faults.push(fault),
    }
    if let Some(folder) = folder {
        read_own_rules(folder, &mut config, &mut faults);
        let files = files(folder, "packs", &[".yaml", ".yml"], &mut faults);
        let of_puller = |path: &str| path.ends_with("puller.yaml") || path.ends_with("import.yaml");
        (config.manifests, config.packs) = files.into_iter().partition(|(path, _)| of_puller(path));
        read_folder(folder, &mut config, &mut faults).unwrap_or_else(|fault| faults.push(fault));
    }
    give_to_first(&mut config);
    check(&config, &mut faults);
    (config, faults)
}

/// Sources that name no tenant are the first one's.
fn give_to_first(config: &mut Config) {
    let Some(first) = config.tenants.first().map(|tenant| tenant.id.clone()) else { return };
    for source in config.sources.iter_mut().filter(|source| source.tenant.is_empty()) {
        source.tenant = first.clone();
    }
    for puller in config.pullers.iter_mut().filter(|puller| puller.tenant.is_empty()) {
        puller.tenant = first.clone();
    }
    for output in config.outputs.iter_mut().filter(|output| output.tenant.is_empty()) {
        output.tenant = first.clone();
    }
}

fn builtin_rules() -> Result<Vec<Arc<Rule>>, Fault> {
    let mut rules = Vec::new();
    for path in RuleFiles::iter().filter(|path| path.ends_with(".yaml")) {
        let Some(file) = RuleFiles::get(&path) else { continue };
        rules.extend(read_rules(&format!("rules/{path}"), &String::from_utf8_lossy(&file.data))?);
    }
    Ok(rules)
}

fn read_rules(path: &str, text: &str) -> Result<Vec<Arc<Rule>>, Fault> {
    Node::read(path, text, &IDS)?.iter().map(|node| Ok(Arc::new(Rule::read(node)?))).collect()
}

/// A rule of a directory replaces the built-in one of its id, so that a directory can change it or switch it off.
fn read_own_rules(folder: &Path, config: &mut Config, faults: &mut Vec<Fault>) {
    let mut firsts = Firsts::default();
    let mut own = Vec::new();
    for (path, text) in files(folder, "rules", &[".yaml", ".yml"], faults) {
        config.number ^= hash(text.as_bytes());
        match read_rules(&path, &text) {
            Ok(rules) => own.extend(rules),
            Err(fault) => faults.push(fault),
        }
    }
    faults.extend(own.iter().filter_map(|rule| firsts.note(once::RULE, &*rule.id, &rule.at)));
    config.rules.retain(|rule| own.iter().all(|new| new.id != rule.id));
    config.rules.extend(own);
}

fn read_folder(folder: &Path, config: &mut Config, faults: &mut Vec<Fault>) -> Result<(), Fault> {
    let listing = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|end| end == "yaml" || end == "yml"));
    paths.sort();
    let mut reading = Reading { config, faults, firsts: Firsts::default(), buckets: Vec::new(), lists: Vec::new() };
    for path in paths.iter().take(FILES_MAX) {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        reading.config.number ^= hash(text.as_bytes());
        for node in Node::read(&path.display().to_string(), &text, &IDS)? {
            reading.document(&node)?;
        }
    }
    reading.replace_buckets();
    Ok(())
}

/// The files of a directory on their way into a configuration. Their lists are put one behind the other; any other setting is in one of them.
struct Reading<'c> {
    config: &'c mut Config,
    faults: &'c mut Vec<Fault>,
    firsts: Firsts,
    /// Those that files list.
    buckets: Vec<Bucket>,
    /// Lists that a file has begun, so that what holds without one is gone.
    lists: Vec<&'static str>,
}

impl Reading<'_> {
    fn document(&mut self, node: &Node) -> Result<(), Fault> {
        if matches!(node.data, Data::Null) {
            return Ok(());
        }
        if import::is_meant(node) {
            let own = self.config.manifests.iter().filter(|(path, _)| path.ends_with("import.yaml"));
            let own: Vec<_> = own.cloned().collect();
            self.config.pullers.extend(import::read(node, &own, self.faults, &mut self.config.notes));
            return Ok(());
        }
        let map = node.map(&KEYS)?;
        self.settings(&map)?;
        self.lists(&map)
    }

    /// A setting that one file may have.
    fn setting<'n>(&mut self, map: &Map<'n>, key: &str) -> Option<&'n Node> {
        let node = map.get(key)?;
        self.faults.extend(self.firsts.note(once::SETTING, key, &node.at));
        Some(node)
    }

    fn settings(&mut self, map: &Map<'_>) -> Result<(), Fault> {
        if let Some(data) = self.setting(map, "data") {
            self.config.data = PathBuf::from(data.text()?);
        }
        if let Some(http) = self.setting(map, "http") {
            let http = http.map(&["listen", "tls"])?;
            self.config.http = address(http.need("listen")?)?;
            self.config.http_tls = http.get("tls").map(tls_files).transpose()?;
        }
        if let Some(open) = self.setting(map, "open_sources") {
            self.config.open_sources = open.boolean()?;
        }
        if let Some(key_file) = self.setting(map, "key_file") {
            self.config.key_file = Some(PathBuf::from(key_file.text()?));
        }
        if let Some(leases) = self.setting(map, "leases") {
            self.config.leases = Some(LeaseTerms::read(leases)?);
        }
        if let Some(limits) = self.setting(map, "limits") {
            self.config.limits = read_limits(limits)?;
        }
        Ok(())
    }

    /// The elements of a list, which is put behind those of the files before; `named` says which are there twice.
    fn list<T>(
        &mut self,
        map: &Map<'_>,
        key: &str,
        read: impl Fn(&Node) -> Result<T, Fault>,
        named: impl Fn(&T) -> Vec<(Once, String)>,
    ) -> Result<Option<Vec<T>>, Fault> {
        let Some(list) = map.get(key) else { return Ok(None) };
        let mut all = Vec::new();
        for node in list.list() {
            let one = read(node)?;
            for (once, name) in named(&one) {
                self.faults.extend(self.firsts.note(once, name, &node.at));
            }
            all.push(one);
        }
        Ok(Some(all))
    }

    /// True for the first file with that list.
    fn begins(&mut self, key: &'static str) -> bool {
        let is_first = !self.lists.contains(&key);
        self.lists.push(key);
        is_first
    }

    fn lists(&mut self, map: &Map<'_>) -> Result<(), Fault> {
        let source = |source: &Source| vec![(once::SOURCE, source.name.to_string())];
        if let Some(sources) = self.list(map, "sources", Source::read, source)? {
            if self.begins("sources") {
                self.config.sources.clear();
            }
            self.config.sources.extend(sources);
        }
        if let Some(pullers) = map.get("pullers") {
            self.config.pullers.extend(puller::read(pullers, self.faults));
        }
        let output = |output: &Output| vec![(once::OUTPUT, output.name.to_string())];
        let outputs = self.list(map, "outputs", Output::read, output)?;
        self.config.outputs.extend(outputs.into_iter().flatten());
        let routes = self.list(map, "routes", Route::read, |_| Vec::new())?;
        self.config.routes.extend(routes.into_iter().flatten());
        let bucket = |bucket: &Bucket| vec![(once::BUCKET, bucket.name.to_string())];
        let buckets = self.list(map, "buckets", Bucket::read, bucket)?;
        self.buckets.extend(buckets.into_iter().flatten());
        let tenant =
            |tenant: &Tenant| vec![(once::TENANT, tenant.id.to_string()), (once::NUMBER, tenant.number.to_string())];
        if let Some(tenants) = self.list(map, "tenants", read_tenant, tenant)? {
            if self.begins("tenants") {
                self.config.tenants.clear();
            }
            self.config.tenants.extend(tenants);
        }
        Ok(())
    }

    /// Buckets of the files stand before the built-in ones, which they replace by their names.
    fn replace_buckets(self) {
        let own = self.buckets;
        self.config.buckets.retain(|bucket| own.iter().all(|new| new.name != bucket.name));
        self.config.buckets.splice(0..0, own);
    }
}

fn read_tenant(node: &Node) -> Result<Tenant, Fault> {
    let map = node.map(&["id", "number"])?;
    Ok(Tenant { id: name(map.need("id")?)?, number: map.need("number")?.size()? })
}

/// With less, a limit lets nothing through.
struct Least {
    number: usize,
    says: &'static str,
}

const ANY: Least = Least { number: 0, says: "a number of bytes" };
const BODY: Least = Least { number: 1 << 10, says: "a number of bytes, at least 1Ki" };
/// As much as one chunk may have.
const QUEUE: Least = Least { number: weir_event::limits::CHUNK_BYTES_MAX, says: "a number of bytes, at least 1Mi" };
const CONNECTIONS: Least = Least { number: 1, says: "a number of connections, at least 1" };

fn read_limits(node: &Node) -> Result<Limits, Fault> {
    let map = node.map(&LIMIT_KEYS)?;
    let mut limits = Limits::default();
    let size = |key: &str, standard: usize, least: Least| -> Result<usize, Fault> {
        let Some(node) = map.get(key) else { return Ok(standard) };
        let size = usize::try_from(node.size()?).unwrap_or(usize::MAX);
        if size < least.number { Err(node.wrong(least.says)) } else { Ok(size) }
    };
    limits.body_bytes = size("body_bytes", limits.body_bytes, BODY)?;
    limits.inflated_bytes = size("inflated_bytes", limits.inflated_bytes, BODY)?;
    limits.queue_bytes = size("queue_bytes", limits.queue_bytes, QUEUE)?;
    limits.connections = size("connections", limits.connections, CONNECTIONS)?;
    limits.seal_bytes = size("seal_bytes", limits.seal_bytes, ANY)?;
    if let Some(node) = map.get("seal_age") {
        limits.seal_age = node.duration()?;
    }
    if let Some(node) = map.get("disk_reserve_bytes") {
        limits.disk_reserve_bytes = node.size()?;
    }
    Ok(limits)
}

/// `(path, text)` of the files below `folder/name` that end in one of `ends`, sorted by path.
fn files(folder: &Path, name: &str, ends: &[&str], faults: &mut Vec<Fault>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(&folder.join(name), 0, &mut found);
    found.sort();
    found.retain(|path| ends.iter().any(|end| path.to_string_lossy().ends_with(end)));
    let read = |path: PathBuf| match fs::read_to_string(&path) {
        Ok(text) => Some((path.display().to_string(), text)),
        Err(error) => {
            faults.push(unreadable(&path, &error));
            None
        }
    };
    found.into_iter().filter_map(read).collect()
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(listing) = fs::read_dir(folder) else { return };
    for path in listing.filter_map(|entry| Some(entry.ok()?.path())) {
        if found.len() >= FILES_MAX {
            return;
        }
        if path.is_dir() && depth < DEPTH_MAX {
            walk(&path, depth + 1, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new("CONFIG-009", FaultKind::Config, "cannot read the configuration")
        .at(path.display())
        .because(error)
        .hint("check the path and its permissions")
}

/// A name, see [`is_name`].
pub fn name(node: &Node) -> Result<Arc<str>, Fault> {
    let text = node.text()?;
    if !is_name(&text) {
        return Err(node.wrong("a name of letters, digits and `._-/`"));
    }
    Ok(text.into())
}

/// Field names and constant values.
pub fn fields(node: &Node) -> Result<Vec<(String, Value<'static>)>, Fault> {
    node.any_map()?.iter().map(|(key, node)| Ok((key.clone(), value(node)))).collect()
}

/// A value of a file as it is.
pub fn value(node: &Node) -> Value<'static> {
    match &node.data {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(*value),
        Data::Long(number) => Value::Long(*number),
        Data::Double(number) => Value::Double(*number),
        Data::Text(text) => Value::owned(text.clone()),
        Data::List(nodes) => Value::Array(nodes.iter().map(value).collect()),
        Data::Map(members) => Value::Record(members.iter().map(|(key, node)| (key.clone(), value(node))).collect()),
    }
}

/// The first eight bytes of SHA-256.
pub fn hash(bytes: &[u8]) -> u64 {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

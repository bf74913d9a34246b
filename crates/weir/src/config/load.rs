//! Reads a configuration directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_event::{Fault, FaultKind, Value};
use weir_yaml::{Data, Node};

use crate::listen::Tls;

use super::IDS;
use super::import;
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
        for (path, text) in files(folder, "rules", &[".yaml", ".yml"], &mut faults) {
            config.number ^= hash(text.as_bytes());
            read_rules(&path, &text, &mut config.rules).unwrap_or_else(|fault| faults.push(fault));
        }
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
        read_rules(&format!("rules/{path}"), &String::from_utf8_lossy(&file.data), &mut rules)?;
    }
    Ok(rules)
}

/// A later rule of the same id replaces an earlier one, so that a directory can change or switch off a built-in rule.
fn read_rules(path: &str, text: &str, rules: &mut Vec<Arc<Rule>>) -> Result<(), Fault> {
    for node in Node::read(path, text, &IDS)? {
        let rule = Arc::new(Rule::read(&node)?);
        rules.retain(|have| have.id != rule.id);
        rules.push(rule);
    }
    Ok(())
}

fn read_folder(folder: &Path, config: &mut Config, faults: &mut Vec<Fault>) -> Result<(), Fault> {
    let listing = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|end| end == "yaml" || end == "yml"));
    paths.sort();
    for path in paths.iter().take(FILES_MAX) {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        config.number ^= hash(text.as_bytes());
        for node in Node::read(&path.display().to_string(), &text, &IDS)? {
            read_document(&node, config, faults)?;
        }
    }
    Ok(())
}

fn read_document(node: &Node, config: &mut Config, faults: &mut Vec<Fault>) -> Result<(), Fault> {
    if matches!(node.data, Data::Null) {
        return Ok(());
    }
    if import::is_meant(node) {
        let (own, notes) = (&config.manifests, &mut config.notes);
        let own: Vec<_> = own.iter().filter(|(path, _)| path.ends_with("import.yaml")).cloned().collect();
        config.pullers.extend(import::read(node, &own, faults, notes));
        return Ok(());
    }
    let map = node.map(&KEYS)?;
    if let Some(data) = map.text("data")? {
        config.data = PathBuf::from(data);
    }
    if let Some(http) = map.get("http") {
        let http = http.map(&["listen", "tls"])?;
        config.http = address(http.need("listen")?)?;
        config.http_tls = http.get("tls").map(tls_files).transpose()?;
    }
    if let Some(open) = map.get("open_sources") {
        config.open_sources = open.boolean()?;
    }
    if let Some(sources) = map.get("sources") {
        config.sources = sources.list().iter().map(Source::read).collect::<Result<_, _>>()?;
    }
    if let Some(pullers) = map.get("pullers") {
        config.pullers.extend(puller::read(pullers, faults));
    }
    if let Some(key_file) = map.text("key_file")? {
        config.key_file = Some(PathBuf::from(key_file));
    }
    if let Some(leases) = map.get("leases") {
        config.leases = Some(LeaseTerms::read(leases)?);
    }
    if let Some(outputs) = map.get("outputs") {
        config.outputs = outputs.list().iter().map(Output::read).collect::<Result<_, _>>()?;
    }
    if let Some(routes) = map.get("routes") {
        config.routes = routes.list().iter().map(Route::read).collect::<Result<_, _>>()?;
    }
    if let Some(buckets) = map.get("buckets") {
        let own: Vec<Bucket> = buckets.list().iter().map(Bucket::read).collect::<Result<_, _>>()?;
        let replaced = |bucket: &Bucket| own.iter().any(|new| new.name == bucket.name);
        let kept = std::mem::take(&mut config.buckets).into_iter().filter(|bucket| !replaced(bucket));
        config.buckets = own.iter().cloned().chain(kept).collect();
    }
    if let Some(tenants) = map.get("tenants") {
        config.tenants = tenants.list().iter().map(read_tenant).collect::<Result<_, _>>()?;
    }
    if let Some(limits) = map.get("limits") {
        config.limits = read_limits(limits)?;
    }
    Ok(())
}

fn read_tenant(node: &Node) -> Result<Tenant, Fault> {
    let map = node.map(&["id", "number"])?;
    Ok(Tenant { id: name(map.need("id")?)?, number: map.need("number")?.size()? })
}

fn read_limits(node: &Node) -> Result<Limits, Fault> {
    let map = node.map(&LIMIT_KEYS)?;
    let mut limits = Limits::default();
    let size = |key: &str, standard: usize| -> Result<usize, Fault> {
        map.get(key).map_or(Ok(standard), |node| Ok(usize::try_from(node.size()?).unwrap_or(usize::MAX)))
    };
    limits.body_bytes = size("body_bytes", limits.body_bytes)?;
    limits.inflated_bytes = size("inflated_bytes", limits.inflated_bytes)?;
    limits.queue_bytes = size("queue_bytes", limits.queue_bytes)?;
    limits.connections = size("connections", limits.connections)?;
    limits.seal_bytes = size("seal_bytes", limits.seal_bytes)?;
    if let Some(node) = map.get("seal_age") {
        limits.seal_age = node.duration()?;
    }
    if let Some(node) = map.get("disk_reserve_bytes") {
        limits.disk_reserve_bytes = node.size()?;
    }
    Ok(limits)
}

/// What only the whole can tell: names used twice, tenants and buckets that do not exist.
fn check(config: &Config, faults: &mut Vec<Fault>) {
    if config.tenants.is_empty() {
        let fault = Fault::new("CONFIG-017", FaultKind::Config, "there is no tenant");
        faults.push(fault.hint("list one under `tenants:`, or leave the key out"));
        return;
    }
    let listeners = config.sources.iter().filter_map(|source| source.tls()).chain(&config.http_tls);
    faults.extend(listeners.filter_map(|files| Tls::open(files).err()));
    for (index, source) in config.sources.iter().enumerate() {
        if config.sources[..index].iter().any(|other| other.name == source.name) {
            faults.push(twice("source", &source.name));
        }
        if crate::rules::is_finding(&source.name) {
            let says = format!("the source `{}` has a name that only rules may have", source.name);
            faults
                .push(Fault::new("CONFIG-016", FaultKind::Config, says).hint("choose a name without `rule/` in front"));
        }
        if config.tenant(&source.tenant).is_none() {
            faults.push(no_tenant(&source.tenant, &format!("source `{}`", source.name), config));
        }
    }
    for (index, puller) in config.pullers.iter().enumerate() {
        if let Some(other) = config.pullers[..index].iter().find(|other| other.name == puller.name) {
            let says = format!("two pullers are called `{}`", puller.name);
            let fault = Fault::new("COLLECT-010", FaultKind::Config, says).at(&puller.at);
            faults.push(fault.because(format!("the other is at {}", other.at)).hint("give each its own name"));
        }
        if config.tenant(&puller.tenant).is_none() {
            faults.push(no_tenant(&puller.tenant, &puller.at.to_string(), config));
        }
    }
    check_outputs(config, faults);
    for (index, tenant) in config.tenants.iter().enumerate() {
        if config.tenants[..index].iter().any(|other| other.id == tenant.id || other.number == tenant.number) {
            faults.push(twice("tenant", &tenant.id));
        }
    }
    for rule in &config.rules {
        for tenant in rule.tenants.iter().filter(|tenant| config.tenant(tenant).is_none()) {
            faults.push(no_tenant(tenant, &rule.at, config));
        }
    }
}

fn check_outputs(config: &Config, faults: &mut Vec<Fault>) {
    for (index, output) in config.outputs.iter().enumerate() {
        if config.outputs[..index].iter().any(|other| other.name == output.name) {
            faults.push(twice("output", &output.name));
        }
        if config.tenant(&output.tenant).is_none() {
            faults.push(no_tenant(&output.tenant, &output.at, config));
        }
        let filter = output.filter.as_deref().map(|text| crate::server::filter::compile(text, &output.at));
        faults.extend(filter.and_then(Result::err));
    }
}

fn twice(what: &str, name: &str) -> Fault {
    Fault::new("CONFIG-013", FaultKind::Config, format!("the {what} `{name}` is there twice"))
        .hint("give each its own name and number")
}

fn no_tenant(tenant: &str, place: &str, config: &Config) -> Fault {
    let known: Vec<&str> = config.tenants.iter().map(|tenant| &*tenant.id).collect();
    let hint = match weir_event::nearest(tenant, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known tenants: {}", known.join(", ")),
    };
    Fault::new("CONFIG-014", FaultKind::Config, format!("there is no tenant `{tenant}`")).at(place).hint(hint)
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

//! Configurations in the shape of older collectors: `inputs` with their `services`. What their names mean is data: an `import.yaml` beside a
//! manifest, see [`map`].

mod map;

use weir_collect::fault;
use weir_event::{Duration, Fault, FaultKind, Value, nearest};
use weir_yaml::{Data, Node};

use super::puller::{Common, Given, PullService, Puller, every_in_range, with_ids};
use map::{Form, Import, Rule, imports};

/// Keys at the top of such a file.
pub const KEYS: &[&str] = &["globals", "global_overrides", "inputs", "outputs"];
/// Of an input and of a service, whatever the source is.
const INPUT_KEYS: &[&str] = &["id", "enabled"];
const SERVICE_KEYS: &[&str] =
    &["enabled", "request_period_in_seconds", "override_devo_tag", "tag", "reset_persistence_auth"];

/// True for a file of that shape.
pub fn is_meant(node: &Node) -> bool {
    matches!(&node.data, Data::Map(members) if members.iter().any(|(key, _)| key == "inputs"))
}

/// Its inputs as pullers. `own` are the files of the configuration directory. What is wrong goes to `faults`, what is left out to `notes`.
pub fn read(node: &Node, own: &[(String, String)], faults: &mut Vec<Fault>, notes: &mut Vec<Fault>) -> Vec<Puller> {
    let node = with_ids(node);
    let map = match node.map(KEYS) {
        Ok(map) => map,
        Err(fault) => {
            faults.push(fault);
            return Vec::new();
        }
    };
    for key in ["globals", "global_overrides", "outputs"] {
        if let Some(node) = map.get(key) {
            notes.push(left_out(node, key));
        }
    }
    let imports = imports(own, faults);
    let Some(inputs) = map.get("inputs").map(Node::any_map) else { return Vec::new() };
    let inputs = inputs.unwrap_or_else(|fault| {
        faults.push(fault);
        &[]
    });
    inputs.iter().filter_map(|(name, node)| input(name, node, &imports, faults, notes)).collect()
}

fn left_out(node: &Node, key: &str) -> Fault {
    let (says, hint) = match key {
        "outputs" => ("events are stored here; `outputs` is not used", "remove it"),
        _ => ("settings of the older collector's process are not used", "remove them"),
    };
    Fault::new("COLLECT-014", FaultKind::Config, says).at(&node.at).hint(hint)
}

fn input(
    name: &str,
    node: &Node,
    imports: &[Import],
    faults: &mut Vec<Fault>,
    notes: &mut Vec<Fault>,
) -> Option<Puller> {
    let Some(import) = imports.iter().find(|import| import.input == name) else {
        let known: Vec<&str> = imports.iter().map(|import| import.input.as_str()).collect();
        faults.push(unknown(node, "input", name, &known));
        return None;
    };
    let members = match node.any_map() {
        Ok(members) => members,
        Err(fault) => {
            faults.push(fault);
            return None;
        }
    };
    let (services, own): (Vec<_>, Vec<_>) = members.iter().partition(|(key, _)| key == "services");
    let mut common = Common { settings: import.constants(node), ..Common::default() };
    let mut enabled = true;
    for (path, leaf) in own.iter().flat_map(|(key, node)| leaves(key, node, &import.settings)) {
        match path.as_str() {
            "id" => {}
            "enabled" => enabled = keep(leaf.boolean(), faults).unwrap_or(true),
            _ => match unused(&path, leaf, &import.settings) {
                Some(note) => notes.push(note),
                None => setting(&path, leaf, &import.settings, INPUT_KEYS, &mut common.settings, faults),
            },
        }
    }
    let services = services.first().map(|(_, node)| {
        let services = keep(node.any_map(), faults).unwrap_or_default();
        services.iter().filter_map(|(name, node)| service(name, node, import, faults)).collect()
    });
    Some(Puller {
        name: name.into(),
        at: node.at.clone(),
        pack: import.pack.clone(),
        tenant: "".into(),
        enabled,
        common,
        services,
        words: import.words(name),
    })
}

fn service(name: &str, node: &Node, import: &Import, faults: &mut Vec<Fault>) -> Option<PullService> {
    let Some(known) = import.services.iter().find(|service| service.name == name) else {
        let names: Vec<&str> = import.services.iter().map(|service| service.name.as_str()).collect();
        faults.push(unknown(node, "service", name, &names));
        return None;
    };
    let members = keep(node.any_map(), faults)?;
    let mut common = Common { table: Some(known.table.as_str().into()), ..Common::default() };
    let mut enabled = true;
    for (path, leaf) in members.iter().flat_map(|(key, node)| leaves(key, node, &known.settings)) {
        match path.as_str() {
            "enabled" => enabled = keep(leaf.boolean(), faults).unwrap_or(true),
            "request_period_in_seconds" => common.every = keep(seconds(leaf), faults),
            "override_devo_tag" | "tag" => common.table = keep(super::load::name(leaf), faults).or(common.table),
            "reset_persistence_auth" => common.reset = keep(only_text(leaf), faults),
            _ => setting(&path, leaf, &known.settings, SERVICE_KEYS, &mut common.settings, faults),
        }
    }
    Some(PullService { name: known.stream.clone(), at: node.at.clone(), enabled, common })
}

/// The values below a key with their paths. A map that no rule looks into is one value.
fn leaves<'n>(path: &str, node: &'n Node, rules: &[Rule]) -> Vec<(String, &'n Node)> {
    let below = format!("{path}.");
    match &node.data {
        Data::Map(members) if rules.iter().any(|rule| rule.path.starts_with(&below)) => {
            members.iter().flat_map(|(key, node)| leaves(&format!("{below}{key}"), node, rules)).collect()
        }
        _ => vec![(path.to_owned(), node)],
    }
}

/// What is said of a setting that has no meaning here.
fn unused(path: &str, node: &Node, rules: &[Rule]) -> Option<Fault> {
    let rule = rules.iter().find(|rule| rule.path == path)?;
    let Form::Unused(why) = &rule.form else { return None };
    let says = format!("`{path}` is not used");
    Some(Fault::new("COLLECT-014", FaultKind::Config, says).at(&node.at).hint(format!("remove it; {why}")))
}

fn setting(path: &str, node: &Node, rules: &[Rule], also: &[&str], settings: &mut Vec<Given>, faults: &mut Vec<Fault>) {
    let Some(rule) = rules.iter().find(|rule| rule.path == path) else {
        if rules.iter().any(|rule| rule.path.starts_with(&format!("{path}."))) {
            // Nothing there is said by the settings that are missing.
            faults.extend((!matches!(node.data, Data::Null)).then(|| node.wrong("a map")));
            return;
        }
        let known: Vec<&str> = rules.iter().map(|rule| rule.path.as_str()).chain(also.iter().copied()).collect();
        faults.push(unknown(node, "setting", path, &known));
        return;
    };
    if let Some(value) = keep(formed(node, &rule.form), faults) {
        settings.push(Given { name: rule.to.clone(), value, at: node.at.clone() });
    }
}

fn formed(node: &Node, form: &Form) -> Result<Value<'static>, Fault> {
    match form {
        Form::Plain => Ok(super::load::value(node)),
        // Told before it comes to this.
        Form::Unused(_) => Ok(Value::Null),
        Form::Not => node.boolean().map(|value| Value::Bool(!value)),
        Form::Unit(unit) => match node.data {
            Data::Long(number) if number > 0 => Ok(Value::owned(format!("{number}{unit}"))),
            Data::Long(number) => Err(fault::setting_range("the length", &number.to_string(), "1", "any").at(&node.at)),
            _ => Err(node.wrong("a whole number")),
        },
        Form::Host(domain) => match &node.data {
            Data::Text(text) if text.contains("://") => Ok(Value::owned(text.clone())),
            Data::Text(text) if text.contains('.') => Ok(Value::owned(format!("https://{text}"))),
            Data::Text(text) if !text.is_empty() => Ok(Value::owned(format!("https://{text}.{domain}"))),
            _ => Err(node.wrong("the name of a host")),
        },
    }
}

fn seconds(node: &Node) -> Result<Duration, Fault> {
    let Data::Long(seconds) = node.data else { return Err(node.wrong("a whole number")) };
    every_in_range(node, Duration(seconds.saturating_mul(1_000_000_000)))
}

/// Text and nothing that only looks like it.
fn only_text(node: &Node) -> Result<String, Fault> {
    match &node.data {
        Data::Text(text) => Ok(text.clone()),
        _ => Err(node.wrong("text")),
    }
}

fn unknown(node: &Node, what: &str, name: &str, known: &[&str]) -> Fault {
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    };
    let id = if what == "setting" { "COLLECT-002" } else { "COLLECT-009" };
    Fault::new(id, FaultKind::Config, format!("unknown {what} `{}`", name.escape_default())).at(&node.at).hint(hint)
}

fn keep<T>(read: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

//! One input as a puller, its services as services.

use weir_event::{Fault, FaultKind};
use weir_yaml::{Data, Node};

use super::map::{Import, Rule, ServiceImport};
use super::{Told, form, words};
use crate::config::puller::{Common, Given, PullService, Puller};
use crate::config::spot::{Spot, is_missing};
use crate::config::tables::{self, Tables};

/// Of an input and of a service, whatever the source is.
const INPUT_KEYS: &[&str] = &["id", "enabled", "services", "obfuscation_data"];
const SERVICE_KEYS: &[&str] =
    &["enabled", "request_period_in_seconds", "override_devo_tag", "tag", "reset_persistence_auth", "obfuscation_data"];
/// Of a service whose events have tables by what is in them.
const TAG_MAP: &str = "devo_tag_map";
const TAG_MAP_DEFAULT: &str = "default";

/// `None` for what no puller can be made of, which is told.
pub fn read(name: &str, node: &Node, spot: &Spot, imports: &[Import], told: &mut Told<'_>) -> Option<Puller> {
    let Some(import) = imports.iter().find(|import| import.input == name) else {
        let known: Vec<&str> = imports.iter().map(|import| import.input.as_str()).collect();
        told.unknown(spot, "input", name, &known);
        return None;
    };
    if is_missing(node) {
        told.faults.push(spot.missing("its credentials and services"));
        return None;
    }
    let members = told.members(spot, node)?;
    let mut common = Common { settings: import.constants(spot), ..Common::default() };
    let (mut enabled, mut services) = (true, None);
    let rules = Rules {
        own: &import.settings,
        other: import.services.iter().flat_map(|service| &service.settings).collect(),
        keys: INPUT_KEYS.to_vec(),
    };
    for (key, node) in members {
        let spot = spot.below(key, node);
        match key.as_str() {
            "id" => {}
            "enabled" => enabled = told.keep(form::truth(node, &spot)).unwrap_or(true),
            "obfuscation_data" => common.redact.extend(told.keep(form::hidden(node, &spot)).unwrap_or_default()),
            "services" => services = Some((node, spot)),
            _ => rules.take(key, node, &spot, &mut common, told),
        }
    }
    let services = match services {
        Some((node, spot)) if !is_missing(node) => {
            let members = told.members(&spot, node).unwrap_or_default();
            members
                .iter()
                .filter_map(|(name, node)| service(name, node, &spot.below(name, node), import, told))
                .collect()
        }
        found => {
            if enabled {
                let spot = found.map_or_else(|| spot.lacking("services"), |(_, spot)| spot);
                told.faults.push(no_service(&spot, import));
            }
            Vec::new()
        }
    };
    Some(Puller {
        name: name.into(),
        at: spot.clone(),
        pack: import.pack.clone(),
        tenant: "".into(),
        enabled,
        common,
        services: Some(services),
        words: words::words(import, node, spot),
    })
}

fn no_service(spot: &Spot, import: &Import) -> Fault {
    let says = format!("`{}` names no service", spot.path);
    let names: Vec<&str> = import.services.iter().map(|service| service.name.as_str()).collect();
    Fault::new("COLLECT-009", FaultKind::Config, says)
        .at(spot)
        .hint(format!("services of this source: {}", names.join(", ")))
}

fn service(name: &str, node: &Node, spot: &Spot, import: &Import, told: &mut Told<'_>) -> Option<PullService> {
    let Some(known) = import.services.iter().find(|service| service.name == name) else {
        let names: Vec<&str> = import.services.iter().map(|service| service.name.as_str()).collect();
        told.unknown(spot, "service", name, &names);
        return None;
    };
    let members = told.members(spot, node)?;
    let mut common = Common { tables: known.tables.clone(), ..Common::default() };
    let mut enabled = true;
    let keys = SERVICE_KEYS.iter().copied().chain(known.tables.is_some().then_some(TAG_MAP)).collect();
    let rules = Rules { own: &known.settings, other: import.settings.iter().collect(), keys };
    let (mut tag, mut tag_map) = (None, None);
    for (key, node) in members {
        let spot = spot.below(key, node);
        match key.as_str() {
            "enabled" => enabled = told.keep(form::truth(node, &spot)).unwrap_or(true),
            "request_period_in_seconds" => common.every = told.keep(form::seconds(node, &spot)),
            "override_devo_tag" | "tag" => tag = tables::table(node, &spot, told.faults).or(tag),
            "reset_persistence_auth" => common.reset = told.keep(form::text(node, &spot)),
            "obfuscation_data" => common.redact.extend(told.keep(form::hidden(node, &spot)).unwrap_or_default()),
            TAG_MAP if known.tables.is_some() => tag_map = Some((node, spot)),
            _ => rules.take(key, node, &spot, &mut common, told),
        }
    }
    match (tag, tag_map) {
        (Some(tag), tag_map) => {
            if let Some((_, spot)) = tag_map {
                told.unused(&spot, "the one tag of the service takes all of its events");
            }
            (common.table, common.tables) = (Some(tag), None);
        }
        (None, Some((node, spot))) => mapped(known, node, &spot, &mut common, told),
        (None, None) => common.table = Some(known.table.as_str().into()),
    }
    Some(PullService { name: known.stream.clone(), at: spot.clone(), enabled, common })
}

/// A map of types to tags, one of which is for all others.
fn mapped(known: &ServiceImport, node: &Node, spot: &Spot, common: &mut Common, told: &mut Told<'_>) {
    let Some(of) = tables::values(node, spot, told.faults) else { return };
    let by = known.tables.as_ref().map(|tables| tables.by.clone()).unwrap_or_default();
    let (rest, of): (Vec<_>, Vec<_>) = of.into_iter().partition(|(value, _)| value == TAG_MAP_DEFAULT);
    match rest.into_iter().next() {
        Some((_, table)) => (common.table, common.tables) = (Some(table), Some(Tables { by, of })),
        // One that is there and wrong has been told.
        None if matches!(&node.data, Data::Map(members) if members.iter().any(|(key, _)| key == TAG_MAP_DEFAULT)) => {}
        None => told.faults.push(spot.lacking(TAG_MAP_DEFAULT).missing("the tag of events of all other types")),
    }
}

/// What names mean: those that usually stand here, and those that may.
struct Rules<'r> {
    own: &'r [Rule],
    other: Vec<&'r Rule>,
    /// Keys that mean the same for every source.
    keys: Vec<&'static str>,
}

impl Rules<'_> {
    fn all(&self) -> impl Iterator<Item = &Rule> {
        self.own.iter().chain(self.other.iter().copied())
    }

    /// A value, or a map of values, as settings.
    fn take(&self, path: &str, node: &Node, spot: &Spot, common: &mut Common, told: &mut Told<'_>) {
        if let Some(rule) = self.all().find(|rule| rule.path == path) {
            return rule.take(node, spot, common, told);
        }
        let below = format!("{path}.");
        let inside = || self.all().filter(|rule| rule.path.starts_with(&below));
        match &node.data {
            Data::Map(members) if inside().next().is_some() => {
                for (key, node) in members {
                    self.take(&format!("{below}{key}"), node, &spot.below(key, node), common, told);
                }
            }
            // Nothing there is told with the settings that are missing.
            Data::Null if inside().next().is_some() => {}
            _ if inside().next().is_some() => {
                told.faults.push(spot.wrong("a map", node));
                common.refused.extend(inside().map(|rule| rule.to.clone()));
            }
            _ => {
                let mut known: Vec<&str> =
                    self.all().map(|rule| rule.path.as_str()).chain(self.keys.iter().copied()).collect();
                known.sort_unstable();
                known.dedup();
                told.unknown(spot, "setting", path, &known);
            }
        }
    }
}

impl Rule {
    fn take(&self, node: &Node, spot: &Spot, common: &mut Common, told: &mut Told<'_>) {
        if let Some(why) = &self.unused {
            told.unused(spot, why);
        }
        if self.to.is_empty() {
            return;
        }
        match form::formed(node, spot, &self.form) {
            Ok(_) if common.settings.iter().any(|given| given.name == self.to) && !is_missing(node) => {
                told.unused(spot, "another name of the same setting stands before it");
            }
            Ok(value) => common.settings.push(Given { name: self.to.clone(), value, at: spot.clone() }),
            Err(fault) => {
                told.faults.push(fault);
                common.refused.push(self.to.clone());
            }
        }
    }
}

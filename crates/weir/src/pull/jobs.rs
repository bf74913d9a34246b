//! Pullers of a configuration with their manifests: what can run, and everything that is wrong with the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use weir_collect::manifest::Stream;
use weir_collect::settings::{self, Settings};
use weir_collect::{Manifest, Service, Session, fault};
use weir_event::{Clock, Duration, Fault, FaultKind, Record, Timestamp, Value};

use super::{Manifests, secret};
use crate::config::{Common, Config, Puller, Tables};
use crate::server::SystemClock;

/// One service of a puller, ready to run.
pub struct Job {
    pub puller: Arc<str>,
    /// Name of the stream in the manifest.
    pub service: Arc<str>,
    /// `puller/service`: the source of its events.
    pub source: Arc<str>,
    pub tenant: Arc<str>,
    pub table: Arc<str>,
    /// Tables of some of its events.
    pub tables: Option<Tables>,
    pub every: Duration,
    pub inner: Service,
    /// Shared by the services of the puller: log-ins and budgets.
    pub session: Arc<Session>,
}

/// Tables of events whose puller, pack and routes name none.
const TABLE: &str = "logs";

impl Job {
    pub fn stream(&self) -> &Stream {
        self.inner.stream()
    }

    /// Certificates of the source are not checked.
    pub fn is_insecure(&self) -> bool {
        let scope = self.inner.scope(SystemClock.now());
        let says = self.inner.manifest.http.insecure.as_ref().map(|text| text.value(&scope));
        matches!(says, Some(Ok(Some(Value::Bool(true)))))
    }
}

/// The services that can run. A fault stops the services that it concerns, no others. `only` picks a puller, or one service of it.
pub fn jobs(config: &Config, only: Option<&str>, now: Timestamp) -> (Vec<Arc<Job>>, Vec<Fault>) {
    let manifests = Manifests::of(config);
    let (mut jobs, mut faults) = (Vec::new(), Vec::new());
    for puller in config.pullers.iter().filter(|puller| puller.enabled && is_meant(only, &puller.name)) {
        match manifests.shared(&puller.pack) {
            Ok(manifest) => of_puller(puller, &manifest, only, now, &mut jobs, &mut faults),
            Err(fault) => {
                let place = if fault.place().is_empty() { puller.at.to_string() } else { fault.place().to_owned() };
                faults.push(fault.at(place));
            }
        }
    }
    faults.extend(shared_lookups(&mut jobs));
    (jobs, faults)
}

/// Two services that would fill one lookup table of a tenant in turn: the first keeps it.
fn shared_lookups(jobs: &mut Vec<Arc<Job>>) -> Vec<Fault> {
    let (mut owners, mut faults) = (BTreeMap::new(), Vec::new());
    jobs.retain(|job| {
        let Some(name) = job.stream().output.lookup.as_ref().map(|rule| &rule.name) else { return true };
        let owner = owners.entry((job.tenant.clone(), name.clone())).or_insert_with(|| job.source.clone());
        if *owner == job.source {
            return true;
        }
        let says = format!("two services fill the lookup table `{name}`");
        let fault = Fault::new("COLLECT-010", FaultKind::Config, says).at(&*job.source);
        faults.push(fault.because(format!("the other is {owner}")).hint("switch one of them off"));
        false
    });
    faults
}

/// `NAME` means a whole puller, `NAME/SERVICE` one service.
fn is_meant(only: Option<&str>, puller: &str) -> bool {
    only.is_none_or(|only| only.split_once('/').map_or(only, |(name, _)| name) == puller)
}

fn of_puller(
    puller: &Puller,
    manifest: &Arc<Manifest>,
    only: Option<&str>,
    now: Timestamp,
    jobs: &mut Vec<Arc<Job>>,
    faults: &mut Vec<Fault>,
) {
    let session = Arc::new(Session::default());
    for (stream, common) in chosen(puller, manifest, faults) {
        let source = format!("{}/{}", puller.name, manifest.streams[stream].name);
        if only.is_some_and(|only| only.contains('/') && only != source) {
            continue;
        }
        match checked(puller, manifest, stream, &common, now) {
            Ok(settings) => {
                let mut inner = Service::new(manifest.clone(), stream, settings, source.clone());
                inner.reset = common.reset.clone().unwrap_or_default();
                inner.redact = common.redact.clone();
                let every = common.every.unwrap_or(Duration(inner.stream().every));
                jobs.push(Arc::new(Job {
                    puller: puller.name.clone(),
                    service: inner.stream().name.as_str().into(),
                    source: source.into(),
                    tenant: puller.tenant.clone(),
                    table: table(&common, inner.stream()),
                    tables: common.tables.clone(),
                    every,
                    inner,
                    session: session.clone(),
                }));
            }
            // Services share settings, and settings a place: a mistake is told once.
            Err(found) => found.into_iter().for_each(|fault| {
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }),
        }
    }
}

/// Where events go: as the puller says, else as its manifest does.
fn table(common: &Common, stream: &Stream) -> Arc<str> {
    let own = stream.output.table.as_deref().map(Arc::from);
    common.table.clone().or(own).unwrap_or_else(|| TABLE.into())
}

/// Indexes of the streams that are wanted, with what is said for each.
fn chosen(puller: &Puller, manifest: &Manifest, faults: &mut Vec<Fault>) -> Vec<(usize, Common)> {
    let Some(services) = &puller.services else {
        return (0..manifest.streams.len()).map(|stream| (stream, puller.common.clone())).collect();
    };
    let mut chosen = Vec::new();
    for service in services.iter().filter(|service| service.enabled) {
        match manifest.streams.iter().position(|stream| stream.name == service.name) {
            Some(stream) => chosen.push((stream, service.common.over(&puller.common))),
            None => {
                let fault = fault::stream_unknown(&service.name, &service.name, &manifest.stream_names());
                faults.push(fault.at(&service.at));
            }
        }
    }
    chosen
}

/// The settings of one service, complete and in their types.
fn checked(
    puller: &Puller,
    manifest: &Manifest,
    stream: usize,
    common: &Common,
    now: Timestamp,
) -> Result<Settings, Vec<Fault>> {
    let (mut values, mut faults) = (Record::new(), Vec::new());
    for given in &common.settings {
        match secret::resolve(&given.at.to_string(), &given.value) {
            Ok(value) => values.set(given.name.clone(), value),
            Err(fault) => {
                // Something has to stand there, or it would be called missing as well.
                values.set(given.name.clone(), given.value.clone());
                faults.push(fault);
            }
        }
    }
    match settings::check(manifest, AT, &values, now) {
        Ok(settings) if faults.is_empty() => return Ok(settings),
        Ok(_) => {}
        Err(found) => {
            let service = &manifest.streams[stream].name;
            let found = found.iter().filter_map(|fault| placed(fault, puller, service, common));
            let known: Vec<String> = faults.iter().map(|fault| fault.place().to_owned()).collect();
            faults.extend(found.filter(|fault| !known.iter().any(|place| place == fault.place())));
        }
    }
    Err(faults)
}

/// Stands for the place of settings until it is known which file they are in.
const AT: &str = "settings";

/// A complaint about a setting, with the file, the line and the words of the one who wrote it. `None` when it has been told already that
/// what is written cannot be read.
fn placed(fault: &Fault, puller: &Puller, service: &str, common: &Common) -> Option<Fault> {
    let name = fault.place().strip_prefix(AT).unwrap_or_default().trim_start_matches('.');
    let given = common.settings.iter().find(|given| given.name == name);
    if given.is_none() && common.refused.iter().any(|refused| refused == name) {
        return None;
    }
    let lacking = puller.lacks(service, name);
    let (at, help) = given.map_or((&lacking.0, lacking.1), |given| (&given.at, ""));
    let own = |text: &str| text.replace(fault.place(), &at.path);
    let placed = Fault::new(fault.id(), fault.kind(), own(fault.says())).at(at).because(own(fault.cause()));
    Some(match help {
        "" => placed.hint(own(fault.fix())),
        help => placed.hint(format!("add `{}`: {help}", at.path)),
    })
}

//! The recorded exchanges of every manifest, over real HTTP: once as they are, and once for each fault that a source may have instead of
//! each answer. Whatever happens, a record is stored once.

#[path = "recorded/book.rs"]
mod book;
#[path = "recorded/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weir_collect::manifest::{Action, Decode, Test};
use weir_collect::{Manifest, Service, Session, State, pull, settings};
use weir_drive::Http;
use weir_event::{Fault, Record};

use book::{Book, FAULTS, Kind, Trouble};
use world::Sockets;

/// Pulls after a fault until one ends well.
const PULLS_MAX: usize = 3;

#[test]
fn recorded_exchanges_work_over_sockets() {
    let (ground, mut wrong) = (Ground::new(), Vec::new());
    for (name, manifest) in manifests() {
        for test in manifest.tests.iter().filter(|test| test.error.is_none()) {
            let Some(run) = Run::of(&ground, &manifest, test) else { continue };
            let (ended, records) = run.pull(None);
            let count: usize = records.values().sum();
            if let Err(fault) = ended {
                wrong.push(format!("{name}: {}: {fault}", test.name));
            } else if count != test.emits.len() {
                wrong.push(format!("{name}: {}: {count} records, expected {}", test.name, test.emits.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn faults_of_a_source_double_and_lose_nothing() {
    let (ground, mut wrong, mut tried) = (Ground::new(), Vec::new(), 0);
    for (name, manifest) in manifests() {
        for test in manifest.tests.iter().filter(|test| test.error.is_none()) {
            let Some(run) = Run::of(&ground, &manifest, test) else { continue };
            let (Ok(()), truth) = run.pull(None) else { continue };
            for fault in FAULTS.iter().filter(|fault| run.is_fault(**fault)) {
                for at in 0..test.exchanges.len() {
                    tried += 1;
                    let says = run.after(*fault, at, &truth);
                    wrong.extend(says.map(|says| format!("{name}: {}: {fault:?} at {at}: {says}", test.name)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Texts of records, and how often each came.
type Records = BTreeMap<String, usize>;

/// What all runs share: certificates are read once.
struct Ground {
    http: Http,
    runtime: tokio::runtime::Runtime,
}

impl Ground {
    fn new() -> Ground {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Ground { http: Http::default(), runtime }
    }
}

/// One test of a manifest, ready to run.
struct Run<'t> {
    service: Service,
    test: &'t Test,
    ground: &'t Ground,
}

impl<'t> Run<'t> {
    /// `None` for tests of what only the clock-work of the engine's own runner can give: states of before.
    fn of(ground: &'t Ground, manifest: &Arc<Manifest>, test: &'t Test) -> Option<Run<'t>> {
        if test.state.is_some() || test.exchanges.iter().any(|exchange| exchange.reply.broken) {
            return None;
        }
        let given: Record<'static> = test.config.iter().cloned().collect();
        let settings = settings::check(manifest, "config", &given, test.now).ok()?;
        let stream = manifest.streams.iter().position(|stream| stream.name == test.stream)?;
        let name = format!("{}/{}", manifest.id, test.stream);
        let service = Service::new(manifest.clone(), stream, settings, name);
        Some(Run { service, test, ground })
    }

    /// One pull from nothing, with a fault or without.
    fn pull(&self, trouble: Option<Trouble>) -> (Result<(), Fault>, Records) {
        let world = Sockets::new(&self.ground.http, self.test.now, Book::open(&self.test.exchanges, trouble));
        let ended =
            self.ground.runtime.block_on(pull(&world, &self.service, &Session::default(), &mut State::default()));
        (ended.map(drop), world.into_records())
    }

    /// Not when the manifest reads it as an answer: as nothing, as something to come back for, or as a table that may end anywhere.
    fn is_fault(&self, kind: Kind) -> bool {
        let stream = self.service.stream();
        match kind {
            Kind::Status(status) => !stream.errors.iter().any(|rule| {
                rule.when.status.contains(&status)
                    && matches!(rule.action, Action::OkEmpty | Action::Skip | Action::Wait)
            }),
            Kind::HalfJson | Kind::Charset => {
                !stream.response.decode.iter().any(|decode| matches!(decode, Decode::Csv(_) | Decode::Lines))
            }
            _ => true,
        }
    }

    /// Pulls with a fault in place of the answer `at`, and again until it goes well: what is wrong with what was stored.
    fn after(&self, kind: Kind, at: usize, truth: &Records) -> Option<String> {
        let (mut state, mut stored) = (State::default(), Records::new());
        for number in 0..PULLS_MAX {
            let trouble = (number == 0).then_some(Trouble { kind, at });
            let world = Sockets::new(&self.ground.http, self.test.now, Book::open(&self.test.exchanges, trouble));
            let ended = self.ground.runtime.block_on(pull(&world, &self.service, &Session::default(), &mut state));
            for (record, count) in world.into_records() {
                *stored.entry(record).or_default() += count;
            }
            if ended.is_ok() {
                break;
            }
        }
        let doubled = stored.iter().find(|(record, count)| **count > truth.get(*record).copied().unwrap_or(1));
        let lost = truth.keys().find(|record| !stored.contains_key(*record));
        let has_key = !self.service.stream().dedup.key.is_empty();
        match (doubled, lost) {
            (Some((record, count)), _) if has_key => Some(format!("stored {count} times: {record}")),
            (_, Some(record)) => Some(format!("lost: {record}")),
            _ => None,
        }
    }
}

/// Path and manifest of every `packs/**/puller.yaml`.
fn manifests() -> Vec<(String, Arc<Manifest>)> {
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs"), &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.parent().unwrap().display().to_string();
        // A manifest that cannot be read is said by `weir test`.
        Manifest::read(&name, &text).ok().map(|manifest| (name, Arc::new(manifest)))
    };
    paths.into_iter().filter_map(read).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.file_name().is_some_and(|name| name == "puller.yaml") {
            found.push(path);
        }
    }
}

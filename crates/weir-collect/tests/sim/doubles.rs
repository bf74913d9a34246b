//! The manifests of the packs, each against the double of its vendor's API.
//!
//! `WEIR_DOUBLE=NAME` picks those whose pack or stream contains it; with `WEIR_SLOW` beside it they are run many times.

mod troubled;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use weir_collect::manifest::SettingKind;
use weir_collect::{Manifest, Service, Session, State, pull, settings};
use weir_event::{Record, Value};
use weir_testkit::double::{Kept, Service as Served, Setting, Source};
use weir_testkit::doubles;

use super::trouble::{Kind, Trouble};
use super::world::World;
use super::{MINUTE, START, keep_pulling, slow};
use troubled::Troubled;

/// From pull to pull. Every bad hour sees some, every good one too.
const EVERY: i64 = 12 * MINUTE;
const ORIGIN: &str = "https://vendor.example";

/// A stream of a pack and what it is run against.
struct Case {
    source: &'static Source,
    served: Served,
    manifest: Arc<Manifest>,
}

/// Many seeds and deaths. For those that were picked only: all of them together would take an hour.
fn thorough() -> bool {
    slow() && std::env::var_os("WEIR_DOUBLE").is_some()
}

fn cases() -> Vec<Case> {
    let wanted = std::env::var("WEIR_DOUBLE").unwrap_or_default();
    let mut cases = Vec::new();
    for source in doubles::ALL {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(source.pack).join("puller.yaml");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let manifest = Arc::new(Manifest::read("puller.yaml", &text).unwrap());
        let served =
            source.services.iter().filter(|served| format!("{}/{}", source.pack, served.stream).contains(&wanted));
        cases.extend(served.map(|served| Case { source, served: *served, manifest: manifest.clone() }));
    }
    cases
}

impl Case {
    fn name(&self) -> String {
        format!("{}/{}", self.source.pack, self.served.stream)
    }

    /// The settings of a puller as they are written.
    fn given(&self) -> Record<'static> {
        let config = self.source.config(ORIGIN, START.0 / 1_000_000);
        match weir_parse::json::to_value(&config) {
            Ok(Value::Record(given)) => given.into_owned(),
            other => panic!("{}: {other:?}", self.name()),
        }
    }

    fn service(&self, given: Record<'static>) -> Service {
        let settings = settings::check(&self.manifest, "settings", &given, START).unwrap();
        let stream = self.manifest.streams.iter().position(|have| have.name == self.served.stream);
        let stream = stream.unwrap_or_else(|| panic!("{}: no such stream", self.name()));
        Service::new(self.manifest.clone(), stream, settings, self.name())
    }

    fn world(&self, service: &Service, seed: u64, trouble: Trouble, dies_at: Option<u64>) -> World<Troubled> {
        let start = START.0 / 1_000_000;
        let double = (self.source.new)(&Setting { seed, start, asked_from: start, jobs_quicker: 1 });
        World::new(Troubled::new(double, service, self.served, seed, trouble), START, dies_at)
    }

    /// What is stored is the truth, each id once.
    #[track_caller]
    fn check(&self, seed: u64, trouble: Trouble, dies_at: Option<u64>) -> World<Troubled> {
        let service = self.service(self.given());
        let mut world = self.world(&service, seed, trouble, dies_at);
        keep_pulling(&mut world, &service, self.served.hours, EVERY);
        let at = || {
            format!("{}, {trouble:?}, seed {seed}, death at {dies_at:?}; {}", self.name(), world.vendor().refusals())
        };
        let texts = match self.served.kept {
            Kept::Table => world.table().lines().map(str::to_owned).collect(),
            Kept::Events | Kept::Samples => world.records(),
        };
        let mut stored = BTreeMap::<String, u64>::new();
        for text in &texts {
            let id = self.served.id_of(text).unwrap_or_else(|why| panic!("{}: {why}", at()));
            *stored.entry(id).or_default() += 1;
        }
        let truth: BTreeSet<String> = world.vendor().double().truth(self.served.stream).into_iter().collect();
        let is_sample = self.served.kept == Kept::Samples;
        let missing: Vec<&String> = truth.iter().filter(|id| !is_sample && !stored.contains_key(*id)).collect();
        let twice: Vec<&String> = stored.iter().filter(|(_, count)| **count > 1).map(|(id, _)| id).collect();
        let unknown: Vec<&String> = stored.keys().filter(|id| !truth.contains(*id)).collect();
        assert!(
            missing.is_empty() && twice.is_empty() && unknown.is_empty() && !stored.is_empty(),
            "{}: {} of {} stored; missing {}, twice {}, not of the truth {}",
            at(),
            stored.len(),
            truth.len(),
            some(&missing),
            some(&twice),
            some(&unknown),
        );
        world
    }
}

/// How many, and the first of them.
fn some(ids: &[&String]) -> String {
    format!("{} {:?}", ids.len(), &ids[..ids.len().min(8)])
}

#[test]
fn every_record_is_stored_once_without_trouble() {
    for case in cases() {
        let world = case.check(1, Trouble::none(), None);
        assert_eq!(world.vendor().refused(), 0, "{}: {}", case.name(), world.vendor().refusals());
    }
}

/// In all ways at once, and in one after the other; with a death somewhere, too.
#[test]
fn every_record_is_stored_once_whatever_happens() {
    for case in cases() {
        let turn = case.name().len();
        let (seeds, kinds) = if thorough() { (2..32, 1) } else { (2..3, Kind::ALL.len()) };
        for seed in seeds {
            case.check(seed, Trouble::often(), Some(seed * 13 + turn as u64));
        }
        // Each source meets another kind in an ordinary run, and all of them in a long one.
        for (number, kind) in Kind::ALL.into_iter().enumerate().skip(turn % kinds).step_by(kinds) {
            case.check(5, Trouble::of(kind), Some(20 + 7 * number as u64));
        }
    }
}

#[test]
fn every_record_is_stored_once_wherever_the_process_dies() {
    for case in cases().iter().filter(|_| thorough()) {
        let waits = case.check(3, Trouble::none(), None).waits();
        for at in (0..waits).step_by((waits / 60).max(1) as usize) {
            let trouble = if at % 2 == 0 { Trouble::none() } else { Trouble::often() };
            case.check(at, trouble, Some(at));
        }
    }
}

/// A double looks at who asks: another secret than the right one brings nothing.
#[test]
fn nothing_is_stored_with_another_secret() {
    for case in cases().into_iter().filter(|case| !case.served.is_open) {
        for setting in case.manifest.settings.iter().filter(|setting| setting.kind == SettingKind::Secret) {
            let mut given = case.given();
            if given.get(&setting.name).is_none() {
                continue;
            }
            given.set(setting.name.clone(), Value::text("another one"));
            let service = case.service(given);
            let mut world = case.world(&service, 1, Trouble::none(), None);
            world.pass(5 * 60 * MINUTE);
            let pulled = world.poll(pull(&world, &service, &Session::default(), &mut State::default()));
            let stored = (world.records().len(), world.table().len());
            assert!(stored == (0, 0), "{} with another {}: {stored:?} stored, {pulled:?}", case.name(), setting.name);
        }
    }
}

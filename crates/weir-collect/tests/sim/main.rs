//! Pulling in simulated time: a source that knows what should have arrived, and a process that may die at every wait.

mod doubles;
mod speed;
mod trouble;
mod vendor;
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use weir_collect::{Manifest, Service, Session, State, pull, set_up, settings};
use weir_event::{Record, Timestamp, Value};

use trouble::{Kind, Trouble};
use vendor::Vendor;
use world::{Answers, Died, World};

/// The ways in which sources are asked, over one vendor.
static MANIFEST: LazyLock<Arc<Manifest>> =
    LazyLock::new(|| Arc::new(Manifest::read("vendor.yaml", include_str!("vendor.yaml")).unwrap()));
const STREAMS: [&str; 21] = [
    "window",
    "high_water",
    "sequence",
    "opaque",
    "offset",
    "numbered",
    "coarse",
    "composite",
    "descending",
    "walk_back",
    "checkpoint",
    "scroll",
    "job",
    "detail",
    "halves",
    "windows",
    "once",
    "members",
    "archive",
    "graphql",
    "xml",
];
const START: Timestamp = Timestamp(1_767_225_600_000_000_000);
const MINUTE: i64 = 60_000_000_000;

fn service(stream: &str) -> Service {
    let manifest = MANIFEST.clone();
    let given: Record<'static> = [("start_time", Value::text("2026-01-01T00:00:00Z"))].into_iter().collect();
    let settings = settings::check(&manifest, "test", &given, Timestamp(START.0 + 600 * MINUTE)).unwrap();
    let stream = manifest.streams.iter().position(|have| have.name == stream).unwrap();
    Service::new(manifest, stream, settings, "vendor/test".to_owned())
}

/// Long runs are for the gate.
fn slow() -> bool {
    std::env::var_os("WEIR_SLOW").is_some()
}

/// Pulls until nothing can be late any more; the process dies at wait `dies_at` once, and is started again.
fn run(stream: &str, seed: u64, trouble: Trouble, dies_at: Option<u64>) -> World<Vendor> {
    let mut world = World::new(Vendor::new(seed, trouble), START, dies_at);
    keep_pulling(&mut world, &service(stream), 6, 7 * MINUTE);
    world
}

/// Pulls every so often for some hours. A process that has died is started again.
fn keep_pulling<S: Answers>(world: &mut World<S>, service: &Service, hours: i64, every: i64) {
    let (mut session, mut state, mut pulls) = (Session::default(), State::default(), 0);
    while world.now().0 < START.0 + hours * 60 * MINUTE {
        match world.poll(pull(world, service, &session, &mut state)) {
            // A process that begins knows what was written, and nothing else.
            Err(Died) => (session, state) = (Session::default(), world.state()),
            Ok(Ok(pulled)) if pulled.more => {}
            Ok(_) => world.pass(every),
        }
        pulls += 1;
        assert!(pulls < 5_000, "{}: the pulls do not come to an end", service.name);
    }
    let mut written = world.state();
    written.forget(world.now());
    state.forget(world.now());
    // Requests that no budget counts any more are forgotten when a pull begins.
    for (budget, counted) in &state.sent {
        let first = counted.keys().next().copied().unwrap_or(START);
        written.sent.entry(budget.clone()).and_modify(|times| *times = times.split_off(&first));
    }
    assert_eq!(State { written: 0, ..state }, State { written: 0, ..written }, "{}", service.name);
}

/// Stored identities are those of the source, each once.
#[track_caller]
fn check(stream: &str, seed: u64, trouble: Trouble, dies_at: Option<u64>) -> World<Vendor> {
    let world = run(stream, seed, trouble, dies_at);
    let mut stored = BTreeMap::<i64, u64>::new();
    world.stored().into_iter().for_each(|id| *stored.entry(id).or_default() += 1);
    let missing: Vec<i64> = world.vendor().ids().filter(|id| !stored.contains_key(id)).collect();
    let twice: Vec<i64> = stored.iter().filter(|(_, count)| **count > 1).map(|(id, _)| *id).collect();
    assert!(
        missing.is_empty() && twice.is_empty(),
        "{stream}, {trouble:?}, seed {seed}, death at {dies_at:?}: missing {missing:?}, twice {twice:?}"
    );
    if stream == "members" {
        let rows = world.table().lines().count();
        assert_eq!(rows, stored.len(), "{trouble:?}, seed {seed}, death at {dies_at:?}: rows of the lookup table");
    }
    world
}

#[test]
fn every_record_is_stored_once_without_trouble() {
    for stream in STREAMS {
        check(stream, 1, Trouble::none(), None);
    }
}

#[test]
fn every_record_is_stored_once_whatever_the_source_answers() {
    for stream in STREAMS {
        for seed in 1..=if slow() { 30 } else { 2 } {
            check(stream, seed, Trouble::often(), None);
        }
    }
}

#[test]
fn every_record_is_stored_once_wherever_the_process_dies() {
    for stream in STREAMS {
        let waits = check(stream, 3, Trouble::none(), None).waits();
        for at in (0..waits).step_by(if slow() { 1 } else { waits as usize / 4 }) {
            check(stream, 3, Trouble::none(), Some(at));
        }
        for at in (0..waits).step_by(if slow() { 5 } else { waits as usize / 4 }) {
            check(stream, at, Trouble::often(), Some(at));
        }
    }
}

/// Each way of asking beside each way of misbehaving, with a death in the middle; the gate tries deaths in each part of the run.
#[test]
fn every_record_is_stored_once_for_each_kind_of_trouble() {
    for stream in STREAMS {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            // Other steps for each kind, so that all of them together meet every part.
            let world = check(stream, 5, Trouble::of(kind), Some(20 + 7 * number as u64));
            assert_eq!(world.vendor().misbehaved() > 0, is_possible(stream, kind), "{stream} {kind:?}");
            let step = if slow() { (world.waits() as usize / 12).max(1) } else { usize::MAX };
            for at in (number..world.waits() as usize).step_by(step).skip(1) {
                check(stream, 5, Trouble::of(kind), Some(at as u64));
            }
        }
    }
}

/// A source that names a wait is asked again when it is over, not before, whatever the status; one answer at least without delay.
#[test]
fn a_source_that_asks_to_wait_is_left_alone() {
    let kinds = [Kind::WaitSeconds429, Kind::WaitDate429, Kind::Failed500, Kind::Unavailable503, Kind::GatewayLate504];
    for stream in STREAMS {
        for kind in kinds {
            let returns = check(stream, 7, Trouble::of(kind), None).vendor().returns();
            let early: Vec<&i64> = returns.iter().filter(|after| **after < 0).collect();
            assert!(early.is_empty(), "{stream} {kind:?}: asked again too early (ns): {early:?}");
            assert!(returns.iter().any(|after| *after < 100_000_000), "{stream} {kind:?}: {returns:?}");
        }
    }
}

/// A list without pages has no next one; only one way of asking keeps something open at the source.
fn is_possible(stream: &str, kind: Kind) -> bool {
    match kind {
        Kind::SameForEver => !matches!(stream, "job" | "halves" | "once" | "archive"),
        Kind::LostContext409 => stream == "high_water",
        _ => true,
    }
}

#[test]
fn a_snapshot_tells_what_is_new_changed_and_gone() {
    let service = service("snapshot");
    let world = World::new(Vendor::new(1, Trouble::none()), START, None);
    let mut told = Vec::new();
    for list in [
        r#"[{"id":1,"v":1},{"id":2,"v":1}]"#,
        r#"[{"id":1,"v":2},{"id":2,"v":1},{"id":3,"v":1}]"#,
        r#"[{"id":3,"v":1}]"#,
    ] {
        world.vendor().list(list);
        let mut state = world.state();
        let pulled =
            world.poll(pull(&world, &service, &Session::default(), &mut state)).unwrap_or_else(|_| unreachable!());
        told.push(pulled.unwrap().generated);
    }
    assert_eq!(told, [0, 2, 2]);
    assert_eq!(world.table(), "{\"id\":3,\"v\":1}\n");
}

/// A list of which the source leaves half out is not believed, neither in events nor as a table.
#[test]
fn a_list_that_shrank_too_much_replaces_no_table() {
    let service = service("snapshot");
    let world = World::new(Vendor::new(1, Trouble::none()), START, None);
    let pull = |list: &str| {
        world.vendor().list(list);
        let mut state = world.state();
        let pulled = world.poll(pull(&world, &service, &Session::default(), &mut state));
        pulled.unwrap_or_else(|_| unreachable!()).map(drop).map_err(|fault| fault.id())
    };
    assert_eq!(pull(r#"[{"id":1},{"id":2},{"id":3},{"id":4}]"#), Ok(()));
    let before = world.table();
    assert_eq!(pull(r#"[{"id":1}]"#), Err("COLLECT-601"));
    assert_eq!((world.table(), before.lines().count()), (before, 4));
}

#[test]
fn one_log_in_serves_until_it_is_old() {
    let world = run("window", 1, Trouble::none(), None);
    // Pulls every seven minutes for six hours; a log-in of an hour is renewed by the first one after four fifths of it.
    assert_eq!(world.vendor().log_ins(), 8);
}

#[test]
fn a_changed_start_begins_anew_and_tells_so() {
    let mut service = service("window");
    let world = World::new(Vendor::new(1, Trouble::none()), Timestamp(START.0 + 60 * MINUTE), None);
    let pull = |service: &Service| {
        let mut state = world.state();
        world.poll(pull(&world, service, &Session::default(), &mut state)).unwrap_or_else(|_| unreachable!()).unwrap()
    };
    let first = pull(&service).generated;
    service.settings.given.set("start_time", Value::text("2026-01-01T00:00:00.000Z"));
    assert!(first > 0);
    assert_eq!(pull(&service).generated, first);
    assert!(world.told("it starts over"));
}

/// Thirty days of hourly windows at a source that takes 50 ms for an answer.
#[test]
fn windows_asked_for_at_once_take_their_share_of_the_time() {
    let service = service("catch_up");
    let now = Timestamp(START.0 + 30 * 24 * 60 * MINUTE);
    let world = World::new(Vendor::new(1, Trouble::none()), now, None);
    let (session, mut state) = (Session::default(), State::default());
    loop {
        let pulled = world.poll(pull(&world, &service, &session, &mut state)).unwrap_or_else(|_| unreachable!());
        if !pulled.unwrap().more {
            break;
        }
    }
    assert_eq!(world.stored().len(), 120);
    let took_ms = (world.now().0 - now.0) / 1_000_000;
    // 720 windows, eight at once: 4.5 s, and a little where one of them has a second page.
    assert!((4_400..5_500).contains(&took_ms), "{took_ms} ms");
}

/// What a pull says that it sent is what the source was asked, log-ins and tries included.
#[test]
fn requests_are_counted_as_they_are_sent() {
    for (stream, kind) in [("window", Kind::Unavailable503), ("detail", Kind::OtherForm), ("numbered", Kind::Hangs)] {
        let service = service(stream);
        let mut world = World::new(Vendor::new(2, Trouble::of(kind)), Timestamp(START.0 + 20 * MINUTE), None);
        let (session, mut state) = (Session::default(), State::default());
        // A log-in before the trouble is no part of a pull.
        world.poll(set_up(&world, &service, &session)).unwrap_or_else(|_| unreachable!()).unwrap();
        let log_in = world.vendor().asked();
        let (mut requests, mut retries) = (0, 0);
        for _ in 0..12 {
            let pulled = world.poll(pull(&world, &service, &session, &mut state));
            let pulled = pulled.unwrap_or_else(|_| unreachable!()).unwrap();
            (requests, retries) = (requests + pulled.requests, retries + pulled.retries);
            world.pass(MINUTE);
        }
        let (asked, misbehaved) = (world.vendor().asked() - log_in, world.vendor().misbehaved());
        assert_eq!((requests, retries), (asked, misbehaved), "{stream} {kind:?}");
        assert!(retries > 0, "{stream} {kind:?}: nothing was sent again");
    }
}

/// The product runs pulls as tasks that move between threads.
#[test]
fn a_pull_can_move_between_threads() {
    fn moves<T: Send>(_: &T) {}
    let service = service("window");
    let world = World::new(Vendor::new(1, Trouble::none()), START, None);
    let (session, mut state) = (Session::default(), State::default());
    moves(&pull(&world, &service, &session, &mut state));
}

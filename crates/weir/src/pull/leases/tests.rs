use std::fs;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use tempfile::TempDir;

use super::*;

/// A folder that servers share, and the time they all live through.
struct Shared {
    folder: TempDir,
    start: Instant,
    passed: Arc<AtomicU64>,
}

const LAPSE: u64 = 30;

impl Shared {
    fn new() -> Shared {
        Shared { folder: tempfile::tempdir().unwrap(), start: Instant::now(), passed: Arc::default() }
    }

    fn terms(&self, node: &str) -> Terms {
        let (start, passed) = (self.start, self.passed.clone());
        Terms {
            folder: self.folder.path().to_owned(),
            node: node.into(),
            home: format!("home of {node}").into(),
            lapse: Duration::from_secs(LAPSE),
            ticks: Arc::new(move || start + Duration::from_secs(passed.load(SeqCst))),
        }
    }

    fn claim(&self, node: &str) -> Claim {
        Claim::new(&self.terms(node), "t", "hq/alarms")
    }

    fn pass(&self, seconds: u64) {
        self.passed.fetch_add(seconds, SeqCst);
    }
}

/// Takes the lease, as a service does: what it goes on from is written whole.
#[track_caller]
fn take(claim: &Claim, state: &str) -> Option<Vec<String>> {
    let Turn::Taken(remembered) = claim.turn().unwrap() else { panic!("the lease cannot be had") };
    claim.tell(state, true).unwrap();
    claim.rest();
    remembered
}

fn elsewhere(node: &str) -> Turn {
    Turn::Elsewhere(node.to_owned())
}

fn texts(texts: &[&str]) -> Option<Vec<String>> {
    Some(texts.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn one_of_all_holds_and_the_next_goes_on_where_it_stood() {
    let shared = Shared::new();
    let (a, b) = (shared.claim("a"), shared.claim("b"));
    assert_eq!(take(&a, "whole"), None);
    a.check().unwrap();
    a.tell("more", false).unwrap();
    assert_eq!(b.turn().unwrap(), elsewhere("a"));
    assert_eq!(b.check().unwrap_err().id(), ELSEWHERE);
    assert_eq!(a.turn().unwrap(), Turn::Kept);
    assert!(!a.give_back_idle(), "a pull is under way");
    a.rest();
    assert!(a.give_back_idle());
    assert_eq!(a.check().unwrap_err().id(), ELSEWHERE);
    assert_eq!(take(&b, "all"), texts(&["whole", "more"]));
    assert_eq!(a.turn().unwrap(), elsewhere("b"));
}

#[test]
fn a_holder_that_lives_is_believed_by_its_count_alone() {
    let shared = Shared::new();
    let (a, b) = (shared.claim("a"), shared.claim("b"));
    take(&a, "");
    for _ in 0..10 {
        shared.pass(LAPSE - 10);
        a.renew().unwrap();
        assert_eq!(b.turn().unwrap(), elsewhere("a"));
        a.check().unwrap();
    }
}

#[test]
fn a_silent_holder_loses_and_stores_nothing_when_it_wakes() {
    let shared = Shared::new();
    let (a, b) = (shared.claim("a"), shared.claim("b"));
    take(&a, "1");
    assert_eq!(b.turn().unwrap(), elsewhere("a"));
    shared.pass(LAPSE - 1);
    assert_eq!(b.turn().unwrap(), elsewhere("a"));
    assert_eq!(a.check().unwrap_err().id(), ELSEWHERE, "it may be overtaken any moment");
    shared.pass(1);
    assert_eq!(take(&b, "2"), texts(&["1"]));
    a.renew().unwrap();
    assert_eq!(a.check().unwrap_err().id(), ELSEWHERE);
    assert_eq!(a.tell("late", false).unwrap_err().id(), ELSEWHERE);
    b.check().unwrap();
    b.give_back();
    assert_eq!(take(&a, ""), texts(&["2"]));
}

#[test]
fn who_was_overtaken_unaware_writes_where_nobody_reads() {
    let shared = Shared::new();
    let (a, b) = (shared.claim("a"), shared.claim("b"));
    take(&a, "1");
    a.turn().unwrap();
    // Checked, and then asleep until somebody else holds.
    a.check().unwrap();
    assert_eq!(b.turn().unwrap(), elsewhere("a"));
    shared.pass(LAPSE);
    take(&b, "2");
    assert_eq!(a.tell("late", false).unwrap_err().id(), "COLLECT-504");
    b.give_back();
    assert_eq!(take(&shared.claim("c"), ""), texts(&["2"]));
}

#[test]
fn a_server_that_comes_back_goes_on_at_once_from_its_own_memory() {
    let shared = Shared::new();
    take(&shared.claim("a"), "1");
    assert_eq!(take(&shared.claim("a"), "1"), None, "what it stored last may not have been told");
    // It died before it had told what it took over.
    let b = shared.claim("b");
    assert_eq!(b.turn().unwrap(), elsewhere("a"));
    shared.pass(LAPSE);
    assert_eq!(b.turn().unwrap(), Turn::Taken(texts(&["1"])));
    assert_eq!(shared.claim("b").turn().unwrap(), Turn::Taken(texts(&["1"])));
}

#[test]
fn what_could_not_be_told_is_told_before_more_is_stored() {
    let shared = Shared::new();
    let a = shared.claim("a");
    take(&a, "1");
    assert_eq!(a.turn().unwrap(), Turn::Kept);
    let state = shared.folder.path().join("leases/t/hq/alarms/00000000000000000001.state");
    fs::remove_file(&state).unwrap();
    assert_eq!(a.tell("more", false).unwrap_err().id(), "COLLECT-504");
    fs::write(&state, "1\n").unwrap();
    assert_eq!(a.check().unwrap_err().id(), ELSEWHERE);
    assert_eq!(take(&a, "1 and more"), None, "it knows best");
    a.check().unwrap();
    a.give_back();
    assert_eq!(take(&shared.claim("b"), ""), texts(&["1 and more"]));
}

#[test]
fn a_line_that_was_not_written_to_its_end_does_not_count() {
    let shared = Shared::new();
    let a = shared.claim("a");
    take(&a, "whole");
    a.tell("more", false).unwrap();
    let path = shared.folder.path().join("leases/t/hq/alarms/00000000000000000001.state");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}half of a li")).unwrap();
    a.give_back();
    assert_eq!(take(&shared.claim("b"), ""), texts(&["whole", "more"]));
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let shared = Shared::new();
    let claim = shared.claim("a");
    let folder = shared.folder.path().to_owned();
    drop(shared.folder);
    assert_eq!(claim.turn().unwrap_err().id(), "COLLECT-504");
    assert!(!folder.exists());
}

#[test]
fn servers_agree_on_who_should_pull_what_and_little_moves() {
    let shared = Shared::new();
    let names = ["a", "b", "c"];
    let mut nodes: Vec<Nodes> = names.iter().map(|name| Nodes::new(&shared.terms(name))).collect();
    let pullers: Vec<String> = (0..60).map(|number| format!("puller {number}")).collect();
    let show = |nodes: &mut [Nodes]| {
        // Twice, because the first did not see the last.
        for _ in 0..2 {
            nodes.iter_mut().for_each(|node| node.show(shared.terms("").now()).unwrap());
        }
    };
    let owners = |nodes: &[Nodes]| -> Vec<usize> {
        let owner = |puller: &String| {
            let own: Vec<usize> = (0..nodes.len()).filter(|&at| nodes[at].rather(puller).is_none()).collect();
            assert_eq!(own.len(), 1, "{puller}: exactly one should");
            own[0]
        };
        pullers.iter().map(owner).collect()
    };
    show(&mut nodes);
    let three = owners(&nodes);
    assert!((0..3).all(|at| three.iter().filter(|owner| **owner == at).count() >= 8), "{three:?}");
    nodes.pop().unwrap().leave();
    show(&mut nodes);
    let two = owners(&nodes);
    assert!(three.iter().zip(&two).all(|(before, now)| *before == 2 || before == now), "only its share moves");
    // One that shows itself no more is gone as well, a while after its last sign of life was seen.
    nodes.pop();
    show(&mut nodes);
    shared.pass(LAPSE);
    show(&mut nodes);
    assert!(owners(&nodes).iter().all(|owner| *owner == 0));
}

//! Two servers share the service of a puller: whatever happens to one of them, every record is stored, and one at a time pulls.

use std::collections::HashMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use weir_testkit::HttpDouble;

use super::numbers;
use super::process::{Home, Weir};
use super::until::until;

/// Numbers up to `last`.
fn source(last: &Arc<AtomicU64>) -> HttpDouble {
    let last = last.clone();
    HttpDouble::start(move |asked| numbers::answer(asked, last.load(SeqCst))).unwrap()
}

/// A server called `node` that shares what is in `folder`.
fn home(node: &str, folder: &Home, url: &str) -> Home {
    let leases = format!("leases: {{ folder: '{}', node: {node}, lapse: 2s }}\n", folder.path().display());
    let home = Home::with_config(&leases);
    home.write("packs/acme/double/puller.yaml", &numbers::manifest("", "{kind: none}"));
    home.write(
        "pullers.yaml",
        &format!("pullers:\n  - {{ name: hq, pack: acme/double, settings: {{ base_url: '{url}' }} }}\n"),
    );
    home
}

fn doing(weir: &mut Weir) -> String {
    weir.get("/v1/pullers").json()["pullers"][0]["doing"].as_str().unwrap_or_default().to_owned()
}

fn stored(weir: &mut Weir) -> Vec<u64> {
    weir.query("fetch logs | fields n").iter().map(|row| row["n"].as_u64().unwrap()).collect()
}

/// Waits until both together have every number, each once.
#[track_caller]
fn all_once(servers: [&mut Weir; 2], last: u64) {
    let mut found = Vec::new();
    let [a, b] = servers;
    until(&format!("{last} numbers"), || {
        found = [stored(a), stored(b)].concat();
        (found.len() as u64 >= last).then_some(())
    });
    let mut times: HashMap<u64, u32> = HashMap::new();
    found.iter().for_each(|n| *times.entry(*n).or_default() += 1);
    assert_eq!((times.len() as u64, found.len() as u64), (last, last), "each once");
}

fn signal(weir: &Weir, name: &str) {
    let told = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", weir.pid())).status().unwrap();
    assert!(told.success());
}

#[test]
fn two_servers_share_a_service_and_store_every_record_once() {
    let last = Arc::new(AtomicU64::new(100));
    let (double, folder) = (source(&last), Home::new());
    let homes = ["a", "b"].map(|node| home(node, &folder, &double.url()));
    let [mut one, mut other] = homes.each_ref().map(Home::start);
    let grow = || last.fetch_add(100, SeqCst) + 100;

    all_once([&mut one, &mut other], 100);
    until("one that leaves it to the other", || {
        let both = [doing(&mut one), doing(&mut other)];
        (both.iter().filter(|doing| *doing == "elsewhere").count() == 1).then_some(())
    });
    let one_holds = doing(&mut other) == "elsewhere";
    if !one_holds {
        std::mem::swap(&mut one, &mut other);
    }

    // Metrics say who holds it.
    let held = |weir: &mut Weir| {
        weir.get("/metrics").text().lines().any(|line| line.starts_with("weir_pull_here{") && line.ends_with(" 1"))
    };
    assert_eq!((held(&mut one), held(&mut other)), (true, false));

    // The holder stands still: the other goes on, and the first stores nothing more when it wakes.
    let answer = other.post("/v1/pullers/reset/hq", "application/json", "");
    assert_eq!((answer.status, answer.json()["error"]["id"].as_str()), (409, Some("COLLECT-503")), "{}", answer.text());
    signal(&one, "STOP");
    let now = grow();
    until("the other to go on", || stored(&mut other).contains(&now).then_some(()));
    signal(&one, "CONT");
    all_once([&mut one, &mut other], now);
    until("the first to leave it to the other or to have it again", || {
        let both = [doing(&mut one), doing(&mut other)];
        (both.iter().filter(|doing| *doing == "elsewhere").count() == 1).then_some(())
    });

    // Whoever holds it now stops: the lease is given back, and the other has all that is new.
    let now = grow();
    all_once([&mut one, &mut other], now);
    if doing(&mut one) != "elsewhere" {
        std::mem::swap(&mut one, &mut other);
    }
    assert!(other.stop().success());
    let kept = stored(&mut one).len() as u64;
    let now = grow();
    until("everything new", || (stored(&mut one).len() as u64 >= kept + 100).then_some(()));
    assert!(stored(&mut one).contains(&now));
    assert!(one.stop().success());
    homes.iter().for_each(Home::assert_well);
}

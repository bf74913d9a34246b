//! kill -9 at any moment: what was acknowledged is there afterwards, once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use weir_testkit::Random;

use super::loader::{Counters, Sent, post_until_broken, stream_until_broken};
use super::process::{Home, Weir};
use super::until::until;

/// Kills under load. A few more come while the process is still starting.
const KILLS: u64 = 50;
/// Every so many rounds the process is also killed in the middle of its start.
const START_KILL_EVERY: u64 = 5;
/// Connections that post at the same time.
const SENDERS: u64 = 2;
/// The latest kill, in acknowledged requests of the round.
const REQUESTS_MAX: usize = 60;
/// Small and often, so that kills fall into the sealing of segments too.
const CONFIG: &str = "limits: { seal_bytes: 128Ki, seal_age: 100ms }\n";

/// A seed of the environment, or of the time; said, so that a failure can be tried again.
fn seed() -> u64 {
    let told = std::env::var("WEIR_SEED").ok().and_then(|text| text.parse().ok());
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = told.unwrap_or_else(now);
    eprintln!("WEIR_SEED={seed}");
    seed
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_kills() {
    let mut random = Random::new(seed());
    let home = Home::with_config(CONFIG);
    let counters = Arc::new(Counters::default());
    let mut sent = Vec::new();
    for round in 0..KILLS {
        if round % START_KILL_EVERY == START_KILL_EVERY - 1 {
            kill_while_starting(&home, &mut random);
        }
        sent.extend(kill_under_load(&home, &counters, &mut random, round % 2 == 1));
    }
    let acknowledged: usize = sent.iter().filter(|sent| sent.acknowledged).map(|sent| sent.ids.clone().count()).sum();
    assert!(acknowledged as u64 > KILLS, "the kills came under load: {acknowledged} records were acknowledged");

    let mut weir = home.start();
    check_posted(&mut weir, &sent);
    check_streamed(&mut weir);
    let count = weir.query(COUNTS);
    assert!(weir.stop().success());
    home.assert_well();
    let mut weir = home.start();
    assert_eq!(weir.query(COUNTS), count, "a clean stop and start changes nothing");
    eprintln!("{acknowledged} records acknowledged over {KILLS} kills under load; {count:?}");
}

const COUNTS: &str = "fetch logs | summarize events = count(), by: { weir.source } | sort weir.source";

/// Starts, loads, and kills after a random number of acknowledgements.
fn kill_under_load(home: &Home, counters: &Arc<Counters>, random: &mut Random, with_syslog: bool) -> Vec<Sent> {
    let weir = home.start();
    let target = counters.acknowledged.load(SeqCst) + 1 + random.below(REQUESTS_MAX) as u64;
    let senders: Vec<_> = (0..SENDERS).map(|_| post_until_broken(&weir, counters, random.number())).collect();
    let stream = with_syslog.then(|| stream_until_broken(&weir, counters));
    until("acknowledgements", || {
        assert!(!senders.iter().all(|sender| sender.is_finished()), "weir died by itself:\n{}", weir.words());
        (counters.acknowledged.load(SeqCst) >= target).then_some(())
    });
    weir.kill();
    let sent = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
    if let Some(stream) = stream {
        stream.join().unwrap();
    }
    sent
}

/// Kills some milliseconds after the start, while the log is read back and segments are written.
fn kill_while_starting(home: &Home, random: &mut Random) {
    let mut child = home.spawn("run");
    std::thread::sleep(Duration::from_millis(random.below(400) as u64));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Every acknowledged id is there once; every other at most once; a request is stored whole or not at all.
#[track_caller]
fn check_posted(weir: &mut Weir, sent: &[Sent]) {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    for row in weir.query("fetch logs | filter weir.source == \"load\" | fields n") {
        *seen.entry(row["n"].as_u64().unwrap_or_else(|| panic!("no id in {row}"))).or_default() += 1;
    }
    let doubled: Vec<_> = seen.iter().filter(|(_, count)| **count > 1).collect();
    assert!(doubled.is_empty(), "{} ids are stored more than once: {doubled:?}", doubled.len());
    for request in sent {
        let stored = request.ids.clone().filter(|id| seen.contains_key(id)).count();
        let whole = request.ids.clone().count();
        if request.acknowledged {
            assert_eq!(stored, whole, "lost: {} of the acknowledged ids {:?}", whole - stored, request.ids);
        } else {
            assert!(stored == 0 || stored == whole, "stored in part: {stored} of {:?}", request.ids);
        }
    }
    let sent: usize = sent.iter().map(|sent| sent.ids.clone().count()).sum();
    assert!(seen.len() <= sent, "{} ids are stored, {sent} were sent", seen.len());
    let counts =
        "fetch logs | filter weir.source == \"load\" | summarize events = count(), ids = countDistinctExact(n)";
    assert_eq!(weir.query(counts), [json!({"events": seen.len(), "ids": seen.len()})]);
}

/// Lines over syslog are not acknowledged: each is there at most once, and whole.
#[track_caller]
fn check_streamed(weir: &mut Weir) {
    let rows = weir.query("fetch logs | filter weir.source == \"syslog\" | fields content");
    let id = |row: &Value| {
        let content = row["content"].as_str().unwrap_or_default().to_owned();
        content.split_once("line id=").and_then(|(_, rest)| rest.strip_suffix('.')?.parse::<u64>().ok())
    };
    let mut ids: Vec<u64> = rows.iter().filter_map(id).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "lines are stored twice");
    assert!(all > 0, "some lines got through before a kill");
}

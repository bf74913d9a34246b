use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;

use weir_event::{Chunk, Cursor, CursorChange, Disk, Timestamp};
use weir_testkit::{Failure, FaultyDisk, Random, SimDisk};

use super::{Log, LogOptions, Logged, chunk};

pub const FOLDER: &str = "/log";

pub fn options() -> LogOptions {
    LogOptions { file_bytes: 2_000, reserve_bytes: 0, ..LogOptions::default() }
}

/// A chunk that tells its number.
pub fn numbered(number: u64) -> Chunk {
    let bytes = format!("event {number} of a source\nwith two records {}", "x".repeat(number as usize % 700));
    Chunk {
        tenant: "acme".into(),
        source: "test".into(),
        table: "logs".into(),
        received_at: Timestamp(number as i64),
        peer: Some("192.0.2.1".parse().unwrap()),
        config: 3,
        cursor: cursor(number),
        pull: number.is_multiple_of(3).then(|| "1656421259.276966".into()),
        ends: vec![10, bytes.len() as u32],
        bytes: Arc::from(bytes.into_bytes()),
    }
}

fn cursor(number: u64) -> Option<Cursor> {
    let change = match number % 4 {
        0 => CursorChange::Whole(b"page"[..].into()),
        1 => CursorChange::Adds(b"mark"[..].into()),
        2 => CursorChange::Reset,
        _ => return None,
    };
    Some(Cursor { name: "alerts".into(), change })
}

pub fn open(disk: &Arc<dyn Disk>) -> Log {
    Log::open(disk.clone(), Path::new(FOLDER), options()).unwrap().0
}

/// Submits one chunk and waits for its acknowledgement.
pub fn write(log: &Log, number: u64) -> Option<u64> {
    let (tell, told) = mpsc::channel();
    log.submit(numbered(number), Box::new(move |acked| tell.send(acked).unwrap())).unwrap();
    let position = told.recv().unwrap().ok()?;
    let taken = log.take(|_| {}).unwrap();
    assert_eq!((taken.position, &*taken.chunk), (position, &numbered(number)));
    Some(position)
}

fn replay(log: &Log) -> Vec<Logged> {
    log.replay_from(0).collect()
}

/// Everything acknowledged is there, once, under its position; what else is there was submitted.
#[track_caller]
fn check(acked: &BTreeMap<u64, u64>, found: &[Logged], what: &str) {
    assert!(found.is_sorted_by(|a, b| a.position < b.position), "{what}");
    for (position, number) in acked {
        let at = found.iter().filter(|logged| logged.position == *position).collect::<Vec<_>>();
        assert_eq!(at.len(), 1, "{what}: position {position}");
        assert_eq!(*at[0].chunk, numbered(*number), "{what}: position {position}");
    }
}

#[test]
fn a_chunk_is_the_same_after_its_bytes() {
    for number in 0..4 {
        let mut bytes = Vec::new();
        chunk::encode(&numbered(number), &mut bytes);
        assert!(bytes.len() <= chunk::encoded_bytes(&numbered(number)));
        assert_eq!(chunk::decode(&bytes), Some(numbered(number)));
        for end in 0..bytes.len() {
            assert_eq!(chunk::decode(&bytes[..end]), None);
        }
    }
}

/// Logs of earlier versions: a cursor had no name and was always whole.
#[test]
fn a_chunk_of_the_first_layout_is_read() {
    let mut chunk = numbered(0);
    chunk.cursor = Some(Cursor::whole(&b"page"[..]));
    chunk.pull = None;
    let mut bytes = Vec::new();
    chunk::encode(&chunk, &mut bytes);
    let names = chunk.tenant.len() + chunk.source.len() + chunk.table.len();
    let name_of_cursor = 1 + 3 * 4 + names + 8 + 8 + 5 + 1;
    // The pull's length comes after the cursor's name and part.
    bytes.drain(name_of_cursor + 4 + 4 + 4..name_of_cursor + 4 + 4 + 4 + 4);
    bytes.drain(name_of_cursor..name_of_cursor + 4);
    bytes[0] = 1;
    assert_eq!(chunk::decode(&bytes), Some(chunk));
    bytes[0] = 3;
    assert_eq!(chunk::decode(&bytes), None);
}

#[test]
fn chunks_come_back_in_order_over_many_files_and_openings() {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    let mut acked = BTreeMap::new();
    for round in 0..5 {
        let log = open(&disk);
        check(&acked, &replay(&log), "reopened");
        for number in round * 10..round * 10 + 10 {
            acked.insert(write(&log, number).unwrap(), number);
        }
    }
    assert_eq!(acked.keys().copied().collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    let log = open(&disk);
    let files = disk.list(Path::new(FOLDER)).unwrap().len();
    log.trim(25);
    assert!(disk.list(Path::new(FOLDER)).unwrap().len() < files);
    let left: Vec<u64> = log.replay_from(26).map(|logged| logged.position).collect();
    assert_eq!(left, (26..=50).collect::<Vec<_>>());
    log.trim(50);
    assert_eq!(write(&log, 51), Some(51));
}

/// Cuts the power at every call that changes the disk, in several ways each.
#[test]
fn a_power_cut_at_any_call_loses_nothing_acknowledged() {
    let mut calls = 0;
    loop {
        let sim = SimDisk::new();
        let mut acked = BTreeMap::new();
        let faulty = FaultyDisk::dead_from(Arc::new(sim.clone()), calls);
        let disk: Arc<dyn Disk> = Arc::new(faulty.clone());
        for round in 0..3 {
            let Ok((log, _)) = Log::open(disk.clone(), Path::new(FOLDER), options()) else { break };
            for number in round * 6..round * 6 + 6 {
                acked.extend(write(&log, number).map(|position| (position, number)));
            }
        }
        for seed in 0..8 {
            let after: Arc<dyn Disk> = Arc::new(sim.power_cut(seed));
            let log = open(&after);
            check(&acked, &replay(&log), &format!("call {calls}, seed {seed}"));
            let more = write(&log, 99).unwrap();
            assert!(acked.keys().all(|position| *position < more));
            drop(log);
            acked.insert(more, 99);
            check(&acked, &replay(&open(&after)), &format!("call {calls}, seed {seed}, again"));
            acked.remove(&more);
        }
        if faulty.calls() <= calls {
            break;
        }
        calls += 1;
    }
    assert!(calls > 40, "{calls}");
}

/// One call fails, everything after works: what failed is refused, the rest goes on.
#[test]
fn a_failing_call_refuses_its_group_and_nothing_else() {
    for failure in [Failure::Broken, Failure::Full] {
        for failing in 0..40 {
            let sim = SimDisk::new();
            let disk: Arc<dyn Disk> = Arc::new(FaultyDisk::new(Arc::new(sim.clone()), failing..failing + 1, failure));
            let mut acked = BTreeMap::new();
            let log = open(&disk);
            for number in 0..12 {
                acked.extend(write(&log, number).map(|position| (position, number)));
            }
            assert!(acked.len() >= 11, "{failing}");
            drop(log);
            for disk in [Arc::new(sim.clone()), Arc::new(sim.power_cut(failing))] {
                let found = replay(&open(&(disk as Arc<dyn Disk>)));
                check(&acked, &found, &format!("call {failing}"));
                // A refused chunk may only come back when nothing was written after it.
                let last = acked.keys().max().copied().unwrap_or(0);
                let refused = found.iter().filter(|logged| !acked.contains_key(&logged.position));
                refused.for_each(|logged| assert!(logged.position > last, "call {failing}"));
            }
        }
    }
}

#[test]
fn a_full_disk_refuses_and_goes_on_by_itself() {
    let sim = SimDisk::new();
    let disk: Arc<dyn Disk> = Arc::new(sim.clone());
    let (log, _) = Log::open(disk, Path::new(FOLDER), LogOptions { reserve_bytes: 1_000, ..options() }).unwrap();
    assert_eq!(write(&log, 1), Some(1));
    sim.set_free(Some(1_010));
    assert_eq!(write(&log, 2), None);
    assert_eq!(log.failure().map(|fault| fault.id()), Some("LOG-003"));
    sim.set_free(None);
    assert_eq!(write(&log, 3), Some(2));
    assert_eq!(log.failure(), None);
}

/// A log of 30 chunks, and the files it is made of.
fn written() -> (SimDisk, Vec<(PathBuf, Vec<u8>)>) {
    let sim = SimDisk::new();
    let disk: Arc<dyn Disk> = Arc::new(sim.clone());
    let log = open(&disk);
    (0..30).for_each(|number| assert!(write(&log, number).is_some()));
    drop(log);
    let files = sim.files();
    (sim, files)
}

#[test]
fn a_flipped_bit_costs_one_chunk_and_is_counted() {
    let (_, files) = written();
    let mut random = Random::new(7);
    let step = if std::env::var_os("WEIR_SLOW").is_some() { 1 } else { 37 };
    for (damaged, (path, bytes)) in files.iter().enumerate() {
        for at in (0..bytes.len()).step_by(step) {
            let disk = SimDisk::new();
            for (index, (path, bytes)) in files.iter().enumerate() {
                let mut bytes = bytes.clone();
                if index == damaged {
                    bytes[at] ^= 1 << random.below(8);
                }
                disk.put(path, bytes);
            }
            let (log, recovery) = Log::open(Arc::new(disk.clone()), Path::new(FOLDER), options()).unwrap();
            let mut found = log.replay_from(0);
            let chunks: Vec<Logged> = found.by_ref().collect();
            let what = format!("{}:{at}", path.display());
            assert!(chunks.len() >= 29, "{what}: {}", chunks.len());
            chunks.iter().for_each(|logged| assert_eq!(*logged.chunk, numbered(logged.position - 1), "{what}"));
            let seen = found.damaged > 0 || recovery.torn_bytes > 0;
            assert_eq!(chunks.len() < 30, seen, "{what}");
            assert!(write(&log, 40).is_some());
        }
    }
}

#[test]
fn a_file_cut_anywhere_keeps_what_is_before() {
    let (_, files) = written();
    for (cut, (path, bytes)) in files.iter().enumerate() {
        for len in (0..bytes.len()).step_by(29) {
            let disk = SimDisk::new();
            for (index, (path, bytes)) in files.iter().enumerate() {
                disk.put(path, if index == cut { bytes[..len].to_vec() } else { bytes.clone() });
            }
            let disk: Arc<dyn Disk> = Arc::new(disk);
            let found = replay(&open(&disk));
            found.iter().for_each(|logged| assert_eq!(*logged.chunk, numbered(logged.position - 1)));
            let others: usize = files.iter().enumerate().filter(|(index, _)| *index != cut).count();
            assert!(found.len() >= others, "{}:{len}", path.display());
        }
    }
}

#[test]
fn another_format_is_refused() {
    let (disk, files) = written();
    let (path, bytes) = files.last().unwrap();
    let mut bytes = bytes.clone();
    bytes[8] = 9;
    let sum = crc32c::crc32c(&bytes[..32]).to_le_bytes();
    bytes[32..36].copy_from_slice(&sum);
    disk.put(path, bytes);
    let refused = Log::open(Arc::new(disk), Path::new(FOLDER), options()).err().map(|fault| fault.id());
    assert_eq!(refused, Some("LOG-004"));
}

#[test]
fn a_record_inside_a_payload_is_never_taken_for_one() {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    let log = open(&disk);
    write(&log, 1);
    drop(log);
    let name = disk.list(Path::new(FOLDER)).unwrap().remove(0);
    let whole = disk.read(&Path::new(FOLDER).join(name)).unwrap();
    let log = open(&disk);
    let mut evil = numbered(2);
    evil.bytes = Arc::from(&whole[super::file::PREAMBLE..]);
    evil.ends = vec![evil.bytes.len() as u32];
    let (tell, told) = mpsc::channel();
    log.submit(evil, Box::new(move |acked| tell.send(acked).unwrap())).unwrap();
    assert!(told.recv().unwrap().is_ok());
    drop(log);
    let name = disk.list(Path::new(FOLDER)).unwrap().pop().unwrap();
    let path = Path::new(FOLDER).join(name);
    let mut bytes = disk.read(&path).unwrap();
    bytes[super::file::PREAMBLE + 5] ^= 1;
    disk.remove(&path).unwrap();
    disk.open(&path).unwrap().append(&bytes).unwrap();
    let positions: Vec<u64> = replay(&open(&disk)).iter().map(|logged| logged.position).collect();
    assert_eq!(positions, [1]);
}

#[test]
fn a_full_queue_gives_the_chunk_back() {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    let small = LogOptions { queue_bytes_max: 2_000, consumer_bytes_max: 1, ..options() };
    let (log, _) = Log::open(disk, Path::new(FOLDER), small).unwrap();
    let mut submitted = 0;
    let given_back = loop {
        match log.submit(numbered(submitted), Box::new(|_| {})) {
            Ok(()) => submitted += 1,
            Err(busy) => break busy.0.0,
        }
    };
    assert_eq!(given_back, numbered(submitted));
    for number in 0..submitted {
        assert_eq!(*log.take(|_| {}).unwrap().chunk, numbered(number));
    }
    log.close();
    assert_eq!(log.take(|_| {}), None);
    let (tell, told) = mpsc::channel();
    log.submit(numbered(1), Box::new(move |acked| tell.send(acked.is_err()).unwrap())).unwrap();
    assert!(told.recv().unwrap());
}

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use weir_event::Disk;
use weir_testkit::{Failure, FaultyDisk, SimDisk};

use crate::log::tests::{FOLDER, numbered, open, options, write};
use crate::log::{Log, LogOptions, Tail};

/// What a tail gives without waiting: positions, and the numbers of their chunks.
fn all(tail: &mut Tail) -> Vec<(u64, i64)> {
    let next = || tail.next(Duration::ZERO).unwrap().map(|logged| (logged.position, logged.chunk.received_at.0));
    std::iter::from_fn(next).collect()
}

fn pairs(positions: std::ops::Range<u64>) -> Vec<(u64, i64)> {
    positions.map(|position| (position, position as i64)).collect()
}

#[test]
fn chunks_come_in_order_while_files_are_written_and_removed() {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    let log = open(&disk);
    let (mut tail, mut late) = (log.tail(1), log.tail(1));
    let mut seen = Vec::new();
    for number in 1..31 {
        assert_eq!(write(&log, number), Some(number));
        if number % 3 == 0 {
            seen.extend(all(&mut tail));
            log.trim(number);
        }
    }
    assert_eq!((seen, tail.take_missing(), tail.waiting()), (pairs(1..31), 0, 0));
    // Whoever comes too late goes on where the log begins.
    let left = all(&mut late);
    let (first, _) = left[0];
    assert!(first > 1);
    assert_eq!((left, late.take_missing()), (pairs(first..31), first - 1));
    drop(log);
    let log = open(&disk);
    let mut again = log.tail(first);
    assert_eq!(write(&log, 31), Some(31));
    assert_eq!((all(&mut again), again.take_missing()), (pairs(first..32), 0));
}

#[test]
fn what_a_disk_has_refused_is_not_given() {
    for failing in 0..40 {
        let sim = SimDisk::new();
        let disk: Arc<dyn Disk> = Arc::new(FaultyDisk::new(Arc::new(sim), failing..failing + 1, Failure::Full));
        let log = open(&disk);
        let (mut acked, mut seen, mut tail) = (Vec::new(), Vec::new(), log.tail(1));
        for number in 0..12 {
            acked.extend(write(&log, number).map(|position| (position, number as i64)));
            // A call that fails is made again.
            while let Some(logged) = tail.next(Duration::ZERO).unwrap_or_default() {
                seen.push((logged.position, logged.chunk.received_at.0));
            }
        }
        seen.extend(all(&mut tail));
        assert_eq!((seen, tail.take_missing()), (acked, 0), "{failing}");
    }
}

#[test]
fn damage_costs_what_it_hits() {
    let sim = SimDisk::new();
    let disk: Arc<dyn Disk> = Arc::new(sim.clone());
    let log = open(&disk);
    for number in 1..31 {
        write(&log, number);
    }
    drop(log);
    for (path, bytes) in sim.files() {
        for at in (0..bytes.len()).step_by(41) {
            let disk = SimDisk::new();
            sim.files().into_iter().for_each(|(path, bytes)| disk.put(&path, bytes));
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            disk.put(&path, damaged);
            let log = open(&(Arc::new(disk) as Arc<dyn Disk>));
            let mut tail = log.tail(1);
            write(&log, 99);
            let mut seen = all(&mut tail);
            let what = format!("{}:{at}", path.display());
            assert_eq!(seen.pop().map(|(_, number)| number), Some(99), "{what}");
            assert!(seen.iter().all(|(position, number)| *position == *number as u64), "{what}");
            assert!(seen.len() >= 29, "{what}: {}", seen.len());
            assert!(seen.len() as u64 + tail.take_missing() + 1 >= 30, "{what}");
        }
    }
}

#[test]
fn a_tail_waits_for_what_comes() {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    let log = Arc::new(open(&disk));
    let (tell, told) = mpsc::channel();
    let mut tail = log.tail(1);
    let waiting = std::thread::spawn(move || {
        tell.send(()).unwrap();
        tail.next(Duration::from_secs(600)).unwrap().map(|logged| logged.position)
    });
    told.recv().unwrap();
    write(&log, 1);
    assert_eq!(waiting.join().unwrap(), Some(1));
}

#[test]
fn a_log_tells_where_a_number_of_bytes_begins() {
    let disk: Arc<dyn Disk> = Arc::new(SimDisk::new());
    let options = LogOptions { file_bytes: 1, ..options() };
    let (log, _) = Log::open(disk, Path::new(FOLDER), options).unwrap();
    assert_eq!(log.first_within(0), u64::MAX, "nothing is written");
    for number in 1..=8 {
        log.submit(numbered(700), Box::new(|_| {})).unwrap();
        assert_eq!(log.take(|_| {}).map(|logged| logged.position), Some(number));
    }
    // Each chunk has a file of its own, all of one size.
    assert_eq!([0, 1 << 20].map(|bytes| log.first_within(bytes)), [8, 1]);
    let middle = (100..2_000).step_by(10).map(|bytes| log.first_within(bytes)).collect::<Vec<_>>();
    assert!(middle.is_sorted_by(|a, b| a >= b) && middle.contains(&6), "{middle:?}");
}

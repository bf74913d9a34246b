use std::path::Path;
use std::sync::Arc;

use weir_event::{Batch, Cell, Cursor, CursorChange, Disk, Duration, FieldId, Record, Timestamp, Value};
use weir_testkit::{Failure, FaultyDisk};

use super::{Done, Store, StoreOptions};
use crate::rows::{Rows, TableRows};
use crate::{LedgerRow, OsDisk, Snapshot, SystemClock, record_at};

const NOON: i64 = 1_700_000_000_000_000_000;
const SECOND: i64 = 1_000_000_000;
const ALL: (Timestamp, Timestamp) = (Timestamp(i64::MIN), Timestamp(i64::MAX));

fn options() -> StoreOptions {
    StoreOptions { compact: false, ..StoreOptions::default() }
}

fn open(folder: &Path) -> Store {
    Store::open(folder, Arc::new(OsDisk), Arc::new(SystemClock), options()).unwrap()
}

/// Content, time, fields.
type Event<'e> = (&'e str, i64, &'e [(&'e str, Value<'e>)]);

fn rows(events: &[Event<'_>]) -> TableRows {
    let mut batch = Batch::default();
    for (content, at, fields) in events {
        batch.set_text(FieldId::known("content"), content);
        batch.set(FieldId::known("timestamp"), Cell::Timestamp(Timestamp(*at)));
        for (name, value) in *fields {
            batch.set_value(FieldId::known(name), value.clone());
        }
        batch.end_row();
    }
    table_rows(batch)
}

fn table_rows(batch: Batch) -> TableRows {
    TableRows {
        tenant: "acme".into(),
        table: "logs".into(),
        bucket: "default".into(),
        source: "test".into(),
        received_at: Timestamp(NOON),
        indexes: None,
        batch,
    }
}

fn put(store: &Store, position: u64, rows: TableRows) {
    store.begin(position);
    store.add(&mut Rows::new(), position, &[rows]);
    let ledger =
        LedgerRow { tenant: "acme".into(), source: "test".into(), received: 1, stored: 1, ..LedgerRow::default() };
    let cursor = Some(("acme".into(), "test".into(), cursor(position)));
    store.done(position, Done { cursor, ledger: vec![ledger] });
}

/// Every third one is whole, the others add to it.
fn cursor(position: u64) -> Cursor {
    let part = position.to_string().into_bytes().into();
    let change = if position.is_multiple_of(3) { CursorChange::Whole(part) } else { CursorChange::Adds(part) };
    Cursor { name: "alerts".into(), change }
}

/// The parts of the only cursor.
fn parts(store: &Store) -> Vec<String> {
    let cursors = store.cursors("acme", "test").unwrap();
    let parts = cursors.get("alerts").into_iter().flatten();
    parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

fn view(store: &Store) -> Snapshot {
    store.snapshot("acme", "logs", ALL.0, ALL.1)
}

/// All events, read from memory and files, sorted by id.
fn events(snapshot: &Snapshot) -> Vec<Record<'static>> {
    let mut events = Vec::new();
    let mut read = |batch: &arrow::array::RecordBatch| {
        events.extend((0..batch.num_rows()).map(|row| record_at(batch, row).into_owned()));
    };
    snapshot.memory.iter().for_each(|rows| read(&rows.batch));
    for segment in &snapshot.segments {
        let file = std::fs::File::open(&segment.path).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file, 1000).unwrap();
        reader.for_each(|batch| read(&batch.unwrap()));
    }
    let id = |event: &Record<'_>| event.get("weir.id").and_then(|id| id.as_str().map(str::to_owned));
    events.sort_by_key(id);
    events
}

#[test]
fn every_type_is_the_same_in_memory_and_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let ip = |text: &str| Value::Ip(text.parse().unwrap());
    let nested: Record = [("a", Value::Array(vec![Value::Long(1), Value::Null]))].into_iter().collect();
    let fields: &[(&str, Value<'_>)] = &[
        ("source.ip", ip("192.0.2.1")),
        ("destination.ip", ip("2001:db8::1")),
        ("vendor.count", Value::Long(-7)),
        ("vendor.ratio", Value::Double(0.5)),
        ("vendor.flag", Value::Bool(true)),
        ("vendor.took", Value::Duration(Duration(9))),
        ("vendor.at", Value::Timestamp(Timestamp(-1))),
        ("vendor.tags", Value::Array(vec![Value::text("x"), Value::text("y")])),
        ("vendor.ips", Value::Array(vec![ip("192.0.2.9")])),
        ("vendor.nested", Value::Record(nested)),
        ("vendor.none", Value::Array(vec![])),
        ("host.name", Value::Long(5)),
    ];
    let mixed: &[(&str, Value<'_>)] = &[("vendor.count", Value::text("many"))];
    put(&store, 1, rows(&[("first line", NOON, fields), ("second line", NOON - SECOND, mixed), ("third", NOON, &[])]));
    let memory = view(&store);
    assert_eq!((memory.memory.len(), memory.segments.len()), (1, 0));
    let before = events(&memory);
    for (name, value) in fields {
        assert_eq!(before[0].get(name), Some(value), "{name}");
    }
    assert_eq!(before[1].get("vendor.count"), Some(&Value::text("many")));
    assert_eq!(before[0].get("weir.id"), Some(&Value::text("000000000001-0000")));
    assert_eq!(before[2].get("weir.tenant"), Some(&Value::text("acme")));
    store.seal().unwrap();
    let disk = view(&store);
    assert_eq!((disk.memory.len(), disk.segments.len()), (0, 1));
    assert_eq!(events(&disk), before);
    assert_eq!(disk.columns, memory.columns);
    let column = |name: &str| disk.columns.iter().find(|column| &*column.name == name).unwrap().clone();
    assert!(column("vendor.count").in_rest && column("vendor.count").kinds.only() == Some(weir_event::Kind::Long));
    assert!(column("host.name").in_rest && column("host.name").kinds.is_empty());
}

/// Ids and contents, for comparing.
fn contents(store: &Store) -> Vec<(String, String)> {
    let text = |event: &Record<'_>, name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    events(&view(store)).iter().map(|event| (text(event, "weir.id"), text(event, "content"))).collect()
}

fn numbered(position: u64) -> TableRows {
    let lines = [format!("event {position} a"), format!("event {position} b")];
    let at = NOON + position as i64 * SECOND;
    rows(&[(&lines[0], at, &[("only.here", Value::Long(position as i64))]), (&lines[1], at - SECOND * 7200, &[])])
}

fn expected(positions: impl Iterator<Item = u64>) -> Vec<(String, String)> {
    let both = |position: u64| {
        [(0, "a"), (1, "b")]
            .map(|(index, letter)| (format!("{position:012x}-{index:04x}"), format!("event {position} {letter}")))
    };
    positions.flat_map(both).collect()
}

#[test]
fn a_generation_waits_for_all_its_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.begin(1);
    store.begin(2);
    put(&store, 3, numbered(3));
    store.add(&mut Rows::new(), 2, &[numbered(2)]);
    store.done(2, Done::default());
    assert_eq!(store.visible_through(), 0);
    std::thread::scope(|scope| {
        let sealing = scope.spawn(|| store.seal());
        // Belongs to the next generation or to this one, depending on who is first; the last chunk of this one ends only now.
        put(&store, 4, numbered(4));
        store.add(&mut Rows::new(), 1, &[numbered(1)]);
        store.done(1, Done::default());
        sealing.join().unwrap().unwrap();
    });
    assert!([3, 4].contains(&store.sealed_through()));
    assert_eq!(store.visible_through(), 4);
    assert_eq!(contents(&store), expected(1..=4));
    store.seal().unwrap();
    assert_eq!((contents(&store), store.sealed_through()), (expected(1..=4), 4));
    // What is sealed already is ignored.
    put(&store, 2, numbered(2));
    assert_eq!(contents(&store), expected(1..=4));
    assert_eq!(parts(&store), ["3", "4"]);
    assert_eq!(store.ledger(0).unwrap()[0].received, 2);
}

/// The process dies at every call that changes the disk; what is in the log is replayed into the next one.
#[test]
fn a_crash_at_any_call_keeps_every_event_once() {
    let step = if std::env::var_os("WEIR_SLOW").is_some() { 1 } else { 5 };
    let mut calls = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let faulty = FaultyDisk::dead_from(Arc::new(OsDisk), calls);
        let run = |disk: Arc<dyn Disk>, sealing: bool| {
            let store = Store::open(folder.path(), disk, Arc::new(SystemClock), options()).unwrap();
            for position in store.sealed_through() + 1..=8 {
                put(&store, position, numbered(position));
                if position % 3 == 0 && sealing {
                    let _ = store.seal();
                }
            }
            let _ = store.compact();
            assert_eq!(contents(&store), expected(1..=8), "call {calls}");
            assert_eq!(parts(&store), ["6", "7", "8"], "call {calls}");
        };
        run(Arc::new(faulty.clone()), true);
        run(Arc::new(OsDisk), false);
        run(Arc::new(OsDisk), true);
        let disk: Arc<dyn Disk> = Arc::new(OsDisk);
        let report = crate::verify(&disk, folder.path(), &folder.path().join("log")).unwrap();
        assert_eq!(report.findings, [], "call {calls}");
        if faulty.calls() <= calls {
            break;
        }
        calls += step;
    }
    assert!(calls > 20, "{calls}");
}

#[test]
fn a_disk_that_comes_back_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyDisk::new(Arc::new(OsDisk), 0..3, Failure::Full);
    let store = Store::open(folder.path(), Arc::new(disk), Arc::new(SystemClock), options()).unwrap();
    put(&store, 1, numbered(1));
    assert_eq!(store.seal().err().map(|fault| fault.id()), Some("STORE-004"));
    assert_eq!(contents(&store), expected(1..=1));
    while store.seal().is_err() {}
    assert_eq!((contents(&store), store.health().failure), (expected(1..=1), None));
}

#[test]
fn many_tiny_chunks_are_few_parts() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for position in 1..=1_000 {
        put(&store, position, rows(&[("tiny", NOON, &[("source.ip", Value::Ip("192.0.2.1".parse().unwrap()))])]));
    }
    let snapshot = view(&store);
    assert_eq!(snapshot.rows(), 1_000);
    assert!(snapshot.memory.len() <= 24, "{}", snapshot.memory.len());
    assert!(store.health().memory_bytes < 1 << 20, "{}", store.health().memory_bytes);
}

#[test]
fn odd_times_do_not_make_thousands_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let times = (0..2_000).map(|hour| NOON + hour * 3600 * SECOND).chain([i64::MIN, i64::MAX]);
    let odd: Vec<_> = times.map(|at| ("odd", at, &[][..])).collect();
    put(&store, 1, rows(&odd));
    store.seal().unwrap();
    let snapshot = view(&store);
    assert_eq!((snapshot.segments.len(), snapshot.rows()), (48, 2_002));
    let mixed = snapshot.segments.iter().find(|segment| segment.hour.is_none()).unwrap();
    assert_eq!((mixed.max_time, mixed.rows), (Timestamp(i64::MAX), 2_002 - 47));
    let one_hour = store.snapshot("acme", "logs", Timestamp(NOON), Timestamp(NOON + 1));
    assert!(one_hour.segments.len() <= 2);
}

#[test]
fn a_field_that_one_event_has_takes_no_room_in_the_others() {
    const EVENTS: usize = 2_000;
    for each_chunk in [EVENTS, 50] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        let names: Vec<String> = (0..EVENTS).map(|number| format!("odd.{number}")).collect();
        let fields: Vec<[(&str, Value<'_>); 1]> = names.iter().map(|name| [(&**name, Value::Long(7))]).collect();
        for (at, fields) in fields.chunks(each_chunk).enumerate() {
            let odd: Vec<Event<'_>> = fields.iter().map(|fields| ("odd", NOON, &fields[..])).collect();
            put(&store, 1 + at as u64, rows(&odd));
        }
        let bytes = store.health().memory_bytes;
        assert!(bytes < 1_000 * EVENTS, "{bytes} bytes for {EVENTS} events by {each_chunk}");
        for _ in 0..2 {
            let found = events(&view(&store));
            assert_eq!(found.len(), EVENTS);
            for (event, name) in found.iter().zip(&names) {
                assert_eq!(event.get(name), Some(&Value::Long(7)), "{name} by {each_chunk}");
            }
            store.seal().unwrap();
        }
    }
}

#[test]
fn fields_beyond_the_columns_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let names: Vec<String> = (0..900).map(|number| format!("wide.{number}")).collect();
    let fields: Vec<_> = names.iter().map(|name| (name.as_str(), Value::Long(1))).collect();
    put(&store, 1, rows(&[("wide", NOON, &fields)]));
    put(&store, 2, rows(&[("wider", NOON, &[("more.fields", Value::Long(2))])]));
    let before = events(&view(&store));
    assert!(names.iter().all(|name| before[0].get(name) == Some(&Value::Long(1))));
    store.seal().unwrap();
    let order = |event: &Record<'static>| {
        let mut members: Vec<_> = event.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        members.sort_by(|a, b| a.0.cmp(&b.0));
        members
    };
    let after = events(&view(&store));
    assert_eq!(after.iter().map(order).collect::<Vec<_>>(), before.iter().map(order).collect::<Vec<_>>());
}

#[test]
fn small_segments_of_an_hour_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for position in 1..=6 {
        let mixed = if position % 2 == 0 { Value::Long(1) } else { Value::text("x") };
        let at = NOON + (7 - position as i64) * SECOND;
        put(&store, position, rows(&[("small", at, &[("kind.changes", mixed)]), ("small", at + 10 * SECOND, &[])]));
        store.seal().unwrap();
    }
    let before = view(&store);
    let all = events(&before);
    assert_eq!(before.segments.len(), 6);
    assert!(store.compact().unwrap());
    let after = view(&store);
    assert_eq!((after.segments.len(), events(&after)), (1, all.clone()));
    // A query that began earlier still reads its files; then they go.
    assert_eq!(events(&before), all);
    let files = || std::fs::read_dir(folder.path().join("segments")).unwrap().count();
    assert_eq!(files(), 14);
    drop(before);
    store.retain(|_| None, Timestamp(NOON)).unwrap();
    assert_eq!(files(), 2);
    assert!(!store.compact().unwrap());
    drop((after, store));
    assert_eq!(events(&view(&open(folder.path()))), all);
}

/// A segment that stays alone is not left as it was written in haste.
#[test]
fn a_segment_of_an_hour_that_is_over_is_written_anew_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let now = weir_event::Clock::now(&SystemClock).0;
    put(&store, 1, rows(&[("long ago", NOON, &[])]));
    store.seal().unwrap();
    put(&store, 2, rows(&[("just now", now, &[])]));
    store.seal().unwrap();
    let before = events(&view(&store));
    assert_eq!([(); 2].map(|()| store.compact().unwrap()), [true, false]);
    assert_eq!((events(&view(&store)), store.health().compactions), (before, 1));
}

/// The names of both hold a number, which here is the same: the greatest id of what was joined, and the position behind `c`.
#[test]
fn a_joined_segment_and_a_sealed_one_never_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let positions = [1, 2, 3, 4, 0xc4];
    for position in positions {
        put(&store, position, rows(&[("same hour", NOON, &[])]));
        store.seal().unwrap();
        let joined = position == 4 && store.compact().unwrap();
        assert_eq!(joined, position == 4);
    }
    let ids: Vec<String> = contents(&store).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, positions.map(|position| format!("{position:012x}-0000")));
}

/// Pack of every row group of the only segment, and its rows.
fn row_groups(store: &Store) -> Vec<(Option<String>, i64)> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let snapshot = view(store);
    assert_eq!(snapshot.segments.len(), 1);
    let file = SerializedFileReader::new(std::fs::File::open(&snapshot.segments[0].path).unwrap()).unwrap();
    let groups = file.metadata().row_groups().iter().map(|group| {
        let column = group.columns().iter().find(|column| column.column_path().string() == "weir.pack").unwrap();
        let bounds = column.statistics().map(|bounds| (bounds.min_bytes_opt(), bounds.max_bytes_opt()));
        let only = bounds.and_then(|(least, most)| least.filter(|_| least == most));
        (only.map(|name| String::from_utf8_lossy(name).into_owned()), group.num_rows())
    });
    groups.collect()
}

#[test]
fn frequent_packs_have_row_groups_of_their_own_also_after_joining() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let packs = ["mixed/a", "often/b", "often/c", "often/b", "often/c"];
    for position in 1..=4 {
        let events = (0..5_000).map(|row| {
            let name = if row % 100 == 0 { packs[0] } else { packs[1 + row as usize % 4] };
            ("like any other", NOON + row, [("weir.pack", Value::text(name)), ("vendor.n", Value::Long(row))])
        });
        let events: Vec<_> = events.collect();
        let events: Vec<Event<'_>> = events.iter().map(|(text, at, fields)| (*text, *at, &fields[..])).collect();
        put(&store, position, rows(&events));
        store.seal().unwrap();
        if position == 1 {
            let expect = [(Some("often/b".to_owned()), 2_450), (Some("often/c".to_owned()), 2_500)];
            assert_eq!(row_groups(&store), [&expect[..], &[(Some("mixed/a".to_owned()), 50)]].concat());
        }
    }
    let before = events(&view(&store));
    assert!(store.compact().unwrap());
    let expect = [(Some("often/b".to_owned()), 9_800), (Some("often/c".to_owned()), 10_000)];
    assert_eq!(row_groups(&store), [&expect[..], &[(Some("mixed/a".to_owned()), 200)]].concat());
    assert_eq!(events(&view(&store)), before);
}

#[test]
fn only_what_is_old_by_the_events_themselves_is_forgotten() {
    let day = 86_400 * SECOND;
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, 1, rows(&[("old", NOON, &[]), ("new", NOON + 20 * day, &[])]));
    store.seal().unwrap();
    let keep = |days: i64, now: i64| store.retain(|_| Some(Duration(days * day)), Timestamp(now)).unwrap();
    assert_eq!(keep(30, NOON + 20 * day), 0);
    assert_eq!(keep(30, NOON + 4_000 * day), 0, "a clock years ahead deletes nothing");
    assert_eq!(keep(10, NOON + 20 * day), 1);
    assert_eq!(events(&view(&store))[0].get("content"), Some(&Value::text("new")));
    drop(store);
    assert_eq!(view(&open(folder.path())).rows(), 1);
}

#[test]
fn a_second_process_is_told_who_holds_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let _store = open(folder.path());
    let refused = Store::open(folder.path(), Arc::new(OsDisk), Arc::new(SystemClock), options()).err().unwrap();
    assert_eq!(refused.id(), "STORE-001");
    assert!(refused.cause().contains(&std::process::id().to_string()), "{refused}");
}

#[test]
fn an_index_passes_over_row_groups_and_never_hides_an_event() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut batch = Batch::default();
    for number in 0..70_000 {
        batch.set_text(FieldId::known("content"), &format!("user=u{number} Action=Login id:{}", number * 7));
        batch.set(FieldId::known("timestamp"), Cell::Timestamp(Timestamp(NOON + number)));
        let span = batch.keep(&format!("host-{number}"));
        batch.add_artifact(weir_event::ArtifactKind::Machines, span);
        batch.end_row();
    }
    put(&store, 1, table_rows(batch));
    store.seal().unwrap();
    let segment = view(&store).segments[0].clone();
    let index = segment.lookup().expect("an index");
    let groups = |token: &str| [0, 1].map(|group| index.with_token(group, token) != crate::Blocks::NONE);
    assert_eq!(groups("LOGIN"), [true, true]);
    assert_eq!(groups("U69999"), [false, true]);
    assert_eq!(groups("u3"), [true, false]);
    assert_eq!(groups("nowhere_to_be_found"), [false, false]);
    let machine = |name: &str| [0, 1].map(|group| index.with_value(group, name) != crate::Blocks::NONE);
    assert_eq!(
        (machine("host-1"), machine("host-69999"), machine("host")),
        ([true, false], [false, true], [false, false])
    );
    drop(store);
    // Every damage of the index is seen; where it says what is where, nothing is passed over.
    let index = crate::segment::index_path(&segment.path);
    let whole = std::fs::read(&index).unwrap();
    let disk: Arc<dyn Disk> = Arc::new(OsDisk);
    for (at, is_open) in [(whole.len() / 2, true), (whole.len() - 20, false), (3, false)] {
        let mut bytes = whole.clone();
        bytes[at] ^= 16;
        std::fs::write(&index, bytes).unwrap();
        let report = crate::verify(&disk, folder.path(), folder.path()).unwrap();
        assert_eq!(report.findings.len(), 1, "{report:?}");
        let store = open(folder.path());
        assert_eq!(view(&store).segments[0].lookup().is_some(), is_open);
    }
}

/// `WEIR_BENCH_ROWS=1000000 cargo test --profile fast -p weir-store speed -- --nocapture` prints time per event.
#[test]
fn speed() {
    let rows = std::env::var("WEIR_BENCH_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(4_000);
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let chunks: Vec<TableRows> = (0..8).map(bench_rows).collect();
    let started = std::time::Instant::now();
    let (mut position, mut done, mut to_rows) = (0, 0, Rows::new());
    let mut adding = std::time::Duration::ZERO;
    while done < rows {
        position += 1;
        let chunk = &chunks[position as usize % chunks.len()];
        store.begin(position);
        let began = std::time::Instant::now();
        store.add(&mut to_rows, position, std::slice::from_ref(chunk));
        adding += began.elapsed();
        store.done(position, Done::default());
        done += chunk.batch.len();
    }
    store.seal().unwrap();
    assert_eq!(view(&store).rows() as usize, done);
    if std::env::var_os("WEIR_BENCH_ROWS").is_some() {
        let each = |time: std::time::Duration| time.as_nanos() as f64 / done as f64 / 1000.0;
        let bytes: u64 = view(&store).segments.iter().map(|segment| segment.bytes).sum();
        let line = format!(
            "{:.2} us/event in all, {:.2} us to columns, {} bytes/event\n",
            each(started.elapsed()),
            each(adding),
            bytes / done as u64
        );
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
    }
}

/// 4,000 rows of a firewall-like event with 24 fields.
fn bench_rows(seed: u64) -> TableRows {
    let mut random = weir_testkit::Random::new(seed);
    let mut text = String::new();
    let mut spans = Vec::new();
    for _ in 0..4_000 {
        let start = text.len();
        text.push_str(&format!(
            "CEF:0|Vendor|Firewall|1.0|100|traffic|5|src=10.1.{}.{} dst=198.51.100.{} spt={} dpt=443 proto=tcp act=allow suser=user{} dhost=host{}.example.com request=https://host{}.example.com/path/{} cs1=rule-{} cs2=zone-{} in={} out={}",
            random.below(255), random.below(255), random.below(255), 1024 + random.below(60_000), random.below(500),
            random.below(2_000), random.below(2_000), random.below(100_000), random.below(40), random.below(8), random.below(9_000), random.below(90_000),
        ));
        spans.push((start, text.len()));
    }
    let mut batch = Batch::new(Arc::new(text.clone()));
    let chunk: Arc<str> = text.into();
    let names = [
        "event.action",
        "network.transport",
        "user.name",
        "destination.domain",
        "url.full",
        "rule.name",
        "observer.ingress.zone",
        "observer.vendor",
        "observer.product",
        "event.code",
        "event.category",
        "host.name",
        "weir.pack",
        "network.protocol",
    ];
    let ids = names.map(FieldId::known);
    for (row, &(start, end)) in spans.iter().enumerate() {
        batch.set(FieldId::known("content"), Cell::Text(Batch::chunk_span(start, end)));
        batch.set(FieldId::known("timestamp"), Cell::Timestamp(Timestamp(NOON + (row as i64 / 50) * SECOND)));
        let line = &chunk[start..end];
        let words: Vec<&str> = line.split(' ').collect();
        for (index, id) in ids.iter().enumerate() {
            let word = words[index % words.len()];
            let from = start + (word.as_ptr() as usize - line.as_ptr() as usize);
            batch.push(*id, Cell::Text(Batch::chunk_span(from, from + word.len())));
        }
        let ip = |random: &mut weir_testkit::Random| {
            Cell::Ip(std::net::IpAddr::from([10, 1, random.below(9) as u8, random.below(250) as u8]))
        };
        batch.push(FieldId::known("source.ip"), ip(&mut random));
        batch.push(FieldId::known("destination.ip"), ip(&mut random));
        for name in ["source.port", "destination.port", "source.bytes", "destination.bytes"] {
            batch.push(FieldId::known(name), Cell::Long(random.below(60_000) as i64));
        }
        let address = batch.keep(&format!("10.1.0.{}", random.below(250)));
        batch.add_artifact(weir_event::ArtifactKind::Ips, address);
        let user = batch.keep(&format!("user{}", random.below(500)));
        batch.add_artifact(weir_event::ArtifactKind::Users, user);
        batch.end_row();
    }
    table_rows(batch)
}

#[test]
fn memory_is_bounded_while_the_disk_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let small = StoreOptions { seal_bytes: 100_000, ..options() };
    let disk = FaultyDisk::new(Arc::new(OsDisk), 0..u64::MAX, Failure::Full);
    let store = Store::open(folder.path(), Arc::new(disk), Arc::new(SystemClock), small).unwrap();
    std::thread::scope(|scope| {
        let filling = scope.spawn(|| (1..=2_000).for_each(|position| put(&store, position, numbered(position))));
        while store.health().failure.is_none()
            || store.health().generations < 2
            || store.health().memory_bytes < 200_000
        {
            std::thread::yield_now();
        }
        let health = store.health();
        assert!(health.generations == 2 && health.memory_bytes < 400_000, "{health:?}");
        assert!(store.visible_through() < 2_000);
        store.close();
        filling.join().unwrap();
    });
}

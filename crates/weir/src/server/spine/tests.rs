use std::sync::mpsc;

use weir_event::{Chunk, Cursor, CursorChange, FieldId, Record, Records, Row, Timestamp, Value};
use weir_parse::BUILTIN;
use weir_pipe::{Route, RouteTo};
use weir_store::record_at;

use super::*;

const ALL: (Timestamp, Timestamp) = (Timestamp(i64::MIN), Timestamp(i64::MAX));

fn open(folder: &Path, plan: Plan) -> Spine {
    let packs = Arc::new(Packs::load(BUILTIN.iter().copied()).unwrap_or_else(|_| panic!("packs")));
    let log = LogOptions { reserve_bytes: 0, ..LogOptions::default() };
    let options = SpineOptions { plan, packs, stats: Arc::new(Stats::default()), store: StoreOptions::default(), log };
    Spine::open(folder, options).unwrap()
}

fn chunk(lines: &[&str]) -> Chunk {
    let mut records = Records::default();
    lines.iter().for_each(|line| records.push(line.as_bytes()));
    Chunk {
        tenant: "acme".into(),
        source: "test".into(),
        table: "logs".into(),
        received_at: Timestamp(1_700_000_000_000_000_000),
        peer: None,
        config: 0,
        cursor: None,
        pull: None,
        bytes: records.bytes.into(),
        ends: records.ends,
    }
}

fn put(spine: &Spine, lines: &[&str]) {
    submit(spine, chunk(lines));
}

/// Submits a chunk and waits until it is durable.
fn submit(spine: &Spine, chunk: Chunk) {
    let (tell, told) = mpsc::channel();
    spine.log.submit(chunk, Box::new(move |result| tell.send(result).unwrap())).unwrap();
    told.recv().unwrap().unwrap();
}

fn events(spine: &Spine) -> Vec<Record<'static>> {
    let snapshot = spine.store.snapshot("acme", "logs", ALL.0, ALL.1);
    let mut events = Vec::new();
    for batch in snapshot.memory.iter().map(|rows| &rows.batch) {
        events.extend((0..batch.num_rows()).map(|row| record_at(batch, row).into_owned()));
    }
    events.sort_by_key(|event| event.get("weir.id").and_then(Value::as_str).map(str::to_owned));
    events
}

/// Each process dies without sealing; the last one is where the puller stands after it starts again.
#[test]
fn a_cursor_is_where_the_last_acknowledged_chunk_left_it() {
    let folder = tempfile::tempdir().unwrap();
    let part = |text: &str| Arc::from(text.as_bytes());
    let steps: &[(CursorChange, &[&str], &[&str])] = &[
        (CursorChange::Adds(part("a")), &["first"], &["a"]),
        (CursorChange::Adds(part("b")), &[], &["a", "b"]),
        (CursorChange::Whole(part("c")), &["second", "third"], &["c"]),
        (CursorChange::Adds(part("d")), &[], &["c", "d"]),
        (CursorChange::Reset, &[], &[]),
        (CursorChange::Adds(part("e")), &["fourth"], &["e"]),
    ];
    let mut lines_so_far = 0;
    for (change, lines, expect) in steps {
        let spine = open(folder.path(), Plan::default());
        let cursor = Some(Cursor { name: "alerts".into(), change: change.clone() });
        submit(&spine, Chunk { cursor, ..chunk(lines) });
        drop(spine);
        let spine = open(folder.path(), Plan::default());
        let cursors = spine.store.cursors("acme", "test").unwrap();
        let parts: Vec<Arc<[u8]>> = expect.iter().map(|text| part(text)).collect();
        assert_eq!(cursors.into_values().collect::<Vec<_>>().concat(), parts, "{change:?}");
        lines_so_far += lines.len();
        assert_eq!(events(&spine).len(), lines_so_far, "{change:?}");
    }
}

/// A fault of weir in a worker costs the chunk its fields, not its events, and the worker goes on with the next one.
#[test]
fn a_chunk_that_makes_a_worker_panic_is_kept_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let filter = |row: &Row<'_>| match row.text(FieldId::known("content")) {
        Some(content) if content.contains("poison") => panic!("a bug that the test has put here"),
        _ => false,
    };
    let route = Route { name: "bad".into(), source: None, filter: Some(Box::new(filter)), to: RouteTo::Drop };
    let spine = open(folder.path(), Plan { routes: vec![route], ..Plan::default() });
    spine.start().unwrap();
    put(&spine, &["<13>Nov 14 22:13:20 host app: poison", "<13>Nov 14 22:13:20 host app: beside it"]);
    put(&spine, &["<13>Nov 14 22:13:20 host app: harmless"]);
    while spine.visible_through() < 2 {
        std::thread::yield_now();
    }
    let events = events(&spine);
    let noted = |event: &Record<'_>| format!("{:?}", event.get("weir.notes")).contains("internal_error");
    assert_eq!(events.iter().map(noted).collect::<Vec<_>>(), [true, true, false]);
    let content = Value::text("<13>Nov 14 22:13:20 host app: poison");
    assert_eq!(events[0].get("content"), Some(&content));
    assert!(events[2].get("host.name").is_some() || events[2].get("log.syslog.hostname").is_some(), "{:?}", events[2]);
    let ledger = spine.store.ledger(0).unwrap();
    assert_eq!((ledger[0].received, ledger[0].stored, ledger[0].dead_lettered), (3, 3, 0));
    spine.stop();
}

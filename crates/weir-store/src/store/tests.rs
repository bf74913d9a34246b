use std::path::Path;
use std::sync::Arc;

use weir_event::{Batch, Cell, Duration, FieldId, Record, Timestamp, Value};

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

/// Rows with a content, a time and fields.
fn rows(events: &[(&str, i64, &[(&str, Value<'_>)])]) -> TableRows {
    let mut batch = Batch::new("".into());
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
    let cursor = Some(("acme".into(), "test".into(), Arc::from(position.to_string().as_bytes())));
    store.done(position, Done { cursor, ledger: vec![ledger] });
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
    snapshot.memory.iter().for_each(&mut read);
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

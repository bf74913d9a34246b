//! What a query over segments need not read, and that it finds all the same.

use std::sync::Arc;

use weir_event::{ArtifactKind, Batch, Cell, FieldId, Timestamp, Value};
use weir_store::{Done, OsDisk, Rows, Store, StoreOptions, SystemClock, TableRows};

use super::{NOW, engine, records};
use crate::{Engine, RunOptions, StoreTables};

const SEGMENTS: i64 = 12;
const ROWS: i64 = 1_000;

/// Twelve segments of one hour, of 1,000 rows each: numbers, addresses, names and hosts, each of which stands in one row.
fn filled(folder: &std::path::Path) -> Arc<Store> {
    let options = StoreOptions { seal_age: i64::MAX, compact: false, ..StoreOptions::default() };
    let store = Store::open(folder, Arc::new(OsDisk), Arc::new(SystemClock), options).expect("the store opens");
    for segment in 0..SEGMENTS {
        let mut batch = Batch::default();
        for number in segment * ROWS..(segment + 1) * ROWS {
            batch.set_text(FieldId::known("content"), &format!("number {number} of token{number}, the end"));
            // Twelve thousand milliseconds before now on.
            let at = NOW.0 - (SEGMENTS * ROWS - number) * 1_000_000;
            batch.set(FieldId::known("timestamp"), Cell::Timestamp(Timestamp(at)));
            batch.set_value(FieldId::known("number"), Value::Long(number));
            let address = format!("10.1.{}.{}", number / 256, number % 256);
            batch.set_value(FieldId::known("source.ip"), Value::Ip(address.parse().expect("an address")));
            batch.set_value(FieldId::known("user.name"), Value::owned(format!("user-{number}")));
            let span = batch.keep(&format!("host-{number}"));
            batch.add_artifact(ArtifactKind::Machines, span);
            batch.end_row();
        }
        let (tenant, table, bucket, source) = ("acme".into(), "logs".into(), "default".into(), "test".into());
        let rows = TableRows { tenant, table, bucket, source, received_at: NOW, indexes: None, batch };
        let position = segment as u64 + 1;
        store.begin(position);
        store.add(&mut Rows::new(), position, &[rows]);
        store.done(position, Done::default());
        store.seal().expect("sealed");
    }
    Arc::new(store)
}

/// The `number` of every record, and the rows that were looked at.
fn ask(engine: &Engine, query: &str) -> (Vec<i64>, u64) {
    let number = |record: &weir_event::Record| match record.get("number") {
        Some(Value::Long(number)) => *number,
        other => panic!("{query}: {other:?}"),
    };
    let numbers = records(engine, query).expect("an answer").iter().map(number).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime starts");
    let explained = runtime.block_on(engine.explain(query, &RunOptions::new("acme", NOW))).expect("an explanation");
    let looked = explained.split(" rows looked at").next().and_then(|text| text.rsplit(' ').next()?.parse().ok());
    (numbers, looked.unwrap_or_else(|| panic!("{explained}")))
}

#[track_caller]
fn check(engine: &Engine, query: &str, expected: &[i64], rows_max: u64) {
    let (numbers, looked) = ask(engine, &format!("fetch logs | {query}"));
    assert_eq!(numbers, expected, "{query}");
    assert!(looked <= rows_max, "{query} looked at {looked} rows");
}

#[test]
fn a_look_up_reads_the_blocks_that_hold_the_value() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = filled(folder.path());
    let engine = engine(StoreTables(store.clone()));
    // Young segments know their artifacts and their words.
    check(&engine, "filter in(\"host-4321\", artifacts.machines)", &[4_321], 1_000);
    check(&engine, "filter contains(content, \" token777,\")", &[777], 1_000);
    check(&engine, "filter in(\"host-x\", artifacts.machines)", &[], 0);
    check(&engine, "filter user.name == \"user-5000\"", &[5_000], 12_000);
    assert!(store.compact().expect("joined"));
    for (query, expected) in [
        ("filter user.name == \"user-5000\"", vec![5_000]),
        ("filter \"user-0\" == user.name", vec![0]),
        ("filter source.ip == ip(\"10.1.46.223\")", vec![11_999]),
        ("filter in(source.ip, array(ip(\"10.1.0.1\"), ip(\"10.1.0.2\"))) | sort number", vec![1, 2]),
        ("filter in(\"host-4321\", artifacts.machines)", vec![4_321]),
        ("filter contains(content, \" token777,\")", vec![777]),
        ("filter user.name == \"user-5000\" and number > 6000", vec![]),
        ("filter user.name == \"nobody\"", vec![]),
    ] {
        check(&engine, query, &expected, 1_024);
    }
    let either = "filter user.name == \"user-1\" or in(\"host-9000\", artifacts.machines) | sort number";
    check(&engine, either, &[1, 9_000], 2_048);
    check(&engine, "filter user.name != \"user-1\" and number == 2", &[2], 12_000);
}

#[test]
fn the_newest_rows_are_found_without_reading_all() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = engine(StoreTables(filled(folder.path())));
    let newest = [11_999, 11_998, 11_997];
    // Each of two threads can be four segments ahead of its sort, which then knows better.
    check(&engine, "sort timestamp desc | limit 3", &newest, 9_000);
    check(&engine, "filter number % 2 == 1 | sort timestamp desc | limit 2", &[11_999, 11_997], 12_000);
    check(&engine, "sort timestamp | limit 2", &[0, 1], 9_000);
    check(&engine, "sort number desc, user.name | limit 3", &newest, 12_000);
    check(&engine, "sort user.name desc | limit 1", &[9_999], 12_000);
    check(&engine, "fieldsAdd n = -number | sort n | limit 2 | fields number", &[11_999, 11_998], 12_000);
    // Rows that one row was expanded to stay in their order.
    let expanded = "filter number == 5 | fieldsAdd x = array(3, 1, 2) | expand x | sort timestamp | fields number = x";
    check(&engine, expanded, &[3, 1, 2], 12_000);
}

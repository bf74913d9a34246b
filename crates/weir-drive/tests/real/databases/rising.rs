//! Rows that rise: none missing, none twice.

use weir_drive::sql::Mode;
use weir_event::Duration;

use super::{Bench, Kind, by, each, ids, pull, sqlserver_bench};
use crate::sink::Memory;

const CREATE: &str = "CREATE TABLE TABLE_NAME (id INTEGER PRIMARY KEY, at TIMESTAMP NULL, who VARCHAR(20))";

fn insert(bench: &Bench, rows: &[(i64, &str, &str)]) {
    let row = |(id, at, who): &(i64, &str, &str)| format!("({id}, '{at}', '{who}')");
    let rows: Vec<String> = rows.iter().map(row).collect();
    bench.sql(&format!("INSERT INTO TABLE_NAME (id, at, who) VALUES {}", rows.join(", ")));
}

#[test]
fn rows_come_once_and_in_order() {
    each(|bench| {
        bench.sql(CREATE);
        let settings = bench.settings(by(&["id"]));
        let sink = Memory::default();
        assert_eq!(pull(&settings, &sink).expect("an empty table is fine").received, 0);
        assert_eq!(sink.state(), None, "nothing to remember");
        insert(
            bench,
            &[(5, "2026-10-01 10:00:00", "e"), (1, "2026-10-01 10:00:00", "a"), (3, "2026-10-01 10:00:00", "c")],
        );
        insert(bench, &[(9, "2026-10-01 10:00:00", "i"), (7, "2026-10-01 10:00:00", "g")]);
        pull(&settings, &sink).expect("pulls");
        assert_eq!(ids(&sink.take()), [1, 3, 5, 7, 9]);
        assert_eq!(pull(&settings, &sink).expect("pulls").committed, 0);
        insert(bench, &[(12, "2026-10-01 10:00:00", "l"), (8, "2026-10-01 10:00:00", "late")]);
        pull(&settings, &sink).expect("pulls");
        assert_eq!(ids(&sink.take()), [12], "8 lies behind the place: this is what `lag` is for");
    });
}

#[test]
fn rows_of_one_time_are_told_apart_without_another_column() {
    each(|bench| {
        bench.sql(CREATE);
        let settings = bench.settings(by(&["at"]));
        let sink = Memory::default();
        let noon = "2026-10-01 12:00:00";
        insert(
            bench,
            &[(1, "2026-10-01 11:59:59", "a"), (2, noon, "b"), (3, noon, "c"), (4, noon, "d"), (5, noon, "e")],
        );
        pull(&settings, &sink).expect("pulls");
        // More at the same time, after it was read: `>` would lose them, `>=` would repeat the others.
        insert(bench, &[(6, noon, "f"), (7, noon, "g"), (8, "2026-10-01 12:00:01", "h")]);
        pull(&settings, &sink).expect("pulls");
        let mut all = ids(&sink.take());
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3, 4, 5, 6, 7, 8]);
    });
}

#[test]
fn equal_rows_are_as_many_as_there_are() {
    each(|bench| {
        bench.sql("CREATE TABLE TABLE_NAME (id INTEGER, who VARCHAR(20))");
        let settings = bench.settings(by(&["id"]));
        let sink = Memory::default();
        for count in [2, 4, 4] {
            bench.sql("INSERT INTO TABLE_NAME VALUES (1, 'same'), (1, 'same')");
            pull(&settings, &sink).expect("pulls");
            assert!(sink.commits() >= 1, "{count}");
        }
        assert_eq!(ids(&sink.take()), [1; 6]);
    });
}

#[test]
fn a_change_of_time_and_key_together_is_followed() {
    each(|bench| {
        bench.sql(CREATE);
        let settings = bench.settings(by(&["at", "id"]));
        let sink = Memory::default();
        insert(
            bench,
            &[(1, "2026-10-01 12:00:00", "a"), (2, "2026-10-01 12:00:00", "b"), (3, "2026-10-01 12:00:05", "c")],
        );
        pull(&settings, &sink).expect("pulls");
        bench.sql("UPDATE TABLE_NAME SET at = '2026-10-01 12:00:05', who = 'changed' WHERE id = 1");
        bench.sql("UPDATE TABLE_NAME SET at = '2026-10-01 12:00:09', who = 'later' WHERE id = 2");
        insert(bench, &[(4, "2026-10-01 12:00:05", "d")]);
        pull(&settings, &sink).expect("pulls");
        assert_eq!(ids(&sink.take()), [1, 2, 3, 4, 2], "1 moved to a place before the last row");
    });
}

#[test]
fn nothing_is_lost_or_doubled_whenever_the_log_fails() {
    each(|bench| {
        bench.sql(CREATE);
        let settings = bench.settings(by(&["at"]));
        let rows: Vec<(i64, String)> = (1..=40).map(|id| (id, format!("2026-10-01 12:00:{:02}", id / 7))).collect();
        let rows: Vec<(i64, &str, &str)> = rows.iter().map(|(id, at)| (*id, at.as_str(), "x")).collect();
        insert(bench, &rows);
        for commits in 0..15 {
            let sink = Memory::default();
            sink.fail_after(Some(commits));
            let failed = pull(&settings, &sink);
            sink.fail_after(None);
            pull(&settings, &sink).expect("pulls again");
            let mut all = ids(&sink.take());
            all.sort_unstable();
            assert_eq!(all, (1..=40).collect::<Vec<_>>(), "after {commits} commits: {failed:?}");
        }
    });
}

#[test]
fn start_is_where_it_begins() {
    each(|bench| {
        bench.sql(CREATE);
        insert(
            bench,
            &[(1, "2026-10-01 12:00:00", "a"), (2, "2026-10-02 12:00:00", "b"), (3, "2026-10-03 12:00:00", "c")],
        );
        for (column, start, expected) in [("id", "3", vec![3]), ("at", "2026-10-02 00:00:00", vec![2, 3])] {
            let mut settings = bench.settings(by(&[column]));
            if let Mode::Rising(rising) = &mut settings.mode {
                rising.start = vec![start.to_owned()];
            }
            let sink = Memory::default();
            pull(&settings, &sink).expect("pulls");
            assert_eq!(ids(&sink.take()), expected, "{column}");
        }
    });
}

#[test]
fn rows_younger_than_the_lag_wait() {
    each(|bench| {
        bench.sql(CREATE);
        insert(bench, &[(1, "2026-10-01 12:00:00", "old")]);
        let mut settings = bench.settings(by(&["at", "id"]));
        if let Mode::Rising(rising) = &mut settings.mode {
            rising.lag = Some(Duration(3_600_000_000_000));
        }
        let sink = Memory::default();
        if let Kind::Sqlite(_) = &bench.kind {
            let fault = pull(&settings, &sink).expect_err("the file has no clock");
            assert_eq!(fault.id(), "SQL-014");
            return;
        }
        bench.sql("INSERT INTO TABLE_NAME VALUES (2, CURRENT_TIMESTAMP, 'young')");
        pull(&settings, &sink).expect("pulls");
        assert_eq!(ids(&sink.take()), [1]);
    });
}

#[test]
fn rows_without_a_place_are_left_out() {
    each(|bench| {
        bench.sql(CREATE);
        insert(bench, &[(1, "2026-10-01 12:00:00", "a")]);
        bench.sql("INSERT INTO TABLE_NAME (id) VALUES (2)");
        let sink = Memory::default();
        pull(&bench.settings(by(&["at"])), &sink).expect("pulls");
        assert_eq!(ids(&sink.take()), [1]);
    });
}

#[test]
fn names_and_texts_are_not_statements() {
    each(|bench| {
        bench.sql("CREATE TABLE TABLE_NAME (id VARCHAR(60), who VARCHAR(60))");
        bench.sql("INSERT INTO TABLE_NAME VALUES ('a'' OR ''1''=''1', 'x'), ('b\"); --', 'y'), ('b`c', 'z')");
        let mut settings = bench.settings(by(&["od\"d` name"]));
        let quoted = if bench.is(&Kind::MariaDb) { "`od\"d`` name`" } else { "\"od\"\"d` name\"" };
        settings.query = format!("SELECT id AS {quoted}, who FROM {} -- the end;", bench.table);
        let sink = Memory::default();
        for _ in 0..2 {
            pull(&settings, &sink).expect("pulls");
        }
        assert_eq!(sink.take().len(), 3);
    });
}

#[test]
fn types_of_sqlserver_that_rise() {
    for (kind, values) in [
        ("BIGINT", ["9", "10", "11"]),
        ("FLOAT", ["0.1", "0.30000000000000004", "1e3"]),
        ("DECIMAL(20,2)", ["9.5", "10.25", "100"]),
        ("MONEY", ["9.5", "10.25", "100"]),
        ("DATE", ["'2026-09-30'", "'2026-10-01'", "'2026-10-02'"]),
        ("DATETIME", ["'2026-10-01 10:00:00.000'", "'2026-10-01 10:00:00.003'", "'2026-10-02 00:00:00.000'"]),
        (
            "UNIQUEIDENTIFIER",
            [
                "'00000000-0000-4000-8000-000000000009'",
                "'00000000-0000-4000-8000-00000000000a'",
                "'f0000000-0000-4000-8000-000000000000'",
            ],
        ),
        ("VARBINARY(8)", ["x'00000000000007d1'", "x'00000000000007d2'", "x'0000000000010000'"]),
        ("VARCHAR(20)", ["'a'", "'b'", "'ba'"]),
        ("NVARCHAR(20)", ["'a'", "'ä'", "'äa'"]),
    ] {
        let bench = sqlserver_bench();
        bench.sql(&format!("CREATE TABLE TABLE_NAME (place {kind}, id INTEGER)"));
        let settings = bench.settings(by(&["place", "id"]));
        let sink = Memory::default();
        for (id, value) in values.iter().enumerate() {
            bench.sql(&format!("INSERT INTO TABLE_NAME VALUES ({value}, {id})"));
            pull(&settings, &sink).unwrap_or_else(|fault| panic!("{kind}: {fault}"));
            assert_eq!(ids(&sink.take()), [id as i64], "{kind}");
        }
    }
}

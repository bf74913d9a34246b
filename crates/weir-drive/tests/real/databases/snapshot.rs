//! Whole tables again and again.

use weir_drive::sql::Mode;

use super::{each, ids, pull};
use crate::sink::Memory;

#[test]
fn what_is_new_changed_or_gone_is_told_once() {
    each(|bench| {
        bench.sql("CREATE TABLE TABLE_NAME (id INTEGER, who VARCHAR(20))");
        bench.sql("INSERT INTO TABLE_NAME VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        let settings = bench.settings(Mode::Snapshot { key: vec!["id".to_owned()] });
        let sink = Memory::default();
        pull(&settings, &sink).expect("pulls");
        assert_eq!(ids(&sink.take()), [1, 2, 3]);
        let commits = sink.commits();
        pull(&settings, &sink).expect("pulls");
        assert_eq!((sink.take().len(), sink.commits()), (0, commits), "nothing has happened");
        bench.sql("UPDATE TABLE_NAME SET who = 'B' WHERE id = 2");
        bench.sql("DELETE FROM TABLE_NAME WHERE id = 1");
        bench.sql("INSERT INTO TABLE_NAME VALUES (4, 'd')");
        pull(&settings, &sink).expect("pulls");
        let mut records = sink.take();
        records.sort();
        let gone = records.iter().filter(|record| record.contains("\"removed\":true")).count();
        assert_eq!((ids(&records).len(), gone), (2 + usize::from(ids(&records).len() == 3), 1), "{records:?}");
        pull(&settings, &sink).expect("pulls");
        assert_eq!(sink.take().len(), 0);
    });
}

#[test]
fn rows_without_a_key_are_their_content() {
    each(|bench| {
        bench.sql("CREATE TABLE TABLE_NAME (id INTEGER, who VARCHAR(20))");
        bench.sql("INSERT INTO TABLE_NAME VALUES (1, 'a'), (1, 'a'), (2, 'b')");
        let settings = bench.settings(Mode::Snapshot { key: Vec::new() });
        let sink = Memory::default();
        pull(&settings, &sink).expect("pulls");
        assert_eq!(sink.take().len(), 3);
        bench.sql("INSERT INTO TABLE_NAME VALUES (1, 'a')");
        bench.sql("DELETE FROM TABLE_NAME WHERE id = 2");
        pull(&settings, &sink).expect("pulls");
        assert_eq!(ids(&sink.take()), [1], "what is gone has no name to be told by");
    });
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    each(|bench| {
        bench.sql("CREATE TABLE TABLE_NAME (id INTEGER, who VARCHAR(20))");
        bench.sql("INSERT INTO TABLE_NAME VALUES (1, 'a'), (1, 'b')");
        let settings = bench.settings(Mode::Snapshot { key: vec!["id".to_owned()] });
        let fault = pull(&settings, &Memory::default()).expect_err("is refused");
        assert_eq!(fault.id(), "SQL-016");
    });
}

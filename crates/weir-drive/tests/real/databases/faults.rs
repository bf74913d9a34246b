//! What is wrong is said with its id, and nothing is stored.

use weir_drive::sql::{Database, Mode, Server, Settings, Tls};
use weir_event::{Duration, FaultKind};

use super::{Bench, Kind, by, each, mariadb_bench, postgres_bench, pull, sqlserver_bench};
use crate::servers::mariadb::mariadb;
use crate::servers::postgres::postgres;
use crate::servers::sqlserver::sqlserver;
use crate::sink::Memory;

#[track_caller]
fn refused(settings: &Settings, id: &str) {
    let sink = Memory::default();
    let fault = pull(settings, &sink).expect_err("is refused");
    assert_eq!(fault.id(), id, "{fault}");
    assert!(!fault.to_string().contains("cut-2-fit"), "{fault}");
    assert_eq!(sink.commits(), 0);
}

fn table(bench: &Bench) {
    bench.sql("CREATE TABLE TABLE_NAME (id INTEGER, who VARCHAR(20))");
    bench.sql("INSERT INTO TABLE_NAME VALUES (1, 'a')");
}

fn with_server(settings: &Settings, change: impl FnOnce(&mut Server)) -> Settings {
    let mut settings = settings.clone();
    match &mut settings.database {
        Database::Postgres(server) | Database::MySql(server) | Database::SqlServer(server) => change(server),
        Database::Sqlite(_) => {}
    }
    settings
}

#[test]
fn queries_that_are_wrong() {
    each(|bench| {
        table(bench);
        let name = &bench.table;
        let cases = [
            ("SELECT * FROM nowhere", "id", "SQL-003"),
            ("SELEC 1", "id", "SQL-003"),
            (&*format!("SELECT * FROM {name}"), "di", "SQL-009"),
            (&format!("SELECT 1 AS id) AS x; DELETE FROM {name}; --"), "id", "SQL-003"),
            (&format!("DELETE FROM {name} RETURNING id"), "id", "SQL-003"),
        ];
        for (query, column, id) in cases {
            let settings = Settings { query: query.to_owned(), ..bench.settings(by(&[column])) };
            refused(&settings, id);
        }
        let sink = Memory::default();
        pull(&bench.settings(by(&["id"])), &sink).expect("the row is still there");
        assert_eq!(sink.take().len(), 1);
    });
}

#[test]
fn columns_of_one_name() {
    each(|bench| {
        let query = "SELECT 1 AS id, 2 AS id".to_owned();
        // Two of the databases count a second column of the name differently.
        let id = match &bench.kind {
            Kind::Postgres => "SQL-010",
            Kind::MariaDb => "SQL-003",
            Kind::Sqlite(_) | Kind::SqlServer => return,
        };
        refused(&Settings { query, ..bench.settings(by(&["id"])) }, id);
    });
}

#[test]
fn columns_that_cannot_rise() {
    for (bench, kind) in [(postgres_bench(), "json"), (mariadb_bench(), "FLOAT"), (sqlserver_bench(), "BIT")] {
        bench.sql(&format!("CREATE TABLE TABLE_NAME (id {kind})"));
        refused(&bench.settings(by(&["id"])), "SQL-011");
    }
}

#[test]
fn servers_that_do_not_let_us_in() {
    for bench in [postgres_bench(), mariadb_bench(), sqlserver_bench()] {
        table(&bench);
        let settings = bench.settings(by(&["id"]));
        refused(&with_server(&settings, |server| server.password = "wrong".to_owned()), "SQL-002");
        refused(&with_server(&settings, |server| server.port = 1), "SQL-001");
    }
    let settings = postgres_bench().settings(by(&["id"]));
    refused(&with_server(&settings, |server| server.database = "nowhere".to_owned()), "SQL-003");
    let settings = sqlserver_bench().settings(by(&["id"]));
    refused(&with_server(&settings, |server| server.database = "nowhere".to_owned()), "SQL-004");
    let settings = mariadb_bench().settings(by(&["id"]));
    refused(&with_server(&settings, |server| server.user = "nobody".to_owned()), "SQL-004");
}

#[test]
fn tables_that_may_not_be_read() {
    let bench = postgres_bench();
    table(&bench);
    bench.sql("CREATE ROLE reader_of_nothing LOGIN PASSWORD 'cut-2-fit'");
    let settings = bench.settings(by(&["id"]));
    refused(&with_server(&settings, |server| server.user = "reader_of_nothing".to_owned()), "SQL-004");
}

#[test]
fn files_that_are_not_there() {
    let mut settings = postgres_bench().settings(by(&["id"]));
    settings.database = Database::Sqlite("/nowhere/at/all.db".into());
    refused(&settings, "SQL-001");
}

#[test]
fn statements_that_take_too_long() {
    for (bench, query) in [
        (postgres_bench(), "SELECT 1 AS id FROM pg_sleep(30)"),
        (mariadb_bench(), "SELECT SLEEP(30) AS id FROM (SELECT 1 AS a) AS b LIMIT 1"),
        (sqlserver_bench(), "SELECT id FROM never_answers"),
    ] {
        let mut settings = bench.settings(Mode::Snapshot { key: vec!["id".to_owned()] });
        settings.query = query.to_owned();
        settings.timeout = Duration(300_000_000);
        refused(&settings, "SQL-005");
    }
}

#[test]
fn certificates_are_checked() {
    let cases = [
        (postgres_bench(), postgres().folder.clone()),
        (mariadb_bench(), mariadb().folder.clone()),
        (sqlserver_bench(), sqlserver().folder.clone()),
    ];
    for (bench, folder) in cases {
        table(&bench);
        let settings = bench.settings(by(&["id"]));
        let with = |tls: Tls| with_server(&settings, |server| server.tls = tls);
        refused(&with(Tls::Verified { ca_file: None }), "SQL-008");
        for tls in [Tls::Unverified, Tls::Verified { ca_file: Some(folder.join("cert.pem")) }] {
            let sink = Memory::default();
            pull(&with(tls.clone()), &sink).unwrap_or_else(|fault| panic!("{tls:?}: {fault}"));
            assert_eq!(sink.take().len(), 1);
        }
    }
}

#[test]
fn states_of_others_are_not_read() {
    each(|bench| {
        table(bench);
        let settings = bench.settings(by(&["id"]));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        for state in ["", "{}", "{\"v\":2}", "{\"v\":1,\"rising\":[1],\"at\":[],\"stored\":{}}"] {
            let sink = Memory::default();
            let pulled = runtime.block_on(weir_drive::sql::pull(&settings, Some(state), &sink));
            let fault = pulled.expect_err("is refused");
            assert_eq!((fault.id(), fault.kind()), ("SQL-015", FaultKind::Storage), "{state}");
        }
    });
}

//! Sources that weir reads where they are.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::process::Home;
use super::until::until;

fn sql(file: &Path, text: &str) {
    let output = Command::new("sqlite3").arg(file).arg(text).output().expect("`cargo xtask test` installs sqlite3");
    assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Rows `from` to `to`, several at each time.
fn insert(file: &Path, from: i64, to: i64) {
    let rows: Vec<String> = (from..to).map(|id| format!("({id}, {}, 'u{id}')", id / 7)).collect();
    sql(file, &format!("INSERT INTO audit VALUES {}", rows.join(",")));
}

fn ids(rows: &[Value]) -> Vec<i64> {
    let mut ids: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn rows_of_a_database_are_stored_once_each_whenever_weir_is_killed() {
    let home = Home::new();
    let file = home.path().join("audit.db");
    sql(&file, "CREATE TABLE audit (id INTEGER, at INTEGER, who TEXT)");
    let settings = format!("{{ driver: sqlite, file: {}, query: SELECT * FROM audit, rising: at }}", file.display());
    home.write("weir.yaml", &format!("sources:\n  - {{ name: hr, kind: sql, every: 1s, sql: {settings} }}\n"));
    let query = "fetch logs | filter weir.source == \"hr\" | fields id";
    let mut total = 0;
    for round in 0..3 {
        let mut weir = home.start();
        insert(&file, total, total + 3_000);
        total += 3_000;
        // Killed as soon as some of the rows are there: others are on their way, and the position with them.
        until("the first rows", || (weir.query(query).len() as i64 > round * 3_000).then_some(()));
        weir.kill();
    }
    let mut weir = home.start();
    let rows = weir.rows(query, total as usize);
    assert_eq!(ids(&rows), (0..total).collect::<Vec<_>>());
    assert!(weir.stop().success());
    home.assert_well();
}

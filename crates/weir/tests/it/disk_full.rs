//! A full disk: intake is refused, and goes on by itself when there is room again.

use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;

use serde_json::json;

use super::process::Home;
use super::until::until;

/// Space that the test takes from the disk, far more than others use meanwhile.
const BALLAST: u64 = 4 << 30;

fn free(folder: &Path) -> u64 {
    let stat = rustix::fs::statvfs(folder).unwrap();
    stat.f_bavail * stat.f_frsize
}

/// Sets space aside without writing it.
fn take_space(path: &Path, bytes: u64) {
    let file = File::create(path).unwrap();
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).unwrap();
}

#[test]
fn intake_stops_while_the_disk_is_full_and_goes_on_by_itself() {
    let home = Home::new();
    let before = free(home.path());
    let ballast = BALLAST.min(before / 4);
    // With the ballast there is less free than the reserve; without, more.
    home.write("weir.yaml", &format!("limits: {{ disk_reserve_bytes: {} }}\n", before - ballast / 2));
    let mut weir = home.start();
    weir.ingest("room", &json!({"n": 0}));

    let file = home.path().join("ballast");
    take_space(&file, ballast);
    let mut taken = 1;
    let refused = until("a refusal", || {
        let response = weir.post("/v1/ingest/room", "application/json", json!({"n": taken}).to_string());
        taken += usize::from(response.status == 202);
        (response.status != 202).then_some(response)
    });
    assert!(matches!(refused.status, 429 | 503 | 507), "{}", refused.text());
    assert!(refused.header("retry-after").is_some(), "a time to come back is named");
    let error = refused.json()["error"].clone();
    assert!(error["what"].as_str().unwrap().contains("disk is full"), "{error}");

    until("readiness to be taken back", || (weir.get("/readyz").status == 503).then_some(()));
    assert_eq!(weir.metric("weir_disk_low"), 1.0);

    // What a sender over TCP hands over meanwhile waits in its connection.
    let mut sender = TcpStream::connect(weir.tcp).unwrap();
    sender.write_all(b"<13>sent while the disk was full\n").unwrap();
    weir.rows("fetch logs | filter weir.source == \"room\"", taken);

    std::fs::remove_file(&file).unwrap();
    until("room to be found", || {
        let response = weir.post("/v1/ingest/room", "application/json", json!({"n": taken}).to_string());
        (response.status == 202).then_some(())
    });
    taken += 1;
    let rows = weir.rows("fetch logs | filter weir.source == \"room\" | sort n | fields n", taken);
    assert_eq!(rows, (0..taken).map(|n| json!({"n": n})).collect::<Vec<_>>());
    weir.rows("fetch logs | filter contains(content, \"while the disk was full\")", 1);
    assert_eq!(weir.get("/readyz").status, 200);
    assert!(weir.stop().success());
    home.assert_well();
}

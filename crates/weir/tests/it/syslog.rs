//! Syslog over UDP and TCP, both framings, and what packs make of the lines.

use std::io::Write;
use std::net::{SocketAddr, TcpStream, UdpSocket};

use serde_json::json;

use super::process::Home;

/// A line of each vendor, of now.
fn vendor_lines() -> [String; 3] {
    let bsd = now("%b %e %H:%M:%S");
    [
        format!(
            "<166>{} fw-edge : %ASA-6-302013: Built outbound TCP connection 4711 for outside:198.51.100.7/443 \
             (198.51.100.7/443) to inside:192.0.2.10/50123 (203.0.113.5/50123)",
            now("%b %d %Y %H:%M:%S")
        ),
        format!(
            "<134>{bsd} ap-lobby CEF:1|Datto|AccessPoint|7.1.0|wifi|assoc|0|rt={} smac=02:00:00:00:00:01 cs2:Guest \
             dmac:02:00:00:00:00:02 reason:3",
            now("%s")
        ),
        format!(
            "<189>date={} time={} devname=\"gate-1\" devid=\"FGT60F0000000001\" logid=\"0000000013\" type=\"traffic\" \
             subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=192.0.2.11 srcport=4711 dstip=203.0.113.9 \
             dstport=443 proto=6 action=\"accept\" policyid=1 service=\"HTTPS\" sentbyte=100 rcvdbyte=200",
            now("%Y-%m-%d"),
            now("%H:%M:%S")
        ),
    ]
}

/// The present time in UTC.
fn now(format: &str) -> String {
    jiff::Timestamp::now().strftime(format).to_string()
}

fn tcp(addr: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(bytes).unwrap();
}

/// The query for the syslog lines that hold `word`.
fn holding(word: &str) -> String {
    format!(
        "fetch logs | filter weir.source == \"syslog\" and contains(content, \"{word}\") | sort weir.id | fields content"
    )
}

#[test]
fn datagrams_and_both_framings_become_events() {
    let home = Home::new();
    let mut weir = home.start();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..3 {
        socket.send_to(format!("<13>{} host app: datagram {n}", now("%b %e %H:%M:%S")).as_bytes(), weir.udp).unwrap();
    }
    weir.rows(&holding("datagram"), 3);

    let lines = format!("<13>1 {} host app - - - newline 0\n<13>newline 1\r\n<13>newline 2", now("%Y-%m-%dT%H:%M:%SZ"));
    tcp(weir.tcp, lines.as_bytes());
    let rows = weir.rows(&holding("newline"), 3);
    assert!(rows.iter().all(|row| !row["content"].as_str().unwrap().ends_with(['\r', '\n'])), "{rows:?}");

    let frames: Vec<&str> = vec!["<13>counted 0", "<13>counted 1\nin two lines", "<13>counted 2"];
    let stream: String = frames.iter().map(|frame| format!("{} {frame}", frame.len())).collect();
    tcp(weir.tcp, stream.as_bytes());
    let rows = weir.rows(&holding("counted"), 3);
    let contents: Vec<&str> = rows.iter().map(|row| row["content"].as_str().unwrap()).collect();
    assert_eq!(contents, frames);
}

#[test]
fn a_line_may_arrive_in_pieces() {
    let home = Home::new();
    let mut weir = home.start();
    let mut stream = TcpStream::connect(weir.tcp).unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in ["<13>ho", "st app: in pie", "ces\n<13>host app: in pieces too\n"] {
        stream.write_all(piece.as_bytes()).unwrap();
    }
    let rows = weir.rows(&holding("in pieces"), 2);
    assert_eq!(rows[0]["content"], "<13>host app: in pieces");
}

#[test]
fn vendors_are_told_apart_on_one_connection() {
    let home = Home::new();
    let mut weir = home.start();
    let nobody = "~~ something nobody has a pack for ~~";
    tcp(weir.tcp, format!("{}\n{nobody}\n", vendor_lines().join("\n")).as_bytes());
    let rows = weir.rows("fetch logs | filter weir.source == \"syslog\" | sort weir.id | fields weir.pack, content", 4);
    let packs: Vec<_> = rows.iter().map(|row| row["weir.pack"].as_str().unwrap_or("-")).collect();
    assert_eq!(packs[..3], ["cisco/asa", "datto/access-point", "fortinet/fortigate"], "{rows:#?}");
    assert_eq!(rows[3]["content"], nobody);
    let query =
        "fetch logs | filter weir.pack == \"fortinet/fortigate\" | fields source.ip, destination.ip, destination.port";
    let expect = json!({"source.ip": "192.0.2.11", "destination.ip": "203.0.113.9", "destination.port": 443});
    assert_eq!(weir.rows(query, 1), [expect]);
    let query = "fetch logs | filter weir.pack == \"datto/access-point\" | fields artifacts.mac_addresses";
    let mut macs = weir.rows(query, 1)[0]["artifacts.mac_addresses"].clone();
    macs.as_array_mut().unwrap().sort_by_key(|mac| mac.to_string());
    assert_eq!(macs, json!(["02:00:00:00:00:01", "02:00:00:00:00:02"]));
}

//! Encrypted listeners: syslog over TLS, and the API.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;
use weir_drive::pem::{certificates, private_key};
use weir_testkit::servers::certificate;

use super::process::{Home, Weir};

type Encrypted = StreamOwned<ClientConnection, TcpStream>;

/// A connection to a server that shows the certificate of `folder`, and shows the same one where `known`.
fn connect(addr: SocketAddr, folder: &Path, known: bool) -> Encrypted {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let own = || certificates(&folder.join("cert.pem")).unwrap();
    let mut roots = RootCertStore::empty();
    own().into_iter().for_each(|certificate| roots.add(certificate).unwrap());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_root_certificates(roots);
    let config = match known {
        true => builder.with_client_auth_cert(own(), private_key(&folder.join("key.pem")).unwrap()).unwrap(),
        false => builder.with_no_client_auth(),
    };
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(config.into(), name).unwrap();
    StreamOwned::new(client, TcpStream::connect(addr).unwrap())
}

/// A weir that takes syslog over TLS; `more` is added to the files of its listener.
fn secure(more: &str) -> Home {
    let home = Home::new();
    certificate(home.path());
    let folder = home.path().display();
    let tls = format!(
        "{{ cert_file: {folder}/cert.pem, key_file: {folder}/key.pem{} }}",
        more.replace("DIR", &folder.to_string())
    );
    home.write(
        "weir.yaml",
        &format!("sources:\n  - {{ name: secure, kind: syslog, listen: 127.0.0.1:6514, transport: [udp, tls], tls: {tls} }}\n"),
    );
    home
}

const QUERY: &str = "fetch logs | filter weir.source == \"secure\" | sort weir.id | fields message";

#[test]
fn syslog_over_tls_is_taken_in_both_framings() {
    let home = secure("");
    let mut weir = home.start();
    let mut counted = connect(weir.tcp, home.path(), false);
    counted.write_all(b"14 <13>app: first15 <13>app: second").unwrap();
    counted.flush().unwrap();
    let mut lines = connect(weir.tcp, home.path(), false);
    lines.write_all(b"<13>app: third\n<13>app: fourth").unwrap();
    lines.conn.send_close_notify();
    lines.flush().unwrap();
    drop(lines);
    let long = format!("<13>app: {}\n", "x".repeat(200_000));
    counted.write_all(format!("{} {long}", long.len()).as_bytes()).unwrap();
    counted.flush().unwrap();
    drop(counted);
    let mut messages: Vec<String> =
        weir.rows(QUERY, 5).iter().map(|row| row["message"].as_str().unwrap().to_owned()).collect();
    messages.sort_by_key(String::len);
    assert_eq!(messages.iter().map(String::len).collect::<Vec<_>>(), [5, 5, 6, 6, 200_000]);
    TcpStream::connect(weir.tcp).unwrap().write_all(b"<13>app: in clear\n").unwrap();
    let mut after = connect(weir.tcp, home.path(), false);
    after.write_all(b"<13>app: goes on\n").unwrap();
    after.flush().unwrap();
    let rows = weir.rows(QUERY, 6);
    assert_eq!(rows[5], json!({"message": "goes on"}));
}

#[test]
fn only_known_clients_are_let_in_where_that_is_asked_for() {
    let home = secure(", ca_file: DIR/cert.pem");
    let mut weir = home.start();
    let mut stranger = connect(weir.tcp, home.path(), false);
    let sent = stranger.write_all(b"<13>app: stranger\n").and_then(|()| stranger.read(&mut [0; 8]));
    assert!(sent.is_err(), "{sent:?}");
    let mut known = connect(weir.tcp, home.path(), true);
    known.write_all(b"<13>app: known\n").unwrap();
    known.flush().unwrap();
    assert_eq!(weir.rows(QUERY, 1), [json!({"message": "known"})]);
}

/// A weir whose API is encrypted.
fn secure_api() -> Home {
    let home = Home::new();
    certificate(home.path());
    let folder = home.path().display();
    let tls = format!("{{ cert_file: {folder}/cert.pem, key_file: {folder}/key.pem }}");
    home.write("weir.yaml", &format!("http: {{ listen: 127.0.0.1:8514, tls: {tls} }}\n"));
    home
}

/// Asks with the program itself; what it wrote to stdout and stderr.
fn query(weir: &Weir, scheme: &str, source: &str, more: &[&str]) -> (String, String) {
    let server = format!("{scheme}://{}", weir.http);
    let query = format!("fetch logs | filter weir.source == \"{source}\" | summarize found = count() > 0");
    let mut command = super::process::weir();
    command.args(["query", &query, "--format", "ndjson", "--token", &weir.token, "--server", &server]).args(more);
    let output = command.output().unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn wait_for_events(home: &Home, weir: &Weir, source: &str) {
    let cert = home.path().join("cert.pem");
    super::until::until_equal(source, "{\"found\":true}\n".to_owned(), || {
        query(weir, "https", source, &["--ca-file", cert.to_str().unwrap()]).0
    });
}

#[test]
fn the_demo_speaks_to_its_own_encrypted_api() {
    let home = secure_api();
    let weir = home.start_as("demo");
    wait_for_events(&home, &weir, "resolver");
    let words = weir.words();
    assert!(words.contains(&format!("--server https://{} --ca-file ", weir.http)), "{words}");
}

#[test]
fn the_api_is_served_encrypted() {
    let home = secure_api();
    let weir = home.start();
    let ask = |head: &str, body: &str| {
        let mut stream = connect(weir.http, home.path(), false);
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}",
            weir.token
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("GET /healthz", "").starts_with("HTTP/1.1 200"));
    let body = "x".repeat(300_000);
    let answer = ask("POST /v1/ingest/web", &body);
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let mut clear = TcpStream::connect(weir.http).unwrap();
    clear.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = clear.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert!(ask("GET /healthz", "").starts_with("HTTP/1.1 200"));

    wait_for_events(&home, &weir, "web");
    let (_, unknown) = query(&weir, "https", "web", &[]);
    assert!(unknown.contains("CLI-028"), "{unknown}");
    let (_, clear) = query(&weir, "http", "web", &[]);
    assert!(clear.contains("https://"), "{clear}");
}

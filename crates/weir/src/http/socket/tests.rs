use std::io::{Read, Write};
use std::net::TcpStream;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;

use super::*;

/// A runtime that serves one path; it ends when dropped.
fn serve(times: Times, connections: usize) -> (tokio::runtime::Runtime, SocketAddr) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let addr = listener.local_addr().unwrap();
    let listener = Limited { times, ..Limited::new(listener, None, connections) };
    let handler = |ConnectInfo(peer): ConnectInfo<Peer>| async move {
        let _answering = peer.answering();
        "here"
    };
    let router = Router::new().route("/", get(handler)).into_make_service_with_connect_info::<Peer>();
    runtime.spawn(async move { axum::serve(listener, router).await });
    (runtime, addr)
}

fn connect(addr: SocketAddr, says: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).unwrap();
    // An answer that takes longer has hung.
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(says.as_bytes()).unwrap();
    stream
}

/// Everything that the server says before it closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// A time that ends while the test waits, and that no busy machine takes between a connection and its first bytes.
const SHORT: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(3_600);

/// Each of these used to keep its connection for three minutes or, with a byte now and then, for ever. With one connection at a time the
/// next is only answered when the one before it is closed.
#[test]
fn a_head_that_does_not_end_gives_its_connection_back() {
    let (_runtime, addr) = serve(Times { quiet: LONG, head: SHORT }, 1);
    let whole = "GET / HTTP/1.1\r\nhost: weir\r\n\r\n";
    for (says, answer) in
        [("", false), ("GET / HTTP/1.1\r\nhost:", false), (whole, true), (&format!("{whole}GET / HTTP/1.1\r\nx"), true)]
    {
        let held = connect(addr, says);
        if answer {
            let mut one = [0; 12];
            (&held).read_exact(&mut one).unwrap();
            assert_eq!(&one, b"HTTP/1.1 200", "{says:?}");
            // The next head begins, and does not end.
            (&held).write_all(b"GET").unwrap();
            assert!(rest(held).ends_with("here"), "{says:?}");
        } else {
            assert_eq!(rest(held), "", "{says:?}");
        }
    }
    let last = connect(addr, "GET / HTTP/1.1\r\nhost: weir\r\nconnection: close\r\n\r\n");
    assert!(rest(last).ends_with("here"));
}

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let (_runtime, addr) = serve(Times { quiet: SHORT, head: LONG }, 2);
    assert_eq!(rest(connect(addr, "GET /")), "");
    assert!(rest(connect(addr, "GET / HTTP/1.1\r\nhost: weir\r\n\r\n")).ends_with("here"));
}

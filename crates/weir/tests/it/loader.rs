//! Senders that go on until the process dies, and remember what was acknowledged.

use std::io::Write;
use std::net::TcpStream;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread::JoinHandle;

use super::client::{Client, Request};
use super::process::{Weir, bearer};
use weir_testkit::Random;

/// Ids that no two records share, and the number of acknowledged requests.
#[derive(Default)]
pub struct Counters {
    next: AtomicU64,
    pub acknowledged: AtomicU64,
}

/// The ids of one request, and whether its answer came.
pub struct Sent {
    pub ids: Range<u64>,
    pub acknowledged: bool,
}

/// Posts batches of 1 to 20 records on one connection until it breaks. A request without an answer may be stored or not.
pub fn post_until_broken(weir: &Weir, counters: &Arc<Counters>, seed: u64) -> JoinHandle<Vec<Sent>> {
    let (mut client, token, counters) = (weir.connect(), bearer(&weir.token), counters.clone());
    std::thread::spawn(move || {
        let mut random = Random::new(seed);
        let mut sent = Vec::new();
        loop {
            let ids = counters.take(1 + random.below(20) as u64);
            let acknowledged = post(&mut client, &token, ids.clone());
            sent.push(Sent { ids, acknowledged });
            if !acknowledged {
                return sent;
            }
            counters.acknowledged.fetch_add(1, SeqCst);
        }
    })
}

fn post(client: &mut Client, token: &str, ids: Range<u64>) -> bool {
    let records: Vec<String> = ids.map(|n| format!("{{\"n\":{n},\"message\":\"record {n} of the load\"}}")).collect();
    let headers = [("authorization", token), ("content-type", "application/json")];
    let body = format!("[{}]", records.join(","));
    let request = Request { method: "POST", path: "/v1/ingest/load", headers: &headers, body: body.as_bytes() };
    match client.send(&request) {
        Ok(response) => {
            assert!(matches!(response.status, 202 | 429 | 503), "{}", response.text());
            response.status == 202
        }
        Err(_) => false,
    }
}

/// Lines that one syslog connection sends.
const LINES: u64 = 1_000;

/// Sends lines over syslog until there are enough or the connection breaks. Nobody acknowledges them.
pub fn stream_until_broken(weir: &Weir, counters: &Arc<Counters>) -> JoinHandle<()> {
    let (stream, counters) = (TcpStream::connect(weir.tcp), counters.clone());
    std::thread::spawn(move || {
        let Ok(mut stream) = stream else { return };
        for _ in 0..LINES / 10 {
            let lines: String = counters.take(10).map(|n| format!("<13>load: line id={n}.\n")).collect();
            if stream.write_all(lines.as_bytes()).is_err() {
                return;
            }
        }
    })
}

impl Counters {
    fn take(&self, count: u64) -> Range<u64> {
        let first = self.next.fetch_add(count, SeqCst);
        first..first + count
    }
}

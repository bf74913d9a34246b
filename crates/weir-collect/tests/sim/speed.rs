//! A source that only has to be read: pages of a thousand records, no waiting, nothing to go wrong.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use futures::FutureExt;
use weir_collect::{Broken, Commit, Reply, Request, Session, State, Told, Wire, World, pull};
use weir_event::{Fault, Timestamp};

use super::{START, service};

const PAGE: u64 = 1_000;

struct Quick {
    pages: u64,
    stored: AtomicU64,
}

impl World for Quick {
    fn now(&self) -> Timestamp {
        Timestamp(START.0 + 3_600_000_000_000)
    }

    async fn sleep_until(&self, _: Timestamp) {}

    async fn send(&self, request: Request, _: &Wire) -> Result<Reply, Broken> {
        let from: u64 =
            request.target().split_once("cursor=").and_then(|(_, number)| number.parse().ok()).unwrap_or_default();
        Ok(Reply { status: 200, headers: Vec::new(), body: page(from, self.pages * PAGE).into_bytes() })
    }

    async fn commit(&self, commit: Commit) -> Result<(), Fault> {
        self.stored.fetch_add(commit.records.len() as u64, Relaxed);
        Ok(())
    }

    fn tell(&self, _: Told) {}
}

/// Records of about 400 bytes, as alarms are.
fn page(from: u64, end: u64) -> String {
    let to = (from + PAGE).min(end);
    let one = |id: u64| {
        format!(
            "{{\"id\":{id},\"seen\":{},\"severity\":\"high\",\"user\":{{\"name\":\"ana.{id}\",\"mail\":\"ana.{id}@example.com\"}},\
             \"source\":{{\"ip\":\"192.0.2.{}\",\"port\":{},\"host\":\"host-{id}.example.com\"}},\"tags\":[\"a\",\"b\",\"c\"],\
             \"message\":\"user ana.{id} has opened a session from a place that was not seen before, and did so at night\",\
             \"score\":0.75,\"closed\":false,\"rule\":\"unusual place and time\",\"url\":\"https://example.com/alarms/{id}\"}}",
            START.0 / 1_000_000 + id as i64,
            id % 256,
            id % 65_536,
        )
    };
    let records: Vec<String> = (from..to).map(one).collect();
    let more = if to < end { format!("\"{to}\"") } else { "null".to_owned() };
    format!("{{\"items\":[{}],\"cursor\":\"{to}\",\"more\":{more}}}", records.join(","))
}

/// `WEIR_SLOW=1` makes it long enough to be measured: `perf stat -e instructions:u`.
#[test]
fn pages_of_a_thousand_are_read() {
    let pages = if super::slow() { 500 } else { 3 };
    let world = Quick { pages, stored: AtomicU64::new(0) };
    let (session, mut state) = (Session::default(), State::default());
    let pulled = pull(&world, &service("feed"), &session, &mut state).now_or_never();
    assert_eq!(pulled.map(|pulled| pulled.map(|pulled| pulled.generated)), Some(Ok(pages * PAGE)));
    assert_eq!(world.stored.into_inner(), pages * PAGE);
}

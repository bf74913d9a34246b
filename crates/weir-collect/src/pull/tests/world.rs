//! Simulated time, network and disk.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use weir_event::{Fault, Timestamp};

use super::vendor::Vendor;
use crate::http::{Broken, Reply, Request};
use crate::state::State;
use crate::world::{Commit, Told, Wire};

/// The process is no more.
#[derive(Debug)]
pub struct Died;

pub struct World {
    vendor: Vendor,
    inner: Mutex<Inner>,
}

struct Inner {
    now: Timestamp,
    /// What a restart finds: records, and the text of the change that came with them.
    disk: Vec<(Vec<String>, String)>,
    waits: u64,
    dies_at: Option<u64>,
    told: Vec<String>,
}

impl World {
    pub fn new(vendor: Vendor, now: Timestamp, dies_at: Option<u64>) -> World {
        let inner = Inner { now, disk: Vec::new(), waits: 0, dies_at, told: Vec::new() };
        World { vendor, inner: Mutex::new(inner) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    pub fn waits(&self) -> u64 {
        self.inner().waits
    }

    pub fn now(&self) -> Timestamp {
        self.inner().now
    }

    pub fn pass(&mut self, nanos: i64) {
        self.inner().now.0 += nanos;
    }

    pub fn told(&self, text: &str) -> bool {
        self.inner().told.iter().any(|told| told.contains(text))
    }

    /// What a process that starts now knows.
    pub fn state(&self) -> State {
        let inner = self.inner();
        State::from_texts("test", inner.disk.iter().map(|(_, state)| state.as_str()).filter(|state| !state.is_empty()))
            .unwrap()
    }

    /// The ids of stored records, in order.
    pub fn stored(&self) -> Vec<i64> {
        let inner = self.inner();
        let records = inner.disk.iter().flat_map(|(records, _)| records);
        let id = |text: &String| match weir_parse::json::to_value(text).unwrap() {
            weir_event::Value::Record(record) => match record.get("id") {
                Some(weir_event::Value::Long(id)) => *id,
                other => panic!("{other:?} is no id"),
            },
            other => panic!("{other:?} is no record"),
        };
        records.map(id).collect()
    }

    /// Runs until the end or the death of the process.
    pub fn poll<T>(&self, future: impl Future<Output = T>) -> Result<T, Died> {
        let mut future = pin!(future);
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Ok(value),
            Poll::Pending => Err(Died),
        }
    }

    /// One wait of the process; it never returns from the one at which it dies.
    async fn wait(&self) {
        let dies = {
            let mut inner = self.inner();
            inner.waits += 1;
            inner.dies_at == Some(inner.waits - 1)
        };
        if dies {
            std::future::pending::<()>().await;
        }
    }
}

impl crate::world::World for World {
    fn now(&self) -> Timestamp {
        World::now(self)
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.wait().await;
        let mut inner = self.inner();
        inner.now = inner.now.max(at);
    }

    async fn send(&self, request: Request, wire: &Wire) -> Result<Reply, Broken> {
        self.wait().await;
        let (answer, took) = self.vendor.answer(&request, self.now(), wire.timeout);
        self.inner().now.0 += took;
        self.wait().await;
        answer
    }

    async fn commit(&self, commit: Commit) -> Result<(), Fault> {
        self.wait().await;
        {
            let mut inner = self.inner();
            if commit.whole {
                inner.disk.iter_mut().for_each(|(_, state)| state.clear());
            }
            inner.disk.push((commit.records, commit.state));
        }
        self.wait().await;
        Ok(())
    }

    fn tell(&self, told: Told) {
        if let Told::Note(text) = told {
            self.inner().told.push(text);
        }
    }
}

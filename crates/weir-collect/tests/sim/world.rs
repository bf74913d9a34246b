//! Simulated time, network and disk.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use weir_collect::{Broken, Commit, Lookup, Reply, Request, State, Told, Wire};
use weir_event::{Fault, Timestamp};

/// The process is no more.
#[derive(Debug)]
pub struct Died;

/// A source as the simulated network reaches it.
pub trait Answers: Sync {
    /// The answer, and how long it took (nanoseconds).
    fn answer(&self, request: &Request, now: Timestamp, timeout: i64) -> (Result<Reply, Broken>, i64);
}

pub struct World<S> {
    vendor: S,
    inner: Mutex<Inner>,
}

struct Inner {
    now: Timestamp,
    /// Times at which somebody wants to go on.
    timers: BTreeMap<Timestamp, Vec<Waker>>,
    /// What a restart finds: records, and the text of the change that came with them.
    disk: Vec<(Vec<String>, String)>,
    waits: u64,
    dies_at: Option<u64>,
    is_dead: bool,
    told: Vec<String>,
    /// The rows of the lookup table.
    table: String,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl<S: Answers> World<S> {
    pub fn new(vendor: S, now: Timestamp, dies_at: Option<u64>) -> World<S> {
        let inner = Inner {
            now,
            timers: BTreeMap::new(),
            disk: Vec::new(),
            waits: 0,
            dies_at,
            is_dead: false,
            told: Vec::new(),
            table: String::new(),
        };
        World { vendor, inner: Mutex::new(inner) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn vendor(&self) -> &S {
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

    pub fn table(&self) -> String {
        self.inner().table.clone()
    }

    /// What a process that starts now knows.
    pub fn state(&self) -> State {
        let inner = self.inner();
        State::from_texts("test", inner.disk.iter().map(|(_, state)| state.as_str()).filter(|state| !state.is_empty()))
            .unwrap()
    }

    /// Stored records, in order.
    pub fn records(&self) -> Vec<String> {
        self.inner().disk.iter().flat_map(|(records, _)| records.clone()).collect()
    }

    /// The ids of stored records, in order.
    pub fn stored(&self) -> Vec<i64> {
        let id = |text: &String| match weir_parse::json::to_value(text).unwrap() {
            weir_event::Value::Record(record) => match record.get("id") {
                Some(weir_event::Value::Long(id)) => *id,
                Some(weir_event::Value::Text(id)) => id.parse().unwrap(),
                other => panic!("{other:?} is no id"),
            },
            other => panic!("{other:?} is no record"),
        };
        self.records().iter().map(id).collect()
    }

    /// Runs until the end or the death of the process. When nothing else can go on, time does.
    pub fn poll<T>(&self, future: impl Future<Output = T>) -> Result<T, Died> {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Ok(value);
            }
            let mut inner = self.inner();
            if std::mem::take(&mut inner.is_dead) {
                inner.timers.clear();
                return Err(Died);
            }
            if !woken.0.swap(false, Ordering::SeqCst) {
                let (next, wakers) = inner.timers.pop_first().expect("somebody waits for nothing");
                inner.now = inner.now.max(next);
                drop(inner);
                wakers.into_iter().for_each(Waker::wake);
            }
        }
    }

    /// One wait of the process; none returns after the one at which it dies.
    async fn wait(&self) {
        let dies = {
            let mut inner = self.inner();
            inner.waits += 1;
            if inner.dies_at == Some(inner.waits - 1) {
                inner.is_dead = true;
            }
            inner.is_dead
        };
        if dies {
            std::future::pending::<()>().await;
        }
    }

    async fn until(&self, at: Timestamp) {
        poll_fn(|context| {
            let mut inner = self.inner();
            if inner.now >= at {
                return Poll::Ready(());
            }
            inner.timers.entry(at).or_default().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl<S: Answers> weir_collect::World for World<S> {
    fn now(&self) -> Timestamp {
        World::now(self)
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.wait().await;
        self.until(at).await;
    }

    async fn send(&self, request: Request, wire: &Wire) -> Result<Reply, Broken> {
        self.wait().await;
        let (answer, took) = self.vendor.answer(&request, self.now(), wire.timeout);
        let at = Timestamp(self.now().0 + took);
        self.until(at).await;
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

    async fn lookup(&self, table: Lookup) -> Result<(), Fault> {
        self.wait().await;
        self.inner().table = table.rows;
        Ok(())
    }

    fn tell(&self, told: Told) {
        match told {
            Told::Note(text) => self.inner().told.push(text),
            Told::Reset(fault) => self.inner().told.push(fault.to_string()),
            _ => {}
        }
    }
}

//! A world that shows what a pull does and stores nothing.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value as Json, json};
use tokio::sync::Notify;
use weir_collect::{Broken, Commit, Lookup, Reply, Request, Session, State, Told, Wire, World, pull};
use weir_drive::Http;
use weir_event::{Clock, Fault, Timestamp};

use crate::pull::{Job, Mask, sleep_until};
use crate::say;
use crate::server::{Stop, SystemClock};

#[derive(Clone, Copy, PartialEq)]
pub enum Style {
    Text,
    Json,
    /// Only the last answer is of interest.
    Quiet,
}

pub struct Shown<'w> {
    http: &'w Http,
    job: &'w Job,
    style: Style,
    mask: Mask,
    records_max: usize,
    requests_max: usize,
    stop: &'w Stop,
    records: AtomicUsize,
    requests: AtomicUsize,
    /// Seconds that the clock of the source is ahead of ours, as its last answer says.
    ahead: Mutex<Option<i64>>,
    /// Why the last request is to be sent again.
    trouble: Mutex<Option<Fault>>,
    enough: Notify,
}

/// What a pull showed.
pub struct Seen {
    pub records: usize,
    pub requests: usize,
    pub seconds_ahead: Option<i64>,
}

impl<'w> Shown<'w> {
    pub fn new(
        http: &'w Http,
        job: &'w Job,
        style: Style,
        records_max: usize,
        requests_max: usize,
        stop: &'w Stop,
    ) -> Shown<'w> {
        let mask = Mask::new(&job.inner.settings.secrets);
        let (records, requests) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Shown {
            http,
            job,
            style,
            mask,
            records_max,
            requests_max,
            stop,
            records,
            requests,
            ahead: Mutex::default(),
            trouble: Mutex::default(),
            enough: Notify::new(),
        }
    }

    /// Pulls until there is nothing more to show.
    pub async fn pull(&self, session: &Session, state: &mut State) -> Result<Seen, Fault> {
        let done = tokio::select! {
            biased;
            done = pull(self, &self.job.inner, session, state) => done.map(drop),
            () = self.enough.notified() => lock(&self.trouble).take().map_or(Ok(()), Err),
        };
        let next: serde_json::Map<String, Json> =
            state.cursor_texts().into_iter().map(|(name, cursor)| (name, cursor.into())).collect();
        let records = self.records.load(Relaxed);
        match self.style {
            Style::Json => say::data(json!({"source": *self.job.source, "next": next, "records": records})),
            Style::Text => {
                for (name, cursor) in &next {
                    let of = if name.is_empty() { String::new() } else { format!(" of {name}") };
                    say::data(format_args!("next cursor{of}: {}", cursor.as_str().unwrap_or_default()));
                }
                let requests = self.requests.load(Relaxed);
                say::words(format_args!(
                    "{}: {requests} requests, {records} new records, nothing stored",
                    self.job.source
                ));
            }
            Style::Quiet => {}
        }
        let seconds_ahead = *lock(&self.ahead);
        done.map(|()| Seen { records, requests: self.requests.load(Relaxed), seconds_ahead })
    }

    fn show_request(&self, request: &Request) {
        let url = self.mask.url(&request.url);
        let headers = || request.headers.iter().map(|(name, value)| (name, self.mask.header(name, value)));
        let body = self.mask.text(&String::from_utf8_lossy(&request.body)).into_owned();
        match self.style {
            Style::Json => {
                let headers: serde_json::Map<String, Json> =
                    headers().map(|(name, value)| (name.clone(), value.into())).collect();
                let shown = json!({"method": request.method, "url": url, "headers": headers, "body": body});
                say::data(json!({"source": *self.job.source, "request": shown}));
            }
            Style::Text => {
                say::data(format_args!("{} {url}", request.method));
                headers().for_each(|(name, value)| say::data(format_args!("  {name}: {value}")));
                if !body.is_empty() {
                    say::data(format_args!("  {body}"));
                }
            }
            Style::Quiet => {}
        }
    }

    fn show_answer(&self, answer: &Result<Reply, Broken>) {
        let (status, bytes, why) = match answer {
            Ok(reply) => (reply.status, reply.body.len(), String::new()),
            Err(broken) => (0, 0, self.mask.text(&format!("{broken:?}")).into_owned()),
        };
        match self.style {
            Style::Json => {
                let shown = json!({"status": status, "bytes": bytes, "broken": why});
                say::data(json!({"source": *self.job.source, "answer": shown}));
            }
            Style::Text if why.is_empty() => say::data(format_args!("  -> {status}, {bytes} bytes")),
            Style::Text => say::data(format_args!("  -> {why}")),
            Style::Quiet => {}
        }
    }

    fn show_record(&self, text: &str) {
        let text = self.mask.text(text);
        match self.style {
            // What is a record is JSON already.
            Style::Json => say::data(format_args!("{{\"source\":{},\"record\":{text}}}", json!(*self.job.source))),
            Style::Text => say::data(format_args!("  record {text}")),
            Style::Quiet => {}
        }
    }

    async fn park<T>(&self) -> T {
        self.enough.notify_one();
        std::future::pending().await
    }
}

impl World for Shown<'_> {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        // Whoever only wants to know does not wait.
        if self.style == Style::Quiet {
            return self.park().await;
        }
        tokio::select! {
            () = sleep_until(at) => {}
            () = self.stop.wait() => self.park().await,
        }
    }

    async fn send(&self, request: Request, wire: &Wire) -> Result<Reply, Broken> {
        if self.stop.is_set() || self.requests.fetch_add(1, Relaxed) >= self.requests_max {
            self.requests.fetch_min(self.requests_max, Relaxed);
            return self.park().await;
        }
        self.show_request(&request);
        let answer = self.http.send(request, wire).await;
        self.show_answer(&answer);
        if let Some(date) = answer.as_ref().ok().and_then(date_of) {
            let seconds = (date.0 - self.now().0) / 1_000_000_000;
            *lock(&self.ahead) = Some(seconds);
        }
        answer
    }

    async fn commit(&self, commit: Commit) -> Result<(), Fault> {
        let before = self.records.fetch_add(commit.records.len(), Relaxed);
        let left = self.records_max.saturating_sub(before);
        commit.records.iter().take(left).for_each(|record| self.show_record(record));
        Ok(())
    }

    async fn lookup(&self, table: Lookup) -> Result<(), Fault> {
        let Lookup { name, count, .. } = table;
        match self.style {
            Style::Json => say::data(json!({"source": *self.job.source, "lookup": {"name": name, "rows": count}})),
            Style::Text => say::data(format_args!("  lookup table {name}, {count} rows")),
            Style::Quiet => {}
        }
        Ok(())
    }

    fn tell(&self, told: Told) {
        match &told {
            Told::Retrying { fault, .. } | Told::Waiting { fault: Some(fault), .. } => {
                *lock(&self.trouble) = Some(fault.clone());
            }
            Told::Answered { status: 200..300, .. } => *lock(&self.trouble) = None,
            _ => {}
        }
        if self.style != Style::Quiet {
            crate::pull::say_told(&self.job.source, &told);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time of the source, as its answer says.
fn date_of(reply: &Reply) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(reply.header("date")?).ok()?;
    Timestamp::from_jiff(zoned.timestamp())
}

//! Runs the tests of a manifest: one pull against exchanges as they were recorded or documented.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use weir_event::{Fault, Record, Timestamp, Value};

use crate::digest;
use crate::http::{Broken, Reply, Request};
use crate::manifest::{Exchange, Manifest, Stream, Test};
use crate::path::plain;
use crate::service::Service;
use crate::session::Session;
use crate::settings;
use crate::state::{State, cursor_text};
use crate::when::{self, Unit};
use crate::world::{Commit, Lookup, Told, Wire, World};
use crate::{Pulled, pull, url};

/// What is wrong, in the words of the test; nothing when it passes.
pub fn run(manifest: &Arc<Manifest>, test: &Test) -> Vec<String> {
    let given: Record<'static> = test.config.iter().cloned().collect();
    let settings = match settings::check(manifest, "config", &given, test.now) {
        Ok(settings) => settings,
        Err(faults) => return ended_with(test, &faults),
    };
    let Some(stream) = manifest.streams.iter().position(|stream| stream.name == test.stream) else {
        return vec![format!("there is no stream `{}`", test.stream)];
    };
    let service = Service::new(manifest.clone(), stream, settings, format!("{}/{}", manifest.id, test.stream));
    let world = Recorded::new(test);
    let mut state = match before(test, service.stream()) {
        Ok(state) => state,
        Err(says) => return vec![says],
    };
    state.settings = service.resetting();
    let ended = finish(pull(&world, &service, &Session::default(), &mut state));
    world.into_mistakes(test, ended, &state)
}

/// Polls a pull that never really waits, as long as parts of it wake each other.
fn finish<T>(future: impl Future<Output = T>) -> Option<T> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(value);
        }
        if !woken.0.swap(false, Ordering::SeqCst) {
            return None;
        }
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn ended_with(test: &Test, faults: &[Fault]) -> Vec<String> {
    match &test.error {
        Some(id) if faults.iter().any(|fault| fault.id() == id) => Vec::new(),
        _ => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The state that a test begins with: `cursor` or `cursors` by partition, `job`, `trigger`, and `seen` as lists of key values, the values of
/// the version as a list at the end.
fn before(test: &Test, stream: &Stream) -> Result<State, String> {
    let mut state = State::default();
    let Some(given) = &test.state else { return Ok(state) };
    let Value::Record(given) = given else { return Err("`state` is not a map".to_owned()) };
    if let Some(name) = given.iter().map(|(name, _)| name).find(|name| !STATE_KEYS.contains(name)) {
        return Err(format!("`state` has no `{name}`; it has {}", STATE_KEYS.join(", ")));
    }
    for (name, cursor) in partitions(given.get("cursor"), given.get("cursors")) {
        state.cursors.insert(name, timed(&cursor));
    }
    if let Some(job) = given.get("job") {
        state.jobs.insert(String::new(), job.clone());
    }
    state.trigger = given.get("trigger").cloned().unwrap_or_default();
    let Some(Value::Array(seen)) = given.get("seen") else { return Ok(state) };
    for entry in seen {
        let Value::Array(parts) = entry else { return Err("an entry of `seen` is a list".to_owned()) };
        let (key, version) = match parts.split_last() {
            Some((Value::Array(version), key)) if !stream.dedup.version.is_empty() => (key, version.as_slice()),
            _ => (parts.as_slice(), &[][..]),
        };
        let joined = |values: &[Value<'_>]| values.iter().map(plain).collect::<Vec<_>>().join("\u{1f}");
        for partition in std::iter::once("").chain(state.cursors.keys().map(String::as_str)).collect::<Vec<_>>() {
            let id = digest::identity(&[partition.as_bytes(), b"", joined(key).as_bytes(), joined(version).as_bytes()]);
            state.seen.insert(id, Timestamp(i64::MAX));
            let fetched = digest::identity(&[b"detail", partition.as_bytes(), joined(key).as_bytes()]);
            state.seen.insert(fetched, Timestamp(i64::MAX));
        }
    }
    Ok(state)
}

const STATE_KEYS: &[&str] = &["cursor", "cursors", "seen", "job", "trigger"];

/// One cursor, or those of partitions by name.
fn partitions(one: Option<&Value<'static>>, many: Option<&Value<'static>>) -> Vec<(String, Value<'static>)> {
    let one = one.map(|cursor| (String::new(), cursor.clone()));
    let many = match many {
        Some(Value::Record(many)) => many.iter().map(|(name, cursor)| (name.to_owned(), cursor.clone())).collect(),
        _ => Vec::new(),
    };
    one.into_iter().chain(many).collect()
}

/// Texts that are times become times, also in a list.
fn timed(cursor: &Value<'static>) -> Value<'static> {
    match cursor {
        Value::Array(items) => Value::Array(items.iter().map(timed).collect()),
        Value::Text(_) => when::read(cursor, Unit::Guess).map_or_else(|| cursor.clone(), Value::Timestamp),
        other => other.clone(),
    }
}

/// A world that answers by the book and notes what differs.
struct Recorded<'t> {
    now: Mutex<Timestamp>,
    left: Mutex<VecDeque<&'t Exchange>>,
    records: Mutex<Vec<String>>,
    told: Mutex<Vec<String>>,
    lookup: Mutex<Option<String>>,
    mistakes: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'t> Recorded<'t> {
    fn new(test: &'t Test) -> Self {
        Recorded {
            now: Mutex::new(test.now),
            left: Mutex::new(test.exchanges.iter().collect()),
            records: Mutex::default(),
            told: Mutex::default(),
            lookup: Mutex::default(),
            mistakes: Mutex::default(),
        }
    }

    fn answer(&self, request: &Request) -> Result<Reply, Broken> {
        let Some(exchange) = lock(&self.left).pop_front() else {
            lock(&self.mistakes).push(format!("one request too many: {} {}", request.method, request.target()));
            return Err(Broken::Forbidden("the test has no further exchange".to_owned()));
        };
        lock(&self.mistakes).extend(differences(exchange, request));
        let reply = &exchange.reply;
        if reply.broken {
            return Err(Broken::Unreachable("by the test".to_owned()));
        }
        Ok(Reply { status: reply.status, headers: reply.headers.clone(), body: reply.body.clone() })
    }

    fn into_mistakes(self, test: &Test, ended: Option<Result<Pulled, Fault>>, state: &State) -> Vec<String> {
        let mut mistakes = lock(&self.mistakes).clone();
        let left = lock(&self.left).len();
        match (ended, &test.error) {
            (None, _) => mistakes.push("the pull waits for something that no test gives".to_owned()),
            (Some(Ok(pulled)), None) => {
                if let Some(wanted) = test.duplicates.filter(|wanted| pulled.duplicates != *wanted as u64) {
                    mistakes.push(format!("{} duplicates, expected {wanted}", pulled.duplicates));
                }
            }
            (Some(Ok(_)), Some(id)) => mistakes.push(format!("it ends well, expected {id}")),
            (Some(Err(fault)), Some(id)) if fault.id() == id => {}
            (Some(Err(fault)), _) => mistakes.push(fault.to_string()),
        }
        if left > 0 {
            mistakes.push(format!("{left} expected requests were not made"));
        }
        mistakes.extend(emitted(&test.emits, &lock(&self.records)));
        if let Some(wanted) = &test.lookup {
            let rows: Vec<String> =
                lock(&self.lookup).iter().flat_map(|rows| rows.lines()).map(str::to_owned).collect();
            mistakes.extend(emitted(wanted, &rows).into_iter().map(|says| format!("the lookup table: {says}")));
        }
        for (name, wanted) in partitions(test.cursor.as_ref(), test.cursors.as_ref()) {
            mistakes.extend(cursor(&wanted, state.cursors.get(&name).unwrap_or(&Value::Null)));
        }
        let told = lock(&self.told);
        mistakes.extend(
            test.warnings.iter().filter(|word| !told.contains(word)).map(|word| format!("no warning `{word}`")),
        );
        mistakes
    }
}

impl World for Recorded<'_> {
    fn now(&self) -> Timestamp {
        *lock(&self.now)
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut now = lock(&self.now);
        *now = at.max(*now);
    }

    async fn send(&self, request: Request, _: &Wire) -> Result<Reply, Broken> {
        self.answer(&request)
    }

    async fn commit(&self, commit: Commit) -> Result<(), Fault> {
        lock(&self.records).extend(commit.records);
        Ok(())
    }

    async fn lookup(&self, table: Lookup) -> Result<(), Fault> {
        *lock(&self.lookup) = Some(table.rows);
        Ok(())
    }

    fn tell(&self, told: Told) {
        lock(&self.told).push(told.word().to_owned());
    }
}

/// How a request differs from what an exchange expects.
fn differences(exchange: &Exchange, request: &Request) -> Vec<String> {
    let mut out = Vec::new();
    let mut say = |what: &str, have: &str, wanted: &str| {
        out.push(format!("{}: {what} is `{have}`, expected `{wanted}`", exchange.at))
    };
    if let Some(method) = exchange.method.as_ref().filter(|method| **method != request.method) {
        say("the method", &request.method, method);
    }
    if let Some(target) =
        exchange.target.as_ref().filter(|target| **target != request.target() && **target != request.url)
    {
        say("the target", url::target(&request.url), target);
    }
    for (name, wanted) in &exchange.headers {
        let have = request.header(name).unwrap_or("(none)");
        if have != wanted {
            say(&format!("the header {name}"), have, wanted);
        }
    }
    let body = String::from_utf8_lossy(&request.body).into_owned();
    if let Some(text) = exchange.text.as_ref().filter(|text| **text != body) {
        say("the body", &body, text);
    }
    let sent = weir_parse::json::to_value(&body).unwrap_or_default();
    if let Some(wanted) = exchange.json.as_ref().filter(|wanted| !same(wanted, &sent)) {
        say("the body", &body, &plain(wanted));
    }
    if let Some(wanted) = exchange.json_has.as_ref().filter(|wanted| !has(&sent, wanted)) {
        say("the body", &body, &plain(wanted));
    }
    let lacks = |name: &&String| matches!(&sent, Value::Record(record) if record.get(name).is_some());
    out.extend(exchange.json_lacks.iter().filter(lacks).map(|name| format!("{}: the body has `{name}`", exchange.at)));
    out
}

fn same(wanted: &Value<'_>, have: &Value<'_>) -> bool {
    has(have, wanted) && has(wanted, have)
}

/// True when every member that is wanted is there; lists are compared element by element, times and numbers by what they say.
fn has(have: &Value<'_>, wanted: &Value<'_>) -> bool {
    match (have, wanted) {
        (Value::Record(have), Value::Record(wanted)) => {
            wanted.iter().all(|(name, wanted)| have.get(name).is_some_and(|have| has(have, wanted)))
        }
        (Value::Array(have), Value::Array(wanted)) => {
            have.len() == wanted.len() && have.iter().zip(wanted).all(|(have, wanted)| has(have, wanted))
        }
        (Value::Long(have), Value::Double(wanted)) | (Value::Double(wanted), Value::Long(have)) => {
            *have as f64 == *wanted
        }
        (have, wanted) => have == wanted,
    }
}

fn emitted(wanted: &[Value<'static>], have: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    if wanted.len() != have.len() {
        out.push(format!("{} records, expected {}: {}", have.len(), wanted.len(), have.join(" ")));
    }
    for (index, (wanted, text)) in wanted.iter().zip(have).enumerate() {
        let record = weir_parse::json::to_value(text).unwrap_or_default();
        if !has(&record, wanted) {
            out.push(format!("record {index} is {text}, expected {}", plain(wanted)));
        }
    }
    out
}

fn cursor(wanted: &Value<'_>, have: &Value<'_>) -> Option<String> {
    (!same_cursor(wanted, have)).then(|| format!("the cursor is {}, expected {}", cursor_text(have), plain(wanted)))
}

fn same_cursor(wanted: &Value<'_>, have: &Value<'_>) -> bool {
    if let (Value::Array(wanted), Value::Array(have)) = (wanted, have) {
        return wanted.len() == have.len() && wanted.iter().zip(have).all(|(wanted, have)| same_cursor(wanted, have));
    }
    // A token with the time that came with it may be compared by the token alone.
    if let (false, Value::Array(pair)) = (matches!(wanted, Value::Array(_)), have)
        && let [token, _] = pair.as_slice()
    {
        return same_cursor(wanted, token);
    }
    let time = |value: &Value<'_>| when::read(value, Unit::Guess).filter(|_| !matches!(value, Value::Long(_)));
    match (time(wanted), time(have)) {
        (Some(wanted), Some(have)) => wanted == have,
        _ => plain(wanted) == plain(have),
    }
}

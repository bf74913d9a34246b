//! Runs the tests of a manifest: one pull against exchanges as they were recorded or documented.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use weir_event::{Fault, Record, Timestamp, Value};

use crate::digest;
use crate::http::{Broken, Reply, Request};
use crate::manifest::{Exchange, Manifest, Stream, Test};
use crate::path::plain;
use crate::service::Service;
use crate::session::Session;
use crate::settings;
use crate::state::State;
use crate::when::{self, Unit};
use crate::world::{Commit, Told, Wire, World};
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
    let service =
        Service { manifest: manifest.clone(), stream, settings, name: format!("{}/{}", manifest.id, test.stream) };
    let world = Recorded::new(test);
    let mut state = match before(test, service.stream()) {
        Ok(state) => state,
        Err(says) => return vec![says],
    };
    state.settings = service.resetting();
    let ended = finish(pull(&world, &service, &Session::default(), &mut state));
    world.into_mistakes(test, ended, &state)
}

/// Polls a pull that never really waits.
fn finish<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn ended_with(test: &Test, faults: &[Fault]) -> Vec<String> {
    match &test.error {
        Some(id) if faults.iter().any(|fault| fault.id() == id) => Vec::new(),
        _ => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The state that a test begins with: `cursor`, and `seen` as lists of key values, the values of the version as a list at the end.
fn before(test: &Test, stream: &Stream) -> Result<State, String> {
    let mut state = State::default();
    let Some(given) = &test.state else { return Ok(state) };
    let Value::Record(given) = given else { return Err("`state` is not a map".to_owned()) };
    if let Some(cursor) = given.get("cursor") {
        let time = when::read(cursor, Unit::Guess).filter(|_| cursor.as_str().is_some());
        state.cursors.insert(String::new(), time.map_or_else(|| cursor.clone(), Value::Timestamp));
    }
    let Some(Value::Array(seen)) = given.get("seen") else { return Ok(state) };
    for entry in seen {
        let Value::Array(parts) = entry else { return Err("an entry of `seen` is a list".to_owned()) };
        let (key, version) = match parts.split_last() {
            Some((Value::Array(version), key)) if !stream.dedup.version.is_empty() => (key, version.as_slice()),
            _ => (parts.as_slice(), &[][..]),
        };
        let joined = |values: &[Value<'_>]| values.iter().map(plain).collect::<Vec<_>>().join("\u{1f}");
        let id = digest::identity(&[b"", b"", joined(key).as_bytes(), joined(version).as_bytes()]);
        state.seen.insert(id, Timestamp(i64::MAX));
    }
    Ok(state)
}

/// A world that answers by the book and notes what differs.
struct Recorded<'t> {
    now: Mutex<Timestamp>,
    left: Mutex<VecDeque<&'t Exchange>>,
    records: Mutex<Vec<String>>,
    told: Mutex<Vec<String>>,
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
        Ok(Reply { status: reply.status, headers: reply.headers.clone(), body: reply.body.clone().into_bytes() })
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
        if let Some(wanted) = &test.cursor {
            mistakes.extend(cursor(wanted, state.cursors.get("").unwrap_or(&Value::Null)));
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
    let time = |value: &Value<'_>| when::read(value, Unit::Guess).filter(|_| !matches!(value, Value::Long(_)));
    let equal = match (time(wanted), time(have)) {
        (Some(wanted), Some(have)) => wanted == have,
        _ => plain(wanted) == plain(have),
    };
    let shown = match have {
        Value::Timestamp(time) => time.to_string(),
        other => plain(other),
    };
    (!equal).then(|| format!("the cursor is {shown}, expected {}", plain(wanted)))
}

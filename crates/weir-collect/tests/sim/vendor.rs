//! A source with a truth: events that happen, some of which are seen up to an hour later, behind six kinds of addresses.

mod dress;
mod shelves;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use weir_collect::{Broken, Reply, Request};
use weir_event::{Timestamp, Value};

use super::START;
use super::trouble::{Misbehaves, Trouble, is_bad_hour, misbehave, status, wait_until};
use super::world::Answers;

struct Event {
    id: i64,
    /// When it happened and when the source first gives it out.
    time: i64,
    seen: i64,
}

pub struct Vendor {
    events: Vec<Event>,
    trouble: Trouble,
    inner: Mutex<Inner>,
}

struct Inner {
    random: u64,
    token: u64,
    context: u64,
    log_ins: u64,
    list: String,
    shelves: shelves::Shelves,
    /// The last right answer of each list.
    last: HashMap<String, Reply>,
    misbehaved: u64,
    asked: u64,
    /// From when until when nobody is to ask, as the last answer that named a wait arrived.
    closed: Option<(i64, i64)>,
    returns: Vec<i64>,
}

const PAGE: usize = 20;
type Answer = Result<Reply, Broken>;

impl Vendor {
    /// 120 events within three hours; a tenth is up to an hour late, one event a whole hour, and times repeat.
    pub fn new(seed: u64, trouble: Trouble) -> Vendor {
        let mut inner = Inner {
            random: seed * 0x9e37_79b9 + 1,
            token: 0,
            context: 0,
            log_ins: 0,
            list: "[]".to_owned(),
            shelves: Default::default(),
            last: HashMap::new(),
            misbehaved: 0,
            asked: 0,
            closed: None,
            returns: Vec::new(),
        };
        let event = |id: i64| {
            let time = START.0 / 1_000_000 + (inner.below(180 * 60) as i64) * 1_000;
            let late = match id {
                1 => 60 * 60_000,
                _ if inner.below(10) == 0 => inner.below(59 * 60_000) as i64,
                _ => inner.below(30_000) as i64,
            };
            Event { id, time, seen: time + late }
        };
        let mut events: Vec<Event> = (1..=120).map(event).collect();
        events.sort_by_key(|event| (event.seen, event.id));
        Vendor { events, trouble, inner: Mutex::new(inner) }
    }

    pub fn ids(&self) -> impl Iterator<Item = i64> {
        self.events.iter().map(|event| event.id)
    }

    /// Answers that were not right.
    pub fn misbehaved(&self) -> u64 {
        self.lock().misbehaved
    }

    /// Requests that came, of whatever kind.
    pub fn asked(&self) -> u64 {
        self.lock().asked
    }

    /// How long (nanoseconds) after the end of each wait that it asked for somebody came back; below zero is too early.
    pub fn returns(&self) -> Vec<i64> {
        self.lock().returns.clone()
    }

    pub fn log_ins(&self) -> u64 {
        self.lock().log_ins
    }

    pub fn list(&self, list: &str) {
        list.clone_into(&mut self.lock().list);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, in JSON.
    fn plain_answer(&self, request: &Request, now: Timestamp, timeout: i64) -> (Answer, i64) {
        let kind = {
            let mut inner = self.lock();
            inner.asked += 1;
            if let Some((_, until)) = inner.closed.take_if(|(from, _)| now.0 > *from) {
                inner.returns.push(now.0 - until);
            }
            if !is_later_page(request) {
                inner.last.remove(&list(request));
            }
            let is_wrong = is_bad_hour(now) && inner.below(1_000) < self.trouble.per_mille;
            is_wrong.then(|| self.trouble.pick(inner.below(1 << 20)))
        };
        if let Some(wrong) = kind.and_then(|kind| misbehave(self, kind, request, now, timeout)) {
            let mut inner = self.lock();
            inner.misbehaved += 1;
            let arrives = now.0 + wrong.1;
            if let Some(until) = wait_until(&wrong.0, arrives) {
                inner.closed = Some((arrives, until.max(inner.closed.map_or(0, |(_, until)| until))));
            }
            return wrong;
        }
        let right = self.plain(request, now);
        if right.status == 200 {
            self.lock().last.insert(list(request), right.clone());
        }
        (Ok(right), 50_000_000)
    }

    fn told(&self, request: &Request, now: Timestamp) -> Reply {
        let target = request.target().to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        if path == "/login" {
            return self.log_in();
        }
        if request.header("authorization") != Some(&format!("Bearer t{}", self.lock().token)) {
            return reply(401, "who are you?".to_owned());
        }
        let number = |name: &str| find(query, name).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
        let now = now.0 / 1_000_000;
        if let Some(reply) = self.shelf(request, path, query, now) {
            return reply;
        }
        match path {
            "/window" => self.window(number("start"), number("end"), number("from") as usize, now),
            "/offset" => self.offset(number("start"), number("end"), number("offset") as usize, now),
            "/numbered" => self.numbered(number("start"), number("end"), number("page") as usize, now),
            "/open" => reply(200, format!("{{\"context\":{}}}", self.lock().context)),
            "/sorted" => self.sorted(&String::from_utf8_lossy(&request.body), now),
            "/numbers" => self.numbers(number("above") as usize, now),
            "/stream" => self.stream(number("cursor").max(number("page")) as usize, now),
            "/list" => reply(200, self.lock().list.clone()),
            _ => reply(404, "no such path".to_owned()),
        }
    }

    fn log_in(&self) -> Reply {
        let mut inner = self.lock();
        inner.token += 1;
        inner.log_ins += 1;
        reply(200, format!("{{\"token\":\"t{}\",\"expires_in\":\"3600\"}}", inner.token))
    }

    /// Events of a range of time, both ends included, newest first.
    fn within(&self, start: i64, end: i64, now: i64) -> Vec<&Event> {
        let mut found: Vec<&Event> =
            self.events.iter().filter(|event| event.seen <= now && (start..=end).contains(&event.time)).collect();
        found.sort_by_key(|event| (-event.time, event.id));
        found
    }

    fn window(&self, start: i64, end: i64, from: usize, now: i64) -> Reply {
        let found = self.within(start, end, now);
        let next = from + PAGE;
        let link = if next < found.len() {
            format!("\"/window?start={start}&end={end}&from={next}\"")
        } else {
            "null".to_owned()
        };
        let page: Vec<&Event> = found.into_iter().skip(from).take(PAGE).collect();
        reply(200, format!("{{\"items\":{},\"next\":{link}}}", items(&page)))
    }

    fn offset(&self, start: i64, end: i64, offset: usize, now: i64) -> Reply {
        let found = self.within(start, end, now);
        let total = found.len();
        let page: Vec<&Event> = found.into_iter().skip(offset).take(PAGE).collect();
        reply(200, format!("{{\"items\":{},\"total\":{total}}}", items(&page)))
    }

    fn numbered(&self, start: i64, end: i64, page: usize, now: i64) -> Reply {
        let found = self.within(start, end, now);
        let page: Vec<&Event> = found.into_iter().skip(page * PAGE).take(PAGE).collect();
        reply(200, format!("{{\"items\":{}}}", items(&page)))
    }

    /// By the time at which they became visible, oldest first, ties by id.
    fn sorted(&self, body: &str, now: i64) -> Reply {
        let Ok(Value::Record(body)) = weir_parse::json::to_value(body) else { return reply(400, "no body".to_owned()) };
        if body.get("context") != Some(&Value::Long(self.lock().context as i64)) {
            return reply(409, "context is gone".to_owned());
        }
        let long = |value: Option<&Value<'_>>| if let Some(Value::Long(number)) = value { *number } else { 0 };
        let from = long(body.get("from"));
        let after = match body.get("after") {
            Some(Value::Array(pair)) => (long(pair.first()), long(pair.get(1))),
            _ => (i64::MIN, 0),
        };
        let found = self
            .events
            .iter()
            .filter(|event| event.seen <= now && event.seen >= from && (event.seen, event.id) > after);
        let page: Vec<&Event> = found.take(long(body.get("size")) as usize).collect();
        reply(200, format!("{{\"items\":{}}}", items(&page)))
    }

    /// By number, the place in the order of visibility.
    fn numbers(&self, above: usize, now: i64) -> Reply {
        let page: Vec<&Event> =
            self.events.iter().skip(above).take_while(|event| event.seen <= now).take(PAGE).collect();
        let next = above + page.len();
        let list: Vec<String> = page
            .iter()
            .enumerate()
            .map(|(at, event)| format!("{{\"id\":{},\"number\":{}}}", event.id, above + at + 1))
            .collect();
        let mut out = reply(200, format!("{{\"items\":[{}]}}", list.join(",")));
        if page.len() == PAGE {
            let link = format!("<https://vendor.example/numbers?above={next}>; rel=\"next\"");
            out.headers.push(("link".to_owned(), link));
        }
        out
    }

    fn stream(&self, from: usize, now: i64) -> Reply {
        let page: Vec<&Event> =
            self.events.iter().skip(from).take_while(|event| event.seen <= now).take(PAGE).collect();
        let next = from + page.len();
        let more = if page.len() == PAGE { format!("\"{next}\"") } else { "null".to_owned() };
        reply(200, format!("{{\"items\":{},\"cursor\":\"{next}\",\"more\":{more}}}", items(&page)))
    }
}

fn items(events: &[&Event]) -> String {
    let one = |event: &&Event| {
        format!(
            "{{\"id\":{},\"time\":{},\"seen\":{},\"sort\":[{},{}]}}",
            event.id, event.time, event.seen, event.seen, event.id
        )
    };
    format!("[{}]", events.iter().map(one).collect::<Vec<_>>().join(","))
}

fn reply(status: u16, body: String) -> Reply {
    Reply { status, headers: vec![("content-type".to_owned(), "application/json".to_owned())], body: body.into_bytes() }
}

fn find<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(have, _)| *have == name).map(|(_, value)| value)
}

impl Answers for Vendor {
    fn answer(&self, request: &Request, now: Timestamp, timeout: i64) -> (Answer, i64) {
        let (answer, took) = self.plain_answer(request, now, timeout);
        (answer.map(|reply| dress::dressed(request, reply)), took)
    }
}

impl Misbehaves for Vendor {
    fn right(&self, request: &Request, now: Timestamp) -> Reply {
        dress::dressed(request, self.told(request, now))
    }

    fn plain(&self, request: &Request, now: Timestamp) -> Reply {
        self.told(request, now)
    }

    fn revoked(&self, _: &Request, _: Timestamp) -> Reply {
        self.lock().token += 1_000;
        status(401, &[], "token revoked")
    }

    fn context_lost(&self, request: &Request) -> Option<Reply> {
        (path(request) == "/sorted").then(|| {
            self.lock().context += 1;
            status(409, &[], "context is gone")
        })
    }

    fn page_again(&self, request: &Request) -> Option<Reply> {
        self.lock().last.get(&list(request)).filter(|_| is_later_page(request)).cloned()
    }

    fn below(&self, limit: usize) -> usize {
        self.lock().below(limit as u64) as usize
    }
}

pub fn path(request: &Request) -> &str {
    request.target().split('?').next().unwrap_or_default()
}

/// The list that a page belongs to.
pub fn list(request: &Request) -> String {
    let query = request.target().split_once('?').map_or("", |(_, query)| query);
    let told = in_body(request, "start");
    let start = find(query, "start").filter(|_| path(request) != "/scroll").or(told.as_deref()).unwrap_or_default();
    format!("{} {start}", path(request).trim_end_matches("/next"))
}

/// A variable of a GraphQL request, or the text of an element of an XML request.
pub fn in_body(request: &Request, name: &str) -> Option<String> {
    let body = String::from_utf8_lossy(&request.body);
    match path(request) {
        "/graphql" => {
            let body: serde_json::Value = serde_json::from_str(&body).ok()?;
            let value = body["variables"].get(name)?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        }
        "/xml" => {
            let (_, rest) = body.split_once(&format!("<{name}>"))?;
            rest.split_once(&format!("</{name}>")).map(|(text, _)| text.to_owned())
        }
        _ => None,
    }
}

/// The request is for a page after the first of its list.
pub fn is_later_page(request: &Request) -> bool {
    let query = request.target().split_once('?').map_or("", |(_, query)| query);
    let place = ["from", "offset", "page", "above", "cursor", "seen"].iter().find_map(|name| find(query, name));
    match path(request) {
        "/scroll/next" | "/sorted" => true,
        "/graphql" | "/xml" => in_body(request, "after").is_some_and(|after| !after.is_empty() && after != "0"),
        _ => place.is_some_and(|place| place != "0"),
    }
}

impl Inner {
    /// A number below `limit` (xorshift64*).
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        (self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % limit
    }
}

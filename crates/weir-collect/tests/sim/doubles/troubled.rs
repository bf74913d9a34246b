//! A double that misbehaves now and then.

use std::sync::{Mutex, MutexGuard, PoisonError};

use weir_collect::manifest::{Action, ErrorRule, Response, Seen, Shaper};
use weir_collect::{Broken, Reply, Request, Service};
use weir_event::Timestamp;
use weir_testkit::double::{Double, Parameters, Service as Served};
use weir_testkit::{Answer, Asked, Random};

use crate::trouble::{Kind, Misbehaves, Trouble, is_bad_hour, misbehave, status};
use crate::world::Answers;

pub struct Troubled {
    double: Box<dyn Double>,
    served: Served,
    trouble: Trouble,
    /// What the manifest takes answers for.
    rules: Vec<ErrorRule>,
    /// The manifest takes an answer of any form for a record, or for one without records.
    takes_any_form: bool,
    /// Records have a key. Those without are counted: an answer that holds each of them twice cannot be told from a true one.
    has_keys: bool,
    /// The names of columns stand in a list of their own, whose order no source turns round.
    names_columns: bool,
    inner: Mutex<Inner>,
}

struct Inner {
    random: Random,
    /// Refusals of what was asked, and not because of a trouble.
    refused: Vec<String>,
    /// The right answer to the request at hand, once it was given: some are given only once.
    given: Option<Reply>,
    /// The last pages by what was asked for, without the place in the list.
    pages: Vec<(String, Reply)>,
}

const PAGES_MAX: usize = 20;
const TOOK: i64 = 50_000_000;

impl Troubled {
    pub fn new(double: Box<dyn Double>, service: &Service, served: Served, seed: u64, trouble: Trouble) -> Troubled {
        let stream = service.stream();
        let detail = stream.detail.as_ref();
        let lax = |response: &Response| {
            let selects = &response.select;
            selects.iter().any(|select| select.optional || select.nullable || select.path.text() == "$")
        };
        Troubled {
            double,
            served,
            trouble,
            rules: detail.iter().flat_map(|detail| &detail.errors).chain(&stream.errors).cloned().collect(),
            takes_any_form: lax(&stream.response) || detail.is_some_and(|detail| lax(&detail.response)),
            has_keys: stream.has_keys(),
            names_columns: stream.response.shapers.iter().any(|shaper| matches!(shaper, Shaper::Zip { .. })),
            inner: Mutex::new(Inner { random: Random::new(seed), refused: Vec::new(), given: None, pages: Vec::new() }),
        }
    }

    pub fn double(&self) -> &dyn Double {
        &*self.double
    }

    pub fn refused(&self) -> usize {
        self.lock().refused.len()
    }

    /// The first of them, for messages.
    pub fn refusals(&self) -> String {
        let refused = &self.lock().refused;
        format!("{} refusals: {}", refused.len(), refused.iter().take(3).cloned().collect::<Vec<_>>().join("; "))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the manifest itself says that such an answer stands for no records, or that something is gone, records may be missed.
    fn is_fair(&self, kind: Kind, answer: &Result<Reply, Broken>) -> bool {
        let Ok(reply) = answer else { return true };
        let seen = Seen::new(reply);
        let action = self.rules.iter().find(|rule| rule.fits(&seen)).map(|rule| rule.action);
        let loses = matches!(action, Some(Action::OkEmpty | Action::Skip | Action::ClampStart | Action::ResetCursor));
        let is_told_apart = self.has_keys || !matches!(kind, Kind::Repeated | Kind::SameForEver);
        let keeps_columns = !(self.names_columns && kind == Kind::Reversed);
        !loses && is_told_apart && keeps_columns && (kind != Kind::OtherForm || !self.takes_any_form)
    }

    /// What the double says; refusals are noted.
    fn told(&self, asked: &Asked, now: Timestamp) -> Reply {
        let refusal = match self.double.answer(asked, now.0 / 1_000_000) {
            Ok(answer) => return reply(answer),
            Err(refusal) => refusal,
        };
        let (body, says) = (String::from_utf8_lossy(&asked.body), String::from_utf8_lossy(&refusal.body));
        let told = format!("{} {} {body}: {} {says}", asked.method, asked.target, refusal.status);
        self.lock().refused.push(told);
        reply(refusal)
    }

    /// What a request asks for without the place in the list, and that place; none for first pages.
    fn place(&self, asked: &Asked) -> (String, Option<String>) {
        let Some(name) = self.served.page else { return (asked.path().to_owned(), None) };
        let mut body = asked.json();
        let in_body = body.as_object_mut().and_then(|members| members.remove(name));
        let told = |list: Parameters| list.get(name).map(str::to_owned);
        let in_body = in_body.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let place = told(asked.query()).or(in_body).or_else(|| told(asked.form()));
        let others: Vec<String> = asked
            .query()
            .iter()
            .filter(|(have, _)| *have != name)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let key = format!("{} {} {} {body}", asked.method, asked.path(), others.join("&"));
        (key, place.filter(|place| !matches!(place.as_str(), "" | "0" | "1" | "null")))
    }
}

impl Answers for Troubled {
    fn answer(&self, request: &Request, now: Timestamp, timeout: i64) -> (Result<Reply, Broken>, i64) {
        let kind = {
            let mut inner = self.lock();
            inner.given = None;
            let is_wrong = is_bad_hour(now) && (inner.random.below(1_000) as u64) < self.trouble.per_mille;
            is_wrong.then(|| self.trouble.pick(inner.random.number()))
        };
        let wrong = kind.and_then(|kind| Some((kind, misbehave(self, kind, request, now, timeout)?)));
        if let Some((kind, (answer, took))) = wrong
            && self.is_fair(kind, &answer)
        {
            return (answer, took);
        }
        let asked = asked(request);
        let given = self.lock().given.take();
        let reply = given.unwrap_or_else(|| self.told(&asked, now));
        let mut inner = self.lock();
        inner.pages.push((self.place(&asked).0, reply.clone()));
        if inner.pages.len() > PAGES_MAX {
            inner.pages.remove(0);
        }
        (Ok(reply), TOOK)
    }
}

impl Misbehaves for Troubled {
    fn right(&self, request: &Request, now: Timestamp) -> Reply {
        let reply = reply(self.double.answer(&asked(request), now.0 / 1_000_000).unwrap_or_else(|refusal| refusal));
        self.lock().given = Some(reply.clone());
        reply
    }

    fn revoked(&self, request: &Request, now: Timestamp) -> Reply {
        self.double.revoke();
        let reply = self.right(request, now);
        if matches!(reply.status, 401 | 403) { reply } else { status(401, &[], "token revoked") }
    }

    fn context_lost(&self, _: &Request) -> Option<Reply> {
        None
    }

    fn page_again(&self, request: &Request) -> Option<Reply> {
        let (key, place) = self.place(&asked(request));
        place?;
        self.lock().pages.iter().rev().find(|(have, _)| *have == key).map(|(_, reply)| reply.clone())
    }

    fn too_often(&self) -> Reply {
        reply(self.double.too_often())
    }

    fn below(&self, limit: usize) -> usize {
        self.lock().random.below(limit)
    }
}

/// A request as it would come over a socket.
fn asked(request: &Request) -> Asked {
    let origin = request.url.strip_suffix(request.target()).unwrap_or(&request.url);
    let mut headers: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    if request.header("host").is_none() {
        headers.push(("host".to_owned(), origin.split_once("://").map_or("", |(_, host)| host).to_owned()));
    }
    Asked {
        method: request.method.clone(),
        origin: origin.to_owned(),
        target: request.target().to_owned(),
        headers,
        body: request.body.clone(),
    }
}

fn reply(answer: Answer) -> Reply {
    let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
    Reply { status: answer.status, headers: answer.headers.into_iter().map(lower).collect(), body: answer.body }
}

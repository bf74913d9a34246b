//! One request until it is answered: budgets, credentials, waits, tries, and what an answer means.

mod tries;
mod verdict;
mod wait;

use weir_event::{Fault, Timestamp, Value};

use crate::http::{Broken, Reply, Request};
use crate::manifest::{Action, ErrorRule, Limits, Seen, Step, short};
use crate::peer::Peer;
use crate::world::{Told, Wire, World};
use crate::{auth, fault, url};
use tries::{Again, Tries};
use verdict::{Verdict, judge};

pub(crate) use verdict::{closed_until, wrong_clock};

/// What came of a request.
pub(crate) enum Outcome {
    Data(Reply),
    /// An answer that says that there is nothing.
    Empty,
    /// The error table wants something of the pull.
    Turn(Action, Fault),
}

/// Sends a request of a stream until it is answered.
pub(crate) async fn call<W: World>(peer: &Peer<'_, W>, request: Request) -> Result<Outcome, Fault> {
    until_answered(peer, request, &Rules::default()).await
}

/// The same, with rules that come before those of the stream.
pub(crate) async fn call_by<W: World>(
    peer: &Peer<'_, W>,
    request: Request,
    rules: &[ErrorRule],
) -> Result<Outcome, Fault> {
    until_answered(peer, request, &Rules { before: rules, ..Rules::default() }).await
}

/// Sends a request that gives something out only once: when its answer does not arrive, what stands around it must begin anew.
pub(crate) async fn call_once<W: World>(peer: &Peer<'_, W>, request: Request) -> Result<Outcome, Fault> {
    until_answered(peer, request, &Rules { once: true, ..Rules::default() }).await
}

/// Sends a request of a step; any status that is not right is a fault.
pub(crate) async fn step<W: World>(peer: &Peer<'_, W>, request: Request, step: &Step) -> Result<Reply, Fault> {
    let reply = match until_answered(peer, request, &Rules { ok: &step.ok, ..Rules::default() }).await? {
        Outcome::Data(reply) => reply,
        Outcome::Empty => Reply { status: 204, ..Reply::default() },
        Outcome::Turn(_, fault) => return Err(fault),
    };
    match failure(step, &reply) {
        Some(says) => Err(fault::refused(peer.name(), reply.status, &says)),
        None => Ok(reply),
    }
}

/// What a step that was answered says of its failure, where it says so in an answer of success.
pub(crate) fn failure(step: &Step, reply: &Reply) -> Option<String> {
    let seen = Seen::new(reply);
    step.fails(&seen).then(|| short(seen.text()))
}

/// How one request differs from the others of its stream.
#[derive(Clone, Copy, Default)]
struct Rules<'r> {
    /// Statuses that are right whatever the error table says; where there are some, no other one is.
    ok: &'r [u16],
    /// Come before those of the stream.
    before: &'r [ErrorRule],
    /// What fails is not tried again.
    once: bool,
}

async fn until_answered<W: World>(peer: &Peer<'_, W>, request: Request, rules: &Rules<'_>) -> Result<Outcome, Fault> {
    let limits = &peer.service.stream().limits;
    let mut tries = Tries::default();
    loop {
        wait_for_room(peer, limits).await;
        let place = peer.session.place(limits.concurrency).await;
        let mut signed = request.clone();
        let used = auth::apply(peer, &mut signed, tries.stale.take()).await?;
        let again = match send(peer, signed).await {
            Err(fault) => Again::Broken(fault),
            Ok(reply) if rules.ok.contains(&reply.status) => return Ok(Outcome::Data(reply)),
            Ok(reply) => match judge(peer, &reply, rules.before) {
                Verdict::Data if rules.ok.is_empty() => return Ok(Outcome::Data(reply)),
                // Of a step that says which statuses are right, another one is not its answer, whatever it holds.
                Verdict::Data => {
                    Again::Broken(fault::refused(peer.name(), reply.status, &short(Seen::new(&reply).text())))
                }
                Verdict::Empty => return Ok(Outcome::Empty),
                Verdict::Turn(action, fault) => return Ok(Outcome::Turn(action, fault)),
                Verdict::Fail(fault) => return Err(fault),
                Verdict::Renew(fault) => Again::Renew(fault, used),
                Verdict::Wait(until) => Again::Wait(until),
                Verdict::Clock(fault, seconds) => Again::Clock(fault, seconds),
                Verdict::Retry(fault, until) => {
                    // What concerns the source concerns all services of the puller, also when this request is given up.
                    until.into_iter().for_each(|until| peer.session.wait_until(until));
                    Again::Retry(fault, until)
                }
            },
        };
        drop(place);
        if let (true, Again::Broken(fault) | Again::Retry(fault, _)) = (rules.once, &again) {
            return Ok(Outcome::Turn(Action::Reopen, fault.clone()));
        }
        tries.settle(peer, again).await?;
        peer.traffic.again();
    }
}

/// Sends a request as it is, once: log-ins, whose refusals must not be repeated, and what is tried again by `call`.
pub(crate) async fn send<W: World>(peer: &Peer<'_, W>, mut request: Request) -> Result<Reply, Fault> {
    let origin = allowed(peer, &request)?;
    let http = &peer.service.manifest.http;
    if http.cookies {
        peer.session.add_cookies(&origin, &mut request);
    }
    peer.traffic.sent();
    let at = format!("{} {}", peer.name(), request.url.split('?').next().unwrap_or_default());
    match peer.world.send(request, &wire(peer)).await {
        Ok(reply) => {
            if http.cookies {
                peer.session.take_cookies(&origin, &reply);
            }
            if let Some(until) = wait::spent(&peer.service.stream().limits, &reply, peer.world.now()) {
                peer.session.wait_until(until);
            }
            peer.world.tell(Told::Answered { status: reply.status, bytes: reply.body.len() });
            Ok(reply)
        }
        Err(broken) => {
            peer.world.tell(Told::Answered { status: 0, bytes: 0 });
            Err(match broken {
                Broken::Unreachable(why) => fault::unreachable(&at, &why),
                Broken::Slow(why) => fault::too_slow(&at, &why),
                Broken::Untrusted(why) => fault::untrusted(&at, &why),
                Broken::CutShort(why) => fault::cut_short(&at, &why),
                Broken::TooLarge(bytes) => fault::too_large(&at, bytes),
                Broken::Forbidden(why) => fault::forbidden(&at, &why),
            })
        }
    }
}

/// Credentials go to the configured host and to those that the manifest names, nowhere else. Gives the origin.
fn allowed<W: World>(peer: &Peer<'_, W>, request: &Request) -> Result<String, Fault> {
    let http = &peer.service.manifest.http;
    let scope = peer.scope();
    let to = url::origin(&request.url);
    let mut known = std::iter::once(&http.base).chain(&http.hosts).filter_map(|text| text.text(&scope).ok()?);
    to.filter(|to| known.any(|host| url::origin(&host).as_ref() == Some(to)))
        .ok_or_else(|| fault::forbidden(peer.name(), &format!("it leads to {}", short(&request.url))))
}

fn wire<W: World>(peer: &Peer<'_, W>) -> Wire {
    let http = &peer.service.manifest.http;
    let scope = peer.scope();
    let value = |text: &Option<crate::slot::Slotted>| text.as_ref().and_then(|text| text.value(&scope).ok().flatten());
    Wire {
        timeout: http.timeout,
        answer_bytes_max: http.answer_bytes_max,
        ca_file: value(&http.ca_file).and_then(|file| file.as_str().map(str::to_owned)),
        insecure: value(&http.insecure) == Some(Value::Bool(true)),
    }
}

async fn wait_for_room<W: World>(peer: &Peer<'_, W>, limits: &Limits) {
    while let Err(until) = peer.session.admit(limits, peer.name(), peer.world.now()) {
        peer.world.tell(Told::Waiting { until, fault: None });
        peer.world.sleep_until(until).await;
    }
}

/// Waits before try `number` (from 1) of something that failed.
pub(crate) async fn back_off<W: World>(peer: &Peer<'_, W>, fault: Fault, number: u64) {
    let retry = &peer.service.stream().limits.retry;
    let wait = jittered(retry.backoff.wait(number), peer.name(), number);
    let until = Timestamp(peer.world.now().0.saturating_add(wait));
    pause(peer, fault, number, until).await;
}

/// Waits until a time before try `number` of something that failed.
async fn pause<W: World>(peer: &Peer<'_, W>, fault: Fault, number: u64, until: Timestamp) {
    peer.world.tell(Told::Retrying { fault, number, until });
    peer.world.sleep_until(until).await;
}

/// A wait up to a fifth longer or shorter, always the same for a service and try, so that many services do not come back at once.
fn jittered(wait: i64, name: &str, number: u64) -> i64 {
    let bits = crate::digest::identity(&[name.as_bytes(), &number.to_le_bytes()]);
    let part = (bits % 401) as i64 - 200;
    wait.saturating_add(wait / 1000 * part)
}

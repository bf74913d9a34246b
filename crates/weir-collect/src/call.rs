//! One request until it is answered: budgets, credentials, waits, tries, and what an answer means.

use weir_event::{Fault, Timestamp, Value};

use crate::http::{Broken, Reply, Request};
use crate::manifest::{Action, ErrorRule, Limits, Seen, ServerLimit, short};
use crate::service::Service;
use crate::session::Session;
use crate::world::{Told, Wire, World};
use crate::{auth, fault, url};

/// What came of a request.
pub(crate) enum Outcome {
    Data(Reply),
    /// An answer that says that there is nothing.
    Empty,
    /// The error table wants something of the pull.
    Turn(Action, Fault),
}

/// Times that a source may ask to wait before the pull is given up; it begins again at the next.
const WAITS_MAX: u64 = 100;
/// Seconds by which clocks may differ before a refused signature is explained by them.
const CLOCK_SECONDS_MAX: i64 = 60;

/// Sends a request of a stream until it is answered.
pub(crate) async fn call<W: World>(
    world: &W,
    service: &Service,
    session: &Session,
    request: Request,
) -> Result<Outcome, Fault> {
    let stream = service.stream();
    let mut tries = Tries::default();
    loop {
        wait_for_room(world, session, &stream.limits).await;
        let mut signed = request.clone();
        let used = auth::apply(world, service, session, &mut signed, tries.stale.take()).await?;
        let again = match send(world, service, signed).await {
            Err(fault) => Again::Broken(fault),
            Ok(reply) => match judge(world, service, &reply, &stream.errors, &stream.limits) {
                Verdict::Data => return Ok(Outcome::Data(reply)),
                Verdict::Empty => return Ok(Outcome::Empty),
                Verdict::Turn(action, fault) => return Ok(Outcome::Turn(action, fault)),
                Verdict::Fail(fault) => return Err(fault),
                Verdict::Renew(fault) => Again::Renew(fault, used),
                Verdict::Wait(until) => Again::Wait(until),
                Verdict::Retry(fault) => Again::Retry(fault),
            },
        };
        tries.settle(world, service, session, again).await?;
    }
}

/// Sends a request of a step; any status that is not right is a fault.
pub(crate) async fn step<W: World>(
    world: &W,
    service: &Service,
    session: &Session,
    request: Request,
    ok: &[u16],
) -> Result<Reply, Fault> {
    let limits = &service.stream().limits;
    let mut tries = Tries::default();
    loop {
        wait_for_room(world, session, limits).await;
        let mut signed = request.clone();
        let used = auth::apply(world, service, session, &mut signed, tries.stale.take()).await?;
        let again = match send(world, service, signed).await {
            Err(fault) => Again::Broken(fault),
            Ok(reply) if ok.contains(&reply.status) => return Ok(reply),
            Ok(reply) => match judge(world, service, &reply, &service.stream().errors, limits) {
                Verdict::Data => return Ok(reply),
                Verdict::Empty => return Ok(Reply { status: 204, ..Reply::default() }),
                Verdict::Fail(fault) | Verdict::Turn(_, fault) => return Err(fault),
                Verdict::Renew(fault) => Again::Renew(fault, used),
                Verdict::Wait(until) => Again::Wait(until),
                Verdict::Retry(fault) => Again::Retry(fault),
            },
        };
        tries.settle(world, service, session, again).await?;
    }
}

/// Sends a request as it is, once: log-ins, whose refusals must not be repeated.
pub(crate) async fn send_once<W: World>(world: &W, service: &Service, request: Request) -> Result<Reply, Fault> {
    send(world, service, request).await
}

async fn send<W: World>(world: &W, service: &Service, request: Request) -> Result<Reply, Fault> {
    allowed(service, &request, world.now())?;
    let wire = wire(service, world.now());
    let at = format!("{} {}", service.name, request.url.split('?').next().unwrap_or_default());
    match world.send(request, &wire).await {
        Ok(reply) => {
            world.tell(Told::Answered { status: reply.status, bytes: reply.body.len() });
            Ok(reply)
        }
        Err(broken) => {
            world.tell(Told::Answered { status: 0, bytes: 0 });
            Err(match broken {
                Broken::Unreachable(why) => fault::unreachable(&at, &why),
                Broken::Untrusted(why) => fault::untrusted(&at, &why),
                Broken::CutShort(why) => fault::cut_short(&at, &why),
                Broken::TooLarge(bytes) => fault::too_large(&at, bytes),
                Broken::Forbidden(why) => fault::forbidden(&at, &why),
            })
        }
    }
}

/// Credentials go to the configured host and to those that the manifest names, nowhere else.
fn allowed(service: &Service, request: &Request, now: Timestamp) -> Result<(), Fault> {
    let http = &service.manifest.http;
    let scope = service.scope(now);
    let to = url::origin(&request.url);
    let mut known = std::iter::once(&http.base).chain(&http.hosts).filter_map(|text| text.text(&scope).ok()?);
    match to {
        Some(to) if known.any(|host| url::origin(&host).as_ref() == Some(&to)) => Ok(()),
        _ => Err(fault::forbidden(&service.name, &format!("it leads to {}", short(&request.url)))),
    }
}

fn wire(service: &Service, now: Timestamp) -> Wire {
    let http = &service.manifest.http;
    let scope = service.scope(now);
    let value = |text: &Option<crate::slot::Slotted>| text.as_ref().and_then(|text| text.value(&scope).ok().flatten());
    Wire {
        timeout: http.timeout,
        answer_bytes_max: http.answer_bytes_max,
        ca_file: value(&http.ca_file).and_then(|file| file.as_str().map(str::to_owned)),
        insecure: value(&http.insecure) == Some(Value::Bool(true)),
    }
}

async fn wait_for_room<W: World>(world: &W, session: &Session, limits: &Limits) {
    while let Err(until) = session.admit(limits, world.now()) {
        world.tell(Told::Waiting { until, fault: None });
        world.sleep_until(until).await;
    }
}

/// What an answer means.
enum Verdict {
    Data,
    Empty,
    Turn(Action, Fault),
    Fail(Fault),
    Renew(Fault),
    Wait(Timestamp),
    Retry(Fault),
}

fn judge<W: World>(world: &W, service: &Service, reply: &Reply, rules: &[ErrorRule], limits: &Limits) -> Verdict {
    let seen = Seen::new(reply);
    if let Some(rule) = rules.iter().find(|rule| rule.fits(&seen)) {
        return by_rule(service, rule, &seen);
    }
    if let Some(limit) = limits.server.iter().find(|limit| limit.status.contains(&reply.status)) {
        return Verdict::Wait(wait_of(limit, reply, world.now()));
    }
    let at = &service.name;
    let text = short(seen.text());
    let now = world.now();
    let auth = &service.manifest.auth;
    match reply.status {
        status if limits.retry.status.contains(&status) => Verdict::Retry(fault::server_error(at, status, &text)),
        204 => Verdict::Empty,
        200..300 => match reply.html_title().filter(|_| service.stream().response.wants_data()) {
            Some(title) => {
                Verdict::Retry(fault::not_data(at, "data but a page", &format!("its title is `{}`", short(&title))))
            }
            None => Verdict::Data,
        },
        401 | 403
            if auth::is_signed(auth, &service.scope(now)) && clock_difference(reply, now).abs() > CLOCK_SECONDS_MAX =>
        {
            Verdict::Fail(fault::clocks_differ(at, clock_difference(reply, now)))
        }
        401 => Verdict::Renew(fault::credentials_refused(at, 401, &text)),
        403 => Verdict::Fail(fault::rights_missing(at, 403, &text)),
        404 | 405 => Verdict::Fail(fault::not_found(at, &text)),
        300..=399 => {
            let to = reply.header("location").unwrap_or("nowhere");
            Verdict::Fail(fault::not_data(at, "data", &format!("it leads on to {}", short(to))))
        }
        413 | 414 => Verdict::Turn(Action::SplitWindow, fault::refused(at, reply.status, &text)),
        500.. => Verdict::Retry(fault::server_error(at, reply.status, &text)),
        status => Verdict::Fail(fault::refused(at, status, &text)),
    }
}

fn by_rule(service: &Service, rule: &ErrorRule, seen: &Seen<'_>) -> Verdict {
    let (at, status, says) = (&service.name, seen.reply.status, rule.says(seen));
    let hinted = |fault: Fault| if rule.hint.is_empty() { fault } else { fault.hint(&rule.hint) };
    match rule.action {
        Action::OkEmpty => Verdict::Empty,
        Action::Retry => Verdict::Retry(hinted(fault::server_error(at, status, &says))),
        Action::RenewAuth => Verdict::Renew(hinted(fault::credentials_refused(at, status, &says))),
        Action::FailAuth => Verdict::Fail(hinted(fault::credentials_refused(at, status, &says))),
        Action::FailConfig => Verdict::Fail(hinted(fault::not_found(at, &says))),
        Action::Fail => Verdict::Fail(hinted(fault::refused(at, status, &says))),
        Action::Partial => Verdict::Turn(Action::Partial, hinted(fault::partial(at, &says))),
        action => Verdict::Turn(action, hinted(fault::refused(at, status, &says))),
    }
}

/// Seconds that the source's clock is ahead of ours, by the date of its answer.
fn clock_difference(reply: &Reply, now: Timestamp) -> i64 {
    let date = reply.header("date").and_then(http_date);
    date.map_or(0, |date| (date.0 - now.0) / 1_000_000_000)
}

/// A date as HTTP writes it.
fn http_date(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    Timestamp::from_jiff(zoned.timestamp())
}

/// When a source that asks to wait may be asked again: its header in seconds, as an epoch or as a date, within the bounds of the manifest.
fn wait_of(limit: &ServerLimit, reply: &Reply, now: Timestamp) -> Timestamp {
    let named = limit.header.iter().map(String::as_str);
    let known = ["retry-after", "x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"];
    let text = named.chain(known).find_map(|name| reply.header(name));
    let wait = text.and_then(|text| waiting(text.trim(), now)).unwrap_or(limit.otherwise);
    Timestamp(now.0.saturating_add(wait.clamp(limit.min, limit.max)))
}

/// Nanoseconds to wait. A number below a thousand million is a count of seconds, above it a time.
fn waiting(text: &str, now: Timestamp) -> Option<i64> {
    if let Ok(number) = text.parse::<f64>() {
        if !number.is_finite() {
            return None;
        }
        return Some(match number {
            number if number < 1e9 => (number * 1e9) as i64,
            number if number < 1e11 => ((number * 1e9) as i64).saturating_sub(now.0),
            number => ((number * 1e6) as i64).saturating_sub(now.0),
        });
    }
    let at = http_date(text).or_else(|| Timestamp::parse_rfc3339(text))?;
    Some(at.0.saturating_sub(now.0))
}

/// Why a request is sent again.
enum Again {
    Broken(Fault),
    Retry(Fault),
    Renew(Fault, u64),
    Wait(Timestamp),
}

#[derive(Default)]
struct Tries {
    failed: u64,
    waited: u64,
    renewed: bool,
    /// The log-in that was refused.
    stale: Option<u64>,
}

impl Tries {
    /// Waits until the next try, or gives up.
    async fn settle<W: World>(
        &mut self,
        world: &W,
        service: &Service,
        session: &Session,
        again: Again,
    ) -> Result<(), Fault> {
        let retry = &service.stream().limits.retry;
        let fault = match again {
            Again::Wait(until) => {
                self.waited += 1;
                let fault = fault::rate_limited(&service.name, until);
                if self.waited > WAITS_MAX {
                    return Err(fault);
                }
                session.wait_until(until);
                world.tell(Told::Waiting { until, fault: Some(fault) });
                world.sleep_until(until).await;
                return Ok(());
            }
            Again::Renew(fault, used) => {
                let renewable = auth::is_renewable(&service.manifest.auth, &service.scope(world.now()));
                if self.renewed || !renewable {
                    return Err(fault);
                }
                (self.renewed, self.stale) = (true, Some(used));
                return Ok(());
            }
            Again::Broken(fault) if !retry.transport || is_final(&fault) => return Err(fault),
            Again::Broken(fault) | Again::Retry(fault) => fault,
        };
        self.failed += 1;
        if self.failed >= retry.tries {
            return Err(fault);
        }
        let wait = jittered(retry.backoff.wait(self.failed), &service.name, self.failed);
        let until = Timestamp(world.now().0.saturating_add(wait));
        world.tell(Told::Retrying { fault, number: self.failed, until });
        world.sleep_until(until).await;
        Ok(())
    }
}

/// Asking again would change nothing.
fn is_final(fault: &Fault) -> bool {
    matches!(fault.id(), "COLLECT-204" | "COLLECT-206" | "COLLECT-213")
}

/// A wait up to a fifth longer or shorter, always the same for a service and try, so that many services do not come back at once.
pub(crate) fn jittered(wait: i64, name: &str, number: u64) -> i64 {
    let bits = crate::digest::identity(&[name.as_bytes(), &number.to_le_bytes()]);
    let part = (bits % 401) as i64 - 200;
    wait.saturating_add(wait / 1000 * part)
}

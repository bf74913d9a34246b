//! What an answer means: by the manifest's table first, by its status then.

use std::borrow::Cow;

use weir_event::{Fault, Timestamp};

use super::wait::{self, wait_of};
use crate::http::Reply;
use crate::manifest::{Action, ErrorRule, Limits, Seen, ServerLimit, short};
use crate::peer::Peer;
use crate::world::World;
use crate::{auth, fault};

/// Seconds by which clocks may differ before a refused signature is explained by them.
const CLOCK_SECONDS_MAX: i64 = 60;

pub(super) enum Verdict {
    Data,
    Empty,
    Turn(Action, Fault),
    Fail(Fault),
    Renew(Fault),
    Wait(Timestamp),
    /// The time of a request is refused, and this is by how many seconds the source's clock is ahead, when its answer has a date.
    Clock(Fault, Option<i64>),
    /// The source may say until when it wants to be left alone.
    Retry(Fault, Option<Timestamp>),
}

/// `rules` come before those of the stream.
pub(super) fn judge<W: World>(peer: &Peer<'_, W>, reply: &Reply, rules: &[ErrorRule]) -> Verdict {
    let stream = peer.service.stream();
    let seen = Seen::new(reply);
    if let Some(rule) = rules.iter().chain(&stream.errors).find(|rule| rule.fits(&seen)) {
        return by_rule(peer, rule, &seen);
    }
    let limits = &stream.limits;
    if let Some(limit) = limits.server.iter().find(|limit| limit.status.contains(&reply.status)) {
        return Verdict::Wait(wait_of(limit, &seen, peer.world.now()));
    }
    by_status(peer, &seen)
}

fn by_status<W: World>(peer: &Peer<'_, W>, seen: &Seen<'_>) -> Verdict {
    let stream = peer.service.stream();
    let (at, reply) = (peer.name(), seen.reply);
    let text = short(seen.text());
    match reply.status {
        status if status >= 500 || stream.limits.retry.status.contains(&status) => {
            retry(peer, reply, fault::server_error(at, status, &text))
        }
        204 => Verdict::Empty,
        200..300 => match reply.html_title().filter(|_| stream.response.wants_data()) {
            Some(title) => {
                retry(peer, reply, fault::not_data(at, "data but a page", &format!("its title is `{}`", short(&title))))
            }
            None => Verdict::Data,
        },
        401 | 403 if clock_is_off(peer, reply) => clock(peer, reply, ""),
        401 => Verdict::Renew(fault::credentials_refused(at, 401, &text)),
        403 => Verdict::Fail(fault::rights_missing(at, 403, &text)),
        404 | 405 => Verdict::Fail(fault::not_found(at, &text)),
        300..=399 => {
            let to = reply.header("location").unwrap_or("nowhere");
            Verdict::Fail(fault::not_data(at, "data", &format!("it leads on to {}", short(to))))
        }
        413 | 414 => Verdict::Turn(Action::SplitWindow, fault::refused(at, reply.status, &text)),
        status => Verdict::Fail(fault::refused(at, status, &text)),
    }
}

fn by_rule<W: World>(peer: &Peer<'_, W>, rule: &ErrorRule, seen: &Seen<'_>) -> Verdict {
    let (at, status, says) = (peer.name(), seen.reply.status, rule.says(seen));
    let hinted = |fault: Fault| if rule.hint.is_empty() { fault } else { fault.hint(&rule.hint) };
    match rule.action {
        Action::OkEmpty => Verdict::Empty,
        Action::Retry => retry(peer, seen.reply, hinted(fault::server_error(at, status, &says))),
        Action::SlowDown => Verdict::Wait(slow_down(&peer.service.stream().limits, seen, peer.world.now())),
        Action::RenewAuth | Action::FailAuth if clock_is_off(peer, seen.reply) => clock(peer, seen.reply, ""),
        Action::Clock => match clock(peer, seen.reply, &says) {
            Verdict::Clock(fault, seconds) => Verdict::Clock(hinted(fault), seconds),
            other => other,
        },
        Action::RenewAuth => Verdict::Renew(hinted(fault::credentials_refused(at, status, &says))),
        Action::FailAuth => Verdict::Fail(hinted(fault::credentials_refused(at, status, &says))),
        Action::FailRights => Verdict::Fail(hinted(fault::rights_missing(at, status, &says))),
        Action::FailConfig => Verdict::Fail(hinted(fault::not_found(at, &says))),
        Action::Fail => Verdict::Fail(hinted(fault::refused(at, status, &says))),
        Action::Partial => Verdict::Turn(Action::Partial, hinted(fault::partial(at, &says))),
        action => Verdict::Turn(action, hinted(fault::refused(at, status, &says))),
    }
}

/// Tried again: when the answer says, otherwise after the wait of its number.
fn retry<W: World>(peer: &Peer<'_, W>, reply: &Reply, fault: Fault) -> Verdict {
    Verdict::Retry(fault, closed_until(peer, reply))
}

/// Waits as the limits of the source say, whatever its status.
fn slow_down(limits: &Limits, seen: &Seen<'_>, now: Timestamp) -> Timestamp {
    wait_of(&limit_for(limits, seen.reply.status), seen, now)
}

/// The rule for a status, else the first there is.
fn limit_for(limits: &Limits, status: u16) -> Cow<'_, ServerLimit> {
    let named = limits.server.iter().find(|limit| limit.status.contains(&status));
    named.or(limits.server.first()).map_or_else(|| Cow::Owned(ServerLimit::default()), Cow::Borrowed)
}

/// Requests are signed with a time, and the source's is too far off.
fn clock_is_off<W: World>(peer: &Peer<'_, W>, reply: &Reply) -> bool {
    auth::is_signed(&peer.service.manifest.auth, &peer.scope()) && wrong_clock(peer, reply).is_some()
}

/// What explains a refusal of something signed with a time: the date of the answer is too far from that time.
pub(crate) fn wrong_clock<W: World>(peer: &Peer<'_, W>, reply: &Reply) -> Option<Fault> {
    let now = peer.world.now();
    let off = wait::clock_difference(reply, peer.session.source_time(now))?;
    let seconds = wait::clock_difference(reply, now);
    (off.abs() > CLOCK_SECONDS_MAX).then(|| fault::clocks_differ(peer.name(), seconds, ""))
}

/// `says` are the source's own words, when it has some for it.
fn clock<W: World>(peer: &Peer<'_, W>, reply: &Reply, says: &str) -> Verdict {
    let seconds = wait::clock_difference(reply, peer.world.now());
    Verdict::Clock(fault::clocks_differ(peer.name(), seconds, says), seconds)
}

/// Until when an answer that is given up says that nobody is to ask.
pub(crate) fn closed_until<W: World>(peer: &Peer<'_, W>, reply: &Reply) -> Option<Timestamp> {
    wait::retry_after(&limit_for(&peer.service.stream().limits, reply.status), reply, peer.world.now())
}

//! Log-ins: fetched once for all services of a puller, renewed before they end, and once when the source refuses one.

use futures::lock::MutexGuard;
use weir_event::{Duration, Fault, FaultKind, Record, Timestamp, Value};

use super::{basic, chosen, jwt};
use crate::http::{Reply, Request};
use crate::manifest::{Auth, Grant, Step};
use crate::path::plain;
use crate::peer::Peer;
use crate::session::Tokens;
use crate::slot::Scope;
use crate::world::World;
use crate::{build, call, fault, steps};

/// Seconds that a token holds when the source does not say.
const LIFE_SECONDS: i64 = 900;
/// A longer life is not believed.
const LIFE_SECONDS_MAX: i64 = 30 * 86_400;

/// Minutes between tries of a log-in that is refused: sources lock accounts that keep trying.
const REFUSED_MINUTES: [i64; 4] = [1, 5, 15, 60];

/// Fetches a log-in unless one holds: what a puller does before its first pull.
pub(crate) async fn set_up<W: World>(peer: &Peer<'_, W>) -> Result<(), Fault> {
    current(peer, &peer.service.manifest.auth, None).await.map(drop)
}

/// The log-in that holds now.
pub(super) async fn current<'s, W: World>(
    peer: &Peer<'s, W>,
    auth: &Auth,
    stale: Option<u64>,
) -> Result<MutexGuard<'s, Tokens>, Fault> {
    let mut tokens = peer.session.tokens.lock().await;
    let Some(auth) = log_in_of(auth, &peer.scope()) else { return Ok(tokens) };
    let is_old = tokens.renew_at.is_none_or(|at| at <= peer.world.now());
    if is_old || stale == Some(tokens.number) {
        renew(peer, auth, &mut tokens).await?;
    }
    if let Auth::Login { idle: true, life_s, .. } = auth {
        tokens.renew_at = Some(renewal(peer.world.now(), *life_s));
    }
    Ok(tokens)
}

/// The part of an authentication that logs in.
fn log_in_of<'a>(auth: &'a Auth, scope: &Scope<'_>) -> Option<&'a Auth> {
    match auth {
        Auth::Grant(_) | Auth::Login { .. } => Some(auth),
        Auth::Choice { .. } => chosen(auth, scope).and_then(|auth| log_in_of(auth, scope)),
        Auth::All(all) => all.iter().find_map(|auth| log_in_of(auth, scope)),
        _ => None,
    }
}

/// Logs in anew, unless that was refused a moment ago.
async fn renew<W: World>(peer: &Peer<'_, W>, auth: &Auth, tokens: &mut Tokens) -> Result<(), Fault> {
    if let Some((until, fault)) = &tokens.refused
        && *until > peer.world.now()
    {
        return Err(fault.clone());
    }
    let renewed = match auth {
        Auth::Grant(grant) => fetch(peer, grant, tokens).await,
        Auth::Login { steps, life_s, .. } => log_in(peer, steps, *life_s).await,
        _ => return Ok(()),
    };
    match renewed {
        Ok(renewed) => {
            *tokens = Tokens { number: tokens.number + 1, ..renewed };
            peer.world.keep_log_in(&tokens.to_text()).await
        }
        Err(fault) => {
            if fault.kind() == FaultKind::Auth {
                let minutes = REFUSED_MINUTES[tokens.refusals.min(REFUSED_MINUTES.len() - 1)];
                let until = Timestamp(peer.world.now().0.saturating_add(minutes * 60_000_000_000));
                (tokens.refused, tokens.refusals) = (Some((until, fault.clone())), tokens.refusals + 1);
            }
            tokens.renew_at = None;
            Err(fault)
        }
    }
}

/// Ends a log-in where the source wants it ended. A failure is only told.
pub(crate) async fn log_out<W: World>(peer: &Peer<'_, W>) {
    let scope = peer.scope();
    let Some(Auth::Login { logout: Some(step), apply, .. }) = log_in_of(&peer.service.manifest.auth, &scope) else {
        return;
    };
    let mut tokens = peer.session.tokens.lock().await;
    if tokens.renew_at.is_none() {
        return;
    }
    let scope = Scope { auth: &tokens.values, ..scope };
    if let Ok(mut request) = peer.request(&step.request, &scope)
        && super::apply_log_in(apply, &scope, &tokens, &mut request).is_ok()
        && let Err(fault) = call::send(peer, request).await
    {
        peer.world.tell(crate::world::Told::Note(format!("the log-out failed: {}", fault.says())));
    }
    *tokens = Tokens { number: tokens.number, ..Tokens::default() };
    let _ = peer.world.keep_log_in("").await;
}

async fn log_in<W: World>(peer: &Peer<'_, W>, steps: &[Step], life_s: i64) -> Result<Tokens, Fault> {
    let mut tokens = Tokens::default();
    for step in steps {
        let scope = Scope { auth: &tokens.values, vars: &tokens.values, ..peer.scope() };
        let mut request = peer.request(&step.request, &scope)?;
        if !tokens.cookies.is_empty() {
            let cookies = tokens.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request.set("Cookie", cookies.collect::<Vec<_>>().join("; "));
        }
        let reply = call::send(peer, request).await?;
        refuse(peer, &reply, &step.ok)?;
        if let Some(says) = call::failure(step, &reply) {
            return Err(fault::credentials_refused(peer.name(), reply.status, &says));
        }
        for (name, value) in reply.cookies() {
            tokens.cookies.retain(|(have, _)| have != name);
            tokens.cookies.push((name.to_owned(), value.to_owned()));
        }
        steps::capture(peer.name(), &step.capture, &reply, &mut tokens.values)?;
    }
    let life = tokens.values.get("expires_in").and_then(seconds).unwrap_or(life_s);
    tokens.renew_at = Some(renewal(peer.world.now(), life));
    Ok(tokens)
}

async fn fetch<W: World>(peer: &Peer<'_, W>, grant: &Grant, kept: &Tokens) -> Result<Tokens, Fault> {
    let now = peer.world.now();
    let mut values = kept.values.clone();
    if let Some(assertion) = &grant.assertion {
        let scope = Scope { auth: &values, now: peer.session.source_time(now), ..peer.scope() };
        values.set("assertion", Value::owned(jwt::sign(peer.service, assertion, &scope)?));
    }
    let request = token_request(peer, grant, &values)?;
    let reply = call::send(peer, request).await?;
    if grant.assertion.is_some()
        && matches!(reply.status, 400 | 401)
        && let Some(fault) = call::wrong_clock(peer, &reply)
    {
        return Err(fault);
    }
    refuse(peer, &reply, &[])?;
    let text = reply.text();
    let body = weir_parse::json::to_value(&text);
    let Ok(Value::Record(body)) = body else {
        return Err(fault::token_not_understood(peer.name(), &crate::manifest::short(&text)));
    };
    let token = body.get("access_token").map(plain).filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| fault::token_not_understood(peer.name(), "it has no `access_token`"))?;
    values.set("token", Value::owned(token));
    // A source that hands out a new token for renewing takes the old one no more.
    if let Some(renewing) = body.get("refresh_token") {
        values.set("refresh_token", renewing.clone().into_owned());
    }
    let life = body.get("expires_in").and_then(seconds).unwrap_or(LIFE_SECONDS);
    Ok(Tokens { values, renew_at: Some(renewal(now, life)), ..Tokens::default() })
}

fn token_request<W: World>(peer: &Peer<'_, W>, grant: &Grant, values: &Record<'static>) -> Result<Request, Fault> {
    let scope = Scope { auth: values, ..peer.scope() };
    let filled = || {
        let mut request = Request { method: "POST".to_owned(), ..Request::default() };
        let base = peer.service.manifest.http.base.text(&scope)?.unwrap_or_default();
        request.url = crate::url::join(&base, &grant.url.text(&scope)?.unwrap_or_default());
        request.set("Content-Type", "application/x-www-form-urlencoded".to_owned());
        request.set("Accept", "application/json".to_owned());
        if let Some((id, secret)) = &grant.basic {
            request.set("Authorization", basic(id, secret, &scope)?);
        }
        request.body = build::form(&grant.form, &scope)?.into_bytes();
        Ok(request)
    };
    filled().map_err(|slot| peer.unfilled(&slot))
}

/// An answer to a log-in that is none. A source that says until when it wants to be left alone is.
fn refuse<W: World>(peer: &Peer<'_, W>, reply: &Reply, ok: &[u16]) -> Result<(), Fault> {
    let right = if ok.is_empty() { (200..300).contains(&reply.status) } else { ok.contains(&reply.status) };
    if right {
        return Ok(());
    }
    let (at, text) = (peer.name(), crate::manifest::short(&reply.text()));
    let until = call::closed_until(peer, reply).filter(|_| reply.status == 429 || reply.status >= 500);
    until.into_iter().for_each(|until| peer.session.wait_until(until));
    Err(match reply.status {
        429 => fault::rate_limited(at, until.unwrap_or_else(|| peer.world.now())),
        400 | 401 => fault::credentials_refused(at, reply.status, &text),
        403 => fault::rights_missing(at, 403, &text),
        status => fault::server_error(at, status, &text),
    })
}

/// A life in seconds, as a number or as text; nothing and nonsense are none.
fn seconds(value: &Value<'_>) -> Option<i64> {
    let number = match value {
        Value::Long(number) => *number,
        Value::Double(number) => *number as i64,
        Value::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (1..=LIFE_SECONDS_MAX).contains(&number).then_some(number)
}

/// A token is renewed after four fifths of its life, and at the latest a minute before its end.
fn renewal(now: Timestamp, life_s: i64) -> Timestamp {
    let life = Duration(life_s.saturating_mul(1_000_000_000)).0;
    let early = (life / 5 * 4).min((life - 60_000_000_000).max(life / 2));
    Timestamp(now.0.saturating_add(early))
}

//! Log-ins: fetched once for all services of a puller, renewed before they end, and once when the source refuses one.

use futures::lock::MutexGuard;
use weir_event::{Duration, Fault, Record, Timestamp, Value};

use super::{basic, chosen, jwt};
use crate::http::{Reply, Request};
use crate::manifest::{Auth, Grant, Step};
use crate::path::plain;
use crate::service::Service;
use crate::session::{Session, Tokens};
use crate::slot::Scope;
use crate::world::World;
use crate::{build, call, fault, steps};

/// Seconds that a token holds when the source does not say.
const LIFE_SECONDS: i64 = 900;
/// A longer life is not believed.
const LIFE_SECONDS_MAX: i64 = 30 * 86_400;

/// The log-in that holds now.
pub(super) async fn current<'s, W: World>(
    world: &W,
    service: &Service,
    session: &'s Session,
    auth: &Auth,
    stale: Option<u64>,
) -> Result<MutexGuard<'s, Tokens>, Fault> {
    let mut tokens = session.tokens.lock().await;
    let Some(auth) = log_in_of(auth, &service.scope(world.now())) else { return Ok(tokens) };
    let is_old = tokens.renew_at.is_none_or(|at| at <= world.now());
    if is_old || stale == Some(tokens.number) {
        renew(world, service, auth, &mut tokens).await?;
    }
    if let Auth::Login { idle: true, life_s, .. } = auth {
        tokens.renew_at = Some(renewal(world.now(), *life_s));
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

/// Logs in anew.
async fn renew<W: World>(world: &W, service: &Service, auth: &Auth, tokens: &mut Tokens) -> Result<(), Fault> {
    let number = tokens.number + 1;
    let kept = std::mem::take(tokens);
    *tokens = match auth {
        Auth::Grant(grant) => fetch(world, service, grant, kept).await?,
        Auth::Login { steps, life_s, .. } => log_in(world, service, steps, *life_s).await?,
        _ => kept,
    };
    tokens.number = number;
    Ok(())
}

/// Ends a log-in where the source wants it ended. A failure is only told.
pub(crate) async fn log_out<W: World>(world: &W, service: &Service, session: &Session) {
    let scope = service.scope(world.now());
    let Some(Auth::Login { logout: Some(step), apply, .. }) = log_in_of(&service.manifest.auth, &scope) else { return };
    let mut tokens = session.tokens.lock().await;
    if tokens.renew_at.is_none() {
        return;
    }
    let scope = Scope { auth: &tokens.values, ..scope };
    if let Ok(mut request) = service.request(&step.request, &scope)
        && super::apply_log_in(apply, &scope, &tokens, &mut request).is_ok()
    {
        let _ = call::send_once(world, service, request).await;
    }
    *tokens = Tokens { number: tokens.number, ..Tokens::default() };
}

async fn log_in<W: World>(world: &W, service: &Service, steps: &[Step], life_s: i64) -> Result<Tokens, Fault> {
    let mut tokens = Tokens::default();
    for step in steps {
        let scope = Scope { auth: &tokens.values, vars: &tokens.values, ..service.scope(world.now()) };
        let mut request = service.request(&step.request, &scope)?;
        if !tokens.cookies.is_empty() {
            let cookies = tokens.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request.set("Cookie", cookies.collect::<Vec<_>>().join("; "));
        }
        let reply = call::send_once(world, service, request).await?;
        refuse(service, &reply, &step.ok)?;
        for (name, value) in reply.cookies() {
            tokens.cookies.retain(|(have, _)| have != name);
            tokens.cookies.push((name.to_owned(), value.to_owned()));
        }
        steps::capture(service, &step.capture, &reply, &mut tokens.values)?;
    }
    let life = tokens.values.get("expires_in").and_then(seconds).unwrap_or(life_s);
    tokens.renew_at = Some(renewal(world.now(), life));
    Ok(tokens)
}

async fn fetch<W: World>(world: &W, service: &Service, grant: &Grant, kept: Tokens) -> Result<Tokens, Fault> {
    let now = world.now();
    let mut values = kept.values;
    if let Some(assertion) = &grant.assertion {
        let scope = Scope { auth: &values, ..service.scope(now) };
        values.set("assertion", Value::owned(jwt::sign(service, assertion, &scope)?));
    }
    let request = token_request(service, grant, &values, now)?;
    let reply = call::send_once(world, service, request).await?;
    refuse(service, &reply, &[])?;
    let text = reply.text();
    let body = weir_parse::json::to_value(&text);
    let Ok(Value::Record(body)) = body else {
        return Err(fault::token_not_understood(&service.name, &crate::manifest::short(&text)));
    };
    let token = body.get("access_token").map(plain).filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| fault::token_not_understood(&service.name, "it has no `access_token`"))?;
    values.set("token", Value::owned(token));
    // A source that hands out a new token for renewing takes the old one no more.
    if let Some(renewing) = body.get("refresh_token") {
        values.set("refresh_token", renewing.clone().into_owned());
    }
    let life = body.get("expires_in").and_then(seconds).unwrap_or(LIFE_SECONDS);
    Ok(Tokens { values, renew_at: Some(renewal(now, life)), ..Tokens::default() })
}

fn token_request(service: &Service, grant: &Grant, values: &Record<'static>, now: Timestamp) -> Result<Request, Fault> {
    let scope = Scope { auth: values, ..service.scope(now) };
    let filled = || {
        let mut request = Request { method: "POST".to_owned(), ..Request::default() };
        let base = service.manifest.http.base.text(&scope)?.unwrap_or_default();
        request.url = crate::url::join(&base, &grant.url.text(&scope)?.unwrap_or_default());
        request.set("Content-Type", "application/x-www-form-urlencoded".to_owned());
        request.set("Accept", "application/json".to_owned());
        if let Some((id, secret)) = &grant.basic {
            request.set("Authorization", basic(id, secret, &scope)?);
        }
        request.body = build::form(&grant.form, &scope)?.into_bytes();
        Ok(request)
    };
    filled().map_err(|slot| service.unfilled(&slot))
}

/// An answer to a log-in that is none.
fn refuse(service: &Service, reply: &Reply, ok: &[u16]) -> Result<(), Fault> {
    let right = if ok.is_empty() { (200..300).contains(&reply.status) } else { ok.contains(&reply.status) };
    if right {
        return Ok(());
    }
    let text = crate::manifest::short(&reply.text());
    Err(match reply.status {
        400 | 401 => fault::credentials_refused(&service.name, reply.status, &text),
        403 => fault::rights_missing(&service.name, reply.status, &text),
        status => fault::server_error(&service.name, status, &text),
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

//! Authentication of requests. Everything that depends on the request itself (signatures) is computed last, over what is sent.

mod jwt;
mod sigv4;
mod token;

#[cfg(test)]
mod tests;

use base64::Engine as _;
use weir_event::{Fault, Record, Value};

use crate::digest;
use crate::http::Request;
use crate::manifest::{Apply, Auth, Signature};
use crate::peer::Peer;
use crate::session::Tokens;
use crate::slot::{Scope, Slotted, Unfilled};
use crate::world::World;

pub(crate) use token::{log_out, set_up};

/// Adds what proves who asks. `stale` is the number of a log-in that the source has refused: it is renewed. Returns the number of the
/// log-in that was used.
pub(crate) async fn apply<W: World>(
    peer: &Peer<'_, W>,
    request: &mut Request,
    stale: Option<u64>,
) -> Result<u64, Fault> {
    if request.anonymous {
        return Ok(0);
    }
    let auth = &peer.service.manifest.auth;
    let tokens = token::current(peer, auth, stale).await?;
    let now = peer.session.source_time(peer.world.now());
    let scope = Scope { auth: &tokens.values, now, ..peer.scope() };
    add(auth, &scope, &tokens, request).map_err(|slot| peer.unfilled(&slot))?;
    Ok(tokens.number)
}

/// True when a log-in stands behind the requests, so that a refused one may be renewed.
pub(crate) fn is_renewable(auth: &Auth, scope: &Scope<'_>) -> bool {
    match auth {
        Auth::Grant(_) | Auth::Login { .. } => true,
        Auth::Choice { .. } => chosen(auth, scope).is_some_and(|auth| is_renewable(auth, scope)),
        Auth::All(all) => all.iter().any(|auth| is_renewable(auth, scope)),
        _ => false,
    }
}

/// True when the time of the request is part of what is proved.
pub(crate) fn is_signed(auth: &Auth, scope: &Scope<'_>) -> bool {
    match auth {
        Auth::Signature(_) | Auth::SigV4 { .. } => true,
        Auth::Choice { .. } => chosen(auth, scope).is_some_and(|auth| is_signed(auth, scope)),
        Auth::All(all) => all.iter().any(|auth| is_signed(auth, scope)),
        _ => false,
    }
}

/// The kind that a choice names.
fn chosen<'a>(auth: &'a Auth, scope: &Scope<'_>) -> Option<&'a Auth> {
    let Auth::Choice { by, of } = auth else { return Some(auth) };
    let name = by.text(scope).ok()??;
    of.iter().find(|(have, _)| *have == name).map(|(_, auth)| auth)
}

/// Adds what an authentication is made of, given the log-in.
pub(crate) fn add(auth: &Auth, scope: &Scope<'_>, tokens: &Tokens, request: &mut Request) -> Result<(), Unfilled> {
    match auth {
        Auth::None => Ok(()),
        Auth::Headers(headers) => set_headers(headers, scope, request),
        Auth::Query(query) => add_query(query, scope, request),
        Auth::Basic { user, password } => {
            request.set("Authorization", basic(user, password, scope)?);
            Ok(())
        }
        Auth::Grant(grant) => apply_log_in(&grant.apply, scope, tokens, request),
        Auth::Login { apply, .. } => apply_log_in(apply, scope, tokens, request),
        Auth::Signature(signature) => sign(signature, scope, request),
        Auth::SigV4 { .. } => sigv4::sign(auth, scope, request),
        Auth::Choice { .. } => chosen(auth, scope).map_or(Ok(()), |auth| add(auth, scope, tokens, request)),
        Auth::All(all) => all.iter().try_for_each(|auth| add(auth, scope, tokens, request)),
    }
}

fn set_headers(headers: &[(String, Slotted)], scope: &Scope<'_>, request: &mut Request) -> Result<(), Unfilled> {
    for (name, text) in headers {
        if let Some(text) = text.text(scope)? {
            request.set(name, text);
        }
    }
    Ok(())
}

fn add_query(query: &[(String, Slotted)], scope: &Scope<'_>, request: &mut Request) -> Result<(), Unfilled> {
    let mut pairs = Vec::new();
    for (name, text) in query {
        pairs.extend(text.text(scope)?.map(|text| (name.clone(), text)));
    }
    crate::build::add_query(&mut request.url, &pairs);
    Ok(())
}

fn apply_log_in(apply: &Apply, scope: &Scope<'_>, tokens: &Tokens, request: &mut Request) -> Result<(), Unfilled> {
    set_headers(&apply.headers, scope, request)?;
    add_query(&apply.query, scope, request)?;
    if apply.cookies && !tokens.cookies.is_empty() {
        let cookies = tokens.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        request.set("Cookie", cookies.collect::<Vec<_>>().join("; "));
    }
    Ok(())
}

/// `Basic BASE64(user:password)`.
fn basic(user: &Slotted, password: &Slotted, scope: &Scope<'_>) -> Result<String, Unfilled> {
    let text = |text: &Slotted| Ok(text.text(scope)?.unwrap_or_default());
    let pair = format!("{}:{}", text(user)?, text(password)?);
    Ok(format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(pair)))
}

fn sign(signature: &Signature, scope: &Scope<'_>, request: &mut Request) -> Result<(), Unfilled> {
    let facts = facts(request);
    let mut values = scope.auth.clone();
    for (name, text) in &signature.values {
        let value = text.value(&Scope { auth: &values, request: &facts, ..*scope })?;
        values.set(name.clone(), value.unwrap_or_default());
    }
    let inner = Scope { auth: &values, request: &facts, ..*scope };
    let key = signature.key.text(&inner)?.unwrap_or_default();
    let message = signature.message.text(&inner)?.unwrap_or_default();
    let hash = signature.algorithm.sign(key.as_bytes(), message.as_bytes());
    let text = if signature.base64 { base64::prelude::BASE64_STANDARD.encode(hash) } else { digest::hex(&hash) };
    values.set("signature", Value::owned(text));
    set_headers(&signature.headers, &Scope { auth: &values, request: &facts, ..*scope }, request)
}

/// What a signature may cover.
fn facts(request: &Request) -> Record<'static> {
    let target = request.target();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let text = |text: &str| Value::owned(text.to_owned());
    let body = String::from_utf8_lossy(&request.body);
    [
        ("method", text(&request.method)),
        ("target", text(target)),
        ("path", text(path)),
        ("query", text(query)),
        ("body", text(&body)),
        ("body_sha256", text(&digest::hex(&digest::sha256(&request.body)))),
    ]
    .into_iter()
    .collect()
}

//! Version 4 of the request signatures that a large cloud uses.

use weir_event::Timestamp;

use crate::digest::{Keyed, hex, sha256};
use crate::http::Request;
use crate::manifest::Auth;
use crate::slot::{Scope, Unfilled};
use crate::url::{encode_all, origin};

/// Adds date, content hash, token and signature. Every header that the request has by now is signed.
pub fn sign(auth: &Auth, scope: &Scope<'_>, request: &mut Request) -> Result<(), Unfilled> {
    let Auth::SigV4 { service, region, key, secret, token } = auth else { return Ok(()) };
    let text = |text: &crate::slot::Slotted| Ok::<_, Unfilled>(text.text(scope)?.unwrap_or_default());
    let (service, region, key, secret) = (text(service)?, text(region)?, text(key)?, text(secret)?);
    let stamp = stamp(scope.now);
    request.set("host", host(&request.url));
    request.set("x-amz-date", stamp.clone());
    request.set("x-amz-content-sha256", hex(&sha256(&request.body)));
    if let Some(token) = token.as_ref().map(|token| token.text(scope)).transpose()?.flatten() {
        request.set("x-amz-security-token", token);
    }
    let (canonical, signed) = canonical(request);
    let day = &stamp[..8];
    let range = format!("{day}/{region}/{service}/aws4_request");
    let message = format!("AWS4-HMAC-SHA256\n{stamp}\n{range}\n{}", hex(&sha256(canonical.as_bytes())));
    let mut signing = format!("AWS4{secret}").into_bytes();
    for part in [day, &region, &service, "aws4_request"] {
        signing = Keyed::Sha256.sign(&signing, part.as_bytes());
    }
    let signature = hex(&Keyed::Sha256.sign(&signing, message.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256 Credential={key}/{range}, SignedHeaders={signed}, Signature={signature}");
    request.set("Authorization", text);
    Ok(())
}

fn stamp(now: Timestamp) -> String {
    now.to_jiff().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Host, and port unless it is the scheme's own.
fn host(url: &str) -> String {
    let origin = origin(url).unwrap_or_default();
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    let default = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(default).unwrap_or(authority).to_owned()
}

/// The request in its one spelling, and the names of its headers.
fn canonical(request: &Request) -> (String, String) {
    let target = request.target();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut pairs: Vec<(String, String)> = query.split('&').filter(|pair| !pair.is_empty()).map(spelled).collect();
    pairs.sort();
    let query = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let mut headers: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    headers.sort();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let body = hex(&sha256(&request.body));
    (format!("{}\n{path}\n{query}\n{lines}\n{names}\n{body}", request.method), names)
}

/// A pair with everything encoded that can be.
fn spelled(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let again = |text: &str| encode_all(&decoded(text));
    (again(name), again(value))
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| bytes[at] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

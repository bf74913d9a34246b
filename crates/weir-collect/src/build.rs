//! Requests out of manifests: addresses, parameters, bodies, in the form in which they are signed and sent.

use weir_event::Value;

use crate::http::Request;
use crate::manifest::{Http, RequestShape};
use crate::manifest::{RequestAddress as Address, RequestBody as Body};
use crate::path::plain;
use crate::session::Tokens;
use crate::slot::{Scope, Slotted, Unfilled};
use crate::{auth, url};

/// Fills a request. Parameters and headers whose optional slot is empty are left out.
pub fn request(http: &Http, shape: &RequestShape, scope: &Scope<'_>) -> Result<Request, Unfilled> {
    let mut out = Request { method: shape.method.clone(), anonymous: shape.auth.is_some(), ..Request::default() };
    let base = http.base.text(scope)?.unwrap_or_default();
    out.url = match &shape.address {
        Address::Path(path) => format!("{}{}", base.trim_end_matches('/'), path.text(scope)?.unwrap_or_default()),
        Address::Url(address) => url::join(&base, &address.text(scope)?.unwrap_or_default()),
    };
    let mut query = query(shape, scope)?;
    if http.sort_query {
        query.sort();
    }
    add_query(&mut out.url, &query);
    for (name, text) in http.headers.iter().chain(&shape.headers) {
        if let Some(text) = text.text(scope)? {
            out.set(name, text);
        }
    }
    body(&shape.body, scope, &mut out)?;
    if let Some(own) = &shape.auth {
        auth::add(own, scope, &Tokens::default(), &mut out)?;
    }
    Ok(out)
}

/// Adds parameters to an address that may have some.
pub fn add_query(address: &mut String, query: &[(String, String)]) {
    if !query.is_empty() {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(&url::pairs(query, url::encode_query));
    }
}

fn query(shape: &RequestShape, scope: &Scope<'_>) -> Result<Vec<(String, String)>, Unfilled> {
    let mut out = Vec::new();
    for (name, shape) in &shape.query {
        let Some(name) = name.text(scope)? else { continue };
        match shape.fill(scope)? {
            None | Some(Value::Null) => {}
            // A list is the same parameter several times.
            Some(Value::Array(items)) => out.extend(items.iter().map(|item| (name.clone(), text_of(item)))),
            Some(value) => out.push((name, text_of(&value))),
        }
    }
    Ok(out)
}

fn text_of(value: &Value<'_>) -> String {
    match value {
        Value::Timestamp(time) => time.to_string(),
        other => plain(other),
    }
}

fn body(body: &Body, scope: &Scope<'_>, out: &mut Request) -> Result<(), Unfilled> {
    let (kind, bytes) = match body {
        Body::None => return Ok(()),
        Body::Json(shape) => {
            let mut text = String::new();
            weir_event::write_json(&shape.fill(scope)?.unwrap_or_default(), &mut text);
            ("application/json".to_owned(), text)
        }
        Body::Form(fields) => ("application/x-www-form-urlencoded".to_owned(), form(fields, scope)?),
        Body::Text { text, kind } => (kind.clone(), text.text(scope)?.unwrap_or_default()),
    };
    if out.header("content-type").is_none() {
        out.set("Content-Type", kind);
    }
    out.body = bytes.into_bytes();
    Ok(())
}

/// The fields of a form, encoded.
pub fn form(fields: &[(String, Slotted)], scope: &Scope<'_>) -> Result<String, Unfilled> {
    let mut pairs = Vec::new();
    for (name, text) in fields {
        pairs.extend(text.text(scope)?.map(|text| (name.clone(), text)));
    }
    Ok(url::pairs(&pairs, url::encode_form))
}

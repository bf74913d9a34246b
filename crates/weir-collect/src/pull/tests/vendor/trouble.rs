//! The ways in which a source misbehaves.

use weir_event::{Timestamp, Value, write_json};

use super::dress::dressed;
use super::{Answer, Vendor, find};
use crate::http::{Broken, Reply, Request};
use crate::path::{Path, plain};

/// One way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Revoked401,
    Denied403,
    Missing404,
    Late408,
    Busy409,
    LostContext409,
    WaitSeconds429,
    WaitUnsaid429,
    WaitDate429,
    WaitPast429,
    Failed500,
    Gateway502,
    Unavailable503,
    GatewayLate504,
    Hangs,
    Closes,
    ClosesMidBody,
    PageForPeople,
    Truncated,
    /// Right JSON that is no answer to what was asked.
    OtherForm,
    OtherCharset,
    /// The next page is the last one again.
    SameForEver,
    /// Every record of an answer stands in it twice.
    Repeated,
    /// The records of an answer are upside down.
    Reversed,
}

impl Kind {
    pub const ALL: [Kind; 24] = [
        Kind::Revoked401,
        Kind::Denied403,
        Kind::Missing404,
        Kind::Late408,
        Kind::Busy409,
        Kind::LostContext409,
        Kind::WaitSeconds429,
        Kind::WaitUnsaid429,
        Kind::WaitDate429,
        Kind::WaitPast429,
        Kind::Failed500,
        Kind::Gateway502,
        Kind::Unavailable503,
        Kind::GatewayLate504,
        Kind::Hangs,
        Kind::Closes,
        Kind::ClosesMidBody,
        Kind::PageForPeople,
        Kind::Truncated,
        Kind::OtherForm,
        Kind::OtherCharset,
        Kind::SameForEver,
        Kind::Repeated,
        Kind::Reversed,
    ];
}

/// How often, of 1,000 requests, the source misbehaves, and how.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    pub per_mille: u64,
    kind: Option<Kind>,
}

impl Trouble {
    pub fn none() -> Trouble {
        Trouble { per_mille: 0, kind: None }
    }

    /// In all ways.
    pub fn often() -> Trouble {
        Trouble { per_mille: 200, kind: None }
    }

    /// In one way. Few requests are for later pages.
    pub fn of(kind: Kind) -> Trouble {
        let per_mille = if kind == Kind::SameForEver { 500 } else { 200 };
        Trouble { per_mille, kind: Some(kind) }
    }

    pub fn pick(&self, random: u64) -> Kind {
        self.kind.unwrap_or(Kind::ALL[random as usize % Kind::ALL.len()])
    }
}

const QUICK: i64 = 10_000_000;

impl Vendor {
    /// The wrong answer, and how long it took; none where a request cannot be answered wrong in this way.
    pub(super) fn misbehave(
        &self,
        kind: Kind,
        request: &Request,
        now: Timestamp,
        timeout: i64,
    ) -> Option<(Answer, i64)> {
        let broken = |why: &str| Err(Broken::CutShort(why.to_owned()));
        let answer = match kind {
            Kind::Revoked401 => {
                self.lock().token += 1_000;
                status(401, &[], "token revoked")
            }
            Kind::Denied403 => status(403, &[], "not now"),
            Kind::Missing404 => status(404, &[], "nothing here"),
            Kind::Late408 => status(408, &[], ""),
            Kind::Busy409 => status(409, &[], "busy"),
            Kind::LostContext409 if path(request) == "/sorted" => {
                self.lock().context += 1;
                status(409, &[], "context is gone")
            }
            Kind::LostContext409 => return None,
            Kind::WaitSeconds429 => status(429, &[("retry-after", "2")], ""),
            Kind::WaitUnsaid429 => status(429, &[], ""),
            Kind::WaitDate429 => status(429, &[("retry-after", &http_date(now, 5))], ""),
            Kind::WaitPast429 => status(429, &[("x-ratelimit-reset", "-5")], ""),
            Kind::Failed500 => status(500, &[("retry-after", "30")], "oops"),
            Kind::Gateway502 => status(502, &[], ""),
            Kind::Unavailable503 => status(503, &[("retry-after", "90")], ""),
            Kind::GatewayLate504 => status(504, &[("retry-after", &http_date(now, 20))], ""),
            Kind::Hangs => return Some((Err(Broken::Unreachable("no answer in time".to_owned())), timeout)),
            Kind::Closes => broken("connection closed"),
            Kind::ClosesMidBody => {
                // What was given out once may be gone, also when it did not arrive.
                self.right(request, now);
                broken("connection closed in the body")
            }
            Kind::PageForPeople => status(200, &[("content-type", "text/html")], "<html><title>Sign in</title></html>"),
            // Rows of text look whole wherever they are cut: only the length that was announced tells, and who receives them sees to it.
            Kind::Truncated if path(request) == "/file" => broken("half of a file"),
            Kind::Truncated => {
                let mut whole = dressed(request, self.right(request, now));
                whole.body.truncate(whole.body.len() / 2);
                if whole.status == 200 && !whole.body.is_empty() { Ok(whole) } else { status(500, &[], "") }
            }
            Kind::OtherForm => {
                let forms = ["null", "\"maintenance\"", "{\"error\":\"busy\"}", "{\"items\":{\"error\":\"busy\"}}"];
                status(200, &[("content-type", "application/json")], forms[self.lock().below(4) as usize])
            }
            Kind::OtherCharset => Ok(in_utf16(dressed(request, self.right(request, now)))),
            Kind::SameForEver => Ok(self.lock().last.get(&list(request)).filter(|_| is_later_page(request))?.clone()),
            Kind::Repeated => Ok(with_records(self.right(request, now), |records| {
                records.extend(records.clone());
            })?),
            Kind::Reversed => Ok(with_records(self.right(request, now), |records| records.reverse())?),
        };
        Some((answer, QUICK))
    }
}

/// Until when an answer that arrives at a time asks to be left alone.
pub fn wait_until(answer: &Answer, arrives: i64) -> Option<i64> {
    let text = answer.as_ref().ok()?.header("retry-after")?;
    match text.parse::<i64>() {
        Ok(seconds) => Some(arrives + seconds * 1_000_000_000),
        Err(_) => Timestamp::from_jiff(jiff::fmt::rfc2822::parse(text).ok()?.timestamp()).map(|time| time.0),
    }
}

fn http_date(now: Timestamp, seconds: i64) -> String {
    Timestamp(now.0 + seconds * 1_000_000_000).to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn status(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Ok(Reply { status, headers, body: body.as_bytes().to_vec() })
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
            let body = weir_parse::json::to_value(&body).ok()?;
            Path::parse(&format!("$.variables.{name}")).unwrap().first(&body).map(plain)
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

fn in_utf16(mut whole: Reply) -> Reply {
    let text = String::from_utf8_lossy(&whole.body).into_owned();
    whole.body = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    whole.headers.retain(|(name, _)| name != "content-type");
    whole.headers.push(("content-type".to_owned(), "application/json; charset=utf-16le".to_owned()));
    whole
}

/// An answer whose list of records is another; none when it has no list of two and more.
fn with_records(whole: Reply, change: impl FnOnce(&mut Vec<Value<'static>>)) -> Option<Reply> {
    let text = String::from_utf8_lossy(&whole.body).into_owned();
    let body = weir_parse::json::to_value(&text).ok()?.into_owned();
    let mut text = String::new();
    write_json(&with_list(body, change)?, &mut text);
    Some(Reply { body: text.into_bytes(), ..whole })
}

fn with_list(body: Value<'static>, change: impl FnOnce(&mut Vec<Value<'static>>)) -> Option<Value<'static>> {
    match body {
        Value::Array(mut records) if records.len() >= 2 => {
            change(&mut records);
            Some(Value::Array(records))
        }
        Value::Record(mut body) => {
            let (name, inner) = ["items", "data"].into_iter().find_map(|name| Some((name, body.remove(name)?)))?;
            body.set(name, with_list(inner, change)?);
            Some(Value::Record(body))
        }
        _ => None,
    }
}

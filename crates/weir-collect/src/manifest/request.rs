//! Requests as a manifest writes them.

use weir_event::Fault;
use weir_yaml::{Map, Node};

use super::auth::Auth;
use super::errors::{Seen, Test, tests};
use super::read::{self, Members};
use crate::fault;
use crate::path::Path;
use crate::slot::{Shape, Slotted};

/// A request with slots.
#[derive(Clone, Debug)]
pub struct RequestShape {
    pub method: String,
    /// Below the source's base address, or a whole address.
    pub address: Address,
    pub query: Vec<(Slotted, Shape)>,
    pub headers: Vec<(String, Slotted)>,
    pub body: Body,
    /// What proves who asks instead of the source's own way: nothing, headers, parameters, or a password.
    pub auth: Option<Box<Auth>>,
}

#[derive(Clone, Debug)]
pub enum Address {
    Path(Slotted),
    Url(Slotted),
}

#[derive(Clone, Debug)]
pub enum Body {
    None,
    Json(Shape),
    Form(Vec<(String, Slotted)>),
    Text { text: Slotted, kind: String },
}

/// A request beside the pages: logging in, opening, closing, looking up.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub request: RequestShape,
    pub capture: Vec<Capture>,
    /// Statuses that are right; 2xx when empty.
    pub ok: Vec<u16>,
    /// An answer for which one of these holds is a failure, whatever its status.
    pub fail_when: Vec<(Path, Test)>,
    /// A failure ends nothing.
    pub ignore_errors: bool,
    /// Runs after a failed pull as well.
    pub always: bool,
}

/// A value taken out of an answer.
#[derive(Clone, Debug)]
pub struct Capture {
    pub name: String,
    pub from: CaptureFrom,
}

#[derive(Clone, Debug)]
pub enum CaptureFrom {
    Body(Path),
    Header {
        name: String,
        optional: bool,
    },
    Cookie {
        name: String,
        optional: bool,
    },
    /// The first group of a regular expression over the body; matching is linear in its length.
    Regex {
        regex: Box<regex_automata::meta::Regex>,
        optional: bool,
    },
}

pub(super) const KEYS: &[&str] = &["method", "path", "url", "query", "headers", "body", "form", "text", "type", "auth"];

impl RequestShape {
    pub fn read(node: &Node) -> Result<RequestShape, Fault> {
        let map = node.map(KEYS)?;
        let address = match (map.get("path"), map.get("url")) {
            (Some(path), None) => Address::Path(read::slotted(path)?),
            (None, Some(url)) => Address::Url(read::slotted(url)?),
            _ => return Err(fault::inconsistent(&node.at, "a request has a `path` or a `url`", "give one of them")),
        };
        let body = Body::read(&map, node)?;
        let otherwise = if matches!(body, Body::None) { "GET" } else { "POST" };
        Ok(RequestShape {
            method: map.text("method")?.unwrap_or_else(|| otherwise.to_owned()),
            address,
            query: read::named(map.get("query"), |name, node| {
                let name = Slotted::parse(name).map_err(|says| fault::bad_slot(&node.at, &says))?;
                Ok((name, Shape::read(node)?))
            })?,
            headers: read::pairs(map.get("headers"))?,
            body,
            auth: map.get("auth").map(own_auth).transpose()?,
        })
    }
}

/// `none`, or a kind that needs no log-in and signs nothing.
fn own_auth(node: &Node) -> Result<Box<Auth>, Fault> {
    if node.text().ok().as_deref() == Some("none") {
        return Ok(Box::new(Auth::None));
    }
    match Auth::read(node)? {
        auth @ (Auth::None | Auth::Headers(_) | Auth::Query(_) | Auth::Basic { .. }) => Ok(Box::new(auth)),
        _ => Err(fault::inconsistent(
            &node.at,
            "this kind of authentication is the source's, not that of one request",
            "a request may have `none`, `headers`, `query` or `basic` of its own",
        )),
    }
}

impl Body {
    fn read(map: &Map<'_>, node: &Node) -> Result<Body, Fault> {
        match (map.get("body"), map.get("form"), map.get("text")) {
            (None, None, None) => Ok(Body::None),
            (Some(body), None, None) => Ok(Body::Json(Shape::read(body)?)),
            (None, Some(form), None) => Ok(Body::Form(read::pairs(Some(form))?)),
            (None, None, Some(text)) => {
                let kind = map.text("type")?.unwrap_or_else(|| "text/plain".to_owned());
                Ok(Body::Text { text: read::slotted(text)?, kind })
            }
            _ => Err(fault::inconsistent(
                &node.at,
                "a request has one of `body`, `form` and `text`",
                "remove the others",
            )),
        }
    }
}

impl Step {
    /// True when an answer of success tells of a failure.
    pub fn fails(&self, seen: &Seen<'_>) -> bool {
        !self.fail_when.is_empty()
            && seen.json().is_some_and(|body| self.fail_when.iter().any(|(path, test)| test.holds(path, &body)))
    }

    pub fn read(node: &Node) -> Result<Step, Fault> {
        let map = node.map(&["name", "request", "capture", "ok", "fail_when", "ignore_errors", "always"])?;
        let status = |node: &Node| u16::try_from(read::whole(node)?).map_err(|_| node.wrong("a status such as 200"));
        Ok(Step {
            name: map.text("name")?.unwrap_or_default(),
            request: RequestShape::read(map.need("request")?)?,
            capture: captures(map.get("capture"))?,
            ok: read::list(map.get("ok"), status)?,
            fail_when: tests(map.get("fail_when"))?,
            ignore_errors: map.flag("ignore_errors")?,
            always: map.flag("always")?,
        })
    }
}

/// `name: path`, or `name: { header | cookie | regex, ... }`.
pub fn captures(node: Option<&Node>) -> Result<Vec<Capture>, Fault> {
    read::named(node, |name, node| Ok(Capture { name: name.to_owned(), from: capture(node)? }))
}

fn capture(node: &Node) -> Result<CaptureFrom, Fault> {
    if let weir_yaml::Data::Text(_) = node.data {
        return Ok(CaptureFrom::Body(read::path(node)?));
    }
    let map = node.map(&["header", "cookie", "regex", "path", "optional"])?;
    let optional = map.flag("optional")?;
    if let Some(name) = map.text("header")? {
        return Ok(CaptureFrom::Header { name, optional });
    }
    if let Some(name) = map.text("cookie")? {
        return Ok(CaptureFrom::Cookie { name, optional });
    }
    match map.get("regex") {
        Some(regex) => Ok(CaptureFrom::Regex { regex: Box::new(read::regex(regex)?), optional }),
        None => Ok(CaptureFrom::Body(read::path(map.need("path")?)?)),
    }
}

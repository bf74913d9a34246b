//! Requests as a manifest writes them.

use weir_event::Fault;
use weir_yaml::{Map, Node};

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
    Header(String),
    Cookie(String),
    /// The first group of a regular expression over the body; matching is linear in its length.
    Regex {
        regex: Box<regex_automata::meta::Regex>,
        optional: bool,
    },
}

const KEYS: &[&str] = &["method", "path", "url", "query", "headers", "body", "form", "text", "type"];

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
        })
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
    pub fn read(node: &Node) -> Result<Step, Fault> {
        let map = node.map(&["name", "request", "capture", "ok", "ignore_errors", "always"])?;
        let status = |node: &Node| u16::try_from(read::whole(node)?).map_err(|_| node.wrong("a status such as 200"));
        Ok(Step {
            name: map.text("name")?.unwrap_or_default(),
            request: RequestShape::read(map.need("request")?)?,
            capture: captures(map.get("capture"))?,
            ok: read::list(map.get("ok"), status)?,
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
    if let Some(name) = map.text("header")? {
        return Ok(CaptureFrom::Header(name));
    }
    if let Some(name) = map.text("cookie")? {
        return Ok(CaptureFrom::Cookie(name));
    }
    match map.get("regex") {
        Some(regex) => {
            let compiled = regex_automata::meta::Regex::new(&regex.text()?);
            let compiled = compiled.map_err(|error| {
                fault::inconsistent(&regex.at, format!("the regular expression is wrong: {error}"), "mend it")
            })?;
            Ok(CaptureFrom::Regex { regex: Box::new(compiled), optional: map.flag("optional")? })
        }
        None => Ok(CaptureFrom::Body(read::path(map.need("path")?)?)),
    }
}

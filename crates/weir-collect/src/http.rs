//! One request and one answer, as values.

use std::borrow::Cow;

use crate::charset;

/// A request as it will be sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub method: String,
    /// Absolute, encoded.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Sent without credentials.
    pub anonymous: bool,
}

/// What came back. Bodies are complete, decompressed, and within the limit that the request named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case, in order.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Broken {
    /// No connection: name, route, refusal, or nothing for too long.
    Unreachable(String),
    /// The whole answer did not come in time.
    Slow(String),
    /// The certificate is not trusted.
    Untrusted(String),
    /// The connection ended inside the answer.
    CutShort(String),
    /// The answer is larger than the limit (bytes).
    TooLarge(u64),
    /// The address is one that weir does not call.
    Forbidden(String),
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Sets a header, whatever it was.
    pub fn set(&mut self, name: &str, value: String) {
        self.headers.retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value));
    }

    /// Path and query as they go over the wire.
    pub fn target(&self) -> &str {
        crate::url::target(&self.url)
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The values of cookies that the answer sets, by name.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let set = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        set.filter_map(|(_, value)| value.split(';').next()?.trim().split_once('='))
    }

    /// The body as text, by the character set that it names.
    pub fn text(&self) -> Cow<'_, str> {
        charset::decode(&self.body, self.header("content-type")).0
    }

    /// True when the body holds bytes that are no text of its character set.
    pub fn is_lossy(&self) -> bool {
        std::str::from_utf8(&self.body).is_err() && charset::decode(&self.body, self.header("content-type")).1
    }

    /// The title of a page where data was expected: log-in pages and proxies answer 200 with one.
    pub fn html_title(&self) -> Option<String> {
        let says = self.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("text/html"));
        let head = String::from_utf8_lossy(&self.body[..self.body.len().min(4096)]).into_owned();
        let lower = head.to_ascii_lowercase();
        let looks = lower.trim_start().starts_with("<!doctype html") || lower.trim_start().starts_with("<html");
        if !says && !looks {
            return None;
        }
        let title = lower.find("<title>").and_then(|start| Some((start + 7, lower[start..].find("</title>")? + start)));
        Some(title.map(|(start, end)| head[start..end].trim().to_owned()).unwrap_or_default())
    }
}

fn find<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

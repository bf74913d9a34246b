//! Answers in the forms that vendors use.

use std::io::Write;

use super::Value;
use crate::Answer;

impl Answer {
    /// 200 with JSON.
    pub fn ok(body: &Value) -> Answer {
        Answer::said(200, body)
    }

    /// Any status with JSON.
    pub fn said(status: u16, body: &Value) -> Answer {
        Answer::new(status, &[("content-type", "application/json")], body.to_string())
    }

    /// 200 with one JSON text a line.
    pub fn ndjson(records: &[Value]) -> Answer {
        let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
        Answer::new(200, &[("content-type", "application/x-ndjson")], lines)
    }

    /// Any status with XML; `root` comes from [`element`].
    pub fn xml(status: u16, root: &str) -> Answer {
        let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}");
        Answer::new(status, &[("content-type", "text/xml; charset=utf-8")], text)
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// The value of a `Link` header that leads to the next page.
pub fn next_link(url: &str) -> String {
    format!("<{url}>; rel=\"next\"")
}

/// An element around elements.
pub fn element(name: &str, inner: impl AsRef<str>) -> String {
    format!("<{name}>{}</{}>", inner.as_ref(), name.split(' ').next().unwrap_or_default())
}

/// An element around a text.
pub fn leaf(name: &str, text: impl ToString) -> String {
    let text = text.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    element(name, text)
}

/// A table with a line of names (RFC 4180); every value is quoted.
pub fn csv(names: &[&str], rows: &[Vec<String>]) -> String {
    let quoted = |value: &str| format!("\"{}\"", value.replace('"', "\"\""));
    let row = |row: &Vec<String>| row.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",") + "\r\n";
    names.join(",") + "\r\n" + &rows.iter().map(row).collect::<String>()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // A vector takes everything.
    let _ = out.write_all(bytes);
    out.finish().unwrap_or_default()
}

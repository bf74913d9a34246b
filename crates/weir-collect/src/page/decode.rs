//! Bytes of an answer to a value.

use std::io::Read;

use base64::Engine as _;
use weir_event::{Record, Value};

use crate::http::Reply;
use crate::manifest::{Decode, Response, short};

/// What is wrong with an answer.
pub enum Why {
    /// It ends in the middle: asking again helps.
    Cut(String),
    /// It is something else: what was wanted, and what it is.
    Form(&'static str, String),
}

/// The text of the body after the decoders that work on bytes.
pub fn unpack(response: &Response, reply: &Reply, bytes_max: u64) -> Result<String, Why> {
    let mut text: Option<String> = None;
    for step in &response.decode {
        match step {
            Decode::Gzip => text = Some(gunzip(&reply.body, bytes_max)?),
            Decode::StripPrefix(prefix) => {
                let have = text.take().unwrap_or_else(|| reply.text().into_owned());
                let rest = have.trim_start().strip_prefix(prefix.as_str());
                text = Some(rest.ok_or_else(|| Why::Form("what was asked for", short(&have)))?.to_owned());
            }
            Decode::Base64(path) => {
                let have = text.take().unwrap_or_else(|| reply.text().into_owned());
                text = Some(from_base64(&have, path)?);
            }
            _ => break,
        }
    }
    Ok(text.unwrap_or_else(|| reply.text().into_owned()))
}

fn gunzip(body: &[u8], bytes_max: u64) -> Result<String, Why> {
    let mut out = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(body).take(bytes_max + 1);
    reader.read_to_end(&mut out).map_err(|error| Why::Cut(error.to_string()))?;
    if out.len() as u64 > bytes_max {
        return Err(Why::Form("of a size that is read", format!("it unpacks to more than {bytes_max} bytes")));
    }
    Ok(String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn from_base64(text: &str, path: &crate::path::Path) -> Result<String, Why> {
    let body = weir_parse::json::to_value(text).map_err(|error| not_json(text, error.what, error.at))?;
    let coded = path.first(&body).and_then(|value| value.as_str().map(str::to_owned));
    let coded = coded.ok_or_else(|| Why::Form("base64", short(text)))?;
    let bytes = base64::prelude::BASE64_STANDARD.decode(coded.trim());
    let bytes = bytes.map_err(|error| Why::Form("base64", error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The value that a text stands for.
pub fn text<'b>(response: &Response, text: &'b str) -> Result<Value<'b>, Why> {
    let last = response.decode.iter().rev().find(|step| !matches!(step, Decode::Gzip | Decode::StripPrefix(_)));
    match last {
        Some(Decode::Ndjson) => {
            lines(text, |line| weir_parse::json::to_value(line).map_err(|error| not_json(line, error.what, error.at)))
        }
        Some(Decode::Lines) => lines(text, |line| Ok(Value::text(line))),
        Some(Decode::Csv { delimiter, skip_until }) => Ok(csv(text, *delimiter, skip_until.as_deref())),
        _ => weir_parse::json::to_value(text).map_err(|error| not_json(text, error.what, error.at)),
    }
}

/// JSON that ends too early was cut; anything else is no JSON.
fn not_json(text: &str, what: &str, at: usize) -> Why {
    if at >= text.trim_end().len() {
        return Why::Cut(format!("it ends in the middle, after {at} bytes"));
    }
    Why::Form("JSON", format!("{what} at byte {at}: {}", short(text)))
}

fn lines<'b>(text: &'b str, read: impl Fn(&'b str) -> Result<Value<'b>, Why>) -> Result<Value<'b>, Why> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(Value::Array(lines.map(read).collect::<Result<_, _>>()?))
}

/// Records by the names of the first line; rows that are shorter lack members, further values are left out.
fn csv<'b>(text: &'b str, delimiter: u8, skip_until: Option<&str>) -> Value<'b> {
    let mut lines = rows(text).into_iter();
    let header = match skip_until {
        Some(word) => lines.find(|line| line.contains(word)),
        None => lines.next(),
    };
    let Some(header) = header else { return Value::Array(Vec::new()) };
    let mut names = Vec::new();
    weir_parse::csv::read(header, delimiter, &mut |_, name| names.push(name.trim().to_owned()));
    let row = |line: &'b str| {
        let mut record = Record::new();
        weir_parse::csv::read(line, delimiter, &mut |index, value| {
            if let Some(name) = names.get(index) {
                record.set(name.clone(), Value::Text(value));
            }
        });
        Value::Record(record)
    };
    Value::Array(lines.filter(|line| !line.trim().is_empty()).map(row).collect())
}

/// Lines, those inside quotes kept together.
fn rows(text: &str) -> Vec<&str> {
    let (mut rows, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                rows.push(text[start..at].trim_end_matches('\r'));
                start = at + 1;
            }
            _ => {}
        }
    }
    rows.push(&text[start..]);
    rows
}

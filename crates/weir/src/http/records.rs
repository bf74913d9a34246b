//! A request body cut into records.

use std::ops::Range;

use axum::http::{HeaderMap, header};
use weir_event::{Fault, FaultKind, limits};
use weir_parse::json;

use super::Problem;

/// What a body says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One value, or one a line.
    Json,
    /// One JSON value a line.
    JsonLines,
    /// One record a line.
    Lines,
    /// Look at the first byte.
    Auto,
}

/// A record that is not stored.
#[derive(Debug)]
pub struct Bad {
    /// Place in the batch, from 0.
    pub index: usize,
    /// Byte of the body where it goes wrong.
    pub offset: usize,
    pub fault: Fault,
}

/// The records of a body, with their places in the batch.
#[derive(Debug, Default)]
pub struct Cut {
    pub records: Vec<(usize, Range<usize>)>,
    /// The first of those that are not stored: a fault takes far more memory than what it is about.
    pub bad: Vec<Bad>,
    /// How many are not stored.
    pub refused: usize,
}

/// Errors of single records that an answer lists; the rest is only counted.
const ERRORS_LISTED: usize = 100;

impl Cut {
    /// Records, good or not.
    fn len(&self) -> usize {
        self.records.len() + self.refused
    }

    /// Counts a record that is not stored.
    pub fn refuse(&mut self, bad: impl FnOnce() -> Bad) {
        self.refused += 1;
        if self.bad.len() < ERRORS_LISTED {
            self.bad.push(bad());
        }
    }
}

impl Format {
    pub fn of(headers: &HeaderMap) -> Result<Format, Problem> {
        let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Format::Auto) };
        let text = value.to_str().unwrap_or("?").to_ascii_lowercase();
        let kind = text.split(';').next().unwrap_or_default().trim();
        match kind {
            "" | "application/octet-stream" | "application/x-www-form-urlencoded" => Ok(Format::Auto),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => {
                Ok(Format::JsonLines)
            }
            "application/jsonlines" | "application/json-lines" => Ok(Format::JsonLines),
            "application/json" | "text/json" => Ok(Format::Json),
            other if other.starts_with("application/") && other.ends_with("+json") => Ok(Format::Json),
            other if other.starts_with("text/") => Ok(Format::Lines),
            other => Err(Problem::unsupported(
                format!("content type `{}`", other.escape_default()),
                "send application/json, application/x-ndjson or text/plain",
            )),
        }
    }
}

/// Cuts a body into records. An error when nothing of it can be read, or there are too many.
pub fn split(bytes: &[u8], format: Format) -> Result<Cut, Fault> {
    let bytes_start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let first = bytes[bytes_start..].iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    let body = Body { bytes, start: bytes_start };
    let cut = match (format, first) {
        (_, None) => Cut::default(),
        (Format::Lines, _) => body.lines(false),
        (Format::JsonLines, _) => body.lines(true),
        (Format::Json | Format::Auto, Some(b'[')) => body.array(),
        (Format::Json | Format::Auto, Some(b'{')) => body.object_or_lines(),
        (Format::Json, Some(_)) => body.lines(true),
        (Format::Auto, Some(_)) => body.lines(false),
    };
    check_count(cut.len()).map(|()| cut)
}

struct Body<'b> {
    bytes: &'b [u8],
    start: usize,
}

impl Body<'_> {
    fn array(&self) -> Cut {
        let mut cut = Cut::default();
        let split = match json::split_array(&self.bytes[self.start..]) {
            Ok(split) => split,
            Err(error) => {
                cut.refuse(|| self.bad(0, error, self.start));
                return cut;
            }
        };
        // A record that was cut off at the end is named with its own error.
        let is_named = split.elements.last().is_some_and(Result::is_err);
        for (index, element) in split.elements.into_iter().enumerate() {
            match element {
                Ok(range) => self.keep(&mut cut, index, range.start + self.start..range.end + self.start),
                Err(bad) => cut.refuse(|| self.bad(index, bad.error, self.start)),
            }
        }
        if let Some(error) = split.error.filter(|_| !is_named) {
            let index = cut.len();
            cut.refuse(|| self.bad(index, error, self.start));
        }
        cut
    }

    /// One object over one or many lines, else one object a line.
    fn object_or_lines(&self) -> Cut {
        let Err(error) = json::validate(&self.bytes[self.start..]) else {
            let mut cut = Cut::default();
            self.keep(&mut cut, 0, self.start..self.bytes.len());
            return cut;
        };
        let lines = self.lines(true);
        if lines.records.is_empty() {
            let mut cut = Cut::default();
            cut.refuse(|| self.bad(0, error, self.start));
            return cut;
        }
        lines
    }

    fn lines(&self, is_json: bool) -> Cut {
        let mut cut = Cut::default();
        let (mut from, mut index) = (self.start, 0);
        for end in memchr::memchr_iter(b'\n', self.bytes).chain([self.bytes.len()]).filter(|&end| end >= self.start) {
            let range = trimmed(self.bytes, from..end.max(from));
            from = end + 1;
            if range.is_empty() {
                continue;
            }
            if cut.len() > limits::BODY_RECORDS_MAX {
                break;
            }
            match json::validate(&self.bytes[range.clone()]) {
                Err(error) if is_json => cut.refuse(|| self.bad(index, error, range.start)),
                _ if is_json => self.keep(&mut cut, index, range),
                _ => self.keep_text(&mut cut, index, range),
            }
            index += 1;
        }
        cut
    }

    /// Keeps a JSON value that is an object.
    fn keep(&self, cut: &mut Cut, index: usize, range: Range<usize>) {
        let range = trimmed(self.bytes, range);
        match self.bytes.get(range.start) {
            Some(b'{') => self.keep_text(cut, index, range),
            _ => cut.refuse(|| Bad { index, offset: range.start, fault: no_object(range.start) }),
        }
    }

    fn keep_text(&self, cut: &mut Cut, index: usize, range: Range<usize>) {
        match check_length(range.len()) {
            Ok(()) => cut.records.push((index, range)),
            Err(fault) => {
                let offset = range.start;
                cut.refuse(|| Bad { index, offset, fault: fault.at(format_args!("byte {offset}")) });
            }
        }
    }

    fn bad(&self, index: usize, error: json::JsonError, base: usize) -> Bad {
        let offset = error.at + base;
        Bad { index, offset, fault: json::JsonError { at: offset, ..error }.to_fault() }
    }
}

fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let text = &bytes[range.clone()];
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(start, |at| at + 1);
    range.start + start..range.start + end
}

fn no_object(at: usize) -> Fault {
    Fault::new("HTTP-010", FaultKind::Usage, "the record is no JSON object")
        .at(format_args!("byte {at}"))
        .hint("send objects, or lines of text as text/plain")
}

/// Refuses a body of too many records: what is known of each would take more memory than all of them.
pub fn check_count(records: usize) -> Result<(), Fault> {
    if records <= limits::BODY_RECORDS_MAX {
        return Ok(());
    }
    let what = format!("the body holds more than {} records", limits::BODY_RECORDS_MAX);
    Err(Fault::new("HTTP-021", FaultKind::Limit, what).hint("send smaller batches"))
}

/// Refuses a record of too many bytes.
pub fn check_length(bytes: usize) -> Result<(), Fault> {
    if bytes <= limits::EVENT_BYTES_MAX {
        return Ok(());
    }
    let what = format!("the record is longer than {} bytes", limits::EVENT_BYTES_MAX);
    Err(Fault::new("HTTP-011", FaultKind::Usage, what).hint("split it before sending"))
}

#[cfg(test)]
mod tests {
    use super::{Format, split};

    #[track_caller]
    fn check(format: Format, body: &str, expect: &str) {
        let cut = split(body.as_bytes(), format).unwrap();
        let good = cut.records.iter().map(|(index, range)| format!("{index}={}", &body[range.clone()]));
        let bad = cut.bad.iter().map(|bad| format!("!{}@{}", bad.index, bad.offset));
        assert_eq!(good.chain(bad).collect::<Vec<_>>().join(" "), expect, "{body}");
    }

    #[test]
    fn bodies_are_cut_into_records() {
        check(Format::Json, r#"{"a":1}"#, r#"0={"a":1}"#);
        check(Format::Json, "\u{feff} [{\"a\":1}, {\"b\":2} ]", r#"0={"a":1} 1={"b":2}"#);
        check(Format::Auto, "{\"a\":1}\n\n{\"b\":2}\r\n", r#"0={"a":1} 1={"b":2}"#);
        check(Format::Auto, "<13>one\ntwo", "0=<13>one 1=two");
        check(Format::Lines, "{no json", "0={no json");
        check(Format::Auto, " \n", "");
        check(Format::Json, "{\n\"a\": 1\n}", "0={\n\"a\": 1\n}");
    }

    #[test]
    fn bad_records_are_named_and_the_rest_is_kept() {
        check(Format::JsonLines, "{\"a\":1}\n{\"b\":}\n{\"c\":3}", r#"0={"a":1} 2={"c":3} !1@13"#);
        check(Format::Json, r#"[{"a":1},{"b":2"#, r#"0={"a":1} !1@15"#);
        check(Format::Json, r#"[{"a":1}]x"#, r#"0={"a":1} !1@9"#);
        check(Format::Json, r#"[{"a":1},7,{"c":3}]"#, r#"0={"a":1} 2={"c":3} !1@9"#);
        check(Format::Json, r#"{"a":"#, "!0@5");
    }
}

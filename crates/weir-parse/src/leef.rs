//! The Log Event Extended Format, versions 1.0 and 2.0.

mod attributes;
mod time;

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::cef;
use crate::note::Notes;

pub use attributes::Attributes;
pub use time::{device_time, simple_date};

pub(crate) use time::epoch;

/// The header of an event and its attributes as they stand. There are no escapes anywhere; header fields are trimmed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leef<'a> {
    /// What stands before the marker, right-trimmed; empty when nothing does.
    pub prefix: &'a str,
    /// `1` and `2` are given as `1.0` and `2.0`.
    pub version: &'a str,
    pub vendor: &'a str,
    pub product: &'a str,
    pub product_version: &'a str,
    pub event_id: &'a str,
    pub delimiter: char,
    /// Read them with [`Leef::attributes`].
    pub text: &'a str,
    /// Header fields that were there after the version: fewer than four when the header is cut.
    pub fields: usize,
    pub notes: Notes,
}

/// Reads the header of the event in `line`. `None` when there is no marker; see [`Leef::is_truncated`] for a cut header.
pub fn read(line: &str) -> Option<Leef<'_>> {
    let line = line.trim_end_matches(['\r', '\n', '\0']);
    let (start, number) = find(line)?;
    from_version(line[..start].trim_ascii_end(), &line[number..])
}

/// Reads a header that has lost its marker: `1.0|Vendor|Product|...` at the start of a message, with all pipes and pairs behind them.
pub(crate) fn read_unmarked(message: &str) -> Option<Leef<'_>> {
    let numbered = ["1.0|", "2.0|"].iter().any(|number| message.starts_with(number));
    from_version("", message).filter(|leef| numbered && leef.fields == 4 && leef.text.contains('='))
}

fn from_version<'a>(prefix: &'a str, text: &'a str) -> Option<Leef<'a>> {
    let (version, rest) = text.split_once('|')?;
    let mut leef = Leef {
        prefix,
        version: match version {
            "1" => "1.0",
            "2" => "2.0",
            other => other,
        },
        vendor: "",
        product: "",
        product_version: "",
        event_id: "",
        delimiter: '\t',
        text: "",
        fields: 0,
        notes: Notes::default(),
    };
    if !matches!(leef.version, "1.0" | "2.0") {
        leef.notes.add(Notes::UNKNOWN_VERSION);
    }
    header(rest, &mut leef);
    if leef.version == "2.0" && leef.fields == 4 {
        delimiter(&mut leef);
    }
    Some(leef)
}

/// Where `LEEF:` begins (not after a letter or digit) and where the number of the version begins.
pub fn find(line: &str) -> Option<(usize, usize)> {
    static LEEF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("LEEF:"));
    cef::marker(line, &LEEF)
}

impl<'a> Leef<'a> {
    /// True when the line ends before the event id does.
    pub fn is_truncated(&self) -> bool {
        self.fields < 4
    }

    /// Hands every pair to `sink`, in order; says what was odd.
    pub fn attributes(&self, sink: &mut dyn FnMut(&'a str, &'a str)) -> Attributes<'a> {
        attributes::read(self.text, self.delimiter, sink)
    }
}

fn header<'a>(text: &'a str, leef: &mut Leef<'a>) {
    let mut rest = text;
    let mut fields = [""; 4];
    for field in &mut fields {
        let closed = rest.split_once('|');
        let (value, after) = closed.unwrap_or((rest, ""));
        let last = leef.fields == 3;
        if closed.is_none() && last {
            if value.contains(['=', '\t']) {
                break;
            }
            leef.notes.add(Notes::MISSING_FINAL_PIPE);
        }
        *field = value.trim();
        if field.is_empty() {
            leef.notes.add(Notes::EMPTY_HEADER_FIELD);
        }
        leef.fields += 1;
        rest = after;
        if closed.is_none() {
            break;
        }
    }
    [leef.vendor, leef.product, leef.product_version, leef.event_id] = fields;
    leef.text = rest;
}

/// Reads the delimiter that a header of version 2.0 may name.
fn delimiter(leef: &mut Leef) {
    let Some((named, rest)) = leef.text.split_once('|').filter(|(named, _)| !named.contains('=')) else {
        return;
    };
    leef.text = rest;
    match delimiter_named(named) {
        Some(delimiter) => leef.delimiter = delimiter,
        None => leef.notes.add(Notes::BAD_DELIMITER),
    }
}

/// One character, `x` or `0x` and one to four hexadecimal digits, `\t`, or nothing for a tab.
fn delimiter_named(named: &str) -> Option<char> {
    let mut chars = named.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return Some(only);
    }
    let named = named.trim();
    if named.is_empty() || named == "\\t" {
        return Some('\t');
    }
    let mut chars = named.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return Some(only);
    }
    let digits = named.strip_prefix("0x").or_else(|| named.strip_prefix("0X"));
    let digits = digits.or_else(|| named.strip_prefix(['x', 'X']))?;
    let right = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| right).and_then(char::from_u32)
}

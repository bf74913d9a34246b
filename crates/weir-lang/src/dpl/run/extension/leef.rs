//! An event in the Log Event Extended Format.

use weir_event::{Record, Value};

use super::super::json::Members;
use super::pairs::{field, put};

const HEADER: [&str; 4] = ["vendor", "product", "productVersion", "eventId"];

/// `LEEF:1.0|vendor|product|version|id|key=value...` with tabs between the pairs; version 2.0 may name another mark behind the id: the
/// length, and a record of the header with the pairs in `attributes`.
pub(super) fn read(line: &str, wanted: bool) -> Option<(usize, Record<'_>)> {
    let mut rest = line.strip_prefix("LEEF:")?;
    let version = rest.split('|').next()?;
    if !matches!(version, "1.0" | "2.0" | "1" | "2") {
        return None;
    }
    rest = rest[version.len()..].strip_prefix('|')?;
    let mut record = Record::new();
    record.push_new("version", Value::text(version));
    for name in HEADER {
        record.push_new(name, Value::Text(field(&mut rest)?));
    }
    let mark = if version.starts_with('2') { mark(&mut rest) } else { '\t' };
    let attributes = if wanted { attributes(rest, mark) } else { Record::new() };
    record.push_new("attributes", Value::Record(attributes));
    Some((line.len(), record))
}

/// The mark between pairs that version 2 may name: a character, or `x` or `0x` with its code.
fn mark(rest: &mut &str) -> char {
    let Some((text, behind)) =
        rest.split_once('|').filter(|(text, _)| text.chars().count() <= 6 && !text.contains('='))
    else {
        return '\t';
    };
    let code = text.trim_start_matches('0').strip_prefix(['x', 'X']);
    let named = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
    let found = named.or_else(|| text.chars().next().filter(|_| text.chars().count() == 1));
    if found.is_some() || text.is_empty() {
        *rest = behind;
    }
    found.unwrap_or('\t')
}

fn attributes(text: &str, mark: char) -> Record<'_> {
    let mut members = Members::default();
    for (name, value) in text.split(mark).filter_map(|pair| pair.split_once('=')) {
        put(&mut members, name.trim(), value);
    }
    members.into_record()
}

//! An event in the Common Event Format.

use weir_event::{Record, Value};

use super::pairs::{field, pairs};

const HEADER: [&str; 6] = ["vendor", "product", "productVersion", "eventClass", "name", "severity"];

/// `CEF:0|vendor|product|version|class|name|severity|key=value ...`: the length, and a record of the header with the pairs in `extension`.
pub(super) fn read(line: &str, wanted: bool) -> Option<(usize, Record<'_>)> {
    let mut rest = line.strip_prefix("CEF:")?;
    let version = rest.split('|').next()?;
    let is_version =
        !version.is_empty() && version.len() <= 4 && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !is_version {
        return None;
    }
    rest = &rest[version.len()..];
    rest = rest.strip_prefix('|')?;
    let mut record = Record::new();
    record.push_new("version", Value::text(version));
    for name in HEADER {
        record.push_new(name, Value::Text(field(&mut rest)?));
    }
    record.push_new("extension", Value::Record(if wanted { pairs(rest) } else { Record::new() }));
    Some((line.len(), record))
}

//! A CEF event as a record.

use weir_event::{Record, Value};

use super::dialect::Dialects;
use super::{named, pair, warnings};
use crate::cef::{self, Pairs, Quirks};
use crate::syslog::SyslogContext;

/// `prefix`, `version`, `vendor`, `product`, `device_version`, `class_id`, `name`, `severity`, `level`, `ext` (ordered pairs),
/// `unparsed`, `named`, `warnings`, and `error` (`not_cef`, `truncated_header`: then only the fields that were read).
pub fn cef<'a>(line: &'a str, context: &SyslogContext, dialects: &Dialects) -> Record<'a> {
    let mut record = Record::new();
    let Some(read) = cef::read(line) else {
        record.push_new("error", Value::text("not_cef"));
        record.push_new("warnings", Value::Array(Vec::new()));
        return record;
    };
    let dialect = dialects.find(&read.vendor, &read.product);
    let plain = Quirks::default();
    let mut pairs = Pairs::default();
    pairs.read(read.extension, dialect.map_or(&plain, |dialect| &dialect.quirks));
    if !read.prefix.is_empty() {
        record.push_new("prefix", Value::text(read.prefix));
    }
    record.push_new("version", Value::Long(read.version.into()));
    let truncated = read.is_truncated();
    let named = named::view(&read, &pairs, dialect, context);
    let header = [
        ("vendor", read.vendor),
        ("product", read.product),
        ("device_version", read.device_version),
        ("class_id", read.class_id),
        ("name", read.name),
        ("severity", read.severity),
    ];
    for (name, text) in header.into_iter().take(read.fields) {
        record.push_new(name, Value::Text(text));
    }
    if truncated {
        record.push_new("error", Value::text("truncated_header"));
        record.push_new("warnings", warnings(read.notes));
        return record;
    }
    record.push_new("level", Value::text(read.level.name()));
    let ext = pairs.iter(read.extension).map(|pair_| pair(pair_.key, pair_.value())).collect();
    record.push_new("ext", Value::Array(ext));
    let unparsed = pairs.unparsed(read.extension);
    if !unparsed.is_empty() {
        record.push_new("unparsed", Value::text(unparsed));
    }
    record.push_new("named", Value::Record(named));
    record.push_new("warnings", warnings(read.notes.and(pairs.notes)));
    record
}

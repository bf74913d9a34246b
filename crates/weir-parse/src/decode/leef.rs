//! A LEEF event as a record.

use weir_event::{Record, Value};

use super::{pair, warnings};
use crate::leef::{self, device_time};
use crate::syslog::{self, SyslogContext};

/// `prefix`, `leef_version`, `vendor`, `product`, `product_version`, `event_id`, `delimiter`, `attrs` (ordered pairs),
/// `unparsed`, `warnings`, `time`, and `error` (`not_leef`, `truncated_header`: then only the fields that were read).
pub fn leef<'a>(line: &'a str, context: &SyslogContext) -> Record<'a> {
    let mut record = Record::new();
    let Some(read) = leef::read(line) else {
        record.push_new("error", Value::text("not_leef"));
        record.push_new("warnings", Value::Array(Vec::new()));
        return record;
    };
    if !read.prefix.is_empty() {
        record.push_new("prefix", Value::text(read.prefix));
    }
    record.push_new("leef_version", Value::text(read.version));
    let header = [read.vendor, read.product, read.product_version, read.event_id];
    let names = ["vendor", "product", "product_version", "event_id"];
    for (name, text) in names.into_iter().zip(header).take(read.fields) {
        record.push_new(name, Value::text(text));
    }
    if read.is_truncated() {
        record.push_new("error", Value::text("truncated_header"));
        record.push_new("warnings", warnings(read.notes));
        return record;
    }
    let mut pairs = Vec::new();
    let (mut time, mut format) = (None, None);
    let attributes = read.attributes(&mut |key, value| {
        match key {
            "devTime" => _ = time.get_or_insert(value),
            "devTimeFormat" => _ = format.get_or_insert(value),
            _ => {}
        }
        pairs.push(pair(key, value));
    });
    record.push_new("delimiter", Value::owned(read.delimiter.to_string()));
    record.push_new("attrs", Value::Array(pairs));
    if !attributes.unparsed.is_empty() {
        record.push_new("unparsed", Value::text(attributes.unparsed));
    }
    record.push_new("warnings", warnings(read.notes.and(attributes.notes)));
    let own = time.and_then(|time| device_time(time, format, context));
    let header = || syslog::read(read.prefix, context).timestamp;
    if let Some(at) = own.or_else(header) {
        record.push_new("time", Value::Timestamp(at));
    }
    record
}

use std::fmt::{Display, Write};

use weir_event::{Record, Uid, Value, write_json, write_json_string};

/// The text of a whole row.
pub fn encode(record: &Record<'_>) -> String {
    let mut out = String::new();
    members(record, &mut out);
    out
}

/// Adds a member to the text of a row under construction: the first call opens the object; the caller appends `}` at the end.
pub fn encode_member(name: &str, value: &Value<'_>, out: &mut String) {
    out.push(if out.is_empty() { '{' } else { ',' });
    write_json_string(name, out);
    out.push(':');
    encode_value(value, out);
}

/// Appends one value.
pub fn encode_value(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Long(_) | Value::Text(_) => write_json(value, out),
        Value::Double(v) if v.is_finite() => write_json(value, out),
        Value::Double(v) => text(out, "$double", v),
        Value::Timestamp(at) => number(out, "$timestamp", at.0),
        Value::Duration(length) => number(out, "$duration", length.0),
        Value::Ip(ip) => text(out, "$ip", ip),
        Value::Timeframe(frame) => put(out, format_args!("{{\"$timeframe\":[{},{}]}}", frame.start.0, frame.end.0)),
        Value::Uid(Uid::Uid64(bits)) => text(out, "$uid64", format_args!("{bits:x}")),
        Value::Uid(Uid::Uid128(bits)) => text(out, "$uid128", format_args!("{bits:x}")),
        Value::Uid(Uid::Uuid(bits)) => text(out, "$uuid", format_args!("{bits:x}")),
        Value::Binary(_) => {
            out.push_str("{\"$binary\":");
            write_json(value, out);
            out.push('}');
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                encode_value(item, out);
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Record(record) if ambiguous(record) => {
            out.push_str("{\"$record\":");
            members(record, out);
            out.push('}');
        }
        Value::Record(record) => members(record, out),
    }
}

/// True for a record that the reader would take for a typed value.
fn ambiguous(record: &Record<'_>) -> bool {
    record.iter().next().is_some_and(|(name, _)| name.starts_with('$'))
}

fn members(record: &Record<'_>, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in record.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_json_string(name, out);
        out.push(':');
        encode_value(value, out);
    }
    out.push('}');
}

fn text(out: &mut String, tag: &str, value: impl Display) {
    put(out, format_args!("{{\"{tag}\":\"{value}\"}}"));
}

fn number(out: &mut String, tag: &str, value: i64) {
    put(out, format_args!("{{\"{tag}\":{value}}}"));
}

/// Writing to a `String` cannot fail.
fn put(out: &mut String, what: impl Display) {
    let _ = write!(out, "{what}");
}

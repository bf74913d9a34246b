//! Values as JSON text, the way every output of weir writes them.

use std::fmt::Write;

use crate::Value;

/// Appends `value` as JSON: timestamp = RFC 3339 in UTC, duration = integer nanoseconds, timeframe = `{"start","end"}`, ip and
/// uid = string, binary = base64. Doubles that JSON cannot write (NaN, infinities) become null.
pub fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Long(v) => push(out, v),
        Value::Double(v) if v.is_finite() => push(out, format_args!("{v:?}")),
        Value::Double(_) => out.push_str("null"),
        Value::Text(text) => write_json_string(text, out),
        Value::Timestamp(at) => quoted(out, |out| at.write_rfc3339(out)),
        Value::Duration(length) => push(out, length.0),
        Value::Timeframe(frame) => {
            out.push_str("{\"start\":");
            quoted(out, |out| frame.start.write_rfc3339(out));
            out.push_str(",\"end\":");
            quoted(out, |out| frame.end.write_rfc3339(out));
            out.push('}');
        }
        Value::Ip(ip) => quoted(out, |out| push(out, ip)),
        Value::Uid(uid) => quoted(out, |out| push(out, uid)),
        Value::Binary(bytes) => quoted(out, |out| write_base64(bytes, out)),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, index);
                write_json(item, out);
            }
            out.push(']');
        }
        Value::Record(record) => {
            out.push('{');
            for (index, (name, value)) in record.iter().enumerate() {
                separate(out, index);
                write_json_string(name, out);
                out.push(':');
                write_json(value, out);
            }
            out.push('}');
        }
    }
}

/// Writing to a `String` cannot fail.
fn push(out: &mut String, what: impl std::fmt::Display) {
    let _ = write!(out, "{what}");
}

fn quoted(out: &mut String, write: impl FnOnce(&mut String)) {
    out.push('"');
    write(out);
    out.push('"');
}

fn separate(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

/// Appends `text` as a JSON string. Runs without anything to escape are copied whole.
pub fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[start..at]);
        start = at + 1;
        match escape {
            "" => push(out, format_args!("\\u{byte:04x}")),
            escape => out.push_str(escape),
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

fn write_base64(bytes: &[u8], out: &mut String) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for letter in 0..4 {
            let index = (bits >> (18 - 6 * letter) & 63) as usize;
            out.push(if letter <= group.len() { char::from(LETTERS[index]) } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Duration, Record, Timestamp};

    #[test]
    fn every_type_has_its_form() {
        let mut record = Record::new();
        record.set("text", Value::text("a\"b\\\u{1}\né"));
        record.set("double", Value::Double(1e300));
        record.set("whole", Value::Double(2.0));
        record.set("nan", Value::Double(f64::NAN));
        record.set("at", Value::Timestamp(Timestamp(1_500_000_000)));
        record.set("for", Value::Duration(Duration(-5)));
        record.set("ip", Value::Ip("::1".parse().unwrap()));
        record.set("bytes", Value::Binary(b"weir!"[..].into()));
        record.set("list", Value::Array(vec![Value::Null, Value::Bool(true), Value::Long(-1)]));
        let mut out = String::new();
        write_json(&Value::Record(record), &mut out);
        assert_eq!(
            out,
            r#"{"text":"a\"b\\\u0001\né","double":1e300,"whole":2.0,"nan":null,"at":"1970-01-01T00:00:01.500Z","for":-5,"ip":"::1","bytes":"d2VpciE=","list":[null,true,-1]}"#
        );
    }
}

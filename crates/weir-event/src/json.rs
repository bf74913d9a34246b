//! Values as JSON text, the way every output of weir writes them.

mod escape;
mod line;
mod row;

#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::net::IpAddr;

use crate::{Value, digits};

pub use line::JsonLine;

/// Appends `value` as JSON: timestamp = RFC 3339 in UTC, duration = integer nanoseconds, timeframe = `{"start","end"}`, ip and
/// uid = string, binary = base64. Doubles that JSON cannot write (NaN, infinities) become null.
pub fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Long(v) => out.push_str(digits::long(*v).text()),
        Value::Double(v) if v.is_finite() => push(out, format_args!("{v:?}")),
        Value::Double(_) => out.push_str("null"),
        Value::Text(text) => write_json_string(text, out),
        Value::Timestamp(at) => quoted(out, |out| at.write_rfc3339(out)),
        Value::Duration(length) => out.push_str(digits::long(length.0).text()),
        Value::Timeframe(frame) => {
            out.push_str("{\"start\":");
            quoted(out, |out| frame.start.write_rfc3339(out));
            out.push_str(",\"end\":");
            quoted(out, |out| frame.end.write_rfc3339(out));
            out.push('}');
        }
        Value::Ip(ip) => quoted(out, |out| write_ip(*ip, out)),
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

/// Appends an address in its canonical form.
pub fn write_ip(ip: IpAddr, out: &mut String) {
    match ip {
        IpAddr::V4(address) => out.push_str(digits::ipv4(address).text()),
        IpAddr::V6(address) => push(out, address),
    }
}

/// Appends `text` as a JSON string. Runs without anything to escape are copied whole.
pub fn write_json_string(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    escape::pieces(text, |piece| out.push_str(piece));
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

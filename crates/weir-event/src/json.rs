//! Values as JSON text, the way every output of weir writes them.

use std::fmt::Write;
use std::net::IpAddr;

use crate::Value;

/// Appends `value` as JSON: timestamp = RFC 3339 in UTC, duration = integer nanoseconds, timeframe = `{"start","end"}`, ip and
/// uid = string, binary = base64. Doubles that JSON cannot write (NaN, infinities) become null.
pub fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Long(v) => write_long(*v, out),
        Value::Double(v) if v.is_finite() => push(out, format_args!("{v:?}")),
        Value::Double(_) => out.push_str("null"),
        Value::Text(text) => write_json_string(text, out),
        Value::Timestamp(at) => quoted(out, |out| at.write_rfc3339(out)),
        Value::Duration(length) => write_long(length.0, out),
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
    let IpAddr::V4(v4) = ip else { return push(out, ip) };
    let mut text = [b'.'; 15];
    let mut at = 0;
    for (index, octet) in v4.octets().into_iter().enumerate() {
        at += usize::from(index > 0);
        for digit in [octet / 100, octet / 10 % 10, octet % 10].into_iter().skip(leading_zeros(octet)) {
            text[at] = b'0' + digit;
            at += 1;
        }
    }
    out.push_str(std::str::from_utf8(&text[..at]).unwrap_or_default());
}

/// Digits of three that need not be written.
fn leading_zeros(octet: u8) -> usize {
    usize::from(octet < 100) + usize::from(octet < 10)
}

/// Appends `text` as a JSON string. Runs without anything to escape are copied whole.
pub fn write_json_string(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(at) = first_to_escape(rest.as_bytes()) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte => push(out, format_args!("\\u{byte:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// The first quote, backslash or control character. Looks at eight bytes at once.
fn first_to_escape(text: &[u8]) -> Option<usize> {
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        if holds_one_to_escape(u64::from_le_bytes(*word)) {
            break;
        }
        rest = after;
    }
    let clean = match (text.last_chunk::<8>(), rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (Some(last), _, _) if rest.len() < 8 => !holds_one_to_escape(u64::from_le_bytes(*last)),
        (_, Some(first), Some(last)) if rest.len() < 8 => {
            let halves = u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
            !holds_one_to_escape(halves)
        }
        _ => false,
    };
    if clean {
        return None;
    }
    let before = text.len() - rest.len();
    rest.iter().position(|byte| needs_escape(*byte)).map(|within| before + within)
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether one of the eight bytes needs an escape, by the borrow that subtracting a larger byte leaves in its highest bit.
fn holds_one_to_escape(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit);
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    // Neither change touches the highest bits, so one test leaves out bytes outside ASCII for all three.
    (below(word, 0x20) | below(quote, 1) | below(backslash, 1)) & !word & HIGH != 0
}

/// Appends a whole number.
fn write_long(number: i64, out: &mut String) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push('-');
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
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

    /// Every character at every place of a word, alone and among others.
    #[test]
    fn escapes_are_found_wherever_they_are() {
        for code in (0..0x100).filter_map(char::from_u32) {
            for before in 0..18 {
                let text = "é".repeat(before % 3) + &"x".repeat(before) + &code.to_string() + "tail of text";
                let mut out = String::new();
                write_json_string(&text, &mut out);
                let escaped = code < ' ' || code == '"' || code == '\\';
                assert_eq!(out.contains('\\'), escaped, "{out}");
                assert_eq!(out.len() == text.len() + 2, !escaped, "{out}");
            }
        }
        let mut out = String::new();
        for number in [0, -1, i64::MIN, i64::MAX, 10] {
            write_json(&Value::Long(number), &mut out);
        }
        assert_eq!(out, "0-1-9223372036854775808922337203685477580710");
        out.clear();
        for address in ["0.10.100.255", "9.99.200.1", "2001:db8::1"] {
            write_ip(address.parse().unwrap(), &mut out);
        }
        assert_eq!(out, "0.10.100.2559.99.200.12001:db8::1");
    }

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

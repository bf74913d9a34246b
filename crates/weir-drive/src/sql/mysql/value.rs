//! Values of the binary protocol as JSON and as keys.

use super::super::cell;
use super::super::key::Key;

/// Appends a value of the type `kind`.
pub fn write(kind: &str, bytes: &[u8], out: &mut String) {
    if let Some(number) = whole(kind, bytes) {
        return match (kind, number) {
            ("BOOLEAN", 0) => out.push_str("false"),
            ("BOOLEAN", 1) => out.push_str("true"),
            _ => cell::decimal(&number.to_string(), out),
        };
    }
    match kind {
        "FLOAT" => match bytes.try_into() {
            Ok(bytes) => cell::single(f32::from_le_bytes(bytes), out),
            Err(_) => cell::lossy(bytes, out),
        },
        "DOUBLE" => match bytes.try_into() {
            Ok(bytes) => cell::double(f64::from_le_bytes(bytes), out),
            Err(_) => cell::lossy(bytes, out),
        },
        "DECIMAL" => cell::decimal(&String::from_utf8_lossy(bytes), out),
        "BIT" => {
            let number = bytes.iter().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
            cell::decimal(&number.to_string(), out);
        }
        "DATE" | "DATETIME" | "TIMESTAMP" | "TIME" => match time(kind, bytes) {
            Some(text) if kind == "TIMESTAMP" => cell::text(&format!("{text}Z"), out),
            Some(text) => cell::text(&text, out),
            None => cell::bytes(bytes, out),
        },
        "BINARY" if is_name(bytes) => cell::lossy(bytes, out),
        "JSON" => cell::json(&String::from_utf8_lossy(bytes), out),
        "BINARY" | "VARBINARY" | "TINYBLOB" | "BLOB" | "MEDIUMBLOB" | "LONGBLOB" | "GEOMETRY" => {
            cell::bytes(bytes, out)
        }
        _ => cell::lossy(bytes, out),
    }
}

/// The value as statements get it back.
pub fn key(kind: &str, bytes: &[u8]) -> Key {
    if let Some(number) = whole(kind, bytes) {
        return Key::Text(number.to_string());
    }
    match kind {
        "DOUBLE" => match bytes.try_into() {
            Ok(bytes) => Key::Double(f64::from_le_bytes(bytes)),
            Err(_) => Key::Bytes(bytes.to_vec()),
        },
        "DATE" | "DATETIME" | "TIMESTAMP" => match time(kind, bytes) {
            Some(text) => Key::Text(text.replace('T', " ")),
            None => Key::Bytes(bytes.to_vec()),
        },
        "BINARY" if is_name(bytes) => Key::Text(String::from_utf8_lossy(bytes).into_owned()),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if !matches!(kind, "BINARY" | "VARBINARY") => Key::Text(text.to_owned()),
            _ => Key::Bytes(bytes.to_vec()),
        },
    }
}

/// Addresses and UUIDs have types of their own in one of the two servers, which sends them as text but calls them binary.
fn is_name(bytes: &[u8]) -> bool {
    let is_uuid = |text: &str| {
        let dashes = text.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(at, _)| at);
        text.len() == 36
            && dashes.eq([8, 13, 18, 23])
            && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    };
    std::str::from_utf8(bytes).is_ok_and(|text| is_uuid(text) || text.parse::<std::net::IpAddr>().is_ok())
}

/// The value of a whole number of any width; `None` for other types.
fn whole(kind: &str, bytes: &[u8]) -> Option<i128> {
    let signed = match kind {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => true,
        "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED" | "BIGINT UNSIGNED"
        | "YEAR" => false,
        _ => return None,
    };
    let mut wide = [0; 16];
    wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let is_negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    if is_negative {
        wide[bytes.len()..].fill(0xff);
    }
    Some(i128::from_le_bytes(wide))
}

/// A date, a time, or both: a byte of length, then as many of year, month, day, hour, minute, second and microsecond as are not zero.
fn time(kind: &str, bytes: &[u8]) -> Option<String> {
    let (&len, rest) = bytes.split_first()?;
    if usize::from(len) != rest.len() || rest.len() > 12 {
        return None;
    }
    let mut parts = [0; 12];
    parts[..rest.len()].copy_from_slice(rest);
    if kind == "TIME" {
        return Some(length(&parts));
    }
    let year = u16::from_le_bytes([parts[0], parts[1]]);
    let date = format!("{year:04}-{:02}-{:02}", parts[2], parts[3]);
    if kind == "DATE" {
        return Some(date);
    }
    let micros = u32::from_le_bytes([parts[7], parts[8], parts[9], parts[10]]);
    Some(format!("{date}T{:02}:{:02}:{:02}{}", parts[4], parts[5], parts[6], fraction(micros)))
}

/// `-838:59:59.000001`: a sign, days, hours, minutes, seconds and microseconds.
fn length(parts: &[u8; 12]) -> String {
    let sign = if parts[0] == 1 { "-" } else { "" };
    let days = u32::from_le_bytes([parts[1], parts[2], parts[3], parts[4]]);
    let hours = u64::from(days) * 24 + u64::from(parts[5]);
    let micros = u32::from_le_bytes([parts[8], parts[9], parts[10], parts[11]]);
    format!("{sign}{hours:02}:{:02}:{:02}{}", parts[6], parts[7], fraction(micros))
}

fn fraction(micros: u32) -> String {
    if micros == 0 { String::new() } else { format!(".{micros:06}") }
}

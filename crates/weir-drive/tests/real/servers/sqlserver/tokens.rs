//! What answers are made of.

use super::engine::{Column, Type};
use super::wire::utf16;
use rusqlite::types::Value;

const FAILED: u16 = 0x02;
const COUNTED: u16 = 0x10;

/// A text with its length in one byte.
pub fn short(text: &str) -> Vec<u8> {
    let mut out = vec![text.encode_utf16().count() as u8];
    out.extend(utf16(text));
    out
}

pub fn done(rows: u64) -> Vec<u8> {
    end(COUNTED, rows)
}

fn end(status: u16, rows: u64) -> Vec<u8> {
    let mut out = vec![0xfd];
    out.extend(status.to_le_bytes());
    out.extend([0xc1, 0]);
    out.extend(rows.to_le_bytes());
    out
}

/// A complaint, and the end of the answer.
pub fn complaint(number: u32, class: u8, why: &str) -> Vec<u8> {
    let mut body = number.to_le_bytes().to_vec();
    body.extend([1, class]);
    body.extend((why.encode_utf16().count() as u16).to_le_bytes());
    body.extend(utf16(why));
    body.extend(short("double"));
    body.extend(short(""));
    body.extend(1u32.to_le_bytes());
    let mut out = vec![0xaa];
    out.extend((body.len() as u16).to_le_bytes());
    out.extend(body);
    out.extend(end(FAILED, 0));
    out
}

pub fn head(columns: &[Column]) -> Vec<u8> {
    let mut out = vec![0x81];
    out.extend((columns.len() as u16).to_le_bytes());
    for column in columns {
        // No user type; may be null.
        out.extend([0, 0, 0, 0, 1, 0]);
        out.extend(info(column.kind));
        out.extend(short(&column.name));
    }
    out
}

fn info(kind: Type) -> Vec<u8> {
    const COLLATION: [u8; 5] = [0x09, 0x04, 0xd0, 0x00, 0x34];
    match kind {
        Type::Int => vec![0x26, 8],
        Type::Bit => vec![0x68, 1],
        Type::Float => vec![0x6d, 8],
        Type::Money => vec![0x6e, 8],
        Type::Decimal { scale } => vec![0x6a, 17, 38, scale],
        Type::Date => vec![0x28],
        Type::DateTime => vec![0x6f, 8],
        Type::DateTime2 => vec![0x2a, 7],
        Type::DateTimeOffset => vec![0x2b, 7],
        Type::Guid => vec![0x24, 16],
        Type::Bytes => vec![0xa5, 0x40, 0x1f],
        Type::Text => [&[0xe7, 0x40, 0x1f], &COLLATION[..]].concat(),
        Type::Ascii => [&[0xa7, 0x40, 0x1f], &COLLATION[..]].concat(),
    }
}

pub fn row(columns: &[Column], values: &[Value]) -> Vec<u8> {
    let mut out = vec![0xd1];
    for (column, value) in columns.iter().zip(values) {
        cell(column.kind, value, &mut out);
    }
    out
}

fn cell(kind: Type, value: &Value, out: &mut Vec<u8>) {
    let is_long = matches!(kind, Type::Text | Type::Ascii | Type::Bytes);
    let bytes = match value {
        Value::Null if is_long => return out.extend([0xff, 0xff]),
        Value::Null => return out.push(0),
        value => bytes(kind, value),
    };
    if is_long {
        out.extend((bytes.len() as u16).to_le_bytes());
    } else {
        out.push(bytes.len() as u8);
    }
    out.extend(bytes);
}

fn bytes(kind: Type, value: &Value) -> Vec<u8> {
    let (text, number) = (as_text(value), as_number(value));
    match kind {
        Type::Int => (number as i64).to_le_bytes().to_vec(),
        Type::Bit => vec![u8::from(number != 0.0)],
        Type::Float => number.to_le_bytes().to_vec(),
        Type::Money => {
            let scaled = (number * 1e4).round() as i64;
            [((scaled >> 32) as i32).to_le_bytes(), (scaled as u32).to_le_bytes()].concat()
        }
        Type::Decimal { scale } => decimal(&text, scale),
        Type::Date => days(&text).to_le_bytes()[..3].to_vec(),
        Type::DateTime => {
            let ticks = (clock(&text) * 300 + 5_000_000) / 10_000_000;
            [(days(&text) as i32 - 693_595).to_le_bytes(), (ticks as u32).to_le_bytes()].concat()
        }
        Type::DateTime2 => date_and_clock(&text),
        Type::DateTimeOffset => [date_and_clock(&text), vec![0, 0]].concat(),
        Type::Guid => guid(&text),
        Type::Bytes => match value {
            Value::Blob(bytes) => bytes.clone(),
            _ => text.into_bytes(),
        },
        Type::Text => utf16(&text),
        Type::Ascii => text.into_bytes(),
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Null | Value::Blob(_) => String::new(),
    }
}

fn as_number(value: &Value) -> f64 {
    match value {
        Value::Integer(number) => *number as f64,
        Value::Real(number) => *number,
        Value::Text(text) => text.parse().unwrap_or_default(),
        Value::Null | Value::Blob(_) => 0.0,
    }
}

fn decimal(text: &str, scale: u8) -> Vec<u8> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{}{fraction:0<width$}", whole.trim_start_matches('-'), width = usize::from(scale));
    let mut out = vec![u8::from(!text.starts_with('-'))];
    out.extend(digits.parse::<u128>().unwrap_or_default().to_le_bytes());
    out
}

/// Days since the first of year 1 of `YYYY-MM-DD...`.
fn days(text: &str) -> u32 {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(1);
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let months = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = year - 1;
    before * 365 + before / 4 - before / 100 + before / 400 + months.iter().take(month as usize - 1).sum::<u32>() + day
        - 1
}

/// Tenths of microseconds since midnight of `YYYY-MM-DD HH:MM:SS.fffffff`.
fn clock(text: &str) -> u64 {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u64>().ok()).unwrap_or(0);
    let fraction = text.get(20..).unwrap_or_default().trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let fraction = format!("{fraction:0<7}").get(..7).and_then(|digits| digits.parse::<u64>().ok()).unwrap_or(0);
    (part(11..13) * 3_600 + part(14..16) * 60 + part(17..19)) * 10_000_000 + fraction
}

fn date_and_clock(text: &str) -> Vec<u8> {
    [&clock(text).to_le_bytes()[..5], &days(text).to_le_bytes()[..3]].concat()
}

/// The first three groups stand the other way round.
fn guid(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
    let mut bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
    if bytes.len() == 16 {
        bytes[..4].reverse();
        bytes[4..6].reverse();
        bytes[6..8].reverse();
    }
    bytes
}

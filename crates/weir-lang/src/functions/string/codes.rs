//! Base 16, base 64 and percent encoding.

use std::fmt::Write;

use weir_event::Value;

use super::of_text;
use crate::functions::{Function, Param, Row, arg};
use crate::types::{BINARY, TEXT, Types};

const BYTES_ARG: &[Param] = &[arg("expression", TEXT.or(BINARY))];

const fn of_bytes(
    name: &'static str,
    gives: Types,
    says: &'static str,
    examples: super::Examples,
    row: super::Plain,
) -> Function {
    Function { name, takes: BYTES_ARG, gives, says, examples, row: Row::Plain(row) }
}

pub(super) const FUNCTIONS: &[Function] = &[
    of_bytes(
        "decodeBase16ToBinary",
        BINARY,
        "The bytes of a text in base 16; null when it is none.",
        &[("decodeBase16ToBinary(\"6869\")", "6869"), ("decodeBase16ToBinary(\"6g\")", "null")],
        |args| binary(from_base16(args.bytes(0)?)),
    ),
    of_bytes(
        "decodeBase16ToString",
        TEXT,
        "The text of a text in base 16; null when it is none.",
        &[("decodeBase16ToString(\"77656972\")", "weir"), ("decodeBase16ToString(\"7\")", "null")],
        |args| text(from_base16(args.bytes(0)?)),
    ),
    of_bytes(
        "decodeBase64ToBinary",
        BINARY,
        "The bytes of a text in base 64; null when it is none.",
        &[("decodeBase64ToBinary(\"aGk=\")", "6869"), ("decodeBase64ToBinary(\"!\")", "null")],
        |args| binary(from_base64(args.bytes(0)?)),
    ),
    of_bytes(
        "decodeBase64ToString",
        TEXT,
        "The text of a text in base 64; null when it is none.",
        &[("decodeBase64ToString(\"d2Vpcg==\")", "weir"), ("decodeBase64ToString(\"!\")", "null")],
        |args| text(from_base64(args.bytes(0)?)),
    ),
    of_text(
        "decodeUrl",
        TEXT,
        "The text with percent escapes resolved.",
        &[("decodeUrl(\"a%20b+c\")", "a b c")],
        |args| Some(Value::owned(String::from_utf8_lossy(&from_url(args.text(0)?)).into_owned())),
    ),
    of_bytes(
        "encodeBase16",
        TEXT,
        "The bytes in base 16, lower case.",
        &[("encodeBase16(\"weir\")", "77656972")],
        |args| Some(Value::owned(base16(args.bytes(0)?))),
    ),
    of_bytes("encodeBase64", TEXT, "The bytes in base 64.", &[("encodeBase64(\"weir\")", "d2Vpcg==")], |args| {
        Some(Value::owned(base64(args.bytes(0)?)))
    }),
    of_text(
        "encodeUrl",
        TEXT,
        "The text with everything but letters, digits and `-_.*` as percent escapes, blanks as `+`.",
        &[("encodeUrl(\"a/b c\")", "a%2Fb+c")],
        |args| Some(Value::owned(to_url(args.text(0)?))),
    ),
];

fn binary<'r>(bytes: Option<Vec<u8>>) -> Option<Value<'r>> {
    Some(Value::Binary(bytes?.into()))
}

fn text<'r>(bytes: Option<Vec<u8>>) -> Option<Value<'r>> {
    Some(Value::owned(String::from_utf8_lossy(&bytes?).into_owned()))
}

/// Bytes as lower-case hex.
pub(in crate::functions) fn base16(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    let digit = |bits: u8| char::from(b"0123456789abcdef"[usize::from(bits)]);
    for byte in bytes {
        out.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    out
}

/// The bytes that hex digits stand for; `None` when a letter is no digit or one is left over.
pub fn from_base16(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pairs = text.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for letter in 0..4 {
            let index = (bits >> (18 - 6 * letter) & 63) as usize;
            out.push(if letter <= group.len() { char::from(LETTERS[index]) } else { '=' });
        }
    }
    out
}

/// The bytes of base 64 in both alphabets, with or without padding; `None` when it is none.
pub fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    if text.len() - end > 2 || end % 4 == 1 {
        return None;
    }
    let mut out = Vec::with_capacity(end * 3 / 4);
    for group in text[..end].chunks(4) {
        let mut bits = 0u32;
        for &byte in group {
            bits = bits << 6 | sextet(byte)?;
        }
        bits <<= 6 * (4 - group.len());
        out.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(out)
}

fn sextet(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// The bytes with percent escapes resolved and `+` as a blank; what is no escape stays.
pub fn from_url(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3).and_then(from_base16)).flatten();
        match escaped {
            Some(byte) => {
                out.extend(byte);
                at += 3;
            }
            None => {
                out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    out
}

fn to_url(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

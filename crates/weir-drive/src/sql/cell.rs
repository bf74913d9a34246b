//! Values of databases as JSON, without loss.

use std::fmt::Write;

use weir_event::{Value, write_json, write_json_string};

/// Digits that a double gives back unchanged.
const EXACT_DIGITS: usize = 15;

/// A decimal as a number where a double holds it exactly, as text otherwise: what is counted keeps its digits, and what fits can be
/// calculated with.
pub fn decimal(text: &str, out: &mut String) {
    if is_exact(text) { out.push_str(text) } else { write_json_string(text, out) }
}

/// True for a JSON number of 64 bits, or of so few digits that a double keeps them.
fn is_exact(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all(whole) || !all(fraction) || whole.len() > 1 && whole.starts_with('0') {
        return false;
    }
    let is_whole = !text.contains('.');
    let significant = whole.trim_start_matches('0').len() + if is_whole { 0 } else { fraction.len() };
    significant <= EXACT_DIGITS || is_whole && text.parse::<i64>().is_ok()
}

/// A double; what JSON has no number for becomes text.
pub fn double(number: f64, out: &mut String) {
    if number.is_finite() {
        write_json(&Value::Double(number), out);
    } else {
        let word = if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        write_json_string(word, out);
    }
}

/// A single-precision number with the digits that tell it from its neighbours, not those of the double beside it.
pub fn single(number: f32, out: &mut String) {
    if number.is_finite() {
        let _ = write!(out, "{number:?}");
    } else {
        double(f64::from(number), out);
    }
}

/// Bytes as base64.
pub fn bytes(bytes: &[u8], out: &mut String) {
    write_json(&Value::Binary(bytes.into()), out);
}

/// JSON of the database as it is; as text when it is none after all.
pub fn json(text: &str, out: &mut String) {
    let start = text.trim_start_matches(|space: char| space.is_ascii_whitespace());
    if weir_parse::json::to_value(start).is_ok() {
        // A record is one line.
        out.extend(text.chars().map(|each| if matches!(each, '\n' | '\r') { ' ' } else { each }));
    } else {
        write_json_string(text, out);
    }
}

pub fn text(text: &str, out: &mut String) {
    write_json_string(text, out);
}

/// Text whose encoding the database does not vouch for.
pub fn lossy(bytes: &[u8], out: &mut String) {
    write_json_string(&String::from_utf8_lossy(bytes), out);
}

//! PostgreSQL's text of a value as JSON.

use weir_event::limits;

use super::super::cell;
use super::super::key::from_hex;

/// Appends a value of the type `kind`; `T[]` is a list of T. A type that is not known here stays the text that it is.
pub fn write(kind: &str, text: &str, out: &mut String) {
    if let Some(element) = kind.strip_suffix("[]") {
        let start = out.len();
        if array(element, text, out).is_none() {
            out.truncate(start);
            cell::text(text, out);
        }
        return;
    }
    match kind {
        "BOOL" => out.push_str(if text == "t" { "true" } else { "false" }),
        "INT2" | "INT4" | "INT8" | "OID" | "NUMERIC" => cell::decimal(text, out),
        "FLOAT4" => match text.parse() {
            Ok(number) => cell::single(number, out),
            Err(_) => cell::text(text, out),
        },
        "FLOAT8" => match text.parse() {
            Ok(number) => cell::double(number, out),
            Err(_) => cell::text(text, out),
        },
        "JSON" | "JSONB" => cell::json(text, out),
        "BYTEA" => match text.strip_prefix("\\x").and_then(from_hex) {
            Some(bytes) => cell::bytes(&bytes, out),
            None => cell::text(text, out),
        },
        "TIMESTAMP" => cell::text(&stamp(text), out),
        "TIMESTAMPTZ" => match text.strip_suffix("+00") {
            Some(time) => cell::text(&format!("{}Z", stamp(time)), out),
            None => cell::text(text, out),
        },
        _ => cell::text(text, out),
    }
}

/// `2026-10-14 06:02:11` with the letter T. Times before our era and infinities have no other notation than this one.
fn stamp(text: &str) -> String {
    if text.ends_with("BC") { text.to_owned() } else { text.replacen(' ', "T", 1) }
}

/// `{1,NULL,"a \"b\"",{2,3}}`, with `[2:4]=` before it when it does not begin at 1. `None` when it is something else.
fn array(element: &str, text: &str, out: &mut String) -> Option<()> {
    let body = match text.strip_prefix('[') {
        Some(bounds) => bounds.split_once('=')?.1,
        None => text,
    };
    let rest = list(element, body, 0, out)?;
    rest.is_empty().then_some(())
}

/// Reads one list and gives what is behind it.
fn list<'t>(element: &str, text: &'t str, depth: usize, out: &mut String) -> Option<&'t str> {
    if depth > limits::NESTING_MAX {
        return None;
    }
    let mut rest = text.strip_prefix('{')?;
    out.push('[');
    if let Some(rest) = rest.strip_prefix('}') {
        out.push(']');
        return Some(rest);
    }
    loop {
        rest = item(element, rest, depth, out)?;
        if let Some(more) = rest.strip_prefix(',') {
            out.push(',');
            rest = more;
            continue;
        }
        out.push(']');
        return rest.strip_prefix('}');
    }
}

fn item<'t>(element: &str, text: &'t str, depth: usize, out: &mut String) -> Option<&'t str> {
    if text.starts_with('{') {
        return list(element, text, depth + 1, out);
    }
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, rest) = unquoted(quoted)?;
        write(element, &value, out);
        return Some(rest);
    }
    let end = text.find([',', '}'])?;
    match &text[..end] {
        "NULL" => out.push_str("null"),
        value => write(element, value, out),
    }
    Some(&text[end..])
}

/// The value of a quoted element, and what is behind its closing quote.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, each)) = chars.next() {
        match each {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            _ => value.push(each),
        }
    }
    None
}

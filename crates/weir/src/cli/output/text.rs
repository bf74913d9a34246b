//! Values as one line of text.

use std::borrow::Cow;

use weir_event::{Value, write_json};

/// A value without quotes around text; containers as JSON; nothing for null.
pub fn plain<'v>(value: &'v Value<'_>) -> Cow<'v, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Duration(length) => Cow::Owned(duration(length.0)),
        other => {
            let mut out = String::new();
            write_json(other, &mut out);
            // Scalars such as time stamps are JSON text; their quotes say nothing here.
            match out.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(inner) if !matches!(other, Value::Array(_) | Value::Record(_)) => Cow::Owned(inner.to_owned()),
                _ => Cow::Owned(out),
            }
        }
    }
}

/// The largest unit that loses nothing: `90s`, `250ms`.
fn duration(nanos: i64) -> String {
    const UNITS: [(&str, i64); 7] = [
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ];
    let unit = UNITS.iter().find(|(_, size)| nanos != 0 && nanos % size == 0).unwrap_or(&("s", 1_000_000_000));
    format!("{}{}", nanos / unit.1, unit.0)
}

/// Text that cannot steer a terminal: control characters and marks that turn the direction of writing become visible escapes.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push(' '),
            c if steers(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Columns a character takes on a terminal: wide East Asian characters and pictures take two.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 => 2,
        0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The first `columns` columns of `text`, with `…` when something is left out.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let (mut used, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        used += char_width(c);
        if used > columns.saturating_sub(1) {
            break;
        }
        end = at + c.len_utf8();
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

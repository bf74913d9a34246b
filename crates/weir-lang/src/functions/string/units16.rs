use std::borrow::Cow;

/// UTF-16 code units of a text.
pub fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The byte at which code unit `unit` begins; `None` behind the end or within a character.
pub fn byte_of(text: &str, unit: usize) -> Option<usize> {
    if text.is_ascii() {
        return (unit <= text.len()).then_some(unit);
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return (units == unit).then_some(at);
        }
        units += c.len_utf16();
    }
    (units == unit).then_some(text.len())
}

/// The code unit that begins at byte `at`.
pub fn unit_of(text: &str, at: usize) -> usize {
    length(&text[..at])
}

/// Code units `from` (inclusive) to `to` (exclusive), negative ones counted from the end, both cut to the text. Half a character
/// becomes the replacement character.
pub fn slice<'t>(text: Cow<'t, str>, from: i64, to: Option<i64>) -> Cow<'t, str> {
    let count = length(&text) as i64;
    let place = |unit: i64| (if unit < 0 { unit.saturating_add(count) } else { unit }).clamp(0, count) as usize;
    let (from, to) = (place(from), to.map_or(count as usize, place));
    if from >= to {
        return Cow::Borrowed("");
    }
    match (byte_of(&text, from), byte_of(&text, to)) {
        (Some(start), Some(end)) => match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
            Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
        },
        _ => {
            let units: Vec<u16> = text.encode_utf16().skip(from).take(to - from).collect();
            Cow::Owned(String::from_utf16_lossy(&units))
        }
    }
}

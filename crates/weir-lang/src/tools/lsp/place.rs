//! Positions of the protocol: line and UTF-16 unit, both from 0.

/// The byte at a position; the end of the line, or of the text, when there is no such place.
pub(super) fn offset_of(text: &str, line: usize, character: usize) -> usize {
    let start = match line.checked_sub(1) {
        None => 0,
        Some(before) => match memchr::memchr_iter(b'\n', text.as_bytes()).nth(before) {
            Some(newline) => newline + 1,
            None => return text.len(),
        },
    };
    let mut units = 0;
    for (at, c) in text[start..].char_indices() {
        if units >= character || c == '\n' {
            return start + at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// The position of a byte.
pub(super) fn position_of(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (memchr::memchr_iter(b'\n', before.as_bytes()).count(), before[start..].encode_utf16().count())
}

//! Paths of files.

const PATH_BYTES_MAX: usize = 4_096;

/// `/a/b`, `~/a`, `C:\a\b`, `\\server\share`: up to a blank, a quote, or a character no path has.
pub(super) fn path(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'/' | b'\\' | b'.')) {
        return None;
    }
    let start = root(&bytes[at..])?;
    let ends =
        |c: char| c <= ' ' || c == '\x7f' || matches!(c, '"' | '\'' | '<' | '>' | '|' | '*' | '?' | ',' | ';' | '`');
    let cut = text.floor_char_boundary(text.len().min(at + PATH_BYTES_MAX));
    let rest = text.get(at + start..cut).unwrap_or_default();
    let rest = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let kept = rest.trim_end_matches([':', ')', ']', '}', '.']);
    let needed = usize::from(start < 3);
    (kept.len() >= needed).then_some(at + start + kept.len())
}

/// Length of what a path starts with.
fn root(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'/', b'/', ..] => None,
        [b'/', ..] => Some(1),
        [b'~', b'/', ..] | [b'\\', b'\\', ..] => Some(2),
        [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic() => Some(3),
        _ => None,
    }
}

//! Bytes of answers to text, by the character set that they are in.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The text of a body, and whether bytes were lost on the way. A mark at its beginning decides, then the name in the content type or in
/// the declaration of XML. Without either it is UTF-8; what is neither named nor UTF-8 is read as Windows-1252, which every sequence of
/// bytes is.
pub fn decode<'b>(body: &'b [u8], content_type: Option<&str>) -> (Cow<'b, str>, bool) {
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(&body[length..]);
    }
    let named = content_type.and_then(charset_of).or_else(|| declared(body));
    let named = named.and_then(|name| Encoding::for_label(name.as_bytes()));
    if let Some(encoding) = named.filter(|encoding| !encoding.is_ascii_compatible()) {
        return encoding.decode_without_bom_handling(body);
    }
    // A source that names another set than it writes is believed less than bytes that are right UTF-8.
    if let Ok(text) = std::str::from_utf8(body) {
        return (Cow::Borrowed(text), false);
    }
    match named {
        Some(encoding) if encoding != UTF_8 => encoding.decode_without_bom_handling(body),
        Some(_) => UTF_8.decode_without_bom_handling(body),
        None => WINDOWS_1252.decode_without_bom_handling(body),
    }
}

/// `charset=NAME` of a content type.
fn charset_of(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset=")?;
    let name = content_type[at + "charset=".len()..].split(';').next()?;
    Some(name.trim().trim_matches('"'))
}

/// `encoding="NAME"` of a declaration of XML.
fn declared(body: &[u8]) -> Option<&str> {
    let head = &body[..body.len().min(200)];
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let head = std::str::from_utf8(&head[..end]).ok().filter(|head| head.starts_with("<?xml"))?;
    let rest = head[head.find("encoding=")? + "encoding=".len()..].trim_start();
    let quote = rest.chars().next()?;
    rest[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], content_type: Option<&str>, text: &str, lost: bool) {
        assert_eq!(decode(body, content_type), (Cow::Borrowed(text), lost));
    }

    #[test]
    fn the_named_set_is_used_and_utf8_is_believed() {
        check("ü".as_bytes(), Some("application/json; charset=iso-8859-1"), "ü", false);
        check(b"\xfc", Some("application/json; charset=\"ISO-8859-1\""), "ü", false);
        check(b"\x80", Some("text/csv; charset=windows-1252"), "€", false);
        check(b"\x83\x65", Some("text/plain;charset=Shift_JIS"), "テ", false);
        check(
            b"<?xml version='1.0' encoding='iso-8859-15'?>\xa4",
            None,
            "<?xml version='1.0' encoding='iso-8859-15'?>€",
            false,
        );
    }

    #[test]
    fn marks_win_and_nothing_named_loses_nothing() {
        check(b"\xef\xbb\xbfa", None, "a", false);
        check(b"\xff\xfea\0", Some("text/plain; charset=utf-8"), "a", false);
        check(b"a\0", Some("text/plain; charset=utf-16le"), "a", false);
        check(b"caf\xe9", None, "café", false);
        check(b"caf\xe9", Some("text/plain; charset=utf-8"), "caf\u{fffd}", true);
        check(b"caf\xe9", Some("text/plain; charset=nonsense"), "café", false);
    }
}

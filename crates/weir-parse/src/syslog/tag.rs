//! The word before the message that names the program: `app[1]:`, `app:`, `%FAC-5-MNEMONIC:`.

/// Longest name of a program, in bytes.
const APP_BYTES_MAX: usize = 128;

pub(super) struct Tag<'a> {
    pub app: &'a str,
    pub pid: Option<&'a str>,
    pub rest: &'a str,
}

/// The tag at the start of `text`: `app[pid]:`, `app[pid] `, `app:` before a blank or the end, or a message code.
pub(super) fn read(text: &str) -> Option<Tag<'_>> {
    if text.starts_with('%') {
        return code(text);
    }
    let length = text.bytes().take(APP_BYTES_MAX + 1).take_while(|byte| is_app_byte(*byte)).count();
    let (app, rest) = text.split_at_checked(length).filter(|_| (1..=APP_BYTES_MAX).contains(&length))?;
    if is_marker(text) {
        return None;
    }
    if let Some(pid) = rest.strip_prefix('[') {
        let end = pid.bytes().take(APP_BYTES_MAX).position(|byte| matches!(byte, b']' | b' '))?;
        let (pid, rest) = (&pid[..end], pid[end..].strip_prefix(']')?);
        let rest = match rest.strip_prefix(':') {
            Some(rest) => rest,
            None if rest.is_empty() || rest.starts_with(' ') => rest,
            None => return None,
        };
        return Some(Tag { app, pid: (!pid.is_empty()).then_some(pid), rest });
    }
    let rest = rest.strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with(' ')).then_some(Tag { app, pid: None, rest })
}

/// `%FACILITY-SEVERITY-MNEMONIC:`, with or without a blank after it.
pub(super) fn code(text: &str) -> Option<Tag<'_>> {
    let name = text.strip_prefix('%')?;
    let length = name
        .bytes()
        .take(APP_BYTES_MAX)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .count();
    let digit = |parts: &[u8]| parts[0] == b'-' && matches!(parts[1], b'0'..=b'7') && parts[2] == b'-';
    let coded = name.as_bytes()[..length].windows(3).any(digit);
    let rest = name[length..].strip_prefix(':').filter(|_| coded)?;
    Some(Tag { app: &text[..=length], pid: None, rest })
}

/// True for a word that can be a host before a colon.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':'))
}

/// The start of a CEF or LEEF event.
pub(super) fn is_marker(text: &str) -> bool {
    text.starts_with("CEF:") || text.starts_with("LEEF:")
}

fn is_app_byte(byte: u8) -> bool {
    byte > b' '
        && !matches!(byte, b'[' | b']' | b':' | b'=' | b'"' | b'\'' | b'{' | b'}' | b'<' | b'>' | b',' | b';' | b'|')
        && byte != 0x7f
}

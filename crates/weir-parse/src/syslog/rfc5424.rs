//! The header of RFC 5424: version, time, host, application, process, message id, structured data.

use super::{Format, Syslog, structured, time, token};
use crate::note::Notes;

/// Longest host name, application, process and message id of the standard, in bytes.
const LENGTHS: [usize; 4] = [255, 48, 128, 32];

/// Reads what follows the priority. False, with nothing changed, when it is not of this format: version, blank, then `-` or
/// a date with `T`.
pub(super) fn read<'a>(text: &'a str, syslog: &mut Syslog<'a>) -> bool {
    let Some((version, rest)) = version(text) else {
        return false;
    };
    let (stamp, rest) = token(rest);
    if stamp != "-" && !looks_like_date(stamp) {
        return false;
    }
    syslog.format = Format::Rfc5424;
    syslog.version = Some(version);
    if version != 1 {
        syslog.notes.add(Notes::UNKNOWN_VERSION);
    }
    if stamp != "-" {
        syslog.timestamp = time::rfc3339(stamp.as_bytes());
        if syslog.timestamp.is_none() {
            syslog.notes.add(Notes::TIMESTAMP_INVALID);
        }
    }
    syslog.msg = "";
    match fields(rest, syslog) {
        Some(rest) => tail(rest, syslog),
        None => syslog.notes.add(Notes::TRUNCATED_HEADER),
    }
    true
}

/// One or two digits and a blank.
pub(super) fn version(text: &str) -> Option<(u16, &str)> {
    let digits = text.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..)?.strip_prefix(' ').filter(|_| (1..=2).contains(&digits))?;
    Some((text[..digits].parse().ok()?, rest))
}

/// Digits and hyphens, then `T`: a date, though perhaps an impossible one.
fn looks_like_date(token: &str) -> bool {
    let date = token.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'-').count();
    date > 0
        && token.as_bytes()[0] != b'-'
        && token.as_bytes()[..date].contains(&b'-')
        && token[date..].starts_with('T')
}

/// Host, application, process and message id; what follows them. `None` when the line ends before.
fn fields<'a>(mut rest: Option<&'a str>, syslog: &mut Syslog<'a>) -> Option<&'a str> {
    let mut values = [None; 4];
    for (value, length) in values.iter_mut().zip(LENGTHS) {
        let Some(text) = rest.filter(|text| !text.is_empty()) else {
            break;
        };
        let (field, after) = token(text);
        rest = after;
        *value = (field != "-" && !field.is_empty()).then_some(field);
        if field.len() > length {
            syslog.notes.add(Notes::FIELD_TOO_LONG);
        }
        if after.is_none() {
            break;
        }
    }
    [syslog.hostname, syslog.app_name, syslog.procid, syslog.msgid] = values;
    rest.filter(|text| !text.is_empty())
}

/// Structured data and message.
fn tail<'a>(text: &'a str, syslog: &mut Syslog<'a>) {
    let after = if text.starts_with('[') {
        match structured::length(text) {
            Some(length) => {
                syslog.sd = &text[..length];
                &text[length..]
            }
            None => {
                syslog.notes.add(Notes::SD_INVALID);
                text
            }
        }
    } else if let Some(rest) = text.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
        rest
    } else {
        syslog.notes.add(Notes::SD_MISSING);
        text
    };
    let msg = after.strip_prefix(' ').unwrap_or(after);
    syslog.msg = msg.strip_prefix('\u{feff}').unwrap_or(msg);
}

//! RFC 3164 as it is really sent: optional counter, time in many shapes, optional host, optional tag.

use super::{Format, Syslog, SyslogContext, rfc5424, tag, time, token};
use crate::note::Notes;
use crate::places;

/// Reads what follows the priority, or the whole line when there is none. Without priority and time the line stays raw.
pub(super) fn read<'a>(text: &'a str, context: &SyslogContext, syslog: &mut Syslog<'a>) {
    if syslog.pri.is_some() {
        syslog.msg = text;
        if let Some(rest) = epoch(text, syslog) {
            return after_time(rest, syslog);
        }
    }
    let counted = counter(text);
    let (sequence, host, rest) = counted.unwrap_or((None, None, text));
    let Some((moment, rest)) = time::bsd(rest, context) else {
        if syslog.pri.is_some() {
            without_time(text, counted, syslog);
        }
        return;
    };
    syslog.format = Format::Rfc3164;
    syslog.sequence = sequence;
    syslog.timestamp = Some(moment.at);
    if moment.unsynced {
        syslog.notes.add(Notes::CLOCK_UNSYNCED);
    }
    if moment.zone_unknown {
        syslog.notes.add(Notes::UNKNOWN_TIMEZONE);
    }
    after_time(rest, syslog);
    if host.is_some() {
        syslog.hostname = host;
    }
}

/// `1 1714557600.77 host ...`: looks like RFC 5424, but the time is an epoch and the other fields are missing.
fn epoch<'a>(text: &'a str, syslog: &mut Syslog<'a>) -> Option<&'a str> {
    let (version, rest) = rfc5424::version(text)?;
    let (stamp, rest) = token(rest);
    syslog.timestamp = Some(time::epoch_seconds(stamp)?);
    syslog.version = Some(version);
    syslog.notes.add(Notes::EPOCH_TIMESTAMP);
    Some(rest.unwrap_or(""))
}

type Counted<'a> = (Option<&'a str>, Option<&'a str>, &'a str);

/// `42: ` and `43: host: ` before a time or a message code of a network device.
fn counter(text: &str) -> Option<Counted<'_>> {
    let digits = text.bytes().take(11).take_while(u8::is_ascii_digit).count();
    let sequence = (1..=10).contains(&digits).then(|| &text[..digits]);
    let rest = match sequence {
        Some(_) => text[digits..].strip_prefix(": ")?.trim_start_matches(' '),
        None => return None,
    };
    let (first, after) = token(rest);
    let host = first.strip_suffix(':').filter(|name| tag::is_word(name));
    match (host, after) {
        (Some(host), Some(after)) => Some((sequence, Some(host), after)),
        _ => Some((sequence, None, rest)),
    }
}

/// A line with a priority and no time: no host either, but perhaps a tag.
fn without_time<'a>(text: &'a str, counted: Option<Counted<'a>>, syslog: &mut Syslog<'a>) {
    if let Some((sequence, host, rest)) = counted.filter(|(_, _, rest)| tag::code(rest).is_some()) {
        (syslog.sequence, syslog.hostname) = (sequence, host);
        return tag_and_message(rest, syslog);
    }
    tag_and_message(text, syslog);
}

/// Host, tag and message.
pub(super) fn after_time<'a>(text: &'a str, syslog: &mut Syslog<'a>) {
    let text = text.strip_prefix(':').unwrap_or(text).trim_start_matches(' ');
    if let Some((host, rest)) = forwarded(text) {
        syslog.hostname = Some(host);
        return tag_and_message(rest, syslog);
    }
    let (first, rest) = token(text);
    match host(first, rest) {
        Some(host) => {
            syslog.hostname = Some(host);
            tag_and_message(before_code(rest.unwrap_or("")), syslog);
        }
        None => tag_and_message(text, syslog),
    }
}

/// `Message forwarded from HOST: ...`, written by relays.
fn forwarded(text: &str) -> Option<(&str, &str)> {
    let (host, rest) = token(text.strip_prefix("Message forwarded from ")?);
    let host = host.strip_suffix(':').filter(|host| !host.is_empty())?;
    Some((host, rest.unwrap_or("")))
}

/// The host in the token after the time, if it is one: not a tag, a message code, a bracket, a pair, a marker.
fn host<'a>(first: &'a str, rest: Option<&'a str>) -> Option<&'a str> {
    let opens_other = first.starts_with(['%', '[', '{', '"', '<']) || places::first(b'=', first.as_bytes()).is_some();
    if first.is_empty() || opens_other || tag::is_marker(first) {
        return None;
    }
    if let Some(name) = first.strip_suffix(':') {
        let relayed = rest.is_some_and(|rest| tag::code(rest.trim_start_matches(' ')).is_some());
        return (relayed && !name.is_empty()).then_some(name);
    }
    if tag::read(first).is_some() {
        return None;
    }
    Some(first)
}

/// Drops the lonely colon in `host : %CODE-1-X: text`.
fn before_code(text: &str) -> &str {
    let rest = text.strip_prefix(':').unwrap_or(text).trim_start_matches(' ');
    if rest.starts_with('%') && tag::code(rest).is_some() { rest } else { text }
}

fn tag_and_message<'a>(text: &'a str, syslog: &mut Syslog<'a>) {
    let msg = match tag::read(text) {
        Some(tag) => {
            (syslog.app_name, syslog.procid) = (Some(tag.app), tag.pid);
            tag.rest.strip_prefix(' ').unwrap_or(tag.rest)
        }
        None => text,
    };
    syslog.msg = msg.strip_prefix('\u{feff}').unwrap_or(msg);
}

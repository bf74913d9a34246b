//! Headers behind a header: what relays make of lines that they pass on.

use super::{Format, Syslog, SyslogContext, rfc5424, time, token};
use crate::note::Notes;

/// Relays in a row whose headers are taken off.
const RELAYS_MAX: usize = 4;

impl<'a> Syslog<'a> {
    /// The header of the device itself, where relays have put theirs before it: `Nov 21 06:02:11 relay Nov 21 06:02:10 host app: text`.
    /// The time is the device's, the name of the last relay goes to `relay`.
    pub(crate) fn unwrapped(mut self, context: &SyslogContext) -> Self {
        for _ in 0..RELAYS_MAX {
            let Some(inner) = self.inner(context) else { break };
            let relay = self.relay.or(self.hostname).filter(|name| inner.hostname.is_some_and(|inner| inner != *name));
            self = Syslog {
                relay,
                timestamp: inner.timestamp.or(self.timestamp),
                hostname: inner.hostname.or(self.hostname),
                pri: inner.pri.or(self.pri),
                facility: inner.facility.or(self.facility),
                severity: inner.severity.or(self.severity),
                ..inner
            };
        }
        self
    }

    /// What stands behind the header, if it is a whole header of its own. A time alone is not: it may be part of the message.
    fn inner(&self, context: &SyslogContext) -> Option<Syslog<'a>> {
        if self.format == Format::Raw {
            return None;
        }
        let marked = self.msg.starts_with('<');
        // A program that the outer header names wrote the text behind it, dates included.
        if !marked && (self.app_name.is_some() || !begins_with_time(self.msg)) {
            return None;
        }
        let inner = super::read(self.msg, context).with_missing_priority(self.msg);
        let inner = inner.with_local_time(self.msg, context).lenient(self.msg);
        let named = inner.hostname.is_some() || inner.app_name.is_some();
        let whole = inner.timestamp.is_some() && named && !inner.msg.is_empty();
        match marked {
            true => (inner.pri.is_some() && (whole || self.app_name.is_none())).then_some(inner),
            false => whole.then_some(inner),
        }
    }

    /// A line of RFC 5424 whose priority somebody has cut off: `1 2026-11-21T06:02:11Z host app 7 - - text`.
    pub(crate) fn with_missing_priority(mut self, line: &'a str) -> Self {
        if self.format == Format::Raw && self.pri.is_none() && line.starts_with("1 ") {
            rfc5424::read(line, &mut self);
        }
        self
    }

    /// A time without a zone in a header of RFC 5424, which some devices write: it is in the zone of the source.
    pub(crate) fn with_local_time(mut self, line: &str, context: &SyslogContext) -> Self {
        if self.format == Format::Rfc5424 && self.notes.has(Notes::TIMESTAMP_INVALID) {
            self.timestamp = local_time(line, context);
        }
        self
    }
}

/// `Nov 21 06:...`, `2026-11-21T06:...`, `2026:11:21-06:...` or `1 2026-11-21T06:...`. A blank behind an ISO date is how programs begin
/// their texts.
fn begins_with_time(text: &str) -> bool {
    match text.strip_prefix("1 ").unwrap_or(text).as_bytes() {
        [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', ..] => time::begins_with_month(text.as_bytes()),
        [b'1' | b'2', _, _, _, b'-', _, _, b'-', _, _, b'T', ..] => true,
        [b'1' | b'2', _, _, _, b':', _, _, b':', _, _, b'-', ..] => true,
        _ => false,
    }
}

fn local_time(line: &str, context: &SyslogContext) -> Option<weir_event::Timestamp> {
    let head = line.strip_prefix('<').and_then(|rest| rest.split_once('>')).map_or(line, |(_, rest)| rest);
    let (stamp, _) = token(rfc5424::version(head)?.1);
    let (moment, rest) = time::bsd(stamp, context)?;
    rest.is_empty().then_some(moment.at)
}

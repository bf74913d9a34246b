//! What headers look like that leave parts out or write them oddly, as packs need them read. [`super::read`] keeps to the formats.

use super::{Format, Syslog, bsd, tag};
use crate::note::Notes;

/// Facilities by their numbers, as configuration files name them.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "security", "console", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// Severities by their numbers.
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

fn number(names: &[&str], name: &str) -> Option<u8> {
    let name = if name == "warn" {
        "warning"
    } else if name == "error" {
        "err"
    } else {
        name
    };
    names.iter().zip(0..).find(|(have, _)| **have == name).map(|(_, number)| number)
}

impl<'a> Syslog<'a> {
    /// The header with what belongs to the message given back to it.
    pub(crate) fn lenient(self, line: &'a str) -> Self {
        self.with_priority_in_words().with_payload(line).with_spaced_program().with_bare_program()
    }

    /// `May 11 22:14:15 <local0.info> web01 a: text`: what daemons of BSD write behind the time when they are asked for the priority.
    fn with_priority_in_words(mut self) -> Self {
        if self.format != Format::Rfc3164 || self.timestamp.is_none() || self.hostname.is_some() {
            return self;
        }
        let Some((words, rest)) = self.msg.strip_prefix('<').and_then(|text| text.split_once("> ")) else {
            return self;
        };
        let Some((facility, severity)) = words.split_once('.') else { return self };
        let Some((facility, severity)) = number(&FACILITIES, facility).zip(number(&SEVERITIES, severity)) else {
            return self;
        };
        (self.facility, self.severity) = (self.facility.or(Some(facility)), self.severity.or(Some(severity)));
        bsd::after_time(rest, &mut self);
        self
    }

    /// Some senders leave out application and what follows it, or the host: the message begins with the first field that opens a
    /// payload (`{`, `<`, `CEF:`, `LEEF:`) or that is no word of a header.
    fn with_payload(mut self, line: &'a str) -> Self {
        let opens = |field: &&str| {
            field.starts_with(['{', '<']) || field.starts_with("[{") || tag::is_marker(field) || field.contains(',')
        };
        let mut fields = [&mut self.hostname, &mut self.app_name, &mut self.procid, &mut self.msgid];
        let Some(at) = fields.iter().position(|field| field.as_ref().is_some_and(opens)) else { return self };
        let start = fields[at].unwrap_or_default();
        fields[at..].iter_mut().for_each(|field| **field = None);
        self.msg = &line[start.as_ptr() as usize - line.as_ptr() as usize..];
        self.sd = "";
        self.notes = Notes::default();
        self
    }

    /// `Web Content[4711]: text`: programs of desktops have names of several words, each with a capital.
    fn with_spaced_program(mut self) -> Self {
        const NAME_BYTES_MAX: usize = 64;
        if self.format != Format::Rfc3164 || self.app_name.is_some() {
            return self;
        }
        let head = self.msg.as_bytes();
        let inside =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'-' | b'_' | b'(' | b')');
        let length = head.iter().take(NAME_BYTES_MAX).take_while(inside).count();
        let name = &self.msg[..length];
        let Some((pid, rest)) = self.msg[length..].strip_prefix('[').and_then(|rest| rest.split_once("]: ")) else {
            return self;
        };
        let digits = (1..=10).contains(&pid.len()) && pid.bytes().all(|byte| byte.is_ascii_digit());
        let capital = |word: &str| word.starts_with(|first: char| first.is_ascii_uppercase() || first == '(');
        if digits && name.split(' ').all(capital) {
            (self.app_name, self.procid, self.msg) = (Some(name), Some(pid), rest);
        }
        self
    }

    /// `sshd[4711]: text`: a relay has cut off what stands before the program, or has put a header of RFC 5424 there that names none.
    fn with_bare_program(mut self) -> Self {
        if self.format == Format::Rfc3164 || self.app_name.is_some() {
            return self;
        }
        let Some(tag) = tag::read(self.msg) else { return self };
        let Some(rest) = tag.rest.strip_prefix(' ') else { return self };
        let head = &self.msg[..self.msg.len() - tag.rest.len()];
        let digits = |pid: &&str| (1..=10).contains(&pid.len()) && pid.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(pid) = tag.pid.filter(digits).filter(|_| head.ends_with("]:")) {
            (self.app_name, self.procid, self.msg) = (Some(tag.app), Some(pid), rest);
            if self.format == Format::Raw {
                self.format = Format::Rfc3164;
            }
        }
        self
    }
}

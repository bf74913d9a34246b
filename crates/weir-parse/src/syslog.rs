//! Syslog lines: RFC 5424, RFC 3164 and what vendors make of them.

mod bsd;
mod lenient;
mod relayed;
mod rfc5424;
mod structured;
mod tag;
pub(crate) mod time;

#[cfg(test)]
mod tests;

use weir_event::Timestamp;

use crate::note::Notes;
use crate::places;
use crate::zone::Zone;

pub use structured::{Element, Elements, Parameters};

/// What is known beside the line.
#[derive(Clone, Debug, PartialEq)]
pub struct SyslogContext {
    /// Chooses the year of times that have none: the latest that is not more than a day after this.
    pub now: Timestamp,
    /// Zone of times that have none.
    pub zone: Zone,
}

/// How far a line could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    Rfc5424,
    Rfc3164,
    /// No header at all: everything is in `msg`.
    #[default]
    Raw,
}

/// The parts of a line. Every line has them; what is not there is `None` or empty.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Syslog<'a> {
    pub format: Format,
    /// As written, so it may be above 191 (noted); then `facility` and `severity` are empty.
    pub pri: Option<u16>,
    pub facility: Option<u8>,
    pub severity: Option<u8>,
    pub version: Option<u16>,
    pub timestamp: Option<Timestamp>,
    pub hostname: Option<&'a str>,
    /// The host of the header before this one, where a relay passed the line on; [`read`] leaves it empty.
    pub relay: Option<&'a str>,
    pub app_name: Option<&'a str>,
    pub procid: Option<&'a str>,
    pub msgid: Option<&'a str>,
    /// Structured data as it stands, checked; see [`Syslog::elements`].
    pub sd: &'a str,
    pub msg: &'a str,
    /// The counter some network devices put before the time.
    pub sequence: Option<&'a str>,
    pub notes: Notes,
}

/// Reads one line. Never fails; linear in the length of the line.
pub fn read<'a>(line: &'a str, context: &SyslogContext) -> Syslog<'a> {
    let line = line.trim_end_matches(['\r', '\n', '\0']);
    let mut syslog = Syslog { msg: line, ..Syslog::default() };
    let Some(rest) = read_pri(line, &mut syslog) else {
        return syslog;
    };
    if syslog.pri.is_some() {
        if rfc5424::read(rest, &mut syslog) {
            return syslog;
        }
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        bsd::read(rest.strip_prefix(' ').unwrap_or(rest), context, &mut syslog);
    } else {
        bsd::read(rest, context, &mut syslog);
    }
    syslog
}

impl<'a> Syslog<'a> {
    /// The elements of the structured data.
    pub fn elements(&self) -> Elements<'a> {
        structured::elements(self.sd)
    }
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Format::Rfc5424 => "rfc5424",
            Format::Rfc3164 => "rfc3164",
            Format::Raw => "raw",
        }
    }
}

/// Reads `<PRI>` if there is one and gives what follows; `None` when the line begins with some other bracket.
fn read_pri<'a>(line: &'a str, syslog: &mut Syslog<'a>) -> Option<&'a str> {
    let Some(open) = line.strip_prefix('<') else {
        return Some(line);
    };
    let digits = open.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let rest = open.get(digits..)?.strip_prefix('>').filter(|_| (1..=3).contains(&digits))?;
    let pri: u16 = open[..digits].parse().ok()?;
    syslog.format = Format::Rfc3164;
    syslog.pri = Some(pri);
    if pri <= 191 {
        (syslog.facility, syslog.severity) = (Some((pri / 8) as u8), Some((pri % 8) as u8));
    } else {
        syslog.notes.add(Notes::PRI_OUT_OF_RANGE);
    }
    if digits > 1 && open.starts_with('0') {
        syslog.notes.add(Notes::PRI_LEADING_ZERO);
    }
    syslog.msg = rest;
    Some(rest)
}

/// The text up to the first blank, and what follows that blank (`None` when there is none).
fn token(text: &str) -> (&str, Option<&str>) {
    match places::first(b' ', text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

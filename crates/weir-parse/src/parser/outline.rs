//! What is seen of a record before a pack reads it.

use crate::cef::{self, Cef};
use crate::leef::{self, Leef};
use crate::recognise::{Facts, Format, NEAR_BYTES};
use crate::syslog::{self, Syslog, SyslogContext};
use crate::time::TimeContext;

/// The header of a record and the format of what follows.
pub struct Outline<'t> {
    /// The record without its end of line and the blanks around it.
    pub line: &'t str,
    pub syslog: Syslog<'t>,
    pub head: Head<'t>,
    pub format: Format,
}

/// The header of a format that has one.
pub enum Head<'t> {
    None,
    Cef(Cef<'t>),
    Leef(Leef<'t>),
}

impl<'t> Outline<'t> {
    pub fn of(text: &'t str, context: &TimeContext) -> Self {
        let line = bare(text);
        let headless = line.starts_with(['{', '[']) || line.starts_with("CEF:") || line.starts_with("LEEF:");
        let syslog = match headless {
            true => Syslog { msg: line, ..Syslog::default() },
            false => header(line, &SyslogContext { now: context.now, zone: context.zone.clone() }),
        };
        let mut outline = Outline { line, syslog, head: Head::None, format: Format::Text };
        let message = outline.syslog.msg.trim_start();
        if message.starts_with('{') || message.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'))
        {
            outline.format = Format::Json;
        } else if let Some(cef) = cef::read(line).or_else(|| cef::read_unmarked(message)) {
            outline.format = Format::Cef;
            outline.head = Head::Cef(cef);
        } else if let Some(leef) = leef::read(line).or_else(|| leef::read_unmarked(message)) {
            outline.format = Format::Leef;
            outline.head = Head::Leef(leef);
        }
        outline
    }

    /// What records of one kind mostly have in common: the format, and how the payload or the vendor's name begins.
    pub fn look(&self) -> (Format, [u8; 8]) {
        let facts = self.facts();
        let text = if facts.vendor.is_empty() { facts.payload } else { facts.vendor };
        let mut start = [0; 8];
        start.iter_mut().zip(text.as_bytes()).for_each(|(to, from)| *to = *from);
        (facts.format, start)
    }

    pub fn facts(&self) -> Facts<'_> {
        let (vendor, product) = match &self.head {
            Head::Cef(cef) => (&*cef.vendor, &*cef.product),
            Head::Leef(leef) => (leef.vendor, leef.product),
            Head::None => ("", ""),
        };
        Facts {
            format: self.format,
            header: self.syslog.format != syslog::Format::Raw,
            vendor,
            product,
            program: self.syslog.app_name.unwrap_or_default(),
            payload: self.syslog.msg,
            text: self.line,
            reach: NEAR_BYTES,
        }
    }

    /// The same with the word before the message given back to it, where the header's reader took it for a program: `Site: a, Server: b`.
    pub fn untagged(&self) -> Option<Outline<'t>> {
        let program = self.syslog.app_name.filter(|_| self.syslog.format == syslog::Format::Rfc3164)?;
        // The program can also be known from what was around the record.
        let start = (program.as_ptr() as usize).checked_sub(self.line.as_ptr() as usize)?;
        let msg = self.line.get(start..).filter(|msg| msg.starts_with(program))?;
        let syslog = Syslog { app_name: None, procid: None, msg, ..self.syslog };
        (self.format == Format::Text).then_some(Outline {
            line: self.line,
            syslog,
            head: Head::None,
            format: self.format,
        })
    }

    /// What the header reader noted.
    pub fn notes(&self) -> impl Iterator<Item = &'static str> {
        self.syslog.notes.iter()
    }
}

/// Senders leave ends of lines before a record as well as behind it, and blanks. A tab at the end closes an empty column.
fn bare(text: &str) -> &str {
    const AROUND: [char; 4] = ['\r', '\n', '\0', ' '];
    let blank = |letter: char| AROUND.contains(&letter) || letter == '\t' || letter == '\u{feff}';
    text.trim_end_matches(AROUND).trim_start_matches(blank)
}

fn header<'t>(line: &'t str, context: &SyslogContext) -> Syslog<'t> {
    let syslog = syslog::read(line, context).with_missing_priority(line);
    syslog.with_local_time(line, context).lenient(line).unwrapped(context)
}

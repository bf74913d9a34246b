//! The parts of a record together with what its syslog header says.

use std::cell::OnceCell;

use weir_event::Value;

use super::outline::Outline;
use super::parts::Parts;

/// Parts by name, those of the header included.
pub struct Seen<'v, 't> {
    parts: &'v Parts<'t>,
    outline: &'v Outline<'t>,
    /// Made when it is asked for, which is seldom.
    header: OnceCell<[Value<'t>; HEADER.len()]>,
}

/// What packs call the parts of the syslog header.
pub const HEADER: [&str; 7] = [
    "syslog.program",
    "syslog.pid",
    "syslog.host",
    "syslog.msgid",
    "syslog.facility",
    "syslog.severity",
    "syslog.message",
];

/// The parts of the header in the order of [`HEADER`].
pub fn header<'t>(outline: &Outline<'t>) -> [Value<'t>; HEADER.len()] {
    let syslog = &outline.syslog;
    let text = |text: Option<&'t str>| text.map_or(Value::Null, Value::text);
    let number = |number: Option<u8>| number.map_or(Value::Null, |number| Value::Long(number.into()));
    [
        text(syslog.app_name),
        text(syslog.procid),
        text(syslog.hostname),
        text(syslog.msgid),
        number(syslog.facility),
        number(syslog.severity),
        Value::text(syslog.msg),
    ]
}

impl<'v, 't> Seen<'v, 't> {
    pub fn of(outline: &'v Outline<'t>, parts: &'v Parts<'t>) -> Self {
        Seen { parts, outline, header: OnceCell::new() }
    }

    pub fn find(&self, name: &str) -> Option<&Value<'t>> {
        let of_header = name.starts_with("syslog.").then(|| HEADER.iter().position(|have| *have == name));
        match of_header.flatten() {
            Some(at) => Some(&self.header.get_or_init(|| header(self.outline))[at]),
            None => self.parts.find(name),
        }
    }
}

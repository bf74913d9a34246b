//! The parts of a record together with what its syslog header says.

use weir_event::Value;

use super::outline::Outline;
use super::parts::Parts;

/// Parts by name, those of the header included.
pub struct Seen<'v, 't> {
    parts: &'v Parts<'t>,
    header: [Value<'t>; 7],
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
pub fn header<'t>(outline: &Outline<'t>) -> [Value<'t>; 7] {
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
    pub fn of(outline: &Outline<'t>, parts: &'v Parts<'t>) -> Self {
        Seen { parts, header: header(outline) }
    }

    pub fn find(&self, name: &str) -> Option<&Value<'t>> {
        let of_header = match name.starts_with("syslog.") {
            true => HEADER.iter().position(|have| *have == name).map(|at| &self.header[at]),
            false => None,
        };
        of_header.or_else(|| self.parts.find(name))
    }
}

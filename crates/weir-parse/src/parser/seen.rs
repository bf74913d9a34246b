//! The parts of a record together with what its syslog header says.

use weir_event::Value;

use super::outline::Outline;
use super::parts::Parts;

/// Parts by name; `syslog.program`, `syslog.pid`, `syslog.host`, `syslog.msgid`, `syslog.facility`, `syslog.severity` and
/// `syslog.message` are those of the header.
pub struct Seen<'v, 't> {
    parts: &'v Parts<'t>,
    header: [(&'static str, Value<'t>); 7],
}

impl<'v, 't> Seen<'v, 't> {
    pub fn of(outline: &Outline<'t>, parts: &'v Parts<'t>) -> Self {
        let syslog = &outline.syslog;
        let text = |text: Option<&'t str>| text.map_or(Value::Null, Value::text);
        let number = |number: Option<u8>| number.map_or(Value::Null, |number| Value::Long(number.into()));
        let header = [
            ("syslog.program", text(syslog.app_name)),
            ("syslog.pid", text(syslog.procid)),
            ("syslog.host", text(syslog.hostname)),
            ("syslog.msgid", text(syslog.msgid)),
            ("syslog.facility", number(syslog.facility)),
            ("syslog.severity", number(syslog.severity)),
            ("syslog.message", Value::text(syslog.msg)),
        ];
        Seen { parts, header }
    }

    pub fn find(&self, name: &str) -> Option<&Value<'t>> {
        let of_header = match name.starts_with("syslog.") {
            true => self.header.iter().find(|(have, _)| *have == name).map(|(_, value)| value),
            false => None,
        };
        of_header.or_else(|| self.parts.find(name))
    }
}

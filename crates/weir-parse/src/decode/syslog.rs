//! A syslog line as a record.

use weir_event::{Record, Value};

use super::{pair, warnings};
use crate::syslog::{self, SyslogContext};

/// `format`, `pri`, `facility`, `severity`, `version`, `timestamp`, `hostname`, `app_name`, `procid`, `msgid`, `sd`
/// (`[[id, [[name, value]]]]`), `msg`, `warnings`, and `sequence` where there is one. What is absent is null.
pub fn syslog<'a>(line: &'a str, context: &SyslogContext) -> Record<'a> {
    let read = syslog::read(line, context);
    let number = |number: Option<u16>| number.map_or(Value::Null, |number| Value::Long(number.into()));
    let text = |text: Option<&'a str>| text.map_or(Value::Null, Value::text);
    let sd = read.elements().map(|element| {
        let parameters = element.parameters.map(|(name, value)| pair(name, value)).collect();
        Value::Array(vec![Value::text(element.id), Value::Array(parameters)])
    });
    let mut record = Record::new();
    record.push_new("format", Value::text(read.format.name()));
    record.push_new("pri", number(read.pri));
    record.push_new("facility", number(read.facility.map(u16::from)));
    record.push_new("severity", number(read.severity.map(u16::from)));
    record.push_new("version", number(read.version));
    record.push_new("timestamp", read.timestamp.map_or(Value::Null, Value::Timestamp));
    record.push_new("hostname", text(read.hostname));
    record.push_new("app_name", text(read.app_name));
    record.push_new("procid", text(read.procid));
    record.push_new("msgid", text(read.msgid));
    record.push_new("sd", Value::Array(sd.collect()));
    record.push_new("msg", Value::text(read.msg));
    record.push_new("warnings", warnings(read.notes));
    if read.sequence.is_some() {
        record.push_new("sequence", text(read.sequence));
    }
    record
}

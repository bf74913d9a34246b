//! One log record as it is stored: an object of plain members, whichever way it was sent.

use std::fmt::Write;

use weir_event::{limits, write_json_string};

/// What a log record says. Texts named JSON are JSON and empty where nothing was said.
#[derive(Debug, Default)]
pub struct Log {
    /// Nanoseconds since 1970, 0: not known.
    pub time: u64,
    pub observed: u64,
    /// 1 to 24, 0: not known.
    pub severity: i64,
    pub severity_text: String,
    pub event_name: String,
    /// In hexadecimal.
    pub trace: String,
    pub span: String,
    /// JSON.
    pub body: String,
    /// Members of an object, as JSON.
    pub attributes: String,
}

/// What the records of a group have in common.
#[derive(Debug, Default)]
pub struct Group {
    /// It is too much to be looked at.
    pub is_long: bool,
    /// Members of an object, as JSON.
    pub resource: String,
    pub scope: String,
    pub scope_version: String,
}

/// Bytes of a message above which none is looked at: what is stored of it would be too long. JSON is more verbose than that.
pub const MESSAGE_BYTES_MAX: usize = 4 * limits::EVENT_BYTES_MAX;

impl Group {
    fn bytes(&self) -> usize {
        self.resource.len() + self.scope.len() + self.scope_version.len()
    }
}

impl Log {
    /// Bytes that the record has at least.
    pub fn bytes(&self, group: &Group) -> usize {
        let texts = [&self.severity_text, &self.event_name, &self.trace, &self.span, &self.body, &self.attributes];
        group.bytes() + texts.into_iter().map(String::len).sum::<usize>()
    }

    /// Writes the record. `severityNumber`, `attributes` and `resource` are always there: by them it is known.
    pub fn write(&self, group: &Group, out: &mut String) {
        out.clear();
        // Writing to a text does not fail.
        let _ = write!(out, "{{\"severityNumber\":{}", self.severity);
        for (name, time) in [("timeUnixNano", self.time), ("observedTimeUnixNano", self.observed)] {
            if time > 0 {
                let _ = write!(out, ",\"{name}\":{time}");
            }
        }
        for (name, text) in [
            ("severityText", &self.severity_text),
            ("eventName", &self.event_name),
            ("traceId", &self.trace),
            ("spanId", &self.span),
            ("scope.name", &group.scope),
            ("scope.version", &group.scope_version),
        ] {
            if !text.is_empty() {
                let _ = write!(out, ",\"{name}\":");
                write_json_string(text, out);
            }
        }
        if !self.body.is_empty() {
            let _ = write!(out, ",\"body\":{}", self.body);
        }
        let _ = write!(out, ",\"attributes\":{{{}}},\"resource\":{{{}}}}}", self.attributes, group.resource);
    }
}

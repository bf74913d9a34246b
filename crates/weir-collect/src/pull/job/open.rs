//! A job that is open at the source, as it is written down.

use weir_event::{Record, Timestamp, Value};

use crate::pull::span::Span;
use crate::slot::Window;

/// What a restart needs to go on with it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Open {
    /// What was captured: its name at the source.
    pub vars: Record<'static>,
    window: Option<Window>,
    /// Parts that are stored.
    pub done: Vec<Value<'static>>,
    /// How far the cursor would be after them.
    pub mark: Value<'static>,
    /// Given up then.
    pub until: Timestamp,
}

impl Open {
    pub fn new(span: &Span, until: Timestamp) -> Open {
        Open { vars: Record::new(), window: span.window, done: Vec::new(), mark: Value::Null, until }
    }

    /// The span that the job was made for: that of a job that goes on is not the one of now.
    pub fn span(&self, now: &Span) -> Span {
        Span { window: self.window, more: now.more || self.window != now.window, ..now.clone() }
    }

    pub fn to_value(&self) -> Value<'static> {
        let at = |window: fn(&Window) -> Timestamp| {
            self.window.as_ref().map_or(Value::Null, |have| Value::Long(window(have).0))
        };
        let mark = match &self.mark {
            Value::Timestamp(time) => Value::Record([("time", Value::Long(time.0))].into_iter().collect()),
            other => other.clone(),
        };
        let members = [
            ("vars", Value::Record(self.vars.clone())),
            ("start", at(|window| window.start)),
            ("end", at(|window| window.end)),
            ("done", Value::Array(self.done.clone())),
            ("mark", mark),
            ("until", Value::Long(self.until.0)),
        ];
        Value::Record(members.into_iter().collect())
    }

    /// `None` when it is not what [`Open::to_value`] gives: a new job is made then.
    pub fn from_value(value: &Value<'static>) -> Option<Open> {
        let Value::Record(record) = value else { return None };
        let time = |name: &str| match record.get(name) {
            Some(Value::Long(nanos)) => Some(Timestamp(*nanos)),
            _ => None,
        };
        let (Some(Value::Record(vars)), Some(Value::Array(done))) = (record.get("vars"), record.get("done")) else {
            return None;
        };
        let mark = match record.get("mark") {
            Some(Value::Record(mark)) => match mark.get("time") {
                Some(Value::Long(nanos)) => Value::Timestamp(Timestamp(*nanos)),
                _ => Value::Null,
            },
            other => other.cloned().unwrap_or_default(),
        };
        let window = time("start").zip(time("end")).map(|(start, end)| Window { start, end });
        Some(Open { vars: vars.clone(), window, done: done.clone(), mark, until: time("until")? })
    }
}

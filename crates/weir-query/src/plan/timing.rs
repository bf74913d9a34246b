//! Points and spans of time among the arguments.

use std::ops::Range;

use weir_event::{Fault, Timestamp, Value};
use weir_lang::ast::Command;

use super::Planner;
use super::args::bad;

impl Planner {
    /// The span that `from:`, `to:` or `timeframe:` of a command name; `None` when they name none.
    pub(super) fn span_of(&self, command: &Command) -> Result<Option<Range<Timestamp>>, Fault> {
        if let Some(frame) = self.param_value(command, "timeframe")? {
            return self.frame(command, &frame).map(Some);
        }
        let from = self.point(command, "from")?;
        let to = self.point(command, "to")?;
        Ok(match (from, to) {
            (None, None) => None,
            (Some(from), to) => Some(from..to.unwrap_or(self.moment.now)),
            (None, Some(to)) => Some(self.default_start(to)..to),
        })
    }

    fn default_start(&self, to: Timestamp) -> Timestamp {
        match &self.window {
            super::Window::Time(span) => span.start.min(to),
            _ => Timestamp(to.0.saturating_sub(crate::engine::DEFAULT_SPAN_NANOS)),
        }
    }

    /// A point: a timestamp, a length of time from now, text, or nanoseconds since the epoch.
    fn point(&self, command: &Command, name: &str) -> Result<Option<Timestamp>, Fault> {
        Ok(match self.param_value(command, name)? {
            None => None,
            Some(Value::Timestamp(at)) => Some(at),
            Some(Value::Duration(length)) => Some(Timestamp(self.moment.now.0.saturating_add(length.0))),
            Some(Value::Long(nanos)) => Some(Timestamp(nanos)),
            Some(Value::Text(text)) => Some(
                Timestamp::parse_rfc3339(&text)
                    .ok_or_else(|| bad(command, format!("`{name}: {text:?}` is no time in ISO 8601")))?,
            ),
            Some(other) => {
                return Err(bad(command, format!("`{name}:` is a point in time, not a {}", other.type_name())));
            }
        })
    }

    fn frame(&self, command: &Command, value: &Value<'_>) -> Result<Range<Timestamp>, Fault> {
        let wrong = || bad(command, "`timeframe:` is a timeframe or a string `start/end`");
        match value {
            Value::Timeframe(frame) => Ok(frame.start..frame.end),
            Value::Text(text) => {
                let (start, end) = text.split_once('/').ok_or_else(wrong)?;
                let point = |text: &str| Timestamp::parse_rfc3339(text.trim()).ok_or_else(wrong);
                Ok(point(start)?..point(end)?)
            }
            _ => Err(wrong()),
        }
    }
}

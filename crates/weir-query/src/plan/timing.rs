//! Points and spans of time among the arguments.

use std::ops::Range;

use weir_event::{Fault, Timestamp, Value};
use weir_lang::ast::{Arg, Call, Command, Expr, Node, Span};
use weir_lang::functions;

use super::Planner;
use super::args::bad;
use crate::expr::constant;

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
            Some(Value::Text(text)) => match self.converted("toTimestamp", &text)? {
                Value::Timestamp(at) => Some(at),
                _ => return Err(bad(command, format!("`{name}: {text:?}` is no time in ISO 8601"))),
            },
            Some(other) => {
                return Err(bad(command, format!("`{name}:` is a point in time, not a {}", other.type_name())));
            }
        })
    }

    fn frame(&self, command: &Command, value: &Value<'_>) -> Result<Range<Timestamp>, Fault> {
        let wrong = || bad(command, "`timeframe:` is a timeframe or a string `start/end`");
        match value {
            Value::Timeframe(frame) => Ok(frame.start..frame.end),
            Value::Text(text) => match self.converted("toTimeframe", text)? {
                Value::Timeframe(frame) => Ok(frame.start..frame.end),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }

    /// A text through one of the functions of the language.
    fn converted(&self, function: &str, text: &str) -> Result<Value<'static>, Fault> {
        let Some(function) = functions::find(function) else { return Ok(Value::Null) };
        let args = vec![Arg::of(Expr::literal(Value::owned(text.to_owned())))];
        constant(&Expr::new(Node::Call(Call { function, args }), Span::default()), &self.moment)
    }
}

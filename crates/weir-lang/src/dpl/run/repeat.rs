//! KVP, ARRAY and STRUCTURE: elements with slots of their own.

use std::borrow::Cow;

use weir_event::{Record, Value};

use super::super::program::{Frame, Repeat};
use super::json::Members;
use super::{Hit, Run, empty};

impl<'t> Run<'_, 't> {
    /// Runs the elements of a frame over `slots`.
    fn inside(&mut self, frame: &Frame, at: usize, slots: &mut [Value<'t>]) -> Option<usize> {
        let mut run = Run {
            program: self.program,
            text: self.text,
            end: self.end,
            slots,
            budget: &mut *self.budget,
            probing: self.probing,
            known: self.known,
        };
        let end = run.sequence(&frame.items, at);
        self.known = run.known;
        end
    }

    pub(super) fn structure(&mut self, frame: &Frame, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let mut slots = vec![Value::Null; frame.names.len()];
        let end = self.inside(frame, at, &mut slots)?;
        let value = if wanted { Value::Record(record(frame, &mut slots)) } else { Value::Null };
        Some(Hit { end, value })
    }

    pub(super) fn array(&mut self, repeat: &Repeat, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let mut items = Vec::new();
        let end = self.repeat(repeat, at, |slots| {
            if !wanted {
                return;
            }
            items.push(match slots {
                [one] => std::mem::take(one),
                many => Value::Record(record(&repeat.frame, many)),
            });
        })?;
        Some(Hit { end, value: Value::Array(items) })
    }

    pub(super) fn pairs(&mut self, repeat: &Repeat, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let mut members = Members::default();
        let end = self.repeat(repeat, at, |slots| {
            if !wanted {
                return;
            }
            let key = match std::mem::take(&mut slots[repeat.key]) {
                Value::Text(text) => text,
                other => Cow::Owned(plain(&other)),
            };
            let value =
                repeat.values.iter().map(|&slot| std::mem::take(&mut slots[slot])).find(|value| !value.is_null());
            members.set(key, value.unwrap_or_default());
        })?;
        Some(Hit { end, value: Value::Record(members.into_record()) })
    }

    /// Repeats until the body fails, takes nothing or the maximum is reached, and checks the minimum.
    fn repeat(&mut self, repeat: &Repeat, from: usize, mut each: impl FnMut(&mut [Value<'t>])) -> Option<usize> {
        let mut slots = vec![Value::Null; repeat.frame.names.len()];
        let mut at = from;
        let mut count = 0;
        while count < repeat.max {
            empty(&mut slots);
            match self.inside(&repeat.frame, at, &mut slots) {
                Some(end) if end > at => at = end,
                _ => break,
            }
            count += 1;
            each(&mut slots);
        }
        (count >= repeat.min && !self.budget.spent).then_some(at)
    }
}

fn record<'t>(frame: &Frame, slots: &mut [Value<'t>]) -> Record<'t> {
    let mut record = Record::new();
    for (name, value) in frame.names.iter().zip(slots) {
        record.push_new(name.to_string(), std::mem::take(value));
    }
    record
}

/// A key that is not text, as text.
fn plain(value: &Value) -> String {
    let mut out = String::new();
    weir_event::write_json(value, &mut out);
    out.trim_matches('"').to_owned()
}

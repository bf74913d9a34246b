//! What settings decide about a manifest, once, before anything is asked: what is switched on, and how much of it.

#[cfg(test)]
mod tests;

use weir_event::{Record, Timestamp, Value};

use super::cursor::CursorKind;
use super::shaper::Shaper;
use super::stream::Stream;
use super::transform::Transform;
use crate::path::plain;
use crate::slot::{Scope, Slotted};

impl Stream {
    /// True when settings decide something of the stream.
    pub fn is_open(&self) -> bool {
        let shaped = |shaper: &Shaper| matches!(shaper, Shaper::Explode(explode) if explode.when.is_some());
        let changed = |change: &Transform| matches!(change, Transform::Flatten { when: Some(_), .. });
        let told = matches!(&self.cursor.kind, CursorKind::Snapshot(rule) if rule.baseline.is_some());
        told || self.response.shapers.iter().any(shaped)
            || self.transform.iter().any(changed)
            || self.limits.local.iter().any(|budget| budget.rate.is_some())
    }

    /// Leaves out what its settings switch off, and takes their numbers. A setting that says nothing leaves what the manifest says.
    pub fn settle(&mut self, settings: &Record<'static>) {
        let scope = Scope::new(settings, Timestamp(0));
        let said = |text: &Slotted| text.value(&scope).ok().flatten();
        let holds = |when: &Option<Slotted>| when.as_ref().is_none_or(|when| said(when) == Some(Value::Bool(true)));
        self.response.shapers.retain(|shaper| !matches!(shaper, Shaper::Explode(explode) if !holds(&explode.when)));
        self.transform.retain(|change| !matches!(change, Transform::Flatten { when, .. } if !holds(when)));
        if let CursorKind::Snapshot(rule) = &mut self.cursor.kind
            && let Some(word) = rule.baseline.as_ref().and_then(said)
        {
            rule.emit.silent_first = plain(&word) == "silent";
        }
        for budget in &mut self.limits.local {
            match budget.rate.as_ref().and_then(said) {
                Some(Value::Long(rate)) => budget.set_rate(rate as f64),
                Some(Value::Double(rate)) => budget.set_rate(rate),
                _ => {}
            }
        }
    }
}

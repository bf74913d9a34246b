//! When an event happened, by the rules of its pack.

use weir_event::{Timestamp, Value};

use super::parts::Parts;
use crate::map::is_plausible;
use crate::pack::TimeRule;
use crate::time::{TimeContext, read_time};
use crate::zone::Zone;

/// The time that the first rule gives whose fields are there and read as a time.
pub fn of<'r>(
    rules: impl IntoIterator<Item = &'r TimeRule>,
    parts: &Parts<'_>,
    context: &TimeContext,
    note: &mut dyn FnMut(&'static str),
) -> Option<Timestamp> {
    for rule in rules {
        let Some(at) = by_rule(rule, parts, context) else { continue };
        let at = rule.precise.as_ref().and_then(|field| finer(at, value(parts.find(field)?, context)?)).unwrap_or(at);
        match rule.after {
            Some(after) if !is_plausible(at, after, context.now) => note("time_implausible"),
            _ => return Some(at),
        }
    }
    None
}

/// `fine` when it is the same point but for the fraction of the second: both clocks are read one after the other, so they may be on two sides of a second.
fn finer(at: Timestamp, fine: Timestamp) -> Option<Timestamp> {
    const APART_NS: u64 = 2_000_000_000;
    (at.0.abs_diff(fine.0) < APART_NS).then_some(fine)
}

fn by_rule(rule: &TimeRule, parts: &Parts<'_>, context: &TimeContext) -> Option<Timestamp> {
    if let [field] = rule.fields.as_slice() {
        let part = parts.find(field)?;
        if rule.zone.is_none() && rule.order == context.order {
            return value(part, context);
        }
        return in_zone(part.as_str()?, rule, parts, context);
    }
    let mut text = String::with_capacity(32);
    for field in &rule.fields {
        let part = parts.find(field)?.as_str()?;
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(part);
    }
    in_zone(&text, rule, parts, context)
}

/// A time in the zone that another part names.
fn in_zone(text: &str, rule: &TimeRule, parts: &Parts<'_>, context: &TimeContext) -> Option<Timestamp> {
    let zone = rule.zone.as_ref().and_then(|field| zone(parts.find(field)?.as_str()?));
    let zone = zone.unwrap_or_else(|| context.zone.clone());
    read_time(text, &TimeContext { now: context.now, zone, order: rule.order })
}

/// A zone as devices write it, also `UTC+2`.
fn zone(text: &str) -> Option<Zone> {
    let offset =
        text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).filter(|rest| !rest.is_empty()).unwrap_or(text);
    match offset.as_bytes() {
        [sign @ (b'+' | b'-'), hour @ b'0'..=b'9'] => {
            Zone::parse(&format!("{}0{}", char::from(*sign), char::from(*hour))).ok()
        }
        _ => Zone::parse(offset).ok(),
    }
}

fn value(value: &Value<'_>, context: &TimeContext) -> Option<Timestamp> {
    match value {
        Value::Text(text) => read_time(text, context),
        Value::Long(count) => crate::time::read_epoch(&count.to_string()),
        Value::Double(count) => crate::time::read_epoch(&format!("{count:.9}")),
        Value::Timestamp(at) => Some(*at),
        _ => None,
    }
}

//! When an event happened, by the rules of its pack.

use weir_event::{Timestamp, Value};

use super::parts::Parts;
use crate::map::is_plausible;
use crate::pack::TimeRule;
use crate::time::{TimeContext, read_time};
use crate::zone::Zone;

/// The time that the first rule gives whose fields are there and read as a time. `header` is the syslog header's.
pub fn of<'r>(
    rules: impl IntoIterator<Item = &'r TimeRule>,
    parts: &Parts<'_>,
    header: Option<Timestamp>,
    context: &TimeContext,
    note: &mut dyn FnMut(&'static str),
) -> Option<Timestamp> {
    for rule in rules {
        let Some(at) = by_rule(rule, parts, context) else { continue };
        let at = rule.precise.as_ref().and_then(|field| finer(at, value(parts.find(field)?, context)?)).unwrap_or(at);
        let implausible = rule.after.is_some_and(|after| !is_plausible(at, after, context.now));
        if implausible || rule.near_header && header.is_some_and(|header| !same_day_of_year(at, header)) {
            note("time_implausible");
        } else {
            return Some(at);
        }
    }
    None
}

/// Two clocks that zones and the length of years explain. A header has no year of its own, so whole years between them say nothing.
fn same_day_of_year(at: Timestamp, header: Timestamp) -> bool {
    const DAY_NS: i128 = 86_400_000_000_000;
    const YEAR_NS: i128 = DAY_NS * 146_097 / 400;
    let apart = (i128::from(at.0) - i128::from(header.0)).rem_euclid(YEAR_NS);
    apart.min(YEAR_NS - apart) < 2 * DAY_NS
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

//! When a source may be asked again, in all the ways that sources say it.

#[cfg(test)]
mod tests;

use weir_event::Timestamp;

use crate::http::Reply;
use crate::manifest::{Limits, Seen, ServerLimit};
use crate::path::plain;

/// Seconds that the source's clock is ahead of ours, by the date of its answer.
pub(super) fn clock_difference(reply: &Reply, now: Timestamp) -> Option<i64> {
    let date = reply.header("date").and_then(http_date)?;
    Some(date.0.saturating_sub(now.0) / 1_000_000_000)
}

/// A date as HTTP writes it.
fn http_date(text: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
    Timestamp::from_jiff(zoned.timestamp())
}

/// When a source that asks to wait may be asked again: seconds, an epoch or a date in a header or in the body, within the bounds of the
/// manifest.
pub(super) fn wait_of(limit: &ServerLimit, seen: &Seen<'_>, now: Timestamp) -> Timestamp {
    let named = limit.header.iter().map(String::as_str);
    let known = ["retry-after", "x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset"];
    let in_header = named.chain(known).find_map(|name| seen.reply.header(name)).map(str::to_owned);
    let in_body =
        || limit.body.as_ref().and_then(|path| path.first(&seen.json()?).map(plain)).map(|text| digits(&text));
    let text = in_header.or_else(in_body);
    let wait = text.and_then(|text| waiting(text.trim(), now)).unwrap_or(limit.otherwise);
    bounded(limit, wait, now)
}

/// When an answer that is tried again says that it may be: seconds or a date, within the bounds of the manifest. Other headers speak of
/// budgets, which such an answer is not about.
pub(super) fn retry_after(limit: &ServerLimit, reply: &Reply, now: Timestamp) -> Option<Timestamp> {
    let wait = waiting(reply.header("retry-after")?.trim(), now)?;
    Some(bounded(limit, wait, now))
}

fn bounded(limit: &ServerLimit, wait: i64, now: Timestamp) -> Timestamp {
    Timestamp(now.0.saturating_add(wait.clamp(limit.min, limit.max.max(limit.min))))
}

/// The time until which nobody asks, when an answer says that the source's budget is spent down to the reserve.
pub(super) fn spent(limits: &Limits, reply: &Reply, now: Timestamp) -> Option<Timestamp> {
    let rule = limits.remaining.as_ref()?;
    let left: i64 = reply.header(&rule.header)?.trim().parse().ok()?;
    if left > rule.reserve {
        return None;
    }
    let reset = rule.reset.as_ref().and_then(|name| waiting(reply.header(name)?.trim(), now));
    let wait = reset.unwrap_or(rule.otherwise).clamp(ServerLimit::default().min, ServerLimit::default().max);
    Some(Timestamp(now.0.saturating_add(wait)))
}

/// The first number inside a sentence, or the text.
fn digits(text: &str) -> String {
    let start = text.find(|c: char| c.is_ascii_digit());
    let Some(rest) = start.map(|start| &text[start..]).filter(|_| text.contains(' ')) else { return text.to_owned() };
    rest.chars().take_while(char::is_ascii_digit).collect()
}

/// Nanoseconds to wait. A number below a thousand million is a count of seconds, above it a time.
fn waiting(text: &str, now: Timestamp) -> Option<i64> {
    if let Ok(number) = text.parse::<f64>() {
        if !number.is_finite() {
            return None;
        }
        return Some(match number {
            number if number < 1e9 => (number * 1e9) as i64,
            number if number < 1e11 => ((number * 1e9) as i64).saturating_sub(now.0),
            number => ((number * 1e6) as i64).saturating_sub(now.0),
        });
    }
    let at = http_date(text).or_else(|| Timestamp::parse_rfc3339(text))?;
    Some(at.0.saturating_sub(now.0))
}

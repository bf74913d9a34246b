//! Reads messages by the patterns of their pack.

use weir_event::Value;

use super::outline::Outline;
use super::parts::Parts;
use super::seen::Seen;
use crate::map::plain;
use crate::pack::Patterns;
use crate::pattern::Compiled;

/// Places at which the head of a message is looked for.
const HEADS_MAX: usize = 16;

/// Reads a whole record. With a head or a part that gives the id, a record is read even when no pattern fits its message.
pub fn record<'t>(patterns: &'t Patterns, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
    let message = outline.syslog.msg;
    if let Some(head) = &patterns.head {
        let found = message_head(head, patterns.mark.as_deref(), outline.line, parts);
        return found.is_some_and(|(id, message)| with_id(patterns, id, message, parts));
    }
    if let Some(by) = &patterns.by {
        let seen = Seen::of(outline, parts);
        let id = seen.find(by).map(|value| plain(value).into_owned()).unwrap_or_default();
        return with_id(patterns, &id, message, parts);
    }
    parts.scanned = Some(message);
    text(patterns, "", message, parts)
}

fn with_id<'t>(patterns: &'t Patterns, id: &str, message: &'t str, parts: &mut Parts<'t>) -> bool {
    parts.scanned = Some(message);
    text(patterns, id, message, parts);
    parts.push("message", Value::text(message));
    true
}

/// Reads a text by the first pattern that matches it from the start, those of the id before the general ones.
pub fn text<'t>(patterns: &'t Patterns, id: &str, text: &'t str, parts: &mut Parts<'t>) -> bool {
    let by_id = patterns.by_id.get(id).into_iter().flatten();
    by_id.chain(&patterns.general).any(|pattern| run(pattern, text, parts, |_, _| {}).is_some())
}

/// Finds the head of the message: its `id`, and the text behind it. All exports of the head become parts.
fn message_head<'t>(
    head: &'t Compiled,
    mark: Option<&str>,
    line: &'t str,
    parts: &mut Parts<'t>,
) -> Option<(&'t str, &'t str)> {
    let mark = mark.unwrap_or_default();
    let mut start = 0;
    for _ in 0..HEADS_MAX {
        start += memchr::memmem::find(&line.as_bytes()[start..], mark.as_bytes())?;
        let mut id = "";
        let end = run(head, &line[start..], parts, |name, value| {
            if let (Value::Text(std::borrow::Cow::Borrowed(text)), "id") = (value, name) {
                id = text;
            }
        });
        if let Some(end) = end {
            return Some((id, &line[start + end..]));
        }
        start += mark.len().max(1);
        if mark.is_empty() || start >= line.len() {
            return None;
        }
    }
    None
}

fn run<'t>(
    pattern: &'t Compiled,
    text: &'t str,
    parts: &mut Parts<'t>,
    mut see: impl FnMut(&str, &Value<'t>),
) -> Option<usize> {
    let mut values = std::mem::take(&mut parts.values);
    let end = pattern.run(text, &mut values, |name, value| {
        see(name, &value);
        parts.push(name, value);
    });
    values.clear();
    parts.values = values;
    end
}

//! Has the reader that a pack names take a record apart.

use weir_event::Value;

use super::outline::Outline;
use super::parts::Parts;
use crate::cef;
use crate::json::Flattener;
use crate::kv::{self, KvOptions};
use crate::pack::{Pack, Patterns, Shape};
use crate::pattern::Compiled;
use crate::syslog;

/// Readers with their scratch space.
#[derive(Default)]
pub struct Readers {
    pairs: cef::Pairs,
    flattener: Flattener,
}

/// Places at which the head of a message is looked for.
const HEADS_MAX: usize = 16;

impl Readers {
    /// Takes the record apart; false when it is not what the reader expects.
    pub fn read<'t>(&mut self, pack: &'t Pack, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
        let reader = &pack.reader;
        match &reader.shape {
            Shape::Cef => self.cef(pack, outline, parts),
            Shape::Leef => leef(outline, parts),
            Shape::Json => self.json(outline, parts),
            Shape::Kv { assign, separator } => kv(*assign, *separator, &pack.reader.strip, outline, parts),
            Shape::Text => text(outline, parts),
            Shape::Patterns(patterns) => self.patterns(patterns, outline, parts),
        }
    }

    fn cef<'t>(&mut self, pack: &'t Pack, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
        let Some(cef) = &outline.cef else { return false };
        if cef.is_truncated() {
            return false;
        }
        for (name, value) in [
            ("cef.vendor", &cef.vendor),
            ("cef.product", &cef.product),
            ("cef.version", &cef.device_version),
            ("cef.class", &cef.class_id),
            ("cef.name", &cef.name),
            ("cef.severity", &cef.severity),
        ] {
            parts.push(name, Value::Text(value.clone()));
        }
        self.pairs.read(cef.extension, &pack.reader.cef_quirks);
        parts.notes = cef.notes.and(self.pairs.notes);
        super::labels::push(&self.pairs, cef.extension, pack, parts);
        true
    }

    fn json<'t>(&mut self, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
        self.flattener.read(outline.syslog.msg.trim(), &mut |path, value| parts.push_made(path, value)).is_ok()
    }

    fn patterns<'t>(&mut self, patterns: &'t Patterns, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
        let message = outline.syslog.msg;
        let Some(head) = &patterns.head else {
            parts.scanned = Some(message);
            return patterns.general.iter().any(|pattern| whole(pattern, message, parts));
        };
        let Some((id, message)) = message_head(head, patterns.mark.as_deref(), outline.line, parts) else {
            return false;
        };
        parts.scanned = Some(message);
        let by_id = patterns.by_id.get(id).into_iter().flatten();
        by_id.chain(&patterns.general).any(|pattern| whole(pattern, message, parts));
        parts.push("message", Value::text(message));
        true
    }
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

/// Makes parts of the exports of a pattern that matches from the start.
fn whole<'t>(pattern: &'t Compiled, text: &'t str, parts: &mut Parts<'t>) -> bool {
    run(pattern, text, parts, |_, _| {}).is_some()
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

fn leef<'t>(outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
    let Some(leef) = &outline.leef else { return false };
    for (name, value) in [
        ("leef.vendor", leef.vendor),
        ("leef.product", leef.product),
        ("leef.version", leef.product_version),
        ("leef.event_id", leef.event_id),
    ] {
        parts.push(name, Value::text(value));
    }
    let read = leef.attributes(&mut |key, value| parts.push(key, Value::text(value)));
    parts.notes = leef.notes.and(read.notes);
    !leef.is_truncated()
}

fn kv<'t>(assign: u8, separator: Option<u8>, strip: &[String], outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
    let text = outline.syslog.msg;
    let options = match separator {
        Some(separator) => KvOptions { assign, separator },
        None => KvOptions::detect(text, assign),
    };
    let read = kv::read(text, &options, &mut |key, value| {
        parts.push(super::labels::stripped(key.trim(), strip), Value::Text(value))
    });
    parts.notes = read.notes;
    read.pairs > 0
}

/// A syslog line as it is: the message is searched for artifacts.
fn text<'t>(outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
    parts.scanned = Some(outline.syslog.msg);
    if outline.syslog.format != syslog::Format::Raw && !outline.syslog.msg.is_empty() {
        parts.push("message", Value::text(outline.syslog.msg));
        parts.scanned = None;
    }
    true
}

//! Has the reader that a pack names take a record apart.

use std::borrow::Cow;

use weir_event::Value;

use super::labels::{stripped, unquoted};
use super::outline::{Head, Outline};
use super::parts::Parts;
use super::patterns;
use crate::blank::trimmed;
use crate::cef::{self, Cef};
use crate::csv;
use crate::json::{Flattener, Path};
use crate::keys::SeenKeys;
use crate::kv::{self, KvOptions};
use crate::leef::Leef;
use crate::map::Mapping;
use crate::note::Notes;
use crate::pack::{Form, KvDialect, Pack, Separator, Shape, Table};
use crate::syslog;

/// Readers with their scratch space.
pub struct Readers {
    pairs: cef::Pairs,
    flattener: Flattener,
    /// Memory for the parts of a part.
    pub spare: Parts<'static>,
}

impl Default for Readers {
    fn default() -> Self {
        Readers { pairs: cef::Pairs::default(), flattener: Flattener::lenient(), spare: Parts::default() }
    }
}

impl Readers {
    /// Takes the record apart; false when it is not what the reader expects.
    pub fn read<'t>(&mut self, pack: &'t Pack, outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
        let form = &pack.reader.form;
        match &form.shape {
            Shape::Cef => matches!(&outline.head, Head::Cef(cef) if self.cef(form, &pack.mapping, cef, parts)),
            Shape::Leef => matches!(&outline.head, Head::Leef(head) if leef(head, parts)),
            Shape::Text => text(outline, parts),
            Shape::Structured => structured(outline, parts),
            Shape::Patterns(patterns) => patterns::record(patterns, outline, parts),
            _ => self.text(form, &pack.mapping, outline.syslog.msg, parts),
        }
    }

    /// Takes a text apart that has no header of its own around it. `mapping` tells which keys have a meaning without their label.
    pub fn text<'t>(&mut self, form: &'t Form, mapping: &Mapping, text: &'t str, parts: &mut Parts<'t>) -> bool {
        match &form.shape {
            Shape::Cef => cef::read(text).is_some_and(|cef| self.cef(form, mapping, &cef, parts)),
            Shape::Leef => crate::leef::read(text).is_some_and(|leef| self::leef(&leef, parts)),
            Shape::Json => self.json(text.trim(), &form.strip, parts),
            Shape::Xml => {
                crate::xml::read(text, &mut |path, value| parts.push_made(stripped(path, &form.strip), value)).values
                    > 0
            }
            Shape::Kv(dialect) => kv(dialect, form, text, parts),
            Shape::Table(table) => columns(table, text, parts),
            Shape::Patterns(patterns) => patterns::text(patterns, "", text, parts),
            Shape::Text | Shape::Structured => false,
        }
    }

    /// An object, or the first of an array of objects; the others are searched for artifacts.
    fn json<'t>(&mut self, text: &'t str, strip: &[String], parts: &mut Parts<'t>) -> bool {
        if !text.starts_with('[') {
            return self.object(text, strip, parts);
        }
        let Ok(Value::Array(mut items)) = crate::json::to_value(text) else { return false };
        if !matches!(items.first(), Some(Value::Record(_))) {
            return false;
        }
        let first = items.remove(0);
        super::steps::push_members(first, parts);
        if !items.is_empty() {
            parts.push("more", Value::Array(items));
        }
        true
    }

    /// Of an object that was cut off on its way, the members before the cut; of a name that occurs twice, the last value.
    fn object<'t>(&mut self, text: &'t str, strip: &[String], parts: &mut Parts<'t>) -> bool {
        let mut names = SeenKeys::default();
        let mut members = 0;
        let read = self.flattener.read(text, &mut |path, value| {
            members += 1;
            names.add(path.text());
            match path {
                Path::Name(name) => parts.push(stripped(name, strip), value),
                Path::Made(path) => parts.push_made(stripped(path, strip), value),
            }
        });
        let cut = members > 0 && read.is_err_and(|error| error.cut);
        if cut {
            parts.notes.add(Notes::TRUNCATED);
        }
        if names.has_duplicates() {
            parts.notes.add(Notes::DUPLICATE_KEY);
            parts.keep_last();
        }
        cut || read.is_ok()
    }

    fn cef<'t>(&mut self, form: &'t Form, mapping: &Mapping, cef: &Cef<'t>, parts: &mut Parts<'t>) -> bool {
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
        self.pairs.read(cef.extension, &form.cef_quirks);
        parts.notes = cef.notes.and(self.pairs.notes);
        super::labels::push(&self.pairs, cef.extension, mapping, &form.strip, parts);
        true
    }
}

fn leef<'t>(leef: &Leef<'t>, parts: &mut Parts<'t>) -> bool {
    for (name, value) in [
        ("leef.vendor", leef.vendor),
        ("leef.product", leef.product),
        ("leef.version", leef.product_version),
        ("leef.event_id", leef.event_id),
    ] {
        parts.push(name, Value::text(value));
    }
    // Relays write tabs as the number of the letter.
    const TAB: &str = "#011";
    if leef.text.contains(TAB) && !leef.text.contains('\t') {
        let pairs = leef.text.split(TAB).filter_map(|piece| piece.split_once('='));
        pairs.for_each(|(key, value)| parts.push(key.trim(), Value::text(value)));
        return !leef.is_truncated();
    }
    let read = leef.attributes(&mut |key, value| parts.push(key, Value::text(unquoted(value))));
    parts.notes = leef.notes.and(read.notes);
    !leef.is_truncated()
}

/// Names the values of a line; those that have no name are left out.
fn columns<'t>(table: &'t Table, text: &'t str, parts: &mut Parts<'t>) -> bool {
    let mut values = std::mem::take(&mut parts.values);
    values.clear();
    match table.separator {
        Separator::Byte(byte) => parts.notes = csv::read(text, byte, &mut |_, value| values.push(Value::Text(value))),
        Separator::Blanks => csv::read_words(text, &mut |_, value| values.push(Value::Text(value))),
    }
    let names = table.names_for(&values);
    for (name, value) in names.into_iter().flatten().zip(values.drain(..)) {
        if let Some(name) = name {
            parts.push(name, unpadded(value));
        }
    }
    parts.values = values;
    names.is_some()
}

/// A value without blanks around it.
fn unpadded(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Text(Cow::Borrowed(text)) => Value::text(trimmed(text)),
        other => other,
    }
}

/// The structured data of the header: the parts are its parameters, the message stands beside them.
fn structured<'t>(outline: &Outline<'t>, parts: &mut Parts<'t>) -> bool {
    let mut elements = 0;
    for element in outline.syslog.elements() {
        elements += 1;
        parts.push("sd.id", Value::text(element.id));
        element.parameters.for_each(|(name, value)| parts.push(name, Value::Text(value)));
    }
    if !outline.syslog.msg.is_empty() {
        parts.push("message", Value::text(outline.syslog.msg));
    }
    elements > 0
}

fn kv<'t>(dialect: &KvDialect, form: &'t Form, text: &'t str, parts: &mut Parts<'t>) -> bool {
    let (text, bracketed) = match text.trim_end().strip_prefix('[') {
        // One pair of brackets around all pairs; the closing one may be cut off.
        Some(inner) if !inner.contains("][") => (inner.strip_suffix(']').unwrap_or(inner), true),
        _ => (text, false),
    };
    let assign = dialect.assign;
    let mut options = match dialect.separator {
        Some(separator) => KvOptions { assign, separator, blanks_in_keys: false },
        None => KvOptions::detect(text, assign),
    };
    options.blanks_in_keys = dialect.blanks_in_keys;
    let read = kv::read(text, &options, &mut |key, value| {
        let value = match bracketed && value.contains("\\]") {
            true => Value::owned(value.replace("\\]", "]")),
            false => Value::Text(value),
        };
        parts.push(stripped(trimmed(key), &form.strip), value)
    });
    parts.notes = read.notes;
    if let Some(name) = form.leading.as_ref().filter(|_| !read.unparsed.is_empty()) {
        parts.push(name, Value::text(read.unparsed));
    }
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

//! XML text into records.

use std::borrow::Cow;

use weir_event::{Record, Value};

use super::super::program::XmlShape;
use super::xml_reader::{Child, Element, Reader};
use super::{Hit, Run};

impl<'t> Run<'_, 't> {
    pub(super) fn xml(&mut self, shape: &XmlShape, at: usize, wanted: bool) -> Option<Hit<'t>> {
        let text: &'t str = self.text;
        let end = text.floor_char_boundary(self.end.min(at.saturating_add(shape.bytes_max)));
        if text.as_bytes().get(at) != Some(&b'<') {
            return None;
        }
        let mut reader = Reader { text: &text[..end], at };
        let root = reader.document();
        self.budget.search((reader.at - at) * 32)?;
        let root = root?;
        let value = if wanted { shape.value(&root)? } else { Value::Null };
        Some(Hit { end: reader.at, value })
    }
}

impl XmlShape {
    /// The record of a document; `None` when the root tag that is asked for is not there.
    fn value<'t>(&self, document: &Element<'t>) -> Option<Value<'t>> {
        let root = match &self.root_tag {
            Some(tag) => self.first(document, tag)?,
            None => document,
        };
        if self.verbose {
            return Some(self.verbose(root));
        }
        let content = self.content(root);
        Some(Value::Record(match (self.exclude_root, content) {
            (true, Value::Record(record)) => record,
            (true, text) => [("#text", text)].into_iter().collect(),
            (false, content) => [(self.name(root.name), content)].into_iter().collect(),
        }))
    }

    fn name<'t>(&self, name: &'t str) -> &'t str {
        match name.split_once(':') {
            Some((_, local)) if self.ignore_namespace => local,
            _ => name,
        }
    }

    /// The first element of that name, in the order they are written.
    fn first<'e, 't>(&self, element: &'e Element<'t>, tag: &str) -> Option<&'e Element<'t>> {
        if self.name(element.name) == tag {
            return Some(element);
        }
        element.children.iter().find_map(|child| match child {
            Child::Element(element) => self.first(element, tag),
            _ => None,
        })
    }

    /// Text for a plain element, else a record of attributes, children and text.
    fn content<'t>(&self, element: &Element<'t>) -> Value<'t> {
        let mut members = Grouped::default();
        if self.attributes {
            for (name, value) in &element.attributes {
                members.add(format!("@{}", self.name(name)).into(), Value::Text(value.clone()));
            }
        }
        for child in &element.children {
            if let Child::Element(child) = child {
                members.add(self.name(child.name).into(), self.content(child));
            }
        }
        let mut texts = texts(element);
        let text = match texts.len() {
            0 => Value::text(""),
            1 => texts.remove(0),
            _ => Value::Array(texts),
        };
        if members.list.is_empty() {
            return text;
        }
        if text.as_str() != Some("") {
            members.add("#text".into(), text);
        }
        Value::Record(members.into_record())
    }

    /// The same members for every element: name, attributes, children.
    fn verbose<'t>(&self, element: &Element<'t>) -> Value<'t> {
        let attributes: Record = element
            .attributes
            .iter()
            .map(|(name, value)| (Cow::Borrowed(self.name(name)), Value::Text(value.clone())))
            .collect();
        let children = element.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(self.verbose(element)),
            Child::Text(text) if !text.trim().is_empty() => Some(Value::Text(text.clone())),
            _ => None,
        });
        let mut record = Record::new();
        record.push_new("name", Value::text(self.name(element.name)));
        record.push_new("attributes", Value::Record(attributes));
        record.push_new("children", Value::Array(children.collect()));
        Value::Record(record)
    }
}

/// Pieces of text that children or comments part; mere white space between them is none.
fn texts<'t>(element: &Element<'t>) -> Vec<Value<'t>> {
    let mut pieces: Vec<Cow<'t, str>> = Vec::new();
    let mut joined = false;
    for child in &element.children {
        match (child, pieces.last_mut()) {
            (Child::Text(text), Some(last)) if joined => last.to_mut().push_str(text),
            (Child::Text(text), _) => pieces.push(text.clone()),
            _ => {}
        }
        joined = matches!(child, Child::Text(_));
    }
    let only = pieces.len() == 1 && element.children.len() == 1;
    pieces.retain(|piece| only || !piece.trim().is_empty());
    pieces.into_iter().map(Value::Text).collect()
}

/// Members in order; the second value of a name makes an array.
#[derive(Default)]
struct Grouped<'t> {
    list: Vec<(Cow<'t, str>, Vec<Value<'t>>)>,
}

impl<'t> Grouped<'t> {
    fn add(&mut self, name: Cow<'t, str>, value: Value<'t>) {
        // Siblings mostly repeat the last name; the search over the others is bounded by the names an element has.
        match self.list.iter_mut().rev().find(|(have, _)| *have == name) {
            Some((_, values)) => values.push(value),
            None => self.list.push((name, vec![value])),
        }
    }

    fn into_record(self) -> Record<'t> {
        let mut record = Record::new();
        for (name, mut values) in self.list {
            let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
            record.push_new(name, value);
        }
        record
    }
}

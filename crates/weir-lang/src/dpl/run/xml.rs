//! XML text into records.

use std::borrow::Cow;

use weir_event::{Record, Value, limits};

use super::super::program::XmlShape;
use super::{Hit, Run};

/// One element.
struct Element<'t> {
    name: &'t str,
    attributes: Vec<(&'t str, Cow<'t, str>)>,
    children: Vec<Child<'t>>,
}

enum Child<'t> {
    Text(Cow<'t, str>),
    Element(Element<'t>),
    /// A comment or instruction: it parts the text around it.
    Nothing,
}

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

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn until(&mut self, closing: &str) -> Option<&'t str> {
        let found = self.rest().find(closing);
        let rest = self.rest();
        // What was searched in vain is paid for too.
        self.at += found.map_or(rest.len(), |length| length + closing.len());
        found.map(|length| &rest[..length])
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Declarations, comments and the one element.
    fn document(&mut self) -> Option<Element<'t>> {
        loop {
            self.blanks();
            if self.eat("<?") {
                self.until("?>")?;
            } else if self.eat("<!--") {
                self.until("-->")?;
            } else if self.eat("<!") {
                self.until(">")?;
            } else {
                return self.element(0);
            }
        }
    }

    fn name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        self.at += length;
        rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':')).then(|| &rest[..length])
    }

    fn element(&mut self, depth: usize) -> Option<Element<'t>> {
        if depth >= limits::NESTING_MAX || !self.eat("<") {
            return None;
        }
        let name = self.name()?;
        let attributes = self.attributes()?;
        let mut element = Element { name, attributes, children: Vec::new() };
        if self.eat("/>") {
            return Some(element);
        }
        if !self.eat(">") {
            return None;
        }
        while !self.eat("</") {
            element.children.push(self.child(depth)?);
        }
        let closing = self.name()?;
        self.blanks();
        (closing == name && self.eat(">")).then_some(element)
    }

    fn attributes(&mut self) -> Option<Vec<(&'t str, Cow<'t, str>)>> {
        let mut attributes = Vec::new();
        loop {
            self.blanks();
            if matches!(self.rest().as_bytes().first()?, b'>' | b'/') {
                return Some(attributes);
            }
            let name = self.name()?;
            self.blanks();
            if !self.eat("=") {
                return None;
            }
            self.blanks();
            let value = if self.eat("\"") {
                self.until("\"")?
            } else if self.eat("'") {
                self.until("'")?
            } else {
                return None;
            };
            attributes.push((name, decode(value)));
        }
    }

    fn child(&mut self, depth: usize) -> Option<Child<'t>> {
        if self.eat("<![CDATA[") {
            return self.until("]]>").map(|text| Child::Text(Cow::Borrowed(text)));
        }
        if self.eat("<!--") {
            return self.until("-->").map(|_| Child::Nothing);
        }
        if self.eat("<?") {
            return self.until("?>").map(|_| Child::Nothing);
        }
        if self.rest().starts_with('<') {
            return self.element(depth + 1).map(Child::Element);
        }
        let rest = self.rest();
        let found = rest.find('<');
        self.at += found.unwrap_or(rest.len());
        found.map(|length| Child::Text(decode(&rest[..length])))
    }
}

/// Writes entities out; an unknown one stays as it is.
fn decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split(';').next().filter(|name| name.len() <= 10 && rest.len() > name.len() + 1);
        match name.and_then(|name| Some((entity(name)?, name.len() + 2))) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
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

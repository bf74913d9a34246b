//! XML as dotted paths, the way JSON is read.
//!
//! `<Event><System><EventID Qualifiers='0'>4624</EventID></System></Event>` gives `System.EventID` and `System.EventID.Qualifiers`: the
//! outermost element has no part in the names. A leaf with text and an attribute `Name` goes by the value of that attribute, and is
//! left out when it is empty.
//!
//! Never does: document types, entities of their own, files, networks. What is cut off is read as far as it goes.

pub mod scan;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use weir_event::{Value, limits};

use scan::{Scanner, Token};

/// What reading a text showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Xml {
    /// Elements and attributes with a value.
    pub values: usize,
    /// The text ends before the outermost element does.
    pub truncated: bool,
}

/// Hands every text and attribute to `sink` under its path, in order. Names lose their prefix (`ns:name`); declarations of name
/// spaces are left out. Siblings of one name, one after the other, come as an array. Linear in the length of the text.
pub fn read<'t>(text: &'t str, sink: &mut dyn FnMut(&str, Value<'t>)) -> Xml {
    let mut reader = Reader {
        path: String::new(),
        open: Vec::new(),
        pending: None,
        pending_path: String::new(),
        xml: Xml::default(),
        sink,
    };
    let mut scanner = Scanner::new(text);
    while let Some(token) = scanner.token() {
        match token {
            Token::Open { name, attributes, closed } => {
                if reader.open.len() >= limits::NESTING_MAX {
                    break;
                }
                reader.begin(name, attributes, closed);
            }
            Token::Text(text) => reader.text(text),
            Token::Close => reader.end(),
        }
    }
    reader.xml.truncated = !reader.open.is_empty();
    while !reader.open.is_empty() {
        reader.end();
    }
    reader.flush();
    reader.xml
}

/// An element that is not closed yet.
struct Open<'t> {
    /// Length of the path around it.
    outer: usize,
    text: Option<Cow<'t, str>>,
    /// The attribute that names it.
    named: Option<Cow<'t, str>>,
    has_children: bool,
}

struct Reader<'t, 's> {
    path: String,
    open: Vec<Open<'t>>,
    /// The last leaf, kept until it is known whether its sibling has the same name, and its path.
    pending: Option<Value<'t>>,
    pending_path: String,
    xml: Xml,
    sink: &'s mut dyn FnMut(&str, Value<'t>),
}

impl<'t> Reader<'t, '_> {
    fn begin(&mut self, name: &'t str, attributes: &'t str, closed: bool) {
        let outer = self.path.len();
        if let Some(parent) = self.open.last_mut() {
            parent.has_children = true;
            if outer > 0 {
                self.path.push('.');
            }
            self.path.push_str(local(name));
        }
        let inner = self.path.len();
        let mut named = None;
        scan::attributes(attributes, &mut |name, value| {
            if name.starts_with("xmlns") {
                return;
            }
            if local(name) == "Name" && !closed {
                named = Some(value);
                return;
            }
            self.path.push('.');
            self.path.push_str(local(name));
            self.leaf(Value::Text(value));
            self.path.truncate(inner);
        });
        self.open.push(Open { outer, text: None, named, has_children: false });
        if closed {
            self.end();
        }
    }

    fn text(&mut self, text: Cow<'t, str>) {
        let Some(open) = self.open.last_mut() else { return };
        open.text = Some(match open.text.take() {
            Some(before) => Cow::Owned(before.into_owned() + &text),
            None => text,
        });
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let text = open.text.filter(|text| !text.trim().is_empty());
        match (open.named, text) {
            (Some(name), Some(text)) if !open.has_children => {
                self.path.truncate(open.outer);
                self.path.push('.');
                self.path.push_str(&name);
                self.leaf(Value::Text(trimmed(text)));
            }
            (named, text) => {
                if let Some(name) = named.filter(|_| open.has_children) {
                    let inner = self.path.len();
                    self.path.push_str(".Name");
                    self.leaf(Value::Text(name));
                    self.path.truncate(inner);
                }
                if let Some(text) = text {
                    self.leaf(Value::Text(trimmed(text)));
                }
            }
        }
        self.path.truncate(open.outer);
    }

    /// A value under the path of now.
    fn leaf(&mut self, value: Value<'t>) {
        self.xml.values += 1;
        let path = self.path.strip_prefix('.').unwrap_or(&self.path);
        match &mut self.pending {
            Some(Value::Array(items)) if self.pending_path == path => items.push(value),
            Some(single) if self.pending_path == path => {
                *single = Value::Array(vec![std::mem::take(single), value]);
            }
            _ => {
                if let Some(before) = self.pending.replace(value) {
                    (self.sink)(&self.pending_path, before);
                }
                self.pending_path.clear();
                self.pending_path.push_str(path);
            }
        }
    }

    fn flush(&mut self) {
        if let Some(value) = self.pending.take() {
            (self.sink)(&self.pending_path, value);
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.bytes().rposition(|letter| letter == b':').map_or(name, |at| &name[at + 1..])
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

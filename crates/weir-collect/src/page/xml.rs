//! XML as a tree: elements are members, attributes members named `@name`, text beside them `#text`.
//!
//! An element with text alone is that text, an empty one the empty text. Elements of one name become a list, and those that the manifest
//! names are lists even when there is one. Document types and entities of their own are not read.

use std::collections::HashMap;

use weir_event::{Record, Value, limits};
use weir_parse::xml::scan::{Scanner, Token, attributes};

use super::Why;
use crate::manifest::short;

/// An element that is not closed yet.
struct Open<'t> {
    name: &'t str,
    members: Vec<(String, Vec<Value<'t>>)>,
    /// Where the elements of a name are in `members`.
    places: HashMap<&'t str, usize>,
    text: String,
}

impl<'t> Open<'t> {
    fn new(name: &'t str) -> Self {
        Open { name, members: Vec::new(), places: HashMap::new(), text: String::new() }
    }
}

/// The tree below a root that holds the outermost element. Linear in the length of the text.
pub fn read<'t>(text: &'t str, lists: &[String]) -> Result<Value<'t>, Why> {
    let mut scanner = Scanner::new(text.trim_start());
    let mut open = vec![Open::new("")];
    while let Some(token) = scanner.token() {
        match token {
            Token::Open { .. } if open.len() > limits::NESTING_MAX => {
                return Err(Why::Form("XML of a depth that is read", short(text)));
            }
            Token::Open { name, attributes: source, closed } => {
                let mut element = Open::new(local(name));
                attributes(source, &mut |name, value| {
                    if !name.starts_with("xmlns") {
                        element.members.push((format!("@{}", local(name)), vec![Value::Text(value)]));
                    }
                });
                open.push(element);
                if closed {
                    close(&mut open, lists);
                }
            }
            Token::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
            }
            Token::Close if open.len() > 1 => close(&mut open, lists),
            Token::Close => return Err(Why::Form("XML", short(text))),
        }
    }
    let root = match open.len() {
        1 => open.pop(),
        0 => None,
        _ => return Err(Why::Cut("an element is not closed".to_owned())),
    };
    match root {
        Some(root) if root.members.len() == 1 && root.text.trim().is_empty() => Ok(value(root, lists)),
        _ if text.trim().is_empty() => Err(Why::Cut("it is empty".to_owned())),
        _ => Err(Why::Form("XML", short(text))),
    }
}

/// Names lose their prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

/// Puts the innermost element into the one around it.
fn close<'t>(open: &mut Vec<Open<'t>>, lists: &[String]) {
    let Some(element) = open.pop() else { return };
    let name = element.name;
    let value = value(element, lists);
    if let Some(outer) = open.last_mut() {
        let at = *outer.places.entry(name).or_insert(outer.members.len());
        match outer.members.get_mut(at) {
            Some((_, values)) => values.push(value),
            None => outer.members.push((name.to_owned(), vec![value])),
        }
    }
}

fn value<'t>(element: Open<'t>, lists: &[String]) -> Value<'t> {
    let text = element.text.trim();
    if element.members.is_empty() {
        return Value::owned(text.to_owned());
    }
    let mut record = Record::new();
    for (name, mut values) in element.members {
        let is_list = values.len() > 1 || lists.contains(&name);
        let value = if is_list { Value::Array(values) } else { values.pop().unwrap_or_default() };
        record.push_new(name, value);
    }
    if !text.is_empty() {
        record.set("#text", Value::owned(text.to_owned()));
    }
    Value::Record(record)
}

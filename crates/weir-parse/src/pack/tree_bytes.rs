//! Trees as the build script writes them, so that they need no version: what cannot be read is no tree.
//!
//! A node is its line, its column, a letter for its kind and its content. Numbers are in groups of seven bits, the lowest first; texts and
//! lists begin with how many bytes or items there are.

use std::rc::Rc;

use super::tree::{Node, NodeKind, Place, Text};

/// Takes a tree from the front of the bytes. `path` is where its file is.
pub fn take(bytes: &mut &'static [u8], path: &Rc<str>) -> Option<Node> {
    let place = Place { path: path.clone(), line: take_number(bytes)?, column: take_number(bytes)? };
    let (kind, rest) = bytes.split_first()?;
    *bytes = rest;
    let kind = match kind {
        b't' => NodeKind::Text(take_text(bytes)?),
        b'l' => NodeKind::List(take_list(bytes, |bytes| take(bytes, path))?),
        _ => NodeKind::Map(take_list(bytes, |bytes| Some((take_text(bytes)?, take(bytes, path)?)))?),
    };
    Some(Node { place, kind })
}

/// As many items as the number in front of them says.
fn take_list<T>(bytes: &mut &'static [u8], mut take: impl FnMut(&mut &'static [u8]) -> Option<T>) -> Option<Vec<T>> {
    let count = take_number(bytes)?;
    let mut items = Vec::with_capacity(count.min(bytes.len()));
    for _ in 0..count {
        items.push(take(bytes)?);
    }
    Some(items)
}

fn take_text(bytes: &mut &'static [u8]) -> Option<Text> {
    let length = take_number(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(std::str::from_utf8(text).ok()?.into())
}

fn take_number(bytes: &mut &'static [u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

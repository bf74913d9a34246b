//! Trees as the build script writes them, so that they need no version: what cannot be read is no tree.
//!
//! A node is its line, its column, a letter for its kind and its content. Numbers are in groups of seven bits, the lowest first; texts and
//! lists begin with how many bytes or items there are.

use std::sync::Arc;

use super::tree::{Node, NodeKind, Place};

/// Takes a tree from the front of the bytes. `path` is where its file is.
pub fn take(bytes: &mut &[u8], path: &Arc<str>) -> Option<Node> {
    let place = Place { path: path.clone(), line: take_number(bytes)?, column: take_number(bytes)? };
    let (kind, rest) = bytes.split_first()?;
    *bytes = rest;
    let kind = match kind {
        b't' => NodeKind::Text(take_text(bytes)?),
        b'l' => NodeKind::List((0..take_number(bytes)?).map(|_| take(bytes, path)).collect::<Option<_>>()?),
        _ => {
            let count = take_number(bytes)?;
            let member = |_| Some((take_text(bytes)?, take(bytes, path)?));
            NodeKind::Map((0..count).map(member).collect::<Option<_>>()?)
        }
    };
    Some(Node { place, kind })
}

fn take_text(bytes: &mut &[u8]) -> Option<String> {
    let length = take_number(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(std::str::from_utf8(text).ok()?.to_owned())
}

fn take_number(bytes: &mut &[u8]) -> Option<usize> {
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

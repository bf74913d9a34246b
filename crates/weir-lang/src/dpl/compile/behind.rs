//! What every text that a look-behind finds has in common: looked at first, as most places have no such text before them.

use super::super::program::{Behind, Ends, Node, NodeId, Op, Program};
use super::first::{self, Bytes};

/// Bytes before the cursor at which look-behind may start.
const BYTES_MAX: usize = 64;
/// Steps that look-behind adds to the budget for each byte of a text: ample for the elements of one, at each of its starts.
const STEPS_MAX: u64 = 512;

/// Of a look-behind for `inner`.
pub(super) fn of(program: &Program, inner: NodeId) -> Behind {
    let (least, most) = length(program, inner);
    let first = first::of_sequence(program, &[inner]).map(Box::new);
    Behind { least, most: most.min(BYTES_MAX), first, ends: ends(program, inner) }
}

/// Steps for each byte of a text with which `elements` can be tried at every start, and which are added to `steps`.
pub(super) fn steps(steps: u64, behind: &Behind, elements: usize) -> u64 {
    let starts = (behind.most + 1).saturating_sub(behind.least);
    (steps + (starts * elements) as u64).min(STEPS_MAX)
}

fn ends(program: &Program, inner: NodeId) -> Ends {
    match (literal_end(program, inner), last_of_sequence(program, &[inner])) {
        (Some(text), _) => Ends::With(text.as_bytes().into()),
        (None, Some(last)) => Ends::In(Box::new(last)),
        (None, None) => Ends::Any,
    }
}

/// The literal that an element ends with.
fn literal_end(program: &Program, id: NodeId) -> Option<&str> {
    let node = program.node(id);
    match &node.op {
        _ if node.optional => None,
        Op::Literal { text, min: 1.., .. } => Some(text),
        Op::Group { items } => literal_end(program, *items.last()?),
        Op::Structure(frame) => literal_end(program, *frame.items.last()?),
        _ => None,
    }
}

/// Bytes a sequence can end with; `None` when that can be any, or it can be empty.
fn last_of_sequence(program: &Program, ids: &[NodeId]) -> Option<Bytes> {
    let mut all = [false; 256];
    for node in ids.iter().rev().map(|&id| program.node(id)).filter(|node| !node.zero_width) {
        first::merge(&mut all, &last_of_node(program, node)?);
        if !node.skippable {
            return Some(all);
        }
    }
    None
}

fn last_of_node(program: &Program, node: &Node) -> Option<Bytes> {
    let mut all = [false; 256];
    let mut add = |bytes: &[u8]| bytes.iter().for_each(|&byte| all[byte as usize] = true);
    match &node.op {
        Op::Literal { text, .. } => add(&text.as_bytes()[text.len() - 1..]),
        // Of a character beyond ASCII the last byte lies beyond it as well as the first, and the set has all of those.
        Op::Class { set, .. } => return Some(set.first_bytes()),
        Op::Quoted { quote, .. } => add(&[*quote]),
        Op::Int { hex: false, .. } | Op::Double { .. } | Op::Card | Op::Ip { v6: false, .. } => add(b"0123456789"),
        Op::Int { hex: true, .. } | Op::Uuid | Op::Smartscape => add(b"0123456789abcdefABCDEF"),
        Op::Ip { .. } => add(b":0123456789abcdefABCDEF"),
        Op::Bool => add(b"eE"),
        Op::Group { items } => return last_of_sequence(program, items),
        Op::Structure(frame) => return last_of_sequence(program, &frame.items),
        Op::Choice { branches } => {
            for branch in branches {
                first::merge(&mut all, &last_of_sequence(program, branch)?);
            }
        }
        _ => return None,
    }
    Some(all)
}

/// Least and most bytes that an element takes.
fn length(program: &Program, id: NodeId) -> (usize, usize) {
    let node = program.node(id);
    let (least, most) = match &node.op {
        Op::Literal { text, min, max, .. } => (text.len().saturating_mul(*min), text.len().saturating_mul(*max)),
        Op::Class { set, min, max } => (*min, max.saturating_mul(set.character_bytes_max())),
        Op::Lazy { min, max, .. } => (*min, max.saturating_mul(4)),
        Op::Int { .. } | Op::Double { .. } => (1, usize::MAX),
        Op::Quoted { .. } | Op::Ip { .. } => (2, usize::MAX),
        Op::Uuid => (36, 36),
        Op::Group { items } => length_of_all(program, items),
        Op::Structure(frame) => length_of_all(program, &frame.items),
        Op::Choice { branches } => {
            let lengths = || branches.iter().map(|branch| length_of_all(program, branch));
            (lengths().map(|length| length.0).min().unwrap_or(0), lengths().map(|length| length.1).max().unwrap_or(0))
        }
        _ if node.zero_width => (0, 0),
        _ => (0, usize::MAX),
    };
    (if node.optional { 0 } else { least }, most)
}

fn length_of_all(program: &Program, ids: &[NodeId]) -> (usize, usize) {
    ids.iter().map(|&id| length(program, id)).fold((0, 0), |(least, most): (usize, usize), length| {
        (least.saturating_add(length.0), most.saturating_add(length.1))
    })
}

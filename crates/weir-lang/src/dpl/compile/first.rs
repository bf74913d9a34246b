//! Which bytes an element can start with: the prefilter of lazy matchers and of scanning.

use super::super::program::{ContId, Following, Node, NodeId, Op, Program};
use super::super::run::extension;

pub(crate) type Bytes = [bool; 256];

/// Of a sequence; `None` when any byte can start it or it can be empty. Elements that take nothing leave it to those behind them.
pub(super) fn of_sequence(program: &Program, ids: &[NodeId]) -> Option<Bytes> {
    let mut all = [false; 256];
    for node in ids.iter().map(|&id| program.node(id)).filter(|node| !node.zero_width) {
        merge(&mut all, &of_node(program, node)?);
        if !node.skippable {
            return Some(all);
        }
    }
    None
}

/// Of a continuation; its optional elements count. `None` also when only elements that take nothing are required.
pub(super) fn of_cont(program: &Program, cont: ContId) -> Option<Bytes> {
    let mut all = [false; 256];
    let mut only_looks = false;
    let mut link = Some(cont);
    while let Some(id) = link {
        let cont = program.cont(id);
        link = cont.next;
        let Following::Element(id) = cont.what else { continue };
        match program.node(id) {
            node if node.zero_width => only_looks = true,
            node => {
                merge(&mut all, &of_node(program, node)?);
                only_looks &= node.skippable;
            }
        }
    }
    (!only_looks).then_some(all)
}

/// Adds the bytes one element can start with; `None` when that can be any.
pub(super) fn add_node(program: &Program, id: NodeId, all: &mut Bytes) -> Option<()> {
    merge(all, &of_node(program, program.node(id))?);
    Some(())
}

pub(super) fn merge(all: &mut Bytes, more: &Bytes) {
    all.iter_mut().zip(more).for_each(|(have, new)| *have |= new);
}

/// Of one element; `None` when that can be any.
pub(crate) fn of_node(program: &Program, node: &Node) -> Option<Bytes> {
    let mut all = [false; 256];
    let mut add = |bytes: &[u8]| bytes.iter().for_each(|&byte| all[byte as usize] = true);
    match &node.op {
        Op::Literal { text, .. } => add(&text.as_bytes()[..1]),
        Op::Class { set, .. } => return Some(set.first_bytes()),
        Op::Quoted { quote, .. } => add(&[*quote]),
        Op::Int { hex: false, .. } | Op::Double { .. } => add(b"+-0123456789"),
        Op::Int { hex: true, .. } => add(b"+-xX0123456789abcdefABCDEF"),
        Op::Bool => add(b"tTfF"),
        Op::Ip { v4, v6 } => {
            add(b"0123456789");
            if *v6 {
                add(b"abcdefABCDEF:");
            }
            debug_assert!(*v4 || *v6);
        }
        Op::Uuid => add(b"0123456789abcdefABCDEF"),
        Op::Card => add(b"0123456789"),
        Op::Time(format) => return format.first_bytes(),
        Op::Enum { keys, fold } => return of_keys(keys, *fold),
        Op::Group { items } => return of_sequence(program, items),
        Op::Structure(frame) => return of_sequence(program, &frame.items),
        Op::Pairs(repeat) | Op::Array(repeat) => return of_sequence(program, &repeat.frame.items),
        Op::Choice { branches } => {
            for branch in branches {
                merge(&mut all, &of_sequence(program, branch)?);
            }
        }
        Op::Json(_) => add(b"{"),
        Op::JsonArray(_) => add(b"["),
        Op::Xml(_) => add(b"<"),
        Op::Extension(extension) => add(extension::first_bytes(*extension)?),
        _ => return None,
    }
    Some(all)
}

fn of_keys(keys: &[(Box<str>, i64)], fold: bool) -> Option<Bytes> {
    let mut all = [false; 256];
    for (key, _) in keys {
        let first = *key.as_bytes().first()?;
        all[first as usize] = true;
        if fold && !first.is_ascii() {
            all[0x80..].fill(true);
        } else if fold {
            all[first.to_ascii_lowercase() as usize] = true;
            all[first.to_ascii_uppercase() as usize] = true;
        }
    }
    Some(all)
}

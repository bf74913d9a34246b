//! Traps that show once a pattern is compiled: what an element takes against what the next one needs.

use super::super::Lint;
use super::super::compile::first;
use super::super::names::COUNT_MAX;
use super::super::program::{Node, NodeId, Op, Program};

/// Looks at every row of elements.
pub(in crate::dpl) fn lint(program: &Program, text: &str) -> Vec<Lint> {
    let mut lints = Vec::new();
    rows(&program.root, program, text, &mut lints);
    for node in &program.nodes {
        match &node.op {
            Op::Group { items } => rows(items, program, text, &mut lints),
            Op::Choice { branches } => branches.iter().for_each(|branch| rows(branch, program, text, &mut lints)),
            Op::Structure(frame) => rows(&frame.items, program, text, &mut lints),
            Op::Pairs(repeat) | Op::Array(repeat) => rows(&repeat.frame.items, program, text, &mut lints),
            _ => {}
        }
    }
    lints
}

fn rows(ids: &[NodeId], program: &Program, text: &str, lints: &mut Vec<Lint>) {
    for pair in ids.windows(2) {
        let (one, next) = (program.node(pair[0]), program.node(pair[1]));
        lints.extend(greedy_run(one, next, program, text));
        lints.extend(lazy_before_optional(one, next, text));
    }
}

/// A run that takes all it can before an element that can only begin with what the run takes: a regular expression would give some back.
fn greedy_run(one: &Node, next: &Node, program: &Program, text: &str) -> Option<Lint> {
    if next.skippable || next.zero_width {
        return None;
    }
    let taken = taken(&one.op)?;
    let begins = first::of_node(program, next)?;
    if !begins.iter().zip(&taken).all(|(begins, taken)| *taken || !*begins) {
        return None;
    }
    let (run, behind) = (written(one, text), written(next, text));
    let says = format!(
        "{run} takes all it can and gives none back, so {behind} never finds anything: take its characters out of the set, or give a count"
    );
    Some(Lint::new("greedy-run", says, one.span.start..next.span.end.max(one.span.end)))
}

/// Bytes an element takes as many of as there are.
fn taken(op: &Op) -> Option<[bool; 256]> {
    match op {
        Op::Class { set, max, .. } if *max >= COUNT_MAX => Some(set.only_bytes()),
        Op::Int { hex: false, .. } => {
            let mut digits = [false; 256];
            digits[b'0' as usize..=b'9' as usize].fill(true);
            Some(digits)
        }
        _ => None,
    }
}

/// LD before an optional run of characters ends where that can begin, mostly after one character.
fn lazy_before_optional(one: &Node, next: &Node, text: &str) -> Option<Lint> {
    let wide = matches!(&next.op, Op::Class { .. } | Op::Text { .. } | Op::Lazy { .. });
    if !matches!(one.op, Op::Lazy { min: 0..=1, .. }) || !next.optional || !wide {
        return None;
    }
    let (lazy, optional) = (written(one, text), written(next, text));
    let says = format!("{lazy} ends at the first place where {optional} can begin, which may be after one character");
    Some(Lint::new("lazy-before-optional", says, one.span.start..next.span.end.max(one.span.end)))
}

fn written<'t>(node: &Node, text: &'t str) -> &'t str {
    text.get(node.span.clone()).unwrap_or_default()
}

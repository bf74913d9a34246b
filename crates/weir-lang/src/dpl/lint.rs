//! Warnings about traps: legal patterns that rarely do what was meant.

use super::Lint;
use super::charset::{self, Charset};
use super::exports::{Export, ValueKind, children, is_flat, member_name};
use super::names::Id;
use super::parse::{Parsed, body_exprs};
use super::tree::{Body, Expr, What};

pub(crate) fn lint(parsed: &Parsed, exports: &[Export]) -> Vec<Lint> {
    let mut lints = Vec::new();
    for name in &parsed.unused {
        lints.push(Lint::new("unused-macro", format!("the macro {} is never used", name.text), name.span.clone()));
    }
    if exports.iter().all(|export| export.kind == ValueKind::None) {
        let all = parsed.exprs.first().map_or(0..0, |expr| expr.span.clone());
        lints.push(Lint::new("no-export", "nothing is exported: add :name behind a matcher", all));
    }
    let mut seen = Vec::new();
    duplicates(&parsed.exprs, &mut seen, &mut lints);
    walk(&parsed.exprs, &mut lints);
    lints.dedup();
    lints
}

/// A name that occurs twice in a row of elements; in different alternatives it is fine.
fn duplicates<'e>(exprs: &'e [Expr], seen: &mut Vec<&'e str>, lints: &mut Vec<Lint>) {
    for expr in exprs {
        match &expr.what {
            What::Sequence(exprs) => duplicates(exprs, seen, lints),
            What::Macro(exprs) if expr.export.is_none() => duplicates(exprs, seen, lints),
            What::Look { inner, .. } => duplicates(std::slice::from_ref(inner), seen, lints),
            What::Choice(branches) => {
                let before = seen.len();
                let mut after = Vec::new();
                for branch in branches {
                    duplicates(branch, seen, lints);
                    after.extend(seen.drain(before..));
                }
                seen.extend(after);
            }
            What::Named { body: Body::Matchers(members), .. } if is_flat(expr) => {
                members.iter().filter_map(member_name).for_each(|name| twice(name, expr, seen, lints));
            }
            _ => {}
        }
        if let Some(name) = &expr.export {
            twice(&name.text, expr, seen, lints);
        }
    }
}

fn twice<'e>(name: &'e str, expr: &Expr, seen: &mut Vec<&'e str>, lints: &mut Vec<Lint>) {
    if seen.contains(&name) {
        let says = format!("the name {name} is given twice: the last value counts");
        lints.push(Lint::new("duplicate-name", says, expr.span.clone()));
    }
    seen.push(name);
}

fn walk(exprs: &[Expr], lints: &mut Vec<Lint>) {
    for pair in exprs.windows(2) {
        neighbours(&pair[0], &pair[1], lints);
    }
    for expr in exprs {
        alone(expr, lints);
        children(expr).into_iter().for_each(|below| walk(below, lints));
    }
}

fn neighbours(one: &Expr, next: &Expr, lints: &mut Vec<Lint>) {
    let lazy = |expr: &Expr| matches!(expr.id(), Some(Id::LineData | Id::Data));
    if lazy(one) && lazy(next) {
        let says = "two lazy matchers in a row: the first ends as soon as the second can begin, after one character";
        lints.push(Lint::new("adjacent-lazy", says, one.span.start..next.span.end));
    }
    if let (Some(set), Some(text)) = (greedy_set(one), starts_with(next))
        && set[text as usize]
    {
        let says = format!(
            "the run before takes every '{}' and gives none back, so what follows cannot match",
            char::from(text).escape_default()
        );
        lints.push(Lint::new("greedy-run", says, one.span.start..next.span.end));
    }
}

/// Bytes of an element that takes all it can.
fn greedy_set(expr: &Expr) -> Option<[bool; 256]> {
    match &expr.what {
        What::Class(set) if expr.quantifier.as_ref().is_some_and(|q| q.max.is_none()) => Some(set.first_bytes()),
        What::Named { info, .. } => match info.id {
            Id::Posix(posix) if expr.quantifier.as_ref().is_none_or(|q| q.max.is_none()) => {
                Some(super::class::CharSet::posix(posix).first_bytes())
            }
            _ => None,
        },
        _ => None,
    }
}

fn starts_with(expr: &Expr) -> Option<u8> {
    match &expr.what {
        What::Literal(text) if !expr.optional && expr.quantifier.as_ref().is_none_or(|q| q.min > 0) => {
            text.as_bytes().first().copied()
        }
        _ => None,
    }
}

fn alone(expr: &Expr, lints: &mut Vec<Lint>) {
    if let Some(name) = expr.text(&["charset"])
        && charset::find(name) == Some(Charset::Other)
    {
        let says = format!("charset='{name}' changes nothing: text is decoded before a pattern sees it");
        lints.push(Lint::new("charset-ignored", says, expr.span.clone()));
    }
    if let (Some(min), Some(max)) = (expr.number("min"), expr.number("max"))
        && min > max
    {
        let says = format!("no number is at least {min} and at most {max}");
        lints.push(Lint::new("empty-range", says, expr.span.clone()));
    }
    match &expr.what {
        What::Class(_) if expr.quantifier.is_none() && expr.export.is_some() => {
            let says = "a set of characters without a quantifier takes one character: add + for a run";
            lints.push(Lint::new("single-character", says, expr.span.clone()));
        }
        What::Choice(branches) => shadowed(branches, lints),
        What::Named { info, body } if info.id == Id::Json && is_flat(expr) && body_exprs(body).is_empty() => {
            let says = "flat=true without members gives nothing: list the members in braces";
            lints.push(Lint::new("flat-without-members", says, expr.span.clone()));
        }
        _ => {}
    }
}

/// An alternative that an earlier one always takes the text from.
fn shadowed(branches: &[Vec<Expr>], lints: &mut Vec<Lint>) {
    let literal = |branch: &[Expr]| match branch {
        [Expr { what: What::Literal(text), quantifier: None, .. }] => Some(text.clone()),
        _ => None,
    };
    for (index, branch) in branches.iter().enumerate() {
        let Some(text) = literal(branch) else { continue };
        let earlier =
            branches[..index].iter().filter_map(|branch| literal(branch)).find(|have| text.starts_with(have.as_str()));
        if let Some(earlier) = earlier {
            let says = format!("the alternative '{text}' is never reached: '{earlier}' before it matches first");
            lints.push(Lint::new("shadowed-alternative", says, branch[0].span.clone()));
        }
    }
}

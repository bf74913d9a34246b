//! Texts that every matching input contains, so that a storage engine can rule out data without running the pattern.

use super::names::{Extension, Id};
use super::parse::body_exprs;
use super::tree::{Expr, What};

/// Literals that are kept; more of them rule out no more.
const LITERALS_MAX: usize = 64;

/// Longest first, without those that another contains and without mere white space.
pub(crate) fn required(exprs: &[Expr]) -> Vec<String> {
    let mut all = Vec::new();
    collect(exprs, &mut all);
    all.retain(|text: &String| !text.trim().is_empty());
    all.sort_by_key(|text| std::cmp::Reverse(text.len()));
    all.truncate(LITERALS_MAX);
    let mut kept: Vec<String> = Vec::new();
    for text in all {
        if !kept.iter().any(|have| have.contains(&text)) {
            kept.push(text);
        }
    }
    kept
}

fn collect(exprs: &[Expr], out: &mut Vec<String>) {
    for expr in exprs.iter().filter(|expr| !expr.optional) {
        let least = expr.quantifier.as_ref().map_or(1, |quantifier| quantifier.min);
        match &expr.what {
            _ if least == 0 => {}
            What::Literal(text) => out.push(text.clone()),
            // Between the members of a group with a separator some may be missing with their separator.
            What::Sequence(exprs) => collect(exprs, out),
            What::Macro(used) => collect(&used.body, out),
            What::Named { info, body } if matches!(info.id, Id::Array | Id::Pairs | Id::Structure) => {
                collect(body_exprs(body), out);
            }
            What::Named { info, .. } if info.id == Id::Extension(Extension::Cef) => out.push("CEF:".to_owned()),
            What::Named { info, .. } if info.id == Id::Extension(Extension::Leef) => out.push("LEEF:".to_owned()),
            _ => {}
        }
    }
}

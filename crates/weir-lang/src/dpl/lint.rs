//! Warnings about traps: legal patterns that rarely do what was meant.

mod program;

use super::charset::{self, Charset};
use super::exports::{Export, ValueKind, children, is_flat, member_name};
use super::names::{self, Id, Posix};
use super::parse::{Parsed, body_exprs};
use super::program::Program;
use super::tree::{Body, Expr, What};
use super::{Lint, Pattern};

pub(crate) fn lint(parsed: &Parsed, exports: &[Export], program: &Program, text: &str) -> Vec<Lint> {
    let mut lints = program::lint(program, text);
    for name in parsed.unused() {
        lints.push(Lint::new("unused-macro", format!("the macro {} is never used", name.text), name.span.clone()));
    }
    if exports.iter().all(|export| export.kind == ValueKind::None) {
        let all = parsed.exprs.first().map_or(0..0, |expr| expr.span.clone());
        lints.push(Lint::new("no-export", "nothing is exported: add :name behind a matcher", all));
    }
    let mut seen = Vec::new();
    duplicates(&parsed.exprs, &mut seen, &mut lints);
    walk(&parsed.exprs, &mut lints);
    lints
}

/// A pattern that is used all over a text should find something in its sample.
pub(crate) fn nothing_in_sample(pattern: &Pattern, sample: &str) -> Option<Lint> {
    let mut matcher = pattern.matcher();
    if matcher.finds(sample) || matcher.gave_up() {
        return None;
    }
    let why = pattern.trace(sample).failure.map(|failure| {
        format!(
            "; from its start it gets to byte {}, where {} expects {}",
            failure.offset, failure.text, failure.expected
        )
    });
    let says = format!("the pattern finds nothing in its sample{}", why.unwrap_or_default());
    Some(Lint::new("nothing-in-sample", says, 0..pattern.text().len()))
}

/// A name that occurs twice in a row of elements; in different alternatives it is fine.
fn duplicates<'e>(exprs: &'e [Expr], seen: &mut Vec<&'e str>, lints: &mut Vec<Lint>) {
    for expr in exprs {
        match &expr.what {
            What::Sequence(exprs) => duplicates(exprs, seen, lints),
            What::Macro(used) if expr.export.is_none() => duplicates(&used.body, seen, lints),
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
    let is_lazy = |expr: &Expr| matches!(expr.id(), Some(Id::LineData | Id::Data));
    let counted = one.quantifier.as_ref().is_some_and(|q| q.max == Some(q.min));
    if is_lazy(one) && is_lazy(next) && !counted {
        let says = "two lazy matchers in a row: the first ends as soon as the second can begin, after one character";
        lints.push(Lint::new("adjacent-lazy", says, one.span.start..next.span.end));
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
        && min.value > max.value
    {
        let says = format!("no number is at least {min} and at most {max}");
        lints.push(Lint::new("empty-range", says, expr.span.clone()));
    }
    match &expr.what {
        What::Class(set, written) if expr.quantifier.is_none() && (expr.export.is_some() || set.is_wide()) => {
            let says = format!("{written} takes one character: write {written}+ for a run");
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
    for (index, branch) in branches.iter().enumerate() {
        let Some(later) = branch.first() else { continue };
        let mut earlier =
            branches[..index].iter().filter(|branch| branch.len() == 1).filter_map(|branch| branch.first());
        let Some(says) = earlier.find_map(|earlier| shadows(earlier, later)) else { continue };
        lints.push(Lint::new("shadowed-alternative", says, later.span.clone()));
    }
}

/// Why `later` has no chance behind `earlier`, if that is so. The first alternative that matches is kept, even if it takes less.
fn shadows(earlier: &Expr, later: &Expr) -> Option<String> {
    if earlier.optional || earlier.quantifier.as_ref().is_some_and(|quantifier| quantifier.min == 0) {
        return Some("an alternative before this one may be empty, so it always matches: put it last".to_owned());
    }
    match (&earlier.what, &later.what) {
        (What::Literal(have), What::Literal(text)) if text.starts_with(have.as_str()) => plain(earlier)
            .then(|| format!("the alternative '{text}' is never reached: '{have}' before it matches first")),
        (What::Named { info: have, .. }, What::Named { info, .. })
            if takes_the_start(have.id, info.id) && plain(earlier) =>
        {
            let (have, name) = (names::print(have), names::print(info));
            Some(format!("{have} before this alternative takes the first digits of {name}: put {name} first"))
        }
        _ => None,
    }
}

/// Without a range that could make it fail.
fn plain(expr: &Expr) -> bool {
    expr.config.is_empty() && expr.quantifier.is_none()
}

/// Whether what `later` matches mostly begins with something `earlier` matches.
fn takes_the_start(earlier: Id, later: Id) -> bool {
    let whole = matches!(earlier, Id::Int | Id::Long | Id::HexInt | Id::HexLong | Id::Posix(Posix::Digit));
    let longer = matches!(
        later,
        Id::Double | Id::CommaDouble | Id::Ip | Id::Ipv4 | Id::Iso8601 | Id::JsonTimestamp | Id::HttpDate
    );
    let run = matches!(
        earlier,
        Id::LineData | Id::Data | Id::Posix(Posix::Any | Posix::Print | Posix::Graph | Posix::NotSpace | Posix::Ascii)
    );
    (whole && longer) || (earlier == Id::Double && matches!(later, Id::Ip | Id::Ipv4)) || (run && longer)
}

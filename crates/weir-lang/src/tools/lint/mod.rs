//! What is legal and hardly meant: fields that are not there, conditions that never hold, steps without effect.

mod conditions;
mod steps;

use weir_event::nearest;

use super::Known;
use super::scope::Scope;
use crate::ast::{Arg, ArgValue, Command, Expr, Node, Query, Span};
use crate::commands::CommandKind;
use crate::dpl::{Pattern, PatternOptions};

/// Something odd in a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Lint {
    /// Stable, for switching it off.
    pub id: &'static str,
    pub says: String,
    /// What may be meant; may be empty.
    pub hint: String,
    /// Bytes of the query.
    pub span: Span,
}

impl Lint {
    fn new(id: &'static str, says: impl Into<String>, hint: impl Into<String>, span: Span) -> Lint {
        Lint { id, says: says.into(), hint: hint.into(), span }
    }
}

/// Everything odd in a query, in the order of its text.
pub fn lint(query: &Query, known: &Known) -> Vec<Lint> {
    let mut found = Vec::new();
    of_query(query, known, &mut found);
    found.sort_by_key(|lint| (lint.span.start, lint.span.end));
    found.dedup();
    found
}

fn of_query(query: &Query, known: &Known, found: &mut Vec<Lint>) {
    let mut scope = Scope::default();
    for command in &query.commands {
        of_command(command, &scope, known, found);
        scope.step(command, known);
    }
    steps::check(query, found);
    conditions::check(query, known, found);
}

fn of_command(command: &Command, scope: &Scope, known: &Known, found: &mut Vec<Lint>) {
    if command.kind == CommandKind::Fetch {
        table(command, known, found);
        return;
    }
    if command.kind == CommandKind::Parse {
        pattern(command, found);
    }
    let is_source = command.kind.spec().is_source;
    let patterns =
        matches!(command.kind, CommandKind::FieldsKeep | CommandKind::FieldsRemove | CommandKind::FieldsMove);
    each_expr(&command.args, &mut |arg, expr| {
        // What belongs to the other side of a join is looked at there.
        let elsewhere = matches!(
            arg.name.as_deref(),
            Some(
                "on" | "lookupField"
                    | "fields"
                    | "prefix"
                    | "kind"
                    | "executionOrder"
                    | "broadcast"
                    | "direction"
                    | "scope"
                    | "conflicts"
                    | "status"
            )
        );
        if !is_source && !elsewhere && !patterns {
            fields(expr, scope, found);
        }
        calls(expr, found);
    });
    blocks(&command.args, known, found);
}

fn each_expr<'a>(args: &'a [Arg], visit: &mut dyn FnMut(&'a Arg, &'a Expr)) {
    for arg in args {
        for item in arg.items() {
            if let Some(expr) = item.expr() {
                visit(arg, expr);
            }
        }
    }
}

fn blocks(args: &[Arg], known: &Known, found: &mut Vec<Lint>) {
    for arg in args.iter().flat_map(Arg::items) {
        match &arg.value {
            ArgValue::Block(query) => of_query(query, known, found),
            ArgValue::Expr(expr) => expr.walk(&mut |part| match &part.node {
                Node::InQuery(_, query) => of_query(query, known, found),
                Node::Call(call) => {
                    call.args.iter().filter_map(Arg::block).for_each(|query| of_query(query, known, found))
                }
                _ => {}
            }),
            ArgValue::Group(_) => {}
        }
    }
}

fn table(command: &Command, known: &Known, found: &mut Vec<Lint>) {
    let Some(arg) = command.items().first().copied() else { return };
    let name = arg.result_name();
    if !known.tables.is_empty() && !known.tables.iter().any(|table| table == name) {
        let near = nearest(name, known.tables.iter().map(String::as_str));
        let hint = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        found.push(Lint::new("unknown-table", format!("there is no table `{name}`"), hint, arg.span));
    }
}

/// Fields that no record has at this point.
fn fields(expr: &Expr, scope: &Scope, found: &mut Vec<Lint>) {
    if scope.is_open() {
        return;
    }
    if let Node::Call(call) = &expr.node
        && matches!(call.function.name, "exists" | "lookup")
    {
        return;
    }
    if let Node::Field(name) = &expr.node
        && !scope.has(name)
        && !name.starts_with("dt.system.")
    {
        let near = nearest(name, scope.fields().iter().map(|(name, _)| name.as_str()));
        let hint = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        found.push(Lint::new(
            "unknown-field",
            format!("no record has a field `{name}` here, so it is null"),
            hint,
            expr.span,
        ));
    }
    expr.each_child(&mut |child| fields(child, scope, found));
}

/// Functions that cannot give what one may hope for.
fn calls(expr: &Expr, found: &mut Vec<Lint>) {
    expr.walk(&mut |part| {
        if let Node::Call(call) = &part.node
            && call.function.is_always_null()
        {
            let says = format!("`{}` is always null: weir keeps no topology", call.function.name);
            found.push(Lint::new("always-null", says, "use the names that the records carry", part.span));
        }
    });
}

/// What the pattern language finds odd in a pattern.
fn pattern(command: &Command, found: &mut Vec<Lint>) {
    let Some(arg) = command.items().get(1).copied() else { return };
    let text = arg.expr().and_then(Expr::as_literal).and_then(|value| value.as_str());
    let Some(pattern) = text.and_then(|text| Pattern::compile(text, &PatternOptions::default()).ok()) else { return };
    for warning in pattern.warnings() {
        let at = pattern.text().get(warning.span.clone()).unwrap_or_default();
        found.push(Lint::new("pattern", format!("in the pattern, at `{at}`: {}", warning.says), "", arg.span));
    }
}

//! Commands without effect, or with one that is lost.

use super::Lint;
use crate::ast::{Command, Expr, Query};
use crate::commands::CommandKind;

pub(super) fn check(query: &Query, found: &mut Vec<Lint>) {
    for (index, command) in query.commands.iter().enumerate() {
        let rest = &query.commands[index + 1..];
        match command.kind {
            CommandKind::Fields | CommandKind::Summarize | CommandKind::MakeTimeseries => twice(command, found),
            CommandKind::Sort => sort(command, rest, found),
            CommandKind::FieldsAdd => {
                twice(command, found);
                added(command, rest, found);
            }
            CommandKind::Limit => limit(command, rest, found),
            CommandKind::Search => search(command, &query.commands[..index], found),
            _ => {}
        }
        if index > 0 && query.commands[index - 1].kind == command.kind && same(command, &query.commands[index - 1]) {
            found.push(Lint::new("useless-step", "the same stands right before this", "remove one", command.span));
        }
    }
}

/// True for commands that read alike and do nothing a second time.
fn same(a: &Command, b: &Command) -> bool {
    let idempotent = matches!(
        a.kind,
        CommandKind::Filter | CommandKind::FilterOut | CommandKind::Sort | CommandKind::Dedup | CommandKind::Search
    );
    idempotent
        && a.args.len() == b.args.len()
        && a.args.iter().zip(&b.args).all(|(a, b)| a.source == b.source && a.order == b.order && a.name == b.name)
}

/// An order that the next command does not keep.
fn sort(command: &Command, rest: &[Command], found: &mut Vec<Lint>) {
    let keeps = |kind| {
        matches!(
            kind,
            CommandKind::Filter
                | CommandKind::FilterOut
                | CommandKind::Search
                | CommandKind::Fields
                | CommandKind::FieldsAdd
                | CommandKind::FieldsKeep
                | CommandKind::FieldsRemove
                | CommandKind::FieldsRename
                | CommandKind::Parse
        )
    };
    let Some(next) = rest.iter().find(|next| !keeps(next.kind)) else { return };
    if next.kind == CommandKind::Sort {
        let hint = "put all keys into one `sort`, the most important first";
        found.push(Lint::new("useless-step", "the `sort` behind this orders the records anew", hint, command.span));
    } else if next.kind == CommandKind::Summarize && !takes_order(next) {
        let says = "`summarize` does not keep the order of what it groups";
        found.push(Lint::new("useless-step", says, "sort behind it", command.span));
    }
}

/// True when an aggregation depends on the order of records.
fn takes_order(command: &Command) -> bool {
    const ORDERED: [&str; 4] = ["takeFirst", "takeLast", "collectArray", "takeAny"];
    let mut found = false;
    for expr in command.items().into_iter().filter_map(|arg| arg.expr()) {
        expr.walk(&mut |part| {
            found |= matches!(&part.node, crate::ast::Node::Call(call) if ORDERED.contains(&call.function.name));
        });
    }
    found
}

/// Two fields of one name, of which the later is left.
fn twice(command: &Command, found: &mut Vec<Lint>) {
    let made: Vec<_> = command.list("by").into_iter().chain(command.items()).collect();
    for (index, arg) in made.iter().enumerate() {
        if made[index + 1..].iter().any(|other| other.result_name() == arg.result_name()) {
            let says = format!("`{}` is made twice, and only the later is left", arg.result_name());
            found.push(Lint::new("duplicate-field", says, "give one of them another name", arg.span));
        }
    }
}

/// Fields that are gone before anything reads them.
fn added(command: &Command, rest: &[Command], found: &mut Vec<Lint>) {
    let Some(next) = rest.first() else { return };
    for arg in command.items() {
        let name = arg.result_name();
        let lost = match next.kind {
            CommandKind::Fields | CommandKind::Summarize => !reads(next, name),
            CommandKind::FieldsRemove => next.items().iter().any(|gone| gone.result_name() == name),
            _ => false,
        };
        if lost {
            let says = format!("`{name}` is gone behind the next command, and nothing has read it");
            found.push(Lint::new("useless-step", says, "", arg.span));
        }
    }
}

fn reads(command: &Command, name: &str) -> bool {
    let reads = |expr: &Expr| expr.fields().contains(&name);
    command.args.iter().flat_map(|arg| arg.items()).filter_map(|arg| arg.expr()).any(reads)
}

fn limit(command: &Command, rest: &[Command], found: &mut Vec<Lint>) {
    if rest.iter().any(|next| next.kind == CommandKind::Sort) {
        let says = "`limit` takes any records here, and only those are sorted behind it";
        found.push(Lint::new(
            "limit-before-sort",
            says,
            "put `limit` behind `sort` for the first in order",
            command.span,
        ));
    }
}

/// A search looks into all fields, so it belongs to the front.
fn search(command: &Command, before: &[Command], found: &mut Vec<Lint>) {
    let harmless = |kind| {
        matches!(
            kind,
            CommandKind::Filter
                | CommandKind::FilterOut
                | CommandKind::Search
                | CommandKind::FieldsKeep
                | CommandKind::FieldsRemove
                | CommandKind::FieldsRename
                | CommandKind::Limit
                | CommandKind::Append
        )
    };
    if let Some(late) = before.iter().skip(1).find(|earlier| !harmless(earlier.kind)) {
        let says = format!("`search` behind `{}` also looks into the fields that it made", late.kind.name());
        found.push(Lint::new("late-search", says, "search first", command.span));
    }
}

//! A small executor for commands that look at one record at a time, enough to try expressions in whole queries.

use weir_event::{Fault, Record, Timestamp, Value};

use crate::ast::{Arg, Command, Expr, Node, Query};
use crate::commands::CommandKind;
use crate::dpl::{Pattern, PatternOptions};
use crate::text::{Case, Term};
use crate::{CompileOptions, Program, Scratch, Slots, compare};

type Row = Record<'static>;

/// 2024-06-01T12:00:00Z.
pub const NOW: Timestamp = Timestamp(1_717_243_200_000_000_000);

/// The records of a query. `None` when a command needs more than one record at a time.
pub fn run(query: &Query) -> Option<Result<Vec<Row>, Fault>> {
    let mut rows = Vec::new();
    for command in &query.commands {
        match step(command, rows) {
            Some(Ok(next)) => rows = next,
            other => return other,
        }
    }
    Some(Ok(rows))
}

fn step(command: &Command, rows: Vec<Row>) -> Option<Result<Vec<Row>, Fault>> {
    Some(match command.kind {
        CommandKind::Data => data(command),
        CommandKind::Fields => each(rows, |row| select(command, row, Record::new())),
        CommandKind::FieldsAdd => each(rows, |row| select(command, row, row.clone())),
        CommandKind::Filter => keep(command, rows, |value| *value == Value::Bool(true)),
        CommandKind::FilterOut => keep(command, rows, |value| *value != Value::Bool(true)),
        CommandKind::Search => search(command, rows),
        CommandKind::FieldsRemove => each(rows, |row| Ok(without(command, row))),
        CommandKind::FieldsRename => each(rows, |row| Ok(renamed(command, row))),
        CommandKind::Parse => parse(command, rows),
        CommandKind::Sort => sort(command, rows),
        CommandKind::Limit => limit(command, rows),
        CommandKind::Expand => expand(command, rows),
        _ => return None,
    })
}

struct Fields<'r>(&'r Row, &'r [String]);

impl<'r> Slots<'r> for Fields<'r> {
    fn slot(&self, index: usize) -> Value<'r> {
        self.0.get(&self.1[index]).map(Value::borrowed).unwrap_or_default()
    }

    fn has(&self, index: usize) -> bool {
        self.0.get(&self.1[index]).is_some()
    }
}

/// The value of an expression for a record.
pub fn eval(expr: &Expr, row: &Row) -> Result<Value<'static>, Fault> {
    let names: Vec<String> = expr.fields().into_iter().map(str::to_owned).collect();
    let slots = |name: &str| names.iter().position(|have| have == name);
    let options = CompileOptions { now: NOW, zone: "UTC", strict: false, slots: &slots };
    let program = Program::compile(expr, &options)?;
    Ok(program.eval(&Fields(row, &names), &mut Scratch::default()).into_owned())
}

fn each(rows: Vec<Row>, change: impl Fn(&Row) -> Result<Row, Fault>) -> Result<Vec<Row>, Fault> {
    rows.iter().map(change).collect()
}

fn first(command: &Command) -> &Expr {
    command.items()[0].expr().expect("an expression")
}

fn data(command: &Command) -> Result<Vec<Row>, Fault> {
    if let Some(Value::Text(text)) = command.expr("json").and_then(Expr::as_literal) {
        return Ok(match crate::json::read(text) {
            Some(Value::Array(items)) => items.into_iter().filter_map(record).collect(),
            Some(other) => record(other).into_iter().collect(),
            None => Vec::new(),
        });
    }
    let none = Record::new();
    let values = command.items().into_iter().map(|arg| eval(arg.expr().expect("an expression"), &none));
    Ok(values.collect::<Result<Vec<_>, _>>()?.into_iter().filter_map(record).collect())
}

fn record(value: Value<'static>) -> Option<Row> {
    match value {
        Value::Record(record) => Some(record),
        _ => None,
    }
}

fn select(command: &Command, row: &Row, mut out: Row) -> Result<Row, Fault> {
    for arg in command.items() {
        let value = eval(arg.expr().expect("an expression"), row)?;
        out.set(arg.result_name().to_owned(), value);
    }
    Ok(out)
}

fn keep(command: &Command, rows: Vec<Row>, test: fn(&Value) -> bool) -> Result<Vec<Row>, Fault> {
    let mut out = Vec::new();
    for row in rows {
        if test(&eval(first(command), &row)?) {
            out.push(row);
        }
    }
    Ok(out)
}

/// Strings are terms over all values; everything else is a condition.
fn search(command: &Command, rows: Vec<Row>) -> Result<Vec<Row>, Fault> {
    let mut out = Vec::new();
    for row in rows {
        let mut condition = first(command).clone();
        condition.replace(&mut |expr| match &expr.node {
            Node::Binary(op, ..) if !matches!(op, crate::ast::Binary::And | crate::ast::Binary::Or) => {
                Some(expr.clone())
            }
            Node::Literal(value @ (Value::Text(_) | Value::Long(_) | Value::Double(_))) => {
                let term = Term::new(&crate::text_form(value), Case::Insensitive);
                let found = term.is_some_and(|term| row.iter().any(|(_, value)| term.is_in(value)));
                Some(Expr::literal(Value::Bool(found)))
            }
            _ => None,
        });
        if eval(&condition, &row)? == Value::Bool(true) {
            out.push(row);
        }
    }
    Ok(out)
}

fn names(command: &Command) -> Vec<&str> {
    command.items().into_iter().map(Arg::result_name).collect()
}

fn without(command: &Command, row: &Row) -> Row {
    let gone = names(command);
    let kept = row
        .clone()
        .into_iter()
        .filter(|(name, _)| !gone.iter().any(|pattern| crate::text::is_value(name, pattern, '*', Case::Sensitive)));
    kept.collect()
}

fn renamed(command: &Command, row: &Row) -> Row {
    let items = command.items();
    let new_name = |name: &str| {
        let arg = items.iter().find(|arg| arg.expr().and_then(Expr::as_field) == Some(name));
        arg.map_or(name, |arg| arg.result_name()).to_owned()
    };
    let is_old = |name: &str| items.iter().any(|arg| arg.expr().and_then(Expr::as_field) == Some(name));
    let replaced = |name: &str| {
        items.iter().any(|arg| {
            let old = arg.expr().and_then(Expr::as_field);
            arg.result_name() == name && old.is_some_and(|old| row.get(old).is_some())
        })
    };
    let kept = row.iter().filter(|(name, _)| is_old(name) || !replaced(name));
    kept.map(|(name, value)| (new_name(name), value.clone())).collect()
}

fn parse(command: &Command, rows: Vec<Row>) -> Result<Vec<Row>, Fault> {
    let items = command.items();
    let expr = command.expr("expression").or(items.first().and_then(|arg| arg.expr())).expect("an expression");
    let pattern = command.expr("pattern").or(items.last().and_then(|arg| arg.expr())).and_then(Expr::as_literal);
    let pattern = pattern.and_then(|value| value.as_str()).expect("a pattern");
    let pattern = Pattern::compile(pattern, &PatternOptions { now: NOW, ..PatternOptions::default() })?;
    let preserve = command.expr("preserveFieldsOnFailure").and_then(Expr::as_literal) == Some(&Value::Bool(true));
    let mut out = Vec::new();
    for mut row in rows {
        let needed = match command.expr("parsingPrerequisite") {
            Some(condition) => eval(condition, &row)? == Value::Bool(true),
            None => true,
        };
        let text = eval(expr, &row)?;
        let mut values = vec![Value::Null; pattern.exports().len()];
        let matched = needed && text.as_str().is_some_and(|text| pattern.matcher().parse(text, &mut values).is_some());
        for (export, value) in pattern.exports().iter().zip(values) {
            match (matched, preserve) {
                (true, _) => row.set(export.name.clone(), value.into_owned()),
                (false, true) if row.get(&export.name).is_some() => {}
                (false, _) => row.set(export.name.clone(), Value::Null),
            }
        }
        out.push(row);
    }
    Ok(out)
}

fn sort(command: &Command, rows: Vec<Row>) -> Result<Vec<Row>, Fault> {
    let mut keyed = Vec::new();
    for row in rows {
        let keys = command.items().into_iter().map(|arg| eval(arg.expr().expect("an expression"), &row));
        keyed.push((keys.collect::<Result<Vec<_>, _>>()?, row));
    }
    let items = command.items();
    keyed.sort_by(|(a, _), (b, _)| {
        let orders = items.iter().zip(a.iter().zip(b)).map(|(arg, (a, b))| match arg.order {
            Some(crate::ast::Order::Descending) => compare::order_descending(a, b),
            _ => compare::order(a, b),
        });
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    Ok(keyed.into_iter().map(|(_, row)| row).collect())
}

fn limit(command: &Command, mut rows: Vec<Row>) -> Result<Vec<Row>, Fault> {
    if let Some(Value::Long(count)) = first(command).as_literal() {
        rows.truncate(*count as usize);
    }
    Ok(rows)
}

fn expand(command: &Command, rows: Vec<Row>) -> Result<Vec<Row>, Fault> {
    let arg = command.items()[0];
    let limit = match command.expr("limit").and_then(Expr::as_literal) {
        Some(Value::Long(count)) => *count as usize,
        _ => usize::MAX,
    };
    let mut out = Vec::new();
    for row in rows {
        let items = match eval(first(command), &row)? {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            other => vec![other],
        };
        for item in items.into_iter().take(limit) {
            let mut row = row.clone();
            row.set(arg.result_name().to_owned(), item);
            out.push(row);
        }
    }
    Ok(out)
}

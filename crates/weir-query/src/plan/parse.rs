//! `parse`.

use std::sync::Arc;

use weir_event::{Fault, Timestamp, Value};
use weir_lang::ast::{ArgValue, Command, Node};
use weir_lang::dpl::{Pattern, PatternOptions, ValueKind};

use super::args::{bad, items, name_of, param_items};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::{Column, find, schema_of};
use crate::expr::{as_truth, compile};
use crate::steps::{Parse, spread};

/// The pattern of a `parse`: the second argument.
pub(super) fn pattern_text(command: &Command) -> Option<String> {
    let arg = items(command).into_iter().nth(1)?;
    match &arg.expr()?.node {
        Node::Literal(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// The form of an export.
fn form_of(kind: ValueKind) -> Form {
    match kind {
        ValueKind::Text => Form::Text,
        ValueKind::Long => Form::Long,
        ValueKind::Double => Form::Double,
        ValueKind::Bool => Form::Bool,
        ValueKind::Timestamp => Form::Timestamp,
        ValueKind::Ip => Form::Ip,
        ValueKind::Record | ValueKind::Array | ValueKind::None | ValueKind::Any => Form::Dynamic,
    }
}

/// Sets a column: in its place when there is one of that name, else behind the others. Gives its place.
fn put_column(columns: &mut Vec<Column>, column: Column) -> usize {
    match find(columns, &column.name) {
        Some(at) => {
            columns[at] = column;
            at
        }
        None => {
            columns.push(column);
            columns.len() - 1
        }
    }
}

impl Planner {
    /// The present of a pattern's times without a date: now, unless `baseTime:` says otherwise.
    fn base_time(&self, command: &Command) -> Result<Timestamp, Fault> {
        let now = self.moment.now;
        match self.param_value(command, "baseTime")? {
            None => Ok(now),
            Some(Value::Timestamp(at)) => Ok(at),
            Some(Value::Duration(offset)) => Ok(Timestamp(now.0.saturating_add(offset.0))),
            Some(other) => Err(bad(command, format!("`baseTime:` is a point in time, not a {}", other.type_name()))),
        }
    }

    /// Sets a column for each export. Where the pattern does not match, they are null, or keep their values with
    /// `preserveFieldsOnFailure: true`.
    pub(super) fn parse(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let text = pattern_text(command).ok_or_else(|| bad(command, "`parse` needs a pattern as a string"))?;
        let options = PatternOptions {
            zone: self.moment.zone.clone(),
            now: self.base_time(command)?,
            strict: self.moment.strict,
        };
        let pattern = Pattern::compile(&text, &options)?;
        let source = items(command).into_iter().next();
        let Some(ArgValue::Expr(source)) = source.map(|arg| &arg.value) else {
            return Err(bad(command, "`parse` needs a field or expression to parse"));
        };
        let source = compile(source, &input.columns, &self.moment)?;
        let keep = self.param_flag(command, "preserveFieldsOnFailure")?;
        let only_if = match command.named("parsingPrerequisite").and_then(|arg| arg.expr()) {
            Some(expr) => Some(as_truth(compile(expr, &input.columns, &self.moment)?).expr),
            None => None,
        };
        let mut columns = input.columns.clone();
        let mut targets = Vec::new();
        for export in pattern.exports() {
            let at = find(&columns, &export.name);
            let form = form_of(export.kind);
            let form = match at {
                Some(at) if keep => form.merged(columns[at].form),
                _ => form,
            };
            targets.push(put_column(&mut columns, Column::new(export.name.clone(), form)));
        }
        let status = param_items(command, "status").first().and_then(|arg| name_of(arg));
        let status = status.map(|name| put_column(&mut columns, Column::new(name, Form::Text)));
        let schema = schema_of(&columns);
        let work =
            Parse { source, pattern, targets, status, only_if, keep, before: input.columns, after: columns.clone() };
        Ok(Stream { plan: spread(Arc::new(work), input.plan, schema), columns })
    }
}

//! `parse`.

use std::sync::Arc;

use weir_event::{Fault, Value};
use weir_lang::ast::{ArgValue, Command, Node};
use weir_lang::dpl::{Pattern, PatternOptions, ValueKind};

use super::args::{bad, items};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::{Column, find, schema_of};
use crate::expr::{as_truth, compile};
use crate::steps::{Parse, spread};

/// The pattern of a `parse`: named, or the second argument.
pub(super) fn pattern_text(command: &Command) -> Option<String> {
    let arg = match command.named("pattern") {
        Some(arg) => arg,
        None => items(command).into_iter().nth(1)?,
    };
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

impl Planner {
    /// Sets a column for each export. Where the pattern does not match, they are null, or keep their values with
    /// `preserveFieldsOnFailure: true`.
    pub(super) fn parse(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let text = pattern_text(command).ok_or_else(|| bad(command, "`parse` needs a pattern as a string"))?;
        let options =
            PatternOptions { zone: self.moment.zone.clone(), now: self.moment.now, strict: self.moment.strict };
        let pattern = Pattern::compile(&text, &options)?;
        let source = command.named("expression").or_else(|| items(command).into_iter().next());
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
            let column = Column::new(export.name.clone(), form);
            targets.push(at.unwrap_or(columns.len()));
            match at {
                Some(at) => columns[at] = column,
                None => columns.push(column),
            }
        }
        let schema = schema_of(&columns);
        let work = Parse { source, pattern, targets, only_if, keep, before: input.columns, after: columns.clone() };
        Ok(Stream { plan: spread(Arc::new(work), input.plan, schema), columns })
    }
}

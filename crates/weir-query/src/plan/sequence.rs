//! `sequence`.

use std::sync::Arc;

use weir_event::{Duration, Fault, Value};
use weir_lang::ast::Command;

use super::args::{all_named, bad, items, param_items};
use super::{Planner, Stream};
use crate::Form;
use crate::columns::{Column, schema_of};
use crate::expr::{as_truth, column, compile, null_of};
use crate::steps::{Sequence, gathered};

/// What a record is in order of, unless `time:` says otherwise.
const TIME: &str = "timestamp";

impl Planner {
    /// Chains of records with equal keys that fulfil conditions one after the other.
    pub(super) fn sequence(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let (mut conditions, mut by) = (Vec::new(), Vec::new());
        let steps = all_named(command, &items(command))?;
        for step in &steps {
            conditions.push(as_truth(compile(&step.expr, &input.columns, &self.moment)?));
        }
        let mut after = Vec::new();
        for key in all_named(command, &param_items(command, "by"))? {
            let ready = compile(&key.expr, &input.columns, &self.moment)?;
            after.push(Column::new(key.name, ready.form));
            by.push(ready);
        }
        after.push(Column::new("timeframe", Form::Dynamic));
        after.extend(steps.into_iter().map(|step| Column::new(step.name, Form::Dynamic)));
        let within = match self.param_value(command, "within")? {
            Some(Value::Duration(Duration(nanos @ 0..))) => nanos,
            _ => return Err(bad(command, "`within:` is a duration")),
        };
        let time = match param_items(command, "time").first().and_then(|arg| arg.expr()) {
            Some(time) => compile(time, &input.columns, &self.moment)?,
            None => column(&input.columns, TIME).unwrap_or(null_of(Form::Timestamp)),
        };
        let schema = schema_of(&after);
        let work = Sequence { conditions, by, time, within, before: input.columns, after: after.clone() };
        Ok(Stream { plan: gathered(Arc::new(work), input.plan, schema), columns: after })
    }
}

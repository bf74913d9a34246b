//! Commands that choose, name and compute columns.

use std::sync::Arc;

use datafusion_physical_plan::projection::{ProjectionExec, ProjectionExpr};
use weir_event::Fault;
use weir_lang::ast::{ArgValue, Command};

use super::args::{all_named, bad, items, name_of, names, param_items};
use super::{Planner, Stream};
use crate::columns::{Column, find};
use crate::expr::{Ready, column_at, compile, in_form, null_of};
use crate::{Form, fault, wildcard};

/// `input` with exactly these columns.
pub fn project(input: Stream, outputs: Vec<(Column, Ready)>) -> Result<Stream, Fault> {
    let (columns, exprs): (Vec<Column>, Vec<ProjectionExpr>) = outputs
        .into_iter()
        .map(|(column, ready)| {
            let expr = ProjectionExpr::new(ready.expr, column.name.clone());
            (Column { form: ready.form, ..column }, expr)
        })
        .unzip();
    let plan = ProjectionExec::try_new(exprs, input.plan).map_err(fault::storage)?;
    Ok(Stream { plan: Arc::new(plan), columns })
}

/// All columns as they are.
pub fn as_is(columns: &[Column]) -> Vec<(Column, Ready)> {
    columns.iter().enumerate().map(|(index, column)| (column.clone(), column_at(columns, index))).collect()
}

/// Sets the output `column`: in its place when there is one of that name, else at the end.
pub fn put(outputs: &mut Vec<(Column, Ready)>, column: Column, ready: Ready) {
    match outputs.iter_mut().find(|(have, _)| have.name == column.name) {
        Some(have) => *have = (column, ready),
        None => outputs.push((column, ready)),
    }
}

/// `input` without the fields of the system that nobody chose.
pub fn without_hidden(input: Stream) -> Result<Stream, Fault> {
    if input.columns.iter().all(|column| !column.hidden) {
        return Ok(input);
    }
    let mut outputs = as_is(&input.columns);
    outputs.retain(|(column, _)| !column.hidden);
    project(input, outputs)
}

/// `input` with the texts themselves where columns have dictionaries.
pub fn without_words(input: Stream) -> Result<Stream, Fault> {
    if !input.columns.iter().any(|column| column.form.has_dictionary()) {
        return Ok(input);
    }
    let plain = |(column, ready): (Column, Ready)| {
        let form = ready.form.plain();
        (column, in_form(ready, form))
    };
    let outputs = as_is(&input.columns).into_iter().map(plain).collect();
    project(input, outputs)
}

impl Planner {
    pub(super) fn fields(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let mut outputs = Vec::new();
        for named in all_named(command, &items(command))? {
            let ready = compile(&named.expr, &input.columns, &self.moment)?;
            put(&mut outputs, Column::new(named.name, ready.form), ready);
        }
        project(input, outputs)
    }

    /// Every expression sees the record as it came in.
    pub(super) fn fields_add(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let mut outputs = as_is(&input.columns);
        for named in all_named(command, &items(command))? {
            let ready = compile(&named.expr, &input.columns, &self.moment)?;
            put(&mut outputs, Column::new(named.name, ready.form), ready);
        }
        project(input, outputs)
    }

    pub(super) fn fields_keep(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let patterns = names(command, &items(command))?;
        let mut outputs = as_is(&input.columns);
        outputs.retain(|(column, _)| patterns.iter().any(|pattern| wildcard::matches(pattern, &column.name)));
        for (column, _) in &mut outputs {
            column.hidden &= !patterns.contains(&column.name);
        }
        project(input, outputs)
    }

    pub(super) fn fields_remove(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let patterns = names(command, &items(command))?;
        let mut outputs = as_is(&input.columns);
        outputs.retain(|(column, _)| !patterns.iter().any(|pattern| wildcard::matches(pattern, &column.name)));
        project(input, outputs)
    }

    /// A renamed field keeps its place and replaces one that already has the new name.
    pub(super) fn fields_rename(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let mut outputs = as_is(&input.columns);
        for arg in items(command) {
            let (Some(new), Some(old)) = (arg.alias.as_deref(), name_of(arg)) else {
                return Err(bad(command, "renaming is written `new = old`"));
            };
            if !outputs.iter().any(|(column, _)| column.name == old) || new == old {
                continue;
            }
            outputs.retain(|(column, _)| column.name != new);
            if let Some((column, _)) = outputs.iter_mut().find(|(column, _)| column.name == old) {
                column.name = new.to_owned();
            }
        }
        project(input, outputs)
    }

    /// Moves fields into a nested record, under their full names.
    pub(super) fn fields_move(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let target = items(command).first().and_then(|arg| name_of(arg));
        let target = target.ok_or_else(|| bad(command, "the name of the new field is missing"))?;
        let include = names(command, &param_items(command, "include"))?;
        let exclude = names(command, &param_items(command, "exclude"))?;
        let has = |patterns: &[String], name: &str| patterns.iter().any(|pattern| wildcard::matches(pattern, name));
        let moved: Vec<usize> = (0..input.columns.len())
            .filter(|&at| has(&include, &input.columns[at].name) && !has(&exclude, &input.columns[at].name))
            .collect();
        let mut outputs = as_is(&input.columns);
        let record = crate::steps::record_of(&input.columns, &moved);
        outputs.retain(|(column, _)| !moved.iter().any(|&at| input.columns[at].name == column.name));
        put(&mut outputs, Column::new(target, Form::Dynamic), record);
        project(input, outputs)
    }
}

/// The columns of `input` renamed with a prefix, or only the asked-for ones under their aliases.
pub fn chosen(
    command: &Command,
    input: &Stream,
    prefix: &str,
    prefix_given: bool,
) -> Result<Vec<(Column, Ready)>, Fault> {
    let fields = param_items(command, "fields");
    if fields.is_empty() {
        let renamed = |(column, ready): (Column, Ready)| {
            let name = format!("{prefix}{}", column.name);
            // Left out where nothing matches.
            (Column { name, sparse: true, ..column }, ready)
        };
        return Ok(as_is(&input.columns).into_iter().map(renamed).collect());
    }
    let mut outputs = Vec::new();
    for arg in fields {
        let source = match &arg.value {
            ArgValue::Expr(_) => name_of(arg),
            _ => None,
        };
        let source = source.ok_or_else(|| bad(command, "`fields:` lists field names"))?;
        let name = arg.alias.as_deref().unwrap_or(&source);
        let name = if prefix_given { format!("{prefix}{name}") } else { name.to_owned() };
        let ready = find(&input.columns, &source).map_or(null_of(Form::Dynamic), |at| column_at(&input.columns, at));
        put(&mut outputs, Column::new(name, ready.form), ready);
    }
    Ok(outputs)
}

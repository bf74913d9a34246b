//! Commands that make rows or columns out of containers.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use weir_event::{Fault, Record, Value};
use weir_lang::ast::{Command, Expr, Node};

use super::args::{all_named, bad, items, name_of, param_items};
use super::shape::{as_is, project, put};
use super::{Planner, Stream};
use crate::cells::{Cells, CellsBuilder};
use crate::columns::{Column, find, schema_of};
use crate::expr::{Ready, compile};
use crate::gather::batch_with;
use crate::steps::{Expand, Summary, gathered, spread};
use crate::{Form, fault, json};

/// Depth to which `fieldsFlatten` goes at most.
const DEPTH_MAX: i64 = 10;
/// Columns that a record is flattened into at most.
const MEMBERS_MAX: usize = 2_000;

/// What a row of a container becomes: names and values.
type Members = Vec<(String, Value<'static>)>;

impl Planner {
    /// One record per item.
    pub(super) fn expand(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let args = items(command);
        let named =
            all_named(command, &args)?.into_iter().next().ok_or_else(|| bad(command, "`expand` needs an array"))?;
        let most = match self.param_long(command, "limit")? {
            None => usize::MAX,
            Some(most @ 0..) => most as usize,
            Some(_) => return Err(bad(command, "`limit:` is a whole number from 0")),
        };
        let source = compile(&named.expr, &input.columns, &self.moment)?;
        let mut columns = input.columns.clone();
        let column = Column::new(named.name, Form::Dynamic);
        let target = match find(&columns, &column.name) {
            Some(at) => {
                columns[at] = column;
                at
            }
            None => {
                columns.push(column);
                columns.len() - 1
            }
        };
        let schema = schema_of(&columns);
        let work = Expand { source, target, most, schema: schema.clone() };
        Ok(Stream { plan: spread(Arc::new(work), input.plan, schema), columns })
    }

    /// Members of a record as fields. Without `fields:` their names are only known from the records themselves, so those are
    /// read first.
    pub(super) async fn fields_flatten(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let source = items(command).into_iter().next().and_then(|arg| arg.expr()).cloned();
        let source = source.ok_or_else(|| bad(command, "`fieldsFlatten` needs a field that holds records"))?;
        let fields = param_items(command, "fields");
        let prefix = self.param_text(command, "prefix")?;
        if prefix.is_some() && !fields.is_empty() {
            return Err(bad(command, "`prefix:` and `fields:` exclude each other"));
        }
        let depth = self.param_long(command, "depth")?.unwrap_or(1);
        if !(1..=DEPTH_MAX).contains(&depth) {
            return Err(bad(command, format!("`depth:` is a whole number from 1 to {DEPTH_MAX}")));
        }
        if !fields.is_empty() {
            let mut outputs = as_is(&input.columns);
            for arg in fields {
                let member = name_of(arg).ok_or_else(|| bad(command, "`fields:` lists member names"))?;
                let name = arg.alias.clone().unwrap_or_else(|| member.clone());
                let expr = Expr::new(Node::Member(Box::new(source.clone()), member), source.span);
                let ready = compile(&expr, &input.columns, &self.moment)?;
                put(&mut outputs, Column::new(name, ready.form), ready);
            }
            return project(input, outputs);
        }
        let prefix = prefix.unwrap_or_else(|| match &source.node {
            Node::Field(name) => format!("{name}."),
            _ => String::new(),
        });
        let ready = compile(&source, &input.columns, &self.moment)?;
        let members = |value: Value<'_>| {
            let mut found = Members::new();
            if let Value::Record(record) = value {
                flatten(&prefix, &record, depth, &mut found);
            }
            found
        };
        self.widened(command, input, ready, &members, true).await
    }

    /// Members of a JSON text as fields; a field that exists is never overwritten.
    pub(super) async fn json_extract(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let source = items(command).into_iter().next().and_then(|arg| arg.expr()).cloned();
        let source = source.ok_or_else(|| bad(command, "`jsonExtract` needs a text"))?;
        let conflicts = command.named("conflicts").and_then(name_of);
        let taken: Vec<String> = input.columns.iter().map(|column| column.name.clone()).collect();
        let ready = compile(&source, &input.columns, &self.moment)?;
        let members = |value: Value<'_>| {
            let objects = value.as_str().and_then(|text| json::objects(text).ok()).unwrap_or_default();
            let [record] = &objects[..] else { return Members::new() };
            let (collided, mut free): (Vec<_>, Vec<_>) = record
                .clone()
                .into_iter()
                .map(|(name, value)| (name.into_owned(), value))
                .partition(|(name, _)| taken.contains(name));
            if let Some(name) = conflicts.clone().filter(|_| !collided.is_empty()) {
                free.push((name, Value::Record(collided.into_iter().collect::<Record>())));
            }
            free
        };
        self.widened(command, input, ready, &members, false).await
    }

    /// Reads everything, then adds the columns that `members` finds in the values of `source`.
    async fn widened(
        &self,
        command: &Command,
        input: Stream,
        source: Ready,
        members: &(dyn Fn(Value<'_>) -> Members + Sync),
        replace: bool,
    ) -> Result<Stream, Fault> {
        let mut columns = input.columns.clone();
        let batches = self.collect(command.kind.name(), input).await?;
        let mut found: Vec<Vec<Members>> = Vec::new();
        let mut targets: HashMap<String, usize> = HashMap::new();
        for batch in &batches {
            let array = source
                .expr
                .evaluate(batch)
                .and_then(|value| value.into_array(batch.num_rows()))
                .map_err(fault::storage)?;
            let cells = Cells::new(source.form, &array);
            let rows: Vec<Members> = (0..batch.num_rows()).map(|row| members(cells.get(row))).collect();
            for (name, _) in rows.iter().flatten() {
                if !targets.contains_key(name) && targets.len() < MEMBERS_MAX {
                    let at = find(&columns, name).unwrap_or(columns.len());
                    let column = Column::sparse(name.clone(), Form::Dynamic);
                    if at == columns.len() {
                        columns.push(column);
                    } else if replace {
                        columns[at] = column;
                    }
                    targets.insert(name.clone(), at);
                }
            }
            found.push(rows);
        }
        if targets.len() >= MEMBERS_MAX {
            self.totals.cut(format!("`{}` found more than {MEMBERS_MAX} members", command.kind.name()));
        }
        let schema = schema_of(&columns);
        let widen = |(batch, rows): (&RecordBatch, &Vec<Members>)| {
            let mut arrays: Vec<Option<ArrayRef>> = batch.columns().iter().cloned().map(Some).collect();
            arrays.resize(columns.len(), None);
            for (name, &at) in &targets {
                let mut column = CellsBuilder::new(Form::Dynamic, rows.len());
                for row in rows {
                    let value =
                        row.iter().rev().find(|(have, _)| have == name).map_or(&Value::Null, |(_, value)| value);
                    column.push(value);
                }
                arrays[at] = Some(column.finish());
            }
            batch_with(schema.clone(), arrays.into_iter().flatten().collect(), batch.num_rows()).map_err(fault::storage)
        };
        let batches = batches.iter().zip(&found).map(widen).collect::<Result<Vec<_>, Fault>>()?;
        self.batches(batches, columns)
    }

    /// Counts the values of fields.
    pub(super) fn fields_summary(&self, command: &Command, first: &Command, input: Stream) -> Result<Stream, Fault> {
        let top = self.param_long(command, "topValues")?.unwrap_or(20);
        let top = usize::try_from(top).map_err(|_| bad(command, "`topValues:` is a whole number from 0"))?;
        let extrapolates = self.param_flag(command, "extrapolateSamples")? && first.kind.name() == "fetch";
        let each_stands_for = if extrapolates { self.sampling(first)? as i64 } else { 1 };
        let mut fields = Vec::new();
        for named in all_named(command, &items(command))? {
            fields.push((named.name, compile(&named.expr, &input.columns, &self.moment)?));
        }
        let columns = vec![
            Column::new("field", Form::Text),
            Column::new("rawCount", Form::Long),
            Column::new("count", Form::Long),
            Column::new("values", Form::Dynamic),
        ];
        let work = Summary { fields, top, each_stands_for, after: columns.clone() };
        Ok(Stream { plan: gathered(Arc::new(work), input.plan, schema_of(&columns)), columns })
    }
}

/// Members under prefixed names; a record within is opened until `depth` is used up.
fn flatten(prefix: &str, record: &Record<'_>, depth: i64, found: &mut Members) {
    for (name, value) in record.iter() {
        let name = format!("{prefix}{name}");
        match value {
            Value::Record(inner) if depth > 1 => flatten(&format!("{name}."), inner, depth - 1, found),
            value => found.push((name, value.clone().into_owned())),
        }
    }
}

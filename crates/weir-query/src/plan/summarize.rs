//! `summarize`, and the grouping that it shares with `makeTimeseries`.

use weir_event::Fault;
use weir_lang::ast::{Command, Expr, Node, Span};

use super::aggregates::Found;
use super::args::{Named, all_named, bad, param_items};
use super::shape::{project, put};
use super::{Planner, Stream};
use crate::Form;
use crate::aggregate::Aggregate;
use crate::columns::Column;
use crate::expr::{Ready, as_group, as_key, as_truth, column_at, compile, in_form};
use crate::group::{Part, group};

/// A group key.
pub struct Key {
    pub name: String,
    pub ready: Ready,
}

impl Planner {
    pub(super) fn summarize(&self, command: &Command, input: Stream) -> Result<Stream, Fault> {
        let by = all_named(command, &param_items(command, "by"))?;
        let positional = command.items().into_iter().chain(param_items(command, "aggregations"));
        let wanted = all_named(command, &positional.collect::<Vec<_>>())?;
        if by.is_empty() && wanted.is_empty() {
            return Err(bad(command, "`summarize` needs an aggregation or `by:`"));
        }
        let keys = self.keys(&by, &input)?;
        let (outputs, found) = self.split(command, wanted, &by)?;
        let grouped = self.grouped(command, keys, &found, input)?;
        let mut columns: Vec<(Column, Ready)> = (0..by.len())
            .map(|at| (Column::new(by[at].name.clone(), grouped.columns[at].form), column_at(&grouped.columns, at)))
            .collect();
        for named in outputs {
            let ready = compile(&named.expr, &grouped.columns, &self.moment)?;
            put(&mut columns, Column::new(named.name, ready.form), ready);
        }
        project(grouped, columns)
    }

    pub(super) fn keys(&self, by: &[Named], input: &Stream) -> Result<Vec<Key>, Fault> {
        let key = |(index, named): (usize, &Named)| {
            let ready = as_group(compile(&named.expr, &input.columns, &self.moment)?);
            Ok(Key { name: format!("#by{index}"), ready })
        };
        by.iter().enumerate().map(key).collect()
    }

    /// The expressions with their aggregates replaced by columns, and those aggregates. A part that equals a group key stands
    /// for the key.
    fn split(&self, command: &Command, wanted: Vec<Named>, by: &[Named]) -> Result<(Vec<Named>, Vec<Found>), Fault> {
        let mut found = Vec::new();
        let mut outputs = Vec::new();
        for mut named in wanted {
            let before = found.len();
            self.take_aggregates(&mut named.expr, &mut found)?;
            if found.len() == before && !by.iter().any(|key| same(&key.expr, &named.expr)) {
                let literal = matches!(named.expr.node, Node::Literal(_));
                if !literal {
                    return Err(bad(command, format!("`{}` is neither an aggregation nor a group", named.name))
                        .hint("wrap it in takeAny(...), or add it to `by:`"));
                }
            }
            replace_keys(&mut named.expr, by);
            if found.len() > before
                && let Some(field) = named.expr.fields().into_iter().find(|field| !field.starts_with('#'))
            {
                return Err(bad(
                    command,
                    format!("`{field}` stands beside an aggregation and is neither one nor a group"),
                )
                .hint("wrap it in takeAny(...), or add it to `by:`"));
            }
            outputs.push(named);
        }
        Ok((outputs, found))
    }

    /// Groups by keys and computes aggregates: columns `#by0 ..`, then one per aggregate.
    pub(super) fn grouped(
        &self,
        command: &Command,
        keys: Vec<Key>,
        found: &[Found],
        input: Stream,
    ) -> Result<Stream, Fault> {
        let mut columns: Vec<Column> =
            keys.iter().map(|key| Column::new(key.name.clone(), key.ready.form.plain())).collect();
        let mut parts = Vec::new();
        for one in found {
            let part = self.part(one, &input)?;
            columns.push(Column::new(one.column.clone(), part.form));
            parts.push(part);
        }
        let keys = keys.into_iter().map(|key| key.ready).collect();
        Ok(Stream { plan: group(command.kind.name(), keys, parts, columns.clone(), input.plan), columns })
    }

    /// How one aggregate runs: its arguments in the forms that it is quickest over.
    fn part(&self, one: &Found, input: &Stream) -> Result<Part, Fault> {
        let mut inputs = Vec::new();
        for argument in &one.arguments {
            inputs.push(compile(argument, &input.columns, &self.moment)?);
        }
        if let Some(first) = inputs.first_mut() {
            let ready = first.clone();
            *first = match (&one.aggregate, ready.form) {
                (Aggregate::CountIf, _) => as_truth(ready),
                (Aggregate::CountDistinctExact, _) => as_key(ready),
                (Aggregate::Sum | Aggregate::Avg, Form::Long) => in_form(ready, Form::Double),
                _ => ready,
            };
        }
        Ok(Part::of(&one.aggregate, inputs))
    }
}

/// Group keys inside an expression become their columns.
fn replace_keys(expr: &mut Expr, by: &[Named]) {
    let is_literal = matches!(expr.node, Node::Literal(_));
    if !is_literal && let Some(at) = by.iter().position(|key| same(&key.expr, expr)) {
        *expr = Expr::field(format!("#by{at}"));
        return;
    }
    crate::expr::walk::parts_mut(expr).into_iter().for_each(|part| replace_keys(part, by));
}

/// Equal apart from where they stand.
fn same(a: &Expr, b: &Expr) -> bool {
    let plain = |expr: &Expr| {
        let mut expr = expr.clone();
        crate::expr::walk::each_mut(&mut expr, &mut |part| part.span = Span::default());
        expr
    };
    plain(a) == plain(b)
}

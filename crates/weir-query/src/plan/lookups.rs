//! `lookup(...)` inside of expressions: the found record becomes a column before the command, and goes after it.

use weir_event::Fault;
use weir_lang::ast::{Arg, ArgValue, Call, Command, Expr, Node};
use weir_lang::functions;

use super::args::bad;
use super::shape::{as_is, project};
use super::{Planner, Stream};
use crate::columns::Column;
use crate::expr::{column_at, walk};
use crate::steps::JoinKind;

/// What the names of the columns of found records begin with; no field of a query can be called so without backticks.
const FOUND: &str = "#lookup";

impl Planner {
    /// `command` with each call of `lookup` replaced by a field that the given back stream holds the found record in.
    pub(super) async fn with_lookups(&self, command: &Command, input: Stream) -> Result<(Command, Stream), Fault> {
        let mut command = command.clone();
        let mut calls = Vec::new();
        command.args.iter_mut().for_each(|arg| take_calls(arg, &mut calls));
        let mut stream = input;
        for (at, call) in calls.iter().enumerate() {
            stream = self.found(&command, call, format!("{FOUND}{at}"), stream).await?;
        }
        Ok((command, stream))
    }

    /// `input` and a column with the first record of the call's sub-query that matches.
    async fn found(&self, command: &Command, call: &Call, alias: String, input: Stream) -> Result<Stream, Fault> {
        let wrong = || bad(command, "`lookup` is written `lookup([query], sourceField: a, lookupField: b)`");
        let bound = functions::bind(call.function, &call.args).ok_or_else(wrong)?;
        let query = bound.get("lookupTable").and_then(Arg::block).ok_or_else(wrong)?;
        let field = |name: &str| bound.get(name).and_then(Arg::expr).cloned();
        let there = field("lookupField").ok_or_else(wrong)?;
        let here = field("sourceField").unwrap_or_else(|| there.clone());
        let right = self.side(command, query).await?;
        let members: Vec<Column> = right.columns.clone();
        let chosen = as_is(&right.columns);
        let kind = JoinKind::FirstRecord { alias, members };
        self.joined(command, input, right, (kind, vec![(here, there)]), chosen).await
    }
}

/// `stream` without the columns that only [`Planner::with_lookups`] needed.
pub(super) fn without_found(stream: Stream) -> Result<Stream, Fault> {
    let kept: Vec<_> = (0..stream.columns.len()).filter(|&at| !stream.columns[at].name.starts_with(FOUND)).collect();
    if kept.len() == stream.columns.len() {
        return Ok(stream);
    }
    let outputs = kept.iter().map(|&at| (stream.columns[at].clone(), column_at(&stream.columns, at))).collect();
    project(stream, outputs)
}

/// Moves the calls of an argument into `calls`. An argument that was nothing but a call keeps its name.
fn take_calls(arg: &mut Arg, calls: &mut Vec<Call>) {
    match &mut arg.value {
        ArgValue::Expr(expr) => {
            let whole = is_lookup(expr);
            walk::each_mut(expr, &mut |part| take_call(part, calls));
            if whole && arg.name.is_none() && arg.alias.is_none() {
                arg.alias = Some(arg.source.clone());
            }
        }
        ArgValue::Group(items) => items.iter_mut().for_each(|item| take_calls(item, calls)),
        ArgValue::Block(_) => {}
    }
}

fn take_call(part: &mut Expr, calls: &mut Vec<Call>) {
    if !is_lookup(part) {
        return;
    }
    let name = Expr::new(Node::Field(format!("{FOUND}{}", calls.len())), part.span);
    if let Node::Call(call) = std::mem::replace(part, name).node {
        calls.push(call);
    }
}

fn is_lookup(expr: &Expr) -> bool {
    matches!(&expr.node, Node::Call(call) if call.function.name == "lookup")
}

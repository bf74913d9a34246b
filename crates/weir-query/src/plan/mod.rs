//! A query as a tree of operators.
//!
//! Each command turns a [`Stream`] (an operator and the columns it gives) into another. Planning is async because some
//! commands have to look at data first: the members of a record to flatten, the values of `in [..]`.

mod aggregates;
mod args;
mod census;
mod fetch;
mod filters;
mod join;
mod literals;
mod load;
mod lookups;
mod needles;
mod needs;
mod order;
mod parse;
mod reshape;
mod search;
mod sequence;
mod series;
mod shape;
mod source;
mod subquery;
mod summarize;
mod timing;
mod window;

pub use order::limited;

use std::sync::Arc;

use datafusion_execution::TaskContext;
use datafusion_physical_plan::ExecutionPlan;
use weir_event::Fault;
use weir_lang::ast::{Command, Query};

use crate::asked::Asked;
use crate::columns::Column;
use crate::expr::Moment;
use crate::fault;
use crate::scan::{Footers, Totals};
use crate::tables::{Tables, Window};

/// Rows in progress.
#[derive(Clone, Debug)]
pub struct Stream {
    pub plan: Arc<dyn ExecutionPlan>,
    pub columns: Vec<Column>,
}

/// What planning a query needs to know.
pub struct Planner {
    /// For faults.
    pub asked: Arc<Asked>,
    pub tables: Arc<dyn Tables>,
    pub tenant: String,
    pub moment: Moment,
    /// The window of every `fetch` that names none, and of `makeTimeseries`.
    pub window: Window,
    pub cores: usize,
    pub lookups: Option<std::path::PathBuf>,
    pub footers: Arc<Footers>,
    pub totals: Arc<Totals>,
    pub context: Arc<TaskContext>,
    /// Only check: nothing is read, tables are empty.
    pub dry: bool,
}

impl Planner {
    /// Plans a whole query.
    pub async fn query(&self, query: &Query) -> Result<Stream, Fault> {
        let (first, rest) =
            query.commands.split_first().ok_or_else(|| fault::argument("query", "the query is empty"))?;
        let first = self.resolved(first).await?;
        let mut commands = Vec::with_capacity(rest.len());
        for command in rest {
            commands.push(self.resolved(command).await?);
        }
        let commands = filters::together(commands);
        let mut stream = self.source(&first, &commands).map_err(|fault| self.asked.placed(first.span, fault))?;
        for command in &commands {
            let next = Box::pin(self.next(command, &first, stream)).await;
            stream = next.map_err(|fault| self.asked.placed(command.span, fault))?;
        }
        shape::without_words(shape::without_hidden(stream)?)
    }

    /// A command without sub-queries among its expressions.
    async fn resolved(&self, command: &Command) -> Result<Command, Fault> {
        self.with_subqueries(command).await.map_err(|fault| self.asked.placed(command.span, fault))
    }

    /// One command after the first, prepared for its operator.
    async fn next(&self, command: &Command, first: &Command, input: Stream) -> Result<Stream, Fault> {
        let (command, input) = self.with_lookups(command, input).await?;
        let input = if keeps_words(&command) { input } else { shape::without_words(input)? };
        lookups::without_found(self.command(&command, first, input).await?)
    }

    /// One command after the first.
    async fn command(&self, command: &Command, first: &Command, input: Stream) -> Result<Stream, Fault> {
        match command.kind.name() {
            "filter" => self.filter(command, input),
            "filterOut" => self.filter_out(command, input),
            "search" => self.search(command, input),
            "fields" => self.fields(command, input),
            "fieldsAdd" => self.fields_add(command, input),
            "fieldsKeep" => self.fields_keep(command, input),
            "fieldsRemove" => self.fields_remove(command, input),
            "fieldsRename" => self.fields_rename(command, input),
            "fieldsMove" => self.fields_move(command, input),
            "parse" => self.parse(command, input),
            "sort" => self.sort(command, input),
            "limit" => self.limit(command, input),
            "dedup" => self.dedup(command, input),
            "summarize" => self.summarize(command, input),
            "makeTimeseries" => self.make_timeseries(command, first, input),
            "expand" => self.expand(command, input),
            "fieldsFlatten" => self.fields_flatten(command, input).await,
            "jsonExtract" => self.json_extract(command, input).await,
            "fieldsSummary" => self.fields_summary(command, first, input),
            "append" => self.append(command, input).await,
            "join" => self.join(command, input).await,
            "joinNested" => self.join_nested(command, input).await,
            "lookup" => self.lookup(command, input).await,
            "failIf" => self.fail_if(command, input),
            "window" => self.window(command, input),
            "sequence" => self.sequence(command, input),
            // Steps from nodes that are not there lead to none.
            "traverse" if first.kind.name().starts_with("smartscape") => Ok(input),
            other => Err(fault::not_supported(other)),
        }
    }
}

/// Whether a command hands rows on without copying them, or makes other rows of them: then a dictionary pays. Where rows are
/// gathered, each batch would bring its whole dictionary along.
fn keeps_words(command: &Command) -> bool {
    let kept = [
        "filter",
        "filterOut",
        "failIf",
        "search",
        "fields",
        "fieldsAdd",
        "fieldsKeep",
        "fieldsRemove",
        "fieldsRename",
        "limit",
        "parse",
        "summarize",
        "makeTimeseries",
        "fieldsSummary",
    ];
    kept.contains(&command.kind.name())
}

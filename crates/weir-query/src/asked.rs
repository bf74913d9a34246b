//! The question behind a running query, so that what fails can say where it stands.

use datafusion_common::DataFusionError;
use weir_event::{Fault, FaultKind};
use weir_lang::ast::{Arg, ArgValue, Command, Node, Query, Span};
use weir_lang::point;

use crate::fault;

/// The text of a query, where its commands stand in it, and what it may use.
#[derive(Debug)]
pub struct Asked {
    text: String,
    commands: Vec<(&'static str, Span)>,
    memory_bytes_max: usize,
}

impl Asked {
    pub fn new(text: &str, query: &Query, memory_bytes_max: usize) -> Self {
        let mut commands = Vec::new();
        add(query, &mut commands);
        Asked { text: text.to_owned(), commands, memory_bytes_max }
    }

    /// What a failure of an operator means to the one who asked, with the place of the command that failed, when it is the only one
    /// of its name.
    pub fn fault_of(&self, error: DataFusionError) -> Fault {
        let (fault, command) = fault::of(error, self.memory_bytes_max);
        let mut spans = self.commands.iter().filter(|(name, _)| command == Some(*name)).map(|(_, span)| *span);
        match (spans.next(), spans.next()) {
            (Some(span), None) => self.placed(span, fault),
            _ => fault,
        }
    }

    /// A fault of the command at `span` with its place, unless it has one or the query has no part in it.
    pub fn placed(&self, span: Span, fault: Fault) -> Fault {
        let of_query = matches!(fault.kind(), FaultKind::Usage | FaultKind::NotFound | FaultKind::Limit);
        if of_query && fault.place().is_empty() { point(&self.text, span, fault) } else { fault }
    }
}

/// Every command, those of sub-queries included.
fn add(query: &Query, commands: &mut Vec<(&'static str, Span)>) {
    for command in &query.commands {
        commands.push((command.kind.name(), command.span));
        add_inner(command, commands);
    }
}

fn add_inner(command: &Command, commands: &mut Vec<(&'static str, Span)>) {
    for arg in command.args.iter().flat_map(Arg::items) {
        match &arg.value {
            ArgValue::Block(query) => add(query, commands),
            ArgValue::Expr(expr) => expr.walk(&mut |part| match &part.node {
                Node::InQuery(_, query) => add(query, commands),
                Node::Call(call) => call.args.iter().filter_map(Arg::block).for_each(|query| add(query, commands)),
                _ => {}
            }),
            ArgValue::Group(_) => {}
        }
    }
}

//! Which fields records have at a point of a query, as far as the text and what is known of the data tell.

use weir_event::Value;

use super::Known;
use crate::ast::{Arg, Command, Expr, Node, Query};
use crate::commands::CommandKind;
use crate::dpl::{Pattern, PatternOptions, ValueKind};
use crate::text::{Case, is_value};
use crate::types::Type;
use crate::{json, static_type};

/// Fields in order, each with its type where it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    fields: Vec<(String, Option<Type>)>,
    /// Records may have other fields too.
    open: bool,
}

impl Scope {
    /// What the records of a query have.
    pub fn of(query: &Query, known: &Known) -> Scope {
        let mut scope = Scope::default();
        query.commands.iter().for_each(|command| scope.step(command, known));
        scope
    }

    /// What the records of some table have.
    pub fn of_known(known: &Known) -> Scope {
        Scope { fields: known.fields.clone(), open: true }
    }

    pub fn fields(&self) -> &[(String, Option<Type>)] {
        &self.fields
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(have, _)| have == name)
    }

    pub fn type_of(&self, name: &str) -> Option<Type> {
        self.fields.iter().find(|(have, _)| have == name).and_then(|(_, ty)| *ty)
    }

    pub fn type_of_expr(&self, expr: &Expr) -> Option<Type> {
        static_type(expr, &|name| self.type_of(name))
    }

    fn set(&mut self, name: impl Into<String>, ty: Option<Type>) {
        let name = name.into();
        match self.fields.iter_mut().find(|(have, _)| *have == name) {
            Some(field) => field.1 = ty,
            None => self.fields.push((name, ty)),
        }
    }

    /// Only what `args` make, or that beside what is there.
    fn make(&mut self, args: &[&Arg]) {
        let made: Vec<_> = args
            .iter()
            .map(|arg| (arg.result_name().to_owned(), arg.expr().and_then(|expr| self.type_of_expr(expr))))
            .collect();
        made.into_iter().for_each(|(name, ty)| self.set(name, ty));
    }

    fn only(&mut self, lists: &[Vec<&Arg>]) {
        let mut made = Scope { fields: Vec::new(), open: false };
        for arg in lists.iter().flatten() {
            made.set(arg.result_name(), arg.expr().and_then(|expr| self.type_of_expr(expr)));
        }
        *self = made;
    }

    /// What the records have behind a command.
    pub fn step(&mut self, command: &Command, known: &Known) {
        let items = command.items();
        match command.kind {
            CommandKind::Fetch => *self = Scope { fields: known.fields.clone(), open: known.fields.is_empty() },
            CommandKind::Data => self.data(command),
            CommandKind::Describe => self.names(&["field", "data_types"]),
            CommandKind::FieldsSummary => self.names(&["field", "rawCount", "count", "values"]),
            CommandKind::Fields => self.only(&[items]),
            CommandKind::FieldsAdd | CommandKind::Window => self.make(&items),
            CommandKind::FieldsKeep => self.keep(&items),
            CommandKind::FieldsRemove => {
                self.fields.retain(|(name, _)| !items.iter().any(|arg| matches(name, arg.result_name())));
            }
            CommandKind::FieldsRename => self.rename(&items),
            CommandKind::Parse => self.parse(command),
            CommandKind::Expand => {
                if let Some(arg) = items.first() {
                    self.set(arg.result_name(), None);
                }
            }
            CommandKind::Summarize => self.only(&[command.list("by"), items, command.list("aggregations")]),
            CommandKind::MakeTimeseries => {
                self.only(&[command.list("by"), items, command.list("aggregations")]);
                self.set("timeframe", Some(Type::Timeframe));
                self.set("interval", Some(Type::Duration));
            }
            CommandKind::Append => {
                if let Some(query) = command.block() {
                    let other = Scope::of(query, known);
                    self.open |= other.open;
                    for (name, ty) in other.fields {
                        let same = self.type_of(&name) == ty || !self.has(&name);
                        self.set(name, ty.filter(|_| same));
                    }
                }
            }
            CommandKind::Lookup | CommandKind::Join => self.join(command, known),
            CommandKind::JoinNested => {
                let alias = command.args.iter().find_map(|arg| arg.alias.clone());
                alias.into_iter().for_each(|alias| self.set(alias, Some(Type::Array)));
            }
            CommandKind::Sequence => {
                self.only(&[command.list("by")]);
                self.set("timeframe", Some(Type::Timeframe));
                items.iter().for_each(|arg| self.set(arg.result_name(), Some(Type::Record)));
            }
            CommandKind::Filter
            | CommandKind::FilterOut
            | CommandKind::Search
            | CommandKind::Dedup
            | CommandKind::Limit
            | CommandKind::Sort
            | CommandKind::FailIf
            | CommandKind::Let => {}
            _ => self.open = true,
        }
    }

    fn names(&mut self, names: &[&str]) {
        *self = Scope { fields: names.iter().map(|name| ((*name).to_owned(), None)).collect(), open: false };
    }

    fn data(&mut self, command: &Command) {
        for arg in command.items() {
            let Some(Node::Call(call)) = arg.expr().map(|expr| &expr.node) else {
                self.open = true;
                continue;
            };
            for member in call.args.iter().flat_map(Arg::items) {
                let ty = member.expr().and_then(|expr| static_type(expr, &|_| None));
                // A field of several types has none that is known.
                let same = !self.has(member.result_name()) || self.type_of(member.result_name()) == ty;
                self.set(member.result_name(), ty.filter(|_| same));
            }
        }
        let text = command.expr("json").and_then(Expr::as_literal).and_then(|value| value.as_str());
        let records = match text.and_then(json::read) {
            Some(Value::Array(items)) => items,
            Some(other) => vec![other],
            None => Vec::new(),
        };
        for record in records.iter().take(1000) {
            if let Value::Record(record) = record {
                record.iter().for_each(|(name, _)| self.set(name, None));
            }
        }
    }

    fn keep(&mut self, items: &[&Arg]) {
        let patterns: Vec<&str> = items.iter().map(|arg| arg.result_name()).collect();
        self.fields.retain(|(name, _)| patterns.iter().any(|pattern| matches(name, pattern)));
        if self.open {
            let plain: Vec<&str> = patterns.iter().copied().filter(|pattern| !pattern.contains('*')).collect();
            self.open = plain.len() < patterns.len();
            plain
                .into_iter()
                .filter(|name| !self.has(name))
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|name| self.set(name, None));
        }
    }

    fn rename(&mut self, items: &[&Arg]) {
        for arg in items {
            let Some(old) = arg.expr().and_then(Expr::as_field) else { continue };
            let ty = self.type_of(old);
            self.fields.retain(|(name, _)| name != old);
            self.set(arg.result_name(), ty);
        }
    }

    fn parse(&mut self, command: &Command) {
        let items = command.items();
        let pattern =
            items.get(1).and_then(|arg| arg.expr()).and_then(Expr::as_literal).and_then(|value| value.as_str());
        let Some(pattern) = pattern.and_then(|text| Pattern::compile(text, &PatternOptions::default()).ok()) else {
            self.open = true;
            return;
        };
        for export in pattern.exports() {
            self.set(export.name.clone(), type_of_export(export.kind));
        }
        if let Some(status) = command.expr("status").and_then(Expr::as_field) {
            self.set(status, None);
        }
    }

    fn join(&mut self, command: &Command, known: &Known) {
        let (default, prefix) = match command.kind {
            CommandKind::Lookup => ("lookup.", command.expr("prefix")),
            _ => ("right.", command.expr("prefix")),
        };
        let given = prefix.and_then(Expr::as_literal).and_then(|value| value.as_str());
        let fields = command.list("fields");
        let other = command.block().map(|query| Scope::of(query, known)).unwrap_or_default();
        if fields.is_empty() {
            self.open |= other.open;
            let prefix = given.unwrap_or(default);
            other.fields.into_iter().for_each(|(name, ty)| self.set(format!("{prefix}{name}"), ty));
            return;
        }
        for arg in fields {
            let ty = arg.expr().and_then(|expr| other.type_of_expr(expr));
            self.set(format!("{}{}", given.unwrap_or_default(), arg.result_name()), ty);
        }
    }
}

fn matches(name: &str, pattern: &str) -> bool {
    is_value(name, pattern, '*', Case::Sensitive)
}

fn type_of_export(kind: ValueKind) -> Option<Type> {
    Some(match kind {
        ValueKind::Text => Type::Text,
        ValueKind::Long => Type::Long,
        ValueKind::Double => Type::Double,
        ValueKind::Bool => Type::Bool,
        ValueKind::Timestamp => Type::Timestamp,
        ValueKind::Ip => Type::Ip,
        ValueKind::Record => Type::Record,
        ValueKind::Array => Type::Array,
        ValueKind::None | ValueKind::Any => return None,
    })
}

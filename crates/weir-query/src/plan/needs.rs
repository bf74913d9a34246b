//! Which fields of a table a query looks at, so that no other is read.

use std::collections::BTreeSet;

use weir_lang::ast::{Arg, ArgValue, Command};

use super::args::{items, name_of, param_items};
use crate::expr::walk;

/// Fields that are needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Needs {
    All,
    Only(BTreeSet<String>),
}

impl Needs {
    pub fn has(&self, name: &str) -> bool {
        match self {
            Needs::All => true,
            Needs::Only(names) => names.contains(name),
        }
    }

    fn add(&mut self, names: Vec<String>) {
        if let Needs::Only(have) = self {
            have.extend(names);
        }
    }

    fn remove(&mut self, name: &str) {
        if let Needs::Only(have) = self {
            have.remove(name);
        }
    }
}

/// What the commands need of the records that enter the first of them.
pub fn before(commands: &[Command]) -> Needs {
    commands.iter().rev().fold(Needs::All, |after, command| step(command, after))
}

fn step(command: &Command, mut needs: Needs) -> Needs {
    match command.kind.name() {
        "filter" | "filterOut" | "failIf" | "sort" | "dedup" | "limit" => needs.add(fields_of(&command.args)),
        "fields" => needs = Needs::Only(fields_of(&command.args).into_iter().collect()),
        "fieldsAdd" => {
            items(command).iter().filter_map(|arg| arg.alias.as_deref()).for_each(|alias| needs.remove(alias));
            needs.add(fields_of(&command.args));
        }
        "fieldsRename" => {
            for arg in items(command) {
                if let (Some(new), Some(old)) = (arg.alias.as_deref(), name_of(arg))
                    && needs.has(new)
                {
                    needs.remove(new);
                    needs.add(vec![old]);
                }
            }
        }
        "fieldsKeep" => {
            let names: Option<Vec<String>> = items(command).into_iter().map(name_of).collect();
            match names.filter(|names| !names.iter().any(|name| name.contains('*'))) {
                Some(names) if needs == Needs::All => needs = Needs::Only(names.into_iter().collect()),
                _ => {}
            }
        }
        "fieldsRemove" => {}
        "parse" => needs.add(fields_of(&command.args)),
        "expand" => needs.add(fields_of(&command.args)),
        "summarize" => needs = Needs::Only(fields_of(&command.args).into_iter().collect()),
        "makeTimeseries" => needs = Needs::Only(series_fields(command)),
        "fieldsSummary" => needs = Needs::Only(fields_of(&command.args).into_iter().collect()),
        _ => needs = Needs::All,
    }
    needs
}

/// A series looks at its time as well, which is a default field unless named.
fn series_fields(command: &Command) -> BTreeSet<String> {
    let mut fields: BTreeSet<String> = fields_of(&command.args).into_iter().collect();
    if param_items(command, "time").is_empty() && param_items(command, "spread").is_empty() {
        fields.extend(["timestamp".to_owned(), "start_time".to_owned()]);
    }
    fields
}

/// Every field that a command names, needed or not.
pub fn named(commands: &[Command]) -> Vec<String> {
    let mut names: Vec<String> = commands.iter().flat_map(|command| fields_of(&command.args)).collect();
    names.sort();
    names.dedup();
    names
}

fn fields_of(args: &[Arg]) -> Vec<String> {
    let mut names = Vec::new();
    collect(args, &mut names);
    names
}

fn collect(args: &[Arg], names: &mut Vec<String>) {
    for arg in args {
        match &arg.value {
            ArgValue::Expr(expr) => walk::fields(expr, names),
            ArgValue::Group(items) => collect(items, names),
            ArgValue::Block(_) => {}
        }
    }
}

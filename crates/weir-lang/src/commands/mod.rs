//! Every command: what it takes, and the checks that need nothing but its text.

mod check;
mod special;
mod table;
mod wants;

pub(crate) use check::{arrange, check};
pub use table::{COMMANDS, CommandKind};
pub use wants::Wants;

/// What a command takes.
#[derive(Debug)]
pub struct CommandSpec {
    pub kind: CommandKind,
    pub name: &'static str,
    /// Begins a query: makes records instead of changing them.
    pub is_source: bool,
    /// The arguments without a parameter's name.
    pub takes: Takes,
    /// How many of them there are at least.
    pub least: usize,
    pub params: &'static [Param],
    /// One sentence.
    pub says: &'static str,
}

/// A parameter that is named.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub wants: Wants,
}

/// Arguments without a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any number of expressions.
    Expressions,
    /// Any number of expressions, maybe with aliases.
    Named,
    /// These parameters in this order, by place or by name.
    Exactly(&'static [&'static str]),
    /// Expressions with `asc` or `desc`.
    Sorts,
    /// `new = old`.
    Renames,
    /// Field names, also with `*`.
    Patterns,
    /// `record(...)`.
    Records,
    /// `[query]`.
    Block,
    /// `alias = [query]`.
    NamedBlock,
}

impl CommandKind {
    pub fn spec(self) -> &'static CommandSpec {
        COMMANDS.iter().find(|spec| spec.kind == self).unwrap_or(&COMMANDS[0])
    }

    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The command of that name, in any case.
    pub fn find(name: &str) -> Option<CommandKind> {
        COMMANDS.iter().find(|spec| spec.name.eq_ignore_ascii_case(name)).map(|spec| spec.kind)
    }

    /// True where aggregations may stand.
    pub fn aggregates(self) -> bool {
        matches!(self, CommandKind::Summarize | CommandKind::MakeTimeseries | CommandKind::Timeseries)
    }

    /// One of weir's own commands, which strict mode refuses.
    pub fn is_extension(self) -> bool {
        matches!(self, CommandKind::Let | CommandKind::Window | CommandKind::Sequence)
    }
}

impl CommandSpec {
    /// The named parameter of that name, in any case.
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        self.params.iter().find(|param| param.name.eq_ignore_ascii_case(name))
    }

    /// The names of the parameters that are given by place, where there are names.
    pub fn places(&self) -> &'static [&'static str] {
        match self.takes {
            Takes::Exactly(names) => names,
            _ => &[],
        }
    }

    /// Every parameter's name.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.params.iter().map(|param| param.name).chain(self.places().iter().copied())
    }
}

//! Every command: what it takes, and the checks that need nothing but its text.

use crate::ast::{Arg, ArgValue, Command, Node};
use crate::fault::Source;
use weir_event::{Fault, Value, nearest};

macro_rules! commands {
    ($($kind:ident $name:literal $source:literal $takes:expr, $least:literal, [$($param:literal $wants:ident),*], $says:literal;)*) => {
        /// Which command.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CommandKind { $($kind),* }

        /// All commands, in the order of the reference.
        pub const COMMANDS: &[CommandSpec] = &[$(CommandSpec {
            kind: CommandKind::$kind,
            name: $name,
            is_source: $source,
            takes: $takes,
            least: $least,
            params: &[$(Param { name: $param, wants: Wants::$wants }),*],
            says: $says,
        }),*];
    };
}

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
    pub says: &'static str,
}

#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub wants: Wants,
}

/// Arguments without a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any number of expressions, maybe with aliases.
    Expressions,
    /// As many expressions as said.
    Exactly(usize),
    /// Expressions with `asc` or `desc`.
    Sorts,
    /// `new = old`.
    Renames,
    /// Field names, also with `*`.
    Patterns,
    /// `[query]`.
    Block,
    /// `alias = [query]`.
    NamedBlock,
}

/// The value of a named parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    Any,
    Text,
    Bool,
    Number,
    Fields,
    Patterns,
    Sorts,
    Word,
}

use Takes::{Block, Exactly, Expressions, NamedBlock, Patterns, Renames, Sorts};

commands! {
    Fetch "fetch" true Exactly(1), 1, ["bucket" Any, "from" Any, "to" Any, "timeframe" Any, "samplingRatio" Number, "scanLimitGBytes" Number], "Records of a table within a time frame.";
    Data "data" true Expressions, 0, ["json" Text], "Records written in the query.";
    Describe "describe" true Exactly(1), 1, [], "Fields of a table and their types.";
    FieldsSnapshot "fieldsSnapshot" true Exactly(1), 1, ["by" Fields, "bucket" Any], "Which fields a table has and how often.";
    Load "load" true Exactly(1), 1, ["offset" Number], "Records of a lookup table.";
    Timeseries "timeseries" true Expressions, 1, ["bucket" Any, "by" Fields, "filter" Any, "interval" Any, "bins" Number, "from" Any, "to" Any, "timeframe" Any, "shift" Any, "nonempty" Bool, "union" Bool], "Stored metrics as series.";
    Metrics "metrics" true Expressions, 0, ["bucket" Any, "from" Any, "to" Any, "timeframe" Any], "Stored metric series.";
    SmartscapeNodes "smartscapeNodes" true Expressions, 1, ["from" Any, "to" Any, "timeframe" Any], "Nodes of the topology.";
    SmartscapeEdges "smartscapeEdges" true Expressions, 1, ["from" Any, "to" Any, "timeframe" Any], "Edges of the topology.";
    Traverse "traverse" false Expressions, 0, ["edgeTypes" Any, "targetTypes" Any, "direction" Word, "nodeId" Any, "fieldsKeep" Any], "Steps along edges of the topology.";
    Filter "filter" false Exactly(1), 1, [], "Keeps the records for which the condition is true.";
    FilterOut "filterOut" false Exactly(1), 1, [], "Drops the records for which the condition is true.";
    Search "search" false Exactly(1), 1, ["caseSensitive" Bool, "scope" Word], "Keeps the records in which a term occurs.";
    Dedup "dedup" false Expressions, 1, ["sort" Sorts], "Keeps one record of those with equal keys.";
    Limit "limit" false Exactly(1), 1, [], "Keeps the first records.";
    Fields "fields" false Expressions, 1, [], "Makes records of exactly these fields.";
    FieldsAdd "fieldsAdd" false Expressions, 1, [], "Adds or replaces fields.";
    FieldsKeep "fieldsKeep" false Patterns, 1, [], "Keeps the fields whose names match.";
    FieldsRemove "fieldsRemove" false Patterns, 1, [], "Removes the fields whose names match.";
    FieldsRename "fieldsRename" false Renames, 1, [], "Gives fields other names.";
    FieldsMove "fieldsMove" false Patterns, 1, ["include" Patterns, "exclude" Patterns], "Moves fields into a record.";
    FieldsFlatten "fieldsFlatten" false Exactly(1), 1, ["prefix" Text, "fields" Fields, "depth" Number], "Makes fields of a record's members.";
    Parse "parse" false Exactly(2), 2, ["preserveFieldsOnFailure" Bool, "parsingPrerequisite" Any, "pattern" Any, "expression" Any], "Makes fields of parts of a text.";
    JsonExtract "jsonExtract" false Exactly(1), 1, ["conflicts" Fields], "Makes fields of the members of a JSON text.";
    Expand "expand" false Exactly(1), 1, ["limit" Number], "Makes a record of each element of an array.";
    Sort "sort" false Sorts, 1, ["direction" Word], "Orders the records.";
    Summarize "summarize" false Expressions, 0, ["by" Fields], "Aggregates groups of records.";
    FieldsSummary "fieldsSummary" false Expressions, 1, ["topValues" Number, "extrapolateSamples" Bool], "The most frequent values of fields.";
    MakeTimeseries "makeTimeseries" false Expressions, 1, ["by" Fields, "interval" Any, "bins" Number, "from" Any, "to" Any, "timeframe" Any, "time" Any, "spread" Any, "nonempty" Bool], "Aggregates slots of time into series.";
    Append "append" false Block, 1, [], "Adds the records of a sub-query.";
    Lookup "lookup" false Block, 1, ["sourceField" Any, "lookupField" Any, "prefix" Text, "fields" Fields, "executionOrder" Word, "broadcast" Word], "Adds fields of the first matching record of a sub-query.";
    Join "join" false Block, 1, ["on" Any, "kind" Word, "prefix" Text, "fields" Fields, "executionOrder" Word, "broadcast" Word], "Pairs records with matching records of a sub-query.";
    JoinNested "joinNested" false NamedBlock, 1, ["on" Any, "fields" Fields, "executionOrder" Word], "Collects matching records of a sub-query in an array.";
    FailIf "failIf" false Exactly(2), 1, [], "Ends the query with an error if the condition is true for a record.";
    Save "experimentalSave" false Expressions, 0, [], "Stores the result; only parsed.";
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
}

/// Checks the arguments of a command as far as the text alone tells.
pub(crate) fn check(command: &Command, source: Source) -> Result<(), Fault> {
    let spec = command.kind.spec();
    check_names(command, spec, source)?;
    check_items(command, spec, source)?;
    check_special(command, source)
}

fn check_names(command: &Command, spec: &CommandSpec, source: Source) -> Result<(), Fault> {
    for (index, arg) in command.args.iter().enumerate() {
        let Some(name) = &arg.name else { continue };
        let Some(param) = spec.params.iter().find(|param| param.name == name) else {
            let near = nearest(name, spec.params.iter().map(|param| param.name));
            return Err(source.unknown_parameter(name, spec.name, near, arg.span));
        };
        if command.args[..index].iter().any(|other| other.name == arg.name) {
            return Err(source.given_twice(name, arg.span));
        }
        if let Some(wants) = param.wants.violated(arg) {
            return Err(source.wrong_argument(spec.name, name, wants, arg.span));
        }
    }
    Ok(())
}

impl Wants {
    /// What the parameter wants, if the argument is something else.
    fn violated(self, arg: &Arg) -> Option<&'static str> {
        let literal = arg.expr().and_then(|expr| expr.as_literal());
        let ok = match self {
            Wants::Any => true,
            Wants::Text => matches!(literal, Some(Value::Text(_))),
            Wants::Bool => matches!(literal, Some(Value::Bool(_))),
            Wants::Number => matches!(literal, Some(Value::Long(_) | Value::Double(_))),
            Wants::Word => match arg.expr() {
                Some(expr) => expr.as_field().is_some() || matches!(literal, Some(Value::Text(_))),
                None => false,
            },
            Wants::Fields | Wants::Patterns | Wants::Sorts => arg.block().is_none(),
        };
        let wants = match self {
            Wants::Text => "a string in quotes",
            Wants::Bool => "true or false",
            Wants::Number => "a number",
            Wants::Word => "a word",
            _ => "one or more fields in braces",
        };
        (!ok).then_some(wants)
    }
}

fn check_items(command: &Command, spec: &CommandSpec, source: Source) -> Result<(), Fault> {
    let items = command.items();
    for arg in &items {
        let block = arg.block().is_some();
        let wants = match spec.takes {
            Takes::Block | Takes::NamedBlock if !block => "a sub-query in brackets",
            Takes::NamedBlock if arg.alias.is_none() => "a name: `name = [query]`",
            Takes::Renames if arg.alias.is_none() || arg.expr().and_then(|e| e.as_field()).is_none() => {
                "`new = old` with the names of two fields"
            }
            Takes::Block | Takes::NamedBlock | Takes::Renames => continue,
            _ if block => "an expression, not a sub-query",
            _ => continue,
        };
        return Err(source.wrong_argument(spec.name, "argument", wants, arg.span));
    }
    let named = ["pattern", "expression"].iter().filter(|name| command.named(name).is_some()).count();
    let count = items.len() + named;
    if count < spec.least {
        let what = match spec.takes {
            Takes::Block | Takes::NamedBlock => "a sub-query",
            Takes::Patterns | Takes::Renames => "a field",
            _ => "an expression",
        };
        return Err(source.missing_parameter(what, spec.name, command.span));
    }
    let most = match spec.takes {
        Takes::Exactly(count) => count,
        Takes::Block | Takes::NamedBlock => 1,
        _ => usize::MAX,
    };
    match items.get(most.saturating_sub(named)) {
        Some(arg) if count > most => {
            Err(source.too_many(spec.name, spec.params.first().map(|param| param.name), arg.span))
        }
        _ => Ok(()),
    }
}

fn check_special(command: &Command, source: Source) -> Result<(), Fault> {
    let both = |one: &str, other: &str| match (command.named(one), command.named(other)) {
        (Some(_), Some(arg)) => Err(source.excluded(one, other, arg.span)),
        _ => Ok(()),
    };
    let need = |name: &str| match command.named(name) {
        None => Err(source.missing_parameter(&format!("`{name}:`"), command.kind.name(), command.span)),
        Some(_) => Ok(()),
    };
    match command.kind {
        CommandKind::Fetch => {
            both("timeframe", "from")?;
            both("timeframe", "to")
        }
        CommandKind::Data if command.items().is_empty() => need("json"),
        CommandKind::Summarize if command.items().is_empty() && command.list("by").is_empty() => {
            Err(source.missing_parameter("an aggregation or `by:`", "summarize", command.span))
        }
        CommandKind::MakeTimeseries => {
            both("bins", "interval")?;
            both("time", "spread")
        }
        CommandKind::FieldsFlatten => {
            both("prefix", "fields")?;
            range(command, "depth", 1, 10, source)
        }
        CommandKind::FieldsMove => need("include"),
        CommandKind::Lookup => need("lookupField"),
        CommandKind::Join | CommandKind::JoinNested => need("on"),
        CommandKind::Limit => match command.items()[0].expr().map(|expr| &expr.node) {
            Some(Node::Literal(Value::Long(0..)) | Node::Variable(_)) => Ok(()),
            _ => Err(source.wrong_argument("limit", "argument", "a whole number, 0 or more", command.items()[0].span)),
        },
        _ => Ok(()),
    }
}

fn range(command: &Command, name: &str, least: i64, most: i64, source: Source) -> Result<(), Fault> {
    let Some(arg) = command.named(name) else { return Ok(()) };
    match &arg.value {
        ArgValue::Expr(expr) if matches!(expr.as_literal(), Some(Value::Long(n)) if (least..=most).contains(n)) => {
            Ok(())
        }
        _ => {
            Err(source.wrong_argument(command.kind.name(), name, &format!("a number from {least} to {most}"), arg.span))
        }
    }
}

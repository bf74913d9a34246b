//! The table of commands.

use super::Takes::{Block, Exactly, Expressions, Named, NamedBlock, Patterns, Records, Renames, Sorts};
use super::{CommandSpec, Param, Wants};

macro_rules! commands {
    ($($kind:ident $name:literal $source:literal $takes:expr, $least:literal, [$($param:literal $wants:expr),*], $says:literal;)*) => {
        /// Which command.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CommandKind { $($kind),* }

        /// All commands, in the order of the reference; weir's own at the end.
        pub const COMMANDS: &[CommandSpec] = &[$(CommandSpec {
            kind: CommandKind::$kind,
            name: $name,
            is_source: $source,
            takes: $takes,
            least: $least,
            params: &[$(Param { name: $param, wants: $wants }),*],
            says: $says,
        }),*];
    };
}

const ORDER: Wants = Wants::OneOf(&["auto", "leftFirst", "rightFirst"]);
const BROADCAST: Wants = Wants::OneOf(&["enabled", "disabled"]);
const KIND: Wants = Wants::OneOf(&["inner", "leftOuter", "outer"]);
const SCOPE: Wants = Wants::OneOf(&["all", "names", "values"]);
const WAY: Wants = Wants::OneOf(&["forward", "backward"]);
pub(super) const DIRECTION: Wants = Wants::OneOf(&["ascending", "descending", "asc", "desc"]);
const COUNT: Wants = Wants::Whole(0, i64::MAX);
const POSITIVE: Wants = Wants::Whole(1, i64::MAX);
use Wants::{Any, Bool, Condition, Fields, Length, Lists, Moment, Number, Text, Whole};

commands! {
    Fetch "fetch" true Exactly(&["dataObject"]), 1, ["bucket" Lists, "from" Moment, "to" Moment, "timeframe" Wants::Frame, "samplingRatio" Number, "scanLimitGBytes" Whole(-1, i64::MAX)], "Records of a table within a time frame.";
    Data "data" true Records, 0, ["json" Text], "Records written in the query.";
    Describe "describe" true Exactly(&["dataObject"]), 1, [], "Fields of a table and their types.";
    FieldsSnapshot "fieldsSnapshot" true Exactly(&["dataObject"]), 1, ["by" Fields, "bucket" Lists], "Which fields a table has and how often.";
    Load "load" true Exactly(&["tabularFile"]), 1, ["offset" COUNT], "Records of a lookup table.";
    Timeseries "timeseries" true Named, 1, ["bucket" Lists, "by" Fields, "filter" Condition, "interval" Length, "bins" COUNT, "from" Moment, "to" Moment, "timeframe" Wants::Frame, "shift" Length, "nonempty" Bool, "union" Bool], "Stored metrics as series.";
    Metrics "metrics" true Expressions, 0, ["bucket" Lists, "from" Moment, "to" Moment, "timeframe" Wants::Frame], "Stored metric series.";
    SmartscapeNodes "smartscapeNodes" true Expressions, 1, ["from" Moment, "to" Moment, "timeframe" Wants::Frame], "Nodes of the topology.";
    SmartscapeEdges "smartscapeEdges" true Expressions, 1, ["from" Moment, "to" Moment, "timeframe" Wants::Frame], "Edges of the topology.";
    Traverse "traverse" false Expressions, 0, ["edgeTypes" Any, "targetTypes" Any, "direction" WAY, "nodeId" Any, "fieldsKeep" Any], "Steps along edges of the topology.";
    Filter "filter" false Exactly(&["condition"]), 1, [], "Keeps the records for which the condition is true.";
    FilterOut "filterOut" false Exactly(&["condition"]), 1, [], "Drops the records for which the condition is true.";
    Search "search" false Exactly(&["condition"]), 1, ["caseSensitive" Bool, "scope" SCOPE], "Keeps the records in which a term occurs.";
    Dedup "dedup" false Expressions, 1, ["sort" Wants::Sorts, "limit" COUNT, "filterPushThrough" Bool], "Keeps one record of those with equal keys.";
    Limit "limit" false Exactly(&["size"]), 1, [], "Keeps the first records.";
    Fields "fields" false Named, 1, [], "Makes records of exactly these fields.";
    FieldsAdd "fieldsAdd" false Named, 1, [], "Adds or replaces fields.";
    FieldsKeep "fieldsKeep" false Patterns, 1, [], "Keeps the fields whose names match.";
    FieldsRemove "fieldsRemove" false Patterns, 1, [], "Removes the fields whose names match.";
    FieldsRename "fieldsRename" false Renames, 1, [], "Gives fields other names.";
    FieldsMove "fieldsMove" false Patterns, 1, ["include" Wants::Patterns, "exclude" Wants::Patterns], "Moves fields into a record.";
    FieldsFlatten "fieldsFlatten" false Exactly(&["expression"]), 1, ["prefix" Text, "fields" Fields, "depth" Whole(1, 10)], "Makes fields of a record's members.";
    Parse "parse" false Exactly(&["expression", "pattern"]), 2, ["preserveFieldsOnFailure" Bool, "parsingPrerequisite" Condition, "baseTime" Moment, "status" Fields], "Makes fields of parts of a text.";
    JsonExtract "jsonExtract" false Exactly(&["input"]), 1, ["conflicts" Fields], "Makes fields of the members of a JSON text.";
    Expand "expand" false Exactly(&["expression"]), 1, ["limit" POSITIVE], "Makes a record of each element of an array.";
    Sort "sort" false Sorts, 1, ["direction" DIRECTION], "Orders the records.";
    Summarize "summarize" false Named, 0, ["by" Fields, "aggregations" Fields], "Aggregates groups of records.";
    FieldsSummary "fieldsSummary" false Expressions, 1, ["topValues" POSITIVE, "extrapolateSamples" Bool], "The most frequent values of fields.";
    MakeTimeseries "makeTimeseries" false Named, 0, ["by" Fields, "interval" Length, "bins" POSITIVE, "from" Moment, "to" Moment, "timeframe" Wants::Frame, "time" Any, "spread" Any, "nonempty" Bool, "scalar" Bool, "aggregations" Fields], "Aggregates slots of time into series.";
    Append "append" false Block, 1, [], "Adds the records of a sub-query.";
    Lookup "lookup" false Block, 1, ["sourceField" Any, "lookupField" Any, "prefix" Text, "fields" Fields, "executionOrder" ORDER, "broadcast" BROADCAST], "Adds fields of the first matching record of a sub-query.";
    Join "join" false Block, 1, ["on" Lists, "kind" KIND, "prefix" Text, "fields" Fields, "executionOrder" ORDER, "broadcast" BROADCAST], "Pairs records with matching records of a sub-query.";
    JoinNested "joinNested" false NamedBlock, 1, ["on" Lists, "fields" Fields, "executionOrder" ORDER, "broadcast" BROADCAST], "Collects matching records of a sub-query in an array.";
    FailIf "failIf" false Exactly(&["condition", "message"]), 1, [], "Ends the query with an error if the condition is true for a record.";
    Save "experimentalSave" false Named, 0, [], "Stores the result; only parsed.";
    Let "let" false Named, 1, [], "Gives an expression a name: `$name` stands for it from here on.";
    Window "window" false Named, 1, ["by" Fields, "sort" Wants::Sorts], "Adds fields that look at the neighbours of a record in its group.";
    Sequence "sequence" false Named, 2, ["by" Fields, "within" Length, "time" Any], "Finds records that follow each other within a time.";
}

//! Errors of queries. Ids are forever.

use arrow::error::ArrowError;
use datafusion_common::DataFusionError;
use weir_event::{Fault, FaultKind, nearest};
use weir_lang::commands::CommandKind;

pub(crate) fn argument(command: &str, says: impl Into<String>) -> Fault {
    Fault::new("QUERY-001", FaultKind::Usage, says).because(format!("the arguments of `{command}` do not fit"))
}

pub(crate) fn table_unknown(table: &str, known: &[String]) -> Fault {
    let fault = Fault::new("QUERY-002", FaultKind::NotFound, format!("there is no table `{table}`"))
        .because("only tables that are there can be fetched");
    match nearest(table, known.iter().map(String::as_str)) {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None if known.is_empty() => fault,
        None => fault.hint(format!("tables are: {}", known.join(", "))),
    }
}

pub(crate) fn not_supported(command: &str) -> Fault {
    Fault::new("QUERY-003", FaultKind::Usage, format!("`{command}` cannot be run here"))
        .because("weir keeps events, and neither metrics nor a topology")
        .hint("start the query with `fetch`, `data` or `describe`; `fetch .. | makeTimeseries ..` makes series of stored events")
}

pub(crate) fn too_much_memory(command: Option<&str>, limit: usize) -> Fault {
    let command = command.map_or("the query".to_owned(), |command| format!("`{command}`"));
    Fault::new("QUERY-004", FaultKind::Limit, format!("{command} needs more than {} MiB of memory", limit >> 20))
        .because("every query has a limit on its memory")
        .hint("filter earlier, group by fewer fields or keep fewer fields before it")
}

/// The command that could get no more memory. Ours register under their names, the engine's sorts under their own.
fn memory_user(detail: &str) -> Option<&'static str> {
    let (_, after) = detail.split_once(" for ")?;
    let user: String = after.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    let sorts = ["External", "Sort", "TopK"].iter().any(|sort| user.starts_with(sort));
    if sorts { Some("sort") } else { CommandKind::find(&user).map(CommandKind::name) }
}

pub(crate) fn file(path: &std::path::Path, why: impl std::fmt::Display) -> Fault {
    Fault::new("QUERY-005", FaultKind::Storage, format!("cannot read `{}`", path.display())).because(why)
}

pub(crate) fn too_many(command: &str, what: &str, limit: usize) -> Fault {
    Fault::new("QUERY-006", FaultKind::Limit, format!("`{command}` made more than {limit} {what}"))
        .because("every query has a limit on what it holds")
        .hint("filter earlier, or choose a coarser interval or fewer groups")
}

pub(crate) fn json(why: impl std::fmt::Display) -> Fault {
    Fault::new("QUERY-007", FaultKind::Usage, "the text after `json:` is not a JSON object or array of objects")
        .because(why)
}

pub(crate) fn tenant_missing() -> Fault {
    Fault::new("QUERY-008", FaultKind::Auth, "the query belongs to no tenant")
        .hint("use a token that belongs to a tenant")
}

pub(crate) fn storage(why: impl std::fmt::Display) -> Fault {
    Fault::new("QUERY-009", FaultKind::Storage, "the query could not be finished").because(why)
}

pub(crate) fn lookup_unknown(name: &str) -> Fault {
    Fault::new("QUERY-010", FaultKind::NotFound, format!("there is no lookup table `{name}`"))
        .because("no file of that name is kept for look-ups")
        .hint("put it as a CSV, NDJSON or Parquet file under `lookups/TENANT/` in the data directory")
}

/// What `failIf` was told to say.
pub(crate) fn failed(says: String) -> Fault {
    Fault::new("QUERY-011", FaultKind::Usage, says).because("the condition of `failIf` is true for a record")
}

/// A fault as DataFusion carries it through its operators, and the command that it is of.
#[derive(Debug)]
struct OfCommand(Fault, &'static str);

impl std::fmt::Display for OfCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for OfCommand {}

/// A fault of `command` for DataFusion's operators to carry.
pub(crate) fn outside(command: &'static str, fault: Fault) -> DataFusionError {
    DataFusionError::External(Box::new(OfCommand(fault, command)))
}

/// What a failure of an operator means, and the command that failed when it is known.
pub(crate) fn of(error: DataFusionError, memory_bytes_max: usize) -> (Fault, Option<&'static str>) {
    match error.find_root() {
        DataFusionError::External(inner) => match inner.downcast_ref::<OfCommand>() {
            Some(OfCommand(fault, command)) => (fault.clone(), Some(command)),
            None => (storage(inner), None),
        },
        DataFusionError::ResourcesExhausted(detail) => {
            let command = memory_user(detail);
            (too_much_memory(command, memory_bytes_max), command)
        }
        // A column of more than two gigabytes.
        DataFusionError::ArrowError(error, _) if matches!(**error, ArrowError::OffsetOverflowError(_)) => {
            (too_much_memory(None, memory_bytes_max), None)
        }
        other => (storage(other), None),
    }
}

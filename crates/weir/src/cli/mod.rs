//! What a user can type: one file a verb, each with `Args` and `run`.

// One line a verb, sorted; a verb's file has `pub struct Args` and `pub fn run(args: Args) -> Result<Exit, Fault>`.
mod check;
mod client;
mod decode;
mod demo;
mod doctor;
mod dpl;
mod explain;
mod fmt;
mod lines;
mod lsp;
mod order;
pub mod output;
mod pack;
mod parse;
mod pull;
mod query;
mod run;
mod tail;
mod test;
mod token;

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use weir_event::{Fault, FaultKind};

use crate::say;

/// One binary that takes security events in, makes them one shape, keeps them and answers questions about them.
#[derive(Parser)]
#[command(name = "weir", version, about, disable_help_subcommand = true, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Reads a configuration and compiles all of it: rules, routes, packs
    Check(check::Args),
    Decode(decode::Args),
    /// Everything as `run` has it, with generated traffic of several products and a rule that fires within a minute
    Demo(demo::Args),
    /// Verifies every checksum of a data directory, the catalogue against the files, and the ledger
    Doctor(doctor::Args),
    /// Matches a DPL pattern against the lines on stdin
    Dpl(dpl::Args),
    Explain(explain::Args),
    /// Brings queries into their usual form: one pipe a line
    Fmt(fmt::Args),
    /// Serves editors: hints, completion, hover and formatting of queries over stdin and stdout
    Lsp(lsp::Args),
    Pack(pack::Args),
    Parse(parse::Args),
    /// Checks, tries and looks at sources that are asked
    Pull(pull::Args),
    /// Asks a question in DQL: of a server, a data directory or files
    Query(query::Args),
    /// Everything in one process: listeners, log, store, rules, API and page
    Run(run::Args),
    /// Shows events as they arrive
    Tail(tail::Args),
    /// Runs packs against the samples beside them
    Test(test::Args),
    /// Makes, lists and revokes tokens
    Token(token::Args),
}

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Ok = 0,
    /// Findings, failed tests, or queries that did not compile.
    Findings = 1,
    Usage = 2,
    Config = 3,
    Io = 4,
    /// The answer of a query is not whole: a limit was reached, which a note names.
    Partial = 5,
}

pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { Exit::Usage as u8 } else { Exit::Ok as u8 });
        }
    };
    let result = match cli.verb {
        Verb::Check(args) => check::run(args),
        Verb::Decode(args) => decode::run(args),
        Verb::Demo(args) => demo::run(args),
        Verb::Doctor(args) => doctor::run(args),
        Verb::Dpl(args) => dpl::run(args),
        Verb::Explain(args) => explain::run(args),
        Verb::Fmt(args) => fmt::run(args),
        Verb::Lsp(args) => lsp::run(args),
        Verb::Pack(args) => pack::run(args),
        Verb::Parse(args) => parse::run(args),
        Verb::Pull(args) => pull::run(args),
        Verb::Query(args) => query::run(args),
        Verb::Run(args) => run::run(args),
        Verb::Tail(args) => tail::run(args),
        Verb::Test(args) => test::run(args),
        Verb::Token(args) => token::run(args),
    };
    ExitCode::from(result.unwrap_or_else(|fault| report(&fault)) as u8)
}

/// Says what went wrong on stderr and gives the exit code for it.
pub fn report(fault: &Fault) -> Exit {
    say::words(fault);
    match fault.kind() {
        FaultKind::Usage | FaultKind::NotFound | FaultKind::Auth => Exit::Usage,
        FaultKind::Config => Exit::Config,
        FaultKind::Limit | FaultKind::Busy | FaultKind::Peer | FaultKind::Storage | FaultKind::Bug => Exit::Io,
    }
}

/// A fault of reading or writing `place`.
pub fn io_fault(place: impl std::fmt::Display, error: &std::io::Error) -> Fault {
    Fault::new("CLI-001", FaultKind::Storage, format!("cannot use `{place}`"))
        .because(error)
        .hint("check that the path exists and that you may read or write it")
}

/// Refuses a folder that no weir has written to, before this one writes anything to it.
pub fn need_data(folder: &Path) -> Result<(), Fault> {
    if folder.join("log").is_dir() {
        return Ok(());
    }
    let hint = "name the directory that `weir run --data` uses";
    Err(usage_fault(format!("`{}` is no data directory", folder.display()), hint))
}

/// A fault of how a verb was called.
pub fn usage_fault(says: impl Into<String>, hint: impl std::fmt::Display) -> Fault {
    Fault::new("CLI-002", FaultKind::Usage, says).hint(hint)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_verb_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
